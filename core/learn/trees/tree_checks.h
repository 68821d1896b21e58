#pragma once

#include "core/data/dataset.h"

namespace modelarium {

/// What every learner of trees asks of its data: those of checkDataset, the task it was set up for, features within the range of
/// float, targets whose squares are numbers, and no more classes than 65,535.
Result<void> checkForTrees(const Dataset& data, Task task);

} // namespace modelarium
