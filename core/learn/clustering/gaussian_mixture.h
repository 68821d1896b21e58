#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// A mixture of Gaussian bells by expectation maximisation: how much of every sample is every bell's, then the bells anew from that.
///
/// Math     maximises the mean log likelihood, mean_i log sum_k weight_k N(x_i; mean_k, covariance_k).
///          E: r_ik = weight_k N(x_i; mean_k, covariance_k) / sum of these over k. M: n_k = sum_i r_ik, weight_k = n_k / n,
///          mean_k = sum_i r_ik x_i / n_k, covariance_k = sum_i r_ik (x_i - mean_k)(x_i - mean_k)^T / n_k + reg_covar I (diagonal: its
///          diagonal alone). The first bells are those of the clusters of k-means. Ends when a step raises the mean log likelihood
///          by less than the tolerance. With reg_covar = 0 no step lowers it. Of several starts the likeliest is kept
/// Shape    X (n_samples, n_features) -> FullGaussianClasses, or GaussianClasses for diagonal covariances; one step is M, then E
/// Unit     features as given; scaling them changes nothing but the start and what reg_covar means
/// Errors   those of checkDataset; TooFewSamples (n_samples < clusters); NotFinite where squares are beyond the range of double; TooLarge
///          where the covariances need more than 1 GB
/// Cost     O(n_samples * clusters * n_features^2) a step, n_features for diagonal; memory O(n_samples * (clusters + n_features))
/// Random   the start of k-means only
/// Source   A. P. Dempster, N. M. Laird, D. B. Rubin, J. R. Stat. Soc. B 39(1), 1977; C. M. Bishop, Pattern Recognition and Machine
///          Learning, 9.2
LearnerInfo gaussianMixture();

} // namespace modelarium
