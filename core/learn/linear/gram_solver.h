#pragma once

#include "core/learn/linear/least_squares.h"

#include <optional>

namespace modelarium {

/// Least squares from the Gram matrix of the centred columns: one pass over the data, and a step of refinement where the
/// columns are somewhat collinear. Nothing where they are too collinear for that to be accurate, or out of range.
///
/// Math     C = (X - mean)'(X - mean) from sums about a shift near the mean; solves D (C + alpha I) D (w / D) = D c with
///          D = diag(C + alpha I)^(-1/2) by L D L'; refinement solves for the residual y - X w - b in the same way
/// Shape    X (n_samples, n_features), n_samples > n_features
/// Cost     O(n_samples * n_features^2), one to three passes
std::optional<LeastSquares> solveByGram(const Matrix& X, const Vector& y, bool intercept, double alpha);

} // namespace modelarium
