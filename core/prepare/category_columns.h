#pragma once

#include "core/data/dataset.h"
#include "core/prepare/preparation.h"

namespace modelarium {

/// Where the categories of the data stand among the prepared features, found by preparing one row a level.
///
/// A category whose levels do not have a column each (or all but one) comes without levels: an ordinal code, products of features.
/// Cost     one prepared row a level
std::vector<CategoryColumns> categoryColumns(const Preparation& preparation);

} // namespace modelarium
