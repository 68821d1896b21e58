#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// K-means clustering by Lloyd's method, one half at a time: each sample goes to its nearest centre; each centre moves to the mean of
/// its samples.
///
/// Math     minimises the inertia sum_i min_k |x_i - c_k|^2; neither half raises it. Ends when no sample changes its cluster, or when
///          sum_k |way of c_k|^2 <= tolerance * mean_j variance_j (ddof 0), as scikit-learn's does. Of several starts the one
///          with the smallest inertia is kept; starting_centres.h says where they begin
/// Shape    X (n_samples, n_features) -> Centroids (clusters, n_features)
/// Unit     features as given: scale them first
/// Errors   those of checkDataset; TooFewSamples (n_samples < clusters); NotFinite where squares are beyond the range of double
/// Cost     O(n_samples * clusters * n_features) a step, in parallel; memory 4 bytes a value
/// Random   starting centres only
/// Source   S. P. Lloyd, IEEE Trans. Inf. Theory 28(2), 1982
LearnerInfo kMeans();

} // namespace modelarium
