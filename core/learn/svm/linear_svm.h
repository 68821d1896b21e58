#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Linear support vector machine: the straight boundary with the widest margin, at a price for every sample inside it.
///
/// Math     minimises |w|^2 / 2 + b^2 / 2 + C sum_i max(0, 1 - s_i (w x_i + b))^q, s_i = +1 or -1; q = 1 (hinge) or 2 (squared
///          hinge); the intercept counts as the weight of a feature that is always 1 and is penalised with the others: the
///          objective of scikit-learn's LinearSVC with intercept_scaling 1. One boundary for two classes; one a class against the
///          rest for more. The loss shown is the sum of the objectives divided by C n_samples.
///          Dual: alpha_i <- clip(alpha_i - G_i / (|x_i|^2 + 1 + D)), G_i = s_i (w x_i + b) - 1 + D alpha_i, w = sum alpha_i s_i x_i;
///          hinge: 0 <= alpha_i <= C, D = 0; squared hinge: 0 <= alpha_i, D = 1 / (2 C). Done where the largest and the smallest
///          projected gradient of a sweep are no farther apart than the tolerance
/// Shape    X (n_samples, n_features), y (n_samples) -> Linear {W (1 or classes, n_features), b}, Link::Hard: the margin is no
///          probability, and none is claimed
/// Unit     the penalty depends on the units of the features: standardise them first
/// Errors   those of checkDataset; NotFinite where the squared length of a row leaves the range of numbers (names the row)
/// Cost     O(n_samples * n_features) a sweep and boundary; memory for one more copy of X; boundaries in parallel
/// Random   the order of the samples in every sweep
/// Source   C.-J. Hsieh, K.-W. Chang, C.-J. Lin, S. S. Keerthi, S. Sundararajan, ICML 2008, algorithm 3 (with shrinking)
LearnerInfo linearSvm();

} // namespace modelarium
