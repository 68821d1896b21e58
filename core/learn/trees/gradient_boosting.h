#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Gradient boosting on histograms: small trees one after the other, each grown to put right what the sum of all before got wrong.
///
/// Math     scores begin at the best constant; a round grows a tree (of several classes: one a class, from the same scores) on the
///          gradients and hessians of the loss, as boosted_tree.h says, and adds learning_rate times its answers. Loss of regression:
///          the mean squared error, its derivatives those of half of it; of classes: mean log loss, -log P(true class), with
///          P = 1 / (1 + exp(-z)) for two classes and P_k = exp(z_k) / sum exp(z) for more. Definitions and defaults are those of
///          scikit-learn's HistGradientBoosting; features with more distinct values than bins are cut between bins of about equally
///          many rows. Early stopping: some rows, of each class in proportion, are held back; the training ends once none of the
///          last `patience` rounds had a loss on them smaller, by more than the tolerance, than the one before these rounds
/// Shape    X (n_samples, n_features) -> TreeEnsemble, Sum
/// Errors   those of checkForTrees; Diverged (names the learning rate)
/// Cost     O(n_samples * n_features * depth) a tree; memory a byte a value, and of a sample 24 bytes a score and up to 40 more
/// Random   which rows are held back; nothing else
/// Source   J. H. Friedman, Annals of Statistics 29(5), 2001; G. Ke et al., LightGBM, NeurIPS 2017. Cuts from derivatives of few bits,
///          answers from exact ones: after Y. Shi et al., Quantized Training of Gradient Boosting Decision Trees, NeurIPS 2022; without
///          their random rounding, and only where boosting_objective.h finds the bits to be enough
LearnerInfo gradientBoosting();

} // namespace modelarium
