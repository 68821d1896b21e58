#pragma once

#include "core/model/parameters.h"

#include <vector>

namespace modelarium {

/// A polynomial in the units of the data: y = constant + sum_k coefficients_k prod_j x_j^exponents_kj.
///
/// Terms by rising total degree, within a degree by falling powers of the first feature, then the second: x1, x2, x1^2, x1 x2, x2^2
struct ExpandedPolynomial {
    double constant = 0;
    std::vector<std::vector<int>> exponents;
    std::vector<double> coefficients;
};

/// Multiplies out the centring and scaling of a polynomial, in extended precision throughout.
///
/// Math     ((x - c) / s)^e = s^-e sum_f binomial(e, f) (-c)^(e-f) x^f, for every feature of every term
/// Cost     O(terms * product of (exponents + 1))
ExpandedPolynomial expandPolynomial(const Polynomial& polynomial);

/// The same where the polynomial's features are themselves (x - mean) / scale of the data.
///
/// Shape    mean, scale (n_features)
ExpandedPolynomial expandPolynomial(const Polynomial& polynomial, const Vector& mean, const Vector& scale);

} // namespace modelarium
