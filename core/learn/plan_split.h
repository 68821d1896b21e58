#pragma once

#include "core/learn/training.h"

namespace modelarium {

/// Which rows a plan learns from, and which it keeps back: what prepareTraining() parts by, for those who only look at the rows.
/// Errors   UnknownColumn; those of holdOut
Result<Split> planSplit(const Table& table, const TrainingPlan& plan);

} // namespace modelarium
