#pragma once

#include "core/model/json_fields.h"
#include "core/prepare/preparation.h"

#include <nlohmann/json.hpp>

namespace modelarium {

/// The inputs and the steps of a preparation as the model file has them.
nlohmann::ordered_json inputsToJson(const Preparation& preparation);
nlohmann::ordered_json preparationToJson(const Preparation& preparation);

/// Reads "inputs" and "preparation" of a model file. Throws BadField
Preparation preparationFromJson(const JsonFields& document);

/// The oldest file format that says everything about this preparation: 1, or 2 where a step or an encoding is newer.
std::int64_t oldestReaderOf(const Preparation& preparation);

} // namespace modelarium
