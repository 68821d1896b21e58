#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Polynomial regression: least squares on all products of the features up to a total degree.
///
/// Math     minimises sum (y - b - sum_k w_k prod_j t_j^e_kj)^2 with t_j = (x_j - mean_j) / s_j, where s_j is the power of two
///          at or above max |x_j - mean_j|: |t| <= 1, and scaling rounds nothing. Without an intercept the polynomial has no
///          constant in x itself, so t_j = x_j / s_j
/// Shape    X (n_samples, n_features), y (n_samples) -> Polynomial with binomial(n_features + degree, degree) - 1 terms
/// Unit     any: powers are taken of centred and scaled features, which is what keeps high degrees accurate
/// Errors   those of checkDataset; TooLarge (too many terms); NotFinite (a weight too large for a number)
/// Cost     see solveLeastSquares, with the terms as columns
LearnerInfo polynomialRegression();

} // namespace modelarium
