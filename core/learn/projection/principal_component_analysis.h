#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Principal component analysis: the directions along which the rows spread most, one a step, the widest first.
///
/// Math     C = (X - mean)'(X - mean) / (n - 1) = sum_k variance_k v_k v_k', variances falling; coordinate k of a row is
///          v_k . (x - mean), divided by sqrt(variance_k) where coordinates are whitened (not where this variance is only what
///          rounding leaves, at most n_features * 2^-52 * variance_1: there it is not divided). No other directions, as many, keep
///          more variance or give the rows back with a smaller error. The component of largest size of each v_k is positive.
///          The loss after k components is their reconstruction error, mean_i |x_i - x'_i|^2 = (n - 1) / n * sum_(l > k) variance_l
/// Shape    X (n_samples, n_features) -> Projection with min(components, n_features, n_samples - 1) components
/// Unit     features as given: the one with the largest numbers leads, so scale them first
/// Errors   those of checkDataset, TooFewSamples (n_samples < 2) among them; NotFinite where squares are beyond the range of double;
///          TooFewFeatures where no column varies; TooLarge (more than 5,000 features)
/// Cost     begin() has all of the work: O(n d^2 + d^3) for d features, in parallel, one pass over the rows, memory O(d^2); O(d n^2 + n^3) and
///          memory O(n d) where there are fewer rows n than 3/4 d. A step is free
/// Source   K. Pearson, Phil. Mag. 2(11), 1901; I. T. Jolliffe, Principal Component Analysis, 2nd edition, Springer 2002, chapter 1
LearnerInfo principalComponentAnalysis();

} // namespace modelarium
