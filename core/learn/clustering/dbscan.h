#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// DBSCAN: clusters are where rows lie densely; what lies apart is noise. Nobody says how many clusters there are.
///
/// Math     a core sample has at least min_samples samples within eps, itself among them. Core samples within eps of each other are
///          of one cluster, numbered in the order of their first row. What is frozen is the core samples (CorePoints in
///          parameters.h): a row belongs to the cluster of its nearest core sample within eps, and is noise where there is none
/// Shape    X (n_samples, n_features) -> CorePoints; the first steps sort the rows into a tree, where they are many, and count neighbours, then one step a cluster, more for a large one
/// Unit     eps counts in the units of the features: scale them first
/// Errors   those of checkDataset; NotFinite where squares are beyond the range of double; TooLarge where there are more than 1,000
///          clusters
/// Cost     O(n log n) where few rows are within eps of each other; memory 8 bytes a value
/// Random   nothing
/// Source   M. Ester, H.-P. Kriegel, J. Sander, X. Xu, KDD 1996
LearnerInfo dbscan();

} // namespace modelarium
