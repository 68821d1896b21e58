#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Quadratic discriminant analysis: a bell for every class, as wide and as tilted as its samples lie.
///
/// Math     prior_k = n_k / n; mean_k; covariance_k = (1 - reg_param) S_k + reg_param I with
///          S_k = sum over samples of class k (x - mean_k)(x - mean_k)' / (n_k - 1), unbiased, where others divide by n_k. A covariance that is singular gets leastSpread of covariance_factor.h, in units of the standard
///          deviations of all samples; a class of one sample takes the covariance of all samples
/// Shape    X (n_samples, n_features) -> FullGaussianClasses; one step a class
/// Unit     features as given; scaling them changes nothing while reg_param is 0
/// Errors   those of checkDataset; NotFinite where squares are beyond the range of double; TooLarge where the covariances need
///          more than 1 GB
/// Cost     O(n_samples * n_features^2 + classes * n_features^3)
/// Random   nothing
/// Source   T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning, 2nd ed., 4.3; J. H. Friedman,
///          J. Am. Stat. Assoc. 84, 1989 (regularisation)
LearnerInfo quadraticDiscriminantAnalysis();

} // namespace modelarium
