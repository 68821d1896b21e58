#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// A decision tree: split the samples by one question about one feature at a time, the question that sorts the answers best.
///
/// Math     a split x_j <= t lowers the impurity by  n/N impurity - n_left/N impurity_left - n_right/N impurity_right;
///          impurity is Gini or entropy for classes, the variance for numbers. Thresholds lie in the middle between
///          neighbouring values, and float(x) <= t is what is asked. The node whose best split lowers the impurity most is
///          split first, so a tree of few leaves has the best ones. Equal splits: the first feature, the lowest threshold,
///          the oldest node. Where a leaf has a price ccp_alpha, splits worth no more a leaf are taken back afterwards, as
///          weakest_links.h says.
/// Shape    X (n_samples, n_features) -> TreeEnsemble of one tree
/// Errors   those of checkDataset; NotFinite where a feature is beyond the range of float, or a target's square of double
/// Cost     sorting O(n_samples) a feature once; a split O(samples of the node * n_features); memory 8 bytes a value
/// Random   nothing
/// Source   L. Breiman, J. Friedman, R. Olshen, C. Stone, Classification and Regression Trees, 1984
LearnerInfo decisionTree();

} // namespace modelarium
