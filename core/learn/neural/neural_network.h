#pragma once

#include "core/learn/neural/network_trainer.h"
#include "core/learn/registry.h"

namespace modelarium {

/// A neural network with any hidden layers, taught by backpropagation in small batches.
///
/// Math     h_0 = x; h_l = activation(W_l h_(l-1) + b_l); scores = W h + b. Loss of a batch of B rows:
///          [sum_i loss_i + l1 sum |W| + l2 / 2 sum W^2] / B, biases free; loss_i = (z - y)^2 / 2 for numbers (y standardised),
///          -log P(y_i) for classes (two: one score and the logistic function; more: softmax). As scikit-learn's MLP, whose
///          alpha is l2 here. The loss shown is the mean over the batches of an epoch, each before its step
/// Shape    X (n_samples, n_features), y (n_samples) -> DenseNetwork, in the units of the target
/// Unit     features on a common scale: standardise them first; a numeric target is standardised inside
/// Errors   those of checkDataset; NotFinite (a feature too large for the precision); Diverged (names the learning rate)
/// Cost     O(n_samples * weights) an epoch; trained in single precision unless double is asked for. The frozen network and its
///          predictions are always double
/// Random   starting weights, the order of the rows in each epoch, the rows held back
/// Source   D. E. Rumelhart, G. E. Hinton, R. J. Williams, Nature 323, 1986; X. Glorot, Y. Bengio, AISTATS 2010 (weights);
///          D. P. Kingma, J. Ba, ICLR 2015 (Adam)
LearnerInfo neuralNetwork();

/// The settings that a checked choice of hyperparameters means.
NetworkSettings networkSettings(const Hyperparameters& hyperparameters);

} // namespace modelarium
