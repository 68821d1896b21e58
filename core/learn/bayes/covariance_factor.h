#pragma once

#include "core/base/matrix.h"

namespace modelarium {

/// The Cholesky factor of a covariance that need not have one: columns may be constant, or tell the same twice.
struct CovarianceFactor {
    Matrix L;
    bool widened = false;                           ///< the covariance was singular and got the least spread that counts
};

/// Math     covariance = D C D with D = diag(scale), C given; where a feature keeps less than leastSpread of its variance once
///          the features before it are known, leastSpread is added to the diagonal of C (more where rounding asks for it).
///          Then L = D chol(C), so that the choice does not depend on the units of the features
/// Shape    C (p, p), its lower triangle is read; scale (p), positive
CovarianceFactor factorCovariance(const Matrix& C, const Vector& scale);

inline constexpr double leastSpread = 1e-9;

} // namespace modelarium
