#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// k nearest neighbours: remember the training samples, and let the k nearest to a new one answer together.
///
/// Math     the mean of the answers (regression) or the share of each class among the k nearest; optionally weighted by 1 / distance.
///          Of equally distant samples those that come first in the data are nearer.
///          The shares do not depend on the order of the rows or classes, but for such samples. Of equal shares the class that comes
///          first in the list of classes is the answer: with an even k, or many classes, that order decides not a few rows
/// Shape    X (n_samples, n_features) -> NearestNeighbours
/// Unit     features as given: scale them first, or the feature with the largest numbers decides alone
/// Errors   those of checkDataset; BadHyperparameter where k > n_samples
/// Cost     training: a copy of the data; prediction: a search in a k-d tree
/// Random   nothing
/// Source   T. Cover, P. Hart, IEEE Trans. Inf. Theory 13(1), 1967
LearnerInfo kNearestNeighbors();

} // namespace modelarium
