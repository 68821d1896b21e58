#pragma once

#include "core/learn/training.h"

namespace modelarium {

/// Freezes parameters into a model: provenance, metrics on both sides of the split, and a certificate over rows of the data.
///
/// Errors   NotFinite where a parameter is not a number
Result<ModelPtr> freezeModel(const PreparedTraining& training, Parameters parameters, std::size_t steps, double seconds);

/// UTC, ISO 8601.
std::string timeNow();

} // namespace modelarium
