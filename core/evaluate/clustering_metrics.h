#pragma once

#include "core/evaluate/metrics.h"

namespace modelarium {

/// More rows than this are not compared with each other all: silhouettes are then those of so many rows, drawn once with a fixed seed.
inline constexpr std::size_t mostSilhouetteRows = 4000;

/// How good groups are where nobody knows the true ones. Distances are those of the prepared features.
///
/// Math     silhouette = mean over the rows of (b - a) / max(a, b): a is the mean distance to the other rows of the row's cluster,
///          b the smallest mean distance to the rows of another; 0 for a row that is alone in its cluster. Rows that are noise take
///          no part. Of more than mostSilhouetteRows rows, these many are drawn and compared with each other.
///          Centroids: inertia = sum_i min_k |x_i - c_k|^2.
///          Gaussian mixtures: log_likelihood = mean_i log sum_k weight_k N(x_i; mean_k, covariance_k);
///          bic = -2 n log_likelihood + q log n; aic = -2 n log_likelihood + 2 q, with q = freeParameters().
///          Core points: noise_share = the share of the rows that are noise
/// Errors   silhouette is left out where fewer than two clusters have rows, or every row has one of its own; what is not finite is
///          left out, and everything where there are no rows
/// Cost     O(n * clusters * n_features) and O(min(n, mostSilhouetteRows)^2 * n_features), in parallel
/// Source   P. J. Rousseeuw, J. Comput. Appl. Math. 20, 1987; G. Schwarz, Ann. Statist. 6(2), 1978
Metrics clusteringMetrics(const Model& model, const Matrix& X);

/// What a clustering is followed by, one figure a row: inertia / n, -log_likelihood, or noise_share. Lower is better.
double clusteringLoss(const Parameters& parameters, const Matrix& X);

/// Shape    clusters (n): 0 .. count-1 each; below 0 for rows that take no part. NaN where there is none
double silhouette(const Matrix& X, const std::vector<int>& clusters, std::size_t count);

/// How many numbers of a mixture can be chosen freely: weights (one less than there are), means, and covariances (symmetric).
std::size_t freeParameters(const Parameters& parameters);

} // namespace modelarium
