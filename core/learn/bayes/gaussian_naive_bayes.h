#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Gaussian naive Bayes: a bell curve for every feature in every class, as if the features knew nothing of one another.
///
/// Math     prior_k = n_k / n; mean_kj and variance_kj of the samples of class k (ddof 0);
///          variance_kj += var_smoothing * max_j variance of feature j over all samples
/// Shape    X (n_samples, n_features) -> GaussianClasses; one step a class
/// Unit     features as given; scaling them changes nothing but the smoothing
/// Errors   those of checkDataset; NotFinite where the variance of a feature is beyond the range of double
/// Cost     O(n_samples * n_features)
/// Random   nothing
/// Source   T. Chan, G. Golub, R. LeVeque, Stanford CS 79-773, 1979 (two-pass variance); smoothing as scikit-learn's
LearnerInfo gaussianNaiveBayes();

} // namespace modelarium
