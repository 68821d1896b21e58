#pragma once

#include "core/model/equation.h"

#include <string>
#include <vector>

namespace modelarium {

/// Models without a target as text: centres, mixtures of bells, core samples.
///
/// Numbers are in the units of the data where scaling can be undone; distances are those of the prepared features, and say so.

/// Whether these parameters of the model are clusters.
bool isClustering(const Model& model);

/// What decides, and where the clusters are, a line each.
std::string clusterSentence(const Model& model, int digits);

/// How the answer to one row came about: the distance to every centre, or to the nearest core sample.
std::vector<std::string> centroidArithmetic(const Centroids& centroids, const Model& model, const std::vector<double>& x, int digits);
std::vector<std::string> corePointArithmetic(const CorePoints& points, const Model& model, const std::vector<double>& x, int digits);

/// "cluster 1: mass" is a centre; of a mixture "cluster 1: (weight)", "cluster 1: mass", "cluster 1: mass, standard deviation".
/// Empty for core samples.
std::vector<NamedParameter> clusterParameters(const Model& model);

} // namespace modelarium
