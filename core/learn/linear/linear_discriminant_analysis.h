#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Linear discriminant analysis: one bell for each class, all of the same width and tilt; the borders between them are straight.
///
/// Math     score_k(x) = (mu_k - m)' S^-1 x - (mu_k - m)' S^-1 (mu_k + m) / 2 + log prior_k with the mean m of all samples;
///          S = sum over samples (x - mu_class)(x - mu_class)' / (n - classes), then (1 - s) S + s tr(S) / n_features I for a
///          shrinkage s. S^-1 is taken where the correlations within the classes have eigenvalues above 1e-8
///          (singular values above 1e-4). The divisor n - classes makes S unbiased; others divide by n
/// Shape    X (n_samples, n_features), y -> Linear {W (1 or classes, n_features), b}, Link::Logistic or Softmax
/// Unit     without shrinkage any: features are brought to equal spread inside
/// Errors   those of checkDataset; TooFewSamples (no more rows than classes); TooLarge (more than 2000 features)
/// Cost     O(n_samples * n_features^2 + n_features^3); a class a step
/// Source   R. A. Fisher, Annals of Eugenics 7(2), 1936; C. R. Rao, J. R. Stat. Soc. B 10(2), 1948
LearnerInfo linearDiscriminantAnalysis();

} // namespace modelarium
