#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Linear support vector machine: the straight boundary with the widest margin, at a price for every sample inside it.
///
/// Math     minimises |w|^2 / 2 + b^2 / 2 + C sum_i max(0, 1 - s_i (w x_i + b))^q, s_i = +1 or -1; q = 1 (hinge) or 2 (squared
///          hinge); the intercept counts as the weight of a feature that is always 1 and is penalised with the others: the
///          objective of scikit-learn's LinearSVC with intercept_scaling 1. One boundary for two classes; one a class against the
///          rest for more. The loss shown is the sum of the objectives divided by C n_samples.
///          A sweep is one Newton step (squared_hinge_newton.h) where the loss is the squared hinge and there are no fewer samples than
///          weights, else one round of dual coordinate descent (dual_descent.h). Either is done where the projected gradients of the
///          dual are no farther apart than the tolerance
/// Shape    X (n_samples, n_features), y (n_samples) -> Linear {W (1 or classes, n_features), b}, Link::Hard: the margin is no
///          probability, and none is claimed
/// Unit     the penalty depends on the units of the features: standardise them first
/// Errors   those of checkDataset; NotFinite where the squared length of a row leaves the range of numbers (names the row)
/// Cost     a sweep and boundary: O(n_samples * n_features^2) by Newton's method, which takes some ten of them; O(n_samples *
///          n_features) by coordinate descent, and memory for one more copy of X. Boundaries in parallel
/// Random   the order of the samples in every sweep of coordinate descent
/// Source   those of the two methods
LearnerInfo linearSvm();

} // namespace modelarium
