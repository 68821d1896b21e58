#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// The perceptron: whenever a sample is on the wrong side of the boundary, the boundary is moved towards it.
///
/// Math     for s = +1 (the class) or -1 (the others): if s (w x + b) <= 0 then w += rate s x, b += rate s; one boundary for two
///          classes, one a class (against the rest) for more, as scikit-learn's Perceptron without a penalty.
///          The loss shown is the mean over samples and boundaries of max(0, -s (w x + b)). The last weights are kept, not the best
/// Shape    X (n_samples, n_features), y (n_samples) -> Linear {W (1 or classes, n_features), b}, Link::Hard
/// Unit     features as given; it arrives sooner when they are standardised
/// Errors   those of checkDataset; Diverged where the scores leave the range of numbers
/// Cost     O(n_samples * n_features * boundaries) an epoch, and as much for the loss of each step
/// Random   the order of the samples, new in every epoch, where they are shuffled
/// Source   F. Rosenblatt, Psychological Review 65(6), 1958; A. B. J. Novikoff, Proc. Symp. Math. Theory of Automata 12, 1962
LearnerInfo perceptron();

} // namespace modelarium
