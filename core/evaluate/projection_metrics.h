#pragma once

#include "core/evaluate/metrics.h"

namespace modelarium {

/// How much of some rows is kept when they are told by their coordinates alone, in the units of the prepared features.
///
/// Math     with x'_i = mean + sum_k z_ik scale_k directions_k, what the coordinates of row i give back:
///          reconstruction_error = mean_i |x_i - x'_i|^2, the sum over the features of squared differences;
///          explained_variance_ratio = 1 - sum_i |x_i - x'_i|^2 / sum_i |x_i - mean|^2, about the mean of the rows that were learned
///          from: on these rows the sum of scikit-learn's explained_variance_ratio_, on others the same share of their own spread
/// Errors   explained_variance_ratio is left out where every row is at the mean; what is not finite is left out, and everything
///          where there are no rows
/// Cost     O(n * components * n_features), in parallel
Metrics projectionMetrics(const Projection& projection, const Matrix& X);

/// What a projection is followed by: the reconstruction error. NaN where there are no rows.
double projectionLoss(const Projection& projection, const Matrix& X);

/// The share of the spread of some rows about the mean that each component keeps.
///
/// Math     sum_i (z_ik scale_k)^2 / sum_i |x_i - mean|^2
/// Shape    (components); empty where every row is at the mean, or there are none
Vector keptShares(const Projection& projection, const Matrix& X);

} // namespace modelarium
