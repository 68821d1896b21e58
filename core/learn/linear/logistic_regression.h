#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Logistic regression: a linear score turned into a probability; one score a class (softmax) for more than two classes.
///
/// Math     minimises C sum_i -log P(y_i | x_i) + l1_ratio |W|_1 + (1 - l1_ratio) |W|^2 / 2, intercepts free, with l1_ratio 0 for
///          the penalty l2 and 1 for l1; without penalty the sum alone.
///          The loss shown is that divided by C n: the mean log loss and the penalty's share of it
/// Shape    X (n_samples, n_features), y (n_samples) -> Linear {W (1 or classes, n_features), b}, Link::Logistic or Softmax
/// Unit     the penalty depends on the units of the features: standardise them first
/// Errors   those of checkDataset; NotFinite (a weight too large for a number); Diverged (gradient descent: "the learning rate 3 is too
///          large")
/// Cost     a few passes over the rows; see NewtonRun and SparseLogisticRun
/// Source   D. R. Cox, J. R. Stat. Soc. B 20(2), 1958
LearnerInfo logisticRegression();

} // namespace modelarium
