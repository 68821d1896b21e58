#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// A random forest: many full-grown trees, each from a sample of its own of the training rows, each split from a few features
/// drawn at random; their mean is better than any of them.
///
/// Math     each tree learns from n samples drawn with replacement (bootstrap); at each node `max_features` features are drawn, and
///          the best cut of them by Gini, entropy or squared error is made. The answer is the mean of the trees' answers: of the
///          leaves' shares of classes, or of their means. Loss: the error of each training row by the trees that did not draw it
///          (out of bag; share of wrong classes, or mean squared error); without bootstrap the error on the training rows
/// Shape    X (n_samples, n_features) -> TreeEnsemble, Mean of n_trees trees
/// Finds    with a bootstrap, after every tree: accuracy or R2 out of bag (see OutOfBag)
/// Errors   those of checkForTrees
/// Cost     O(n_samples log(n_samples) max_features) a tree; trees grow in parallel. Features with more than 255 distinct values
///          are cut between 255 bins of about equally many rows
/// Random   the draws of rows and of features: tree t from stream t of the seed, so that no tree depends on another or on threads
/// Source   L. Breiman, Machine Learning 45(1), 2001
LearnerInfo randomForest();

} // namespace modelarium
