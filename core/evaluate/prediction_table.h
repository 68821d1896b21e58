#pragma once

#include "core/base/result.h"
#include "core/data/table.h"
#include "core/model/model.h"

namespace modelarium {

/// The rows with the model's answers beside them: a column "prediction" and, for classes, "probability_<class>".
///
/// A name that is taken gets " (model)" behind it: no column of the rows is lost.
/// Errors   those of Table::make
Result<Table> predictionTable(const Table& rows, const Model& model, const Prediction& prediction);

} // namespace modelarium
