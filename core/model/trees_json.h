#pragma once

#include "core/model/json_fields.h"
#include "core/model/parameters.h"

namespace modelarium {

/// The trees of an ensemble as JSON. Up to 100,000 numbers: a list of trees, each {"feature": [...], "threshold": [...], "left", "right",
/// "samples", "impurity", "values"}, one number a node. A leaf asks nothing: its threshold is not kept.
///
/// More: one object for all of them, whose lists are packed (packed_numbers.h) and stand tree after tree, node after node:
///   nodes                 of each tree
///   feature               of each node, -1 at a leaf
///   threshold             of each node that asks
///   left, right           of each node that asks: how many nodes further on its child stands
///   samples, impurity     of each node
///   counts                of each node and class, where each share is a whole number of samples over those of the node; otherwise
///   values                of each node and output
/// nodes, feature, left, right and counts are of a type of whole numbers.
nlohmann::ordered_json treesToJson(const TreeEnsemble& ensemble);

inline constexpr std::size_t mostTreesInFile = 100'000;

/// Readers of format 1 and 2 know the list only.
bool arePacked(const TreeEnsemble& ensemble);

/// `fields` has the member "trees"; `about`: classes, features and aggregation of the ensemble.
/// Throws BadField where a list is too short, a feature is not there, or a walk would not end: of several trees, of the first that is bad.
TreeList treesFromJson(const JsonFields& fields, const TreeEnsemble& about);

} // namespace modelarium
