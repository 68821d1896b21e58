#pragma once

#include "core/base/result.h"
#include "core/model/model.h"
#include "core/model/parameters.h"

#include <nlohmann/json.hpp>

namespace modelarium {

/// Parameters as JSON: {"shape": "linear", "W": [[...]], "b": [...], "link": "identity"}.
///
/// More than 100,000 numbers in one matrix become base64 of little-endian doubles: {"rows", "columns", "float64_base64"}; more than
/// 100,000 numbers of trees are packed as trees_json.h says.
nlohmann::ordered_json parametersToJson(const Parameters& parameters);

/// The oldest format whose readers know how parametersToJson writes these: 4 for probabilities of kernel machines, 3 for packed
/// trees, 1 for all others.
std::int64_t oldestReaderOf(const Parameters& parameters);

/// Checks every rule that prediction relies on: shapes fit, indices are in range, trees have no cycles, scales are positive.
///
/// Errors   BadModelFile: one sentence a rule
Result<Parameters> parametersFromJson(const nlohmann::json& value);

nlohmann::ordered_json hyperparametersToJson(const HyperparameterValues& values);

} // namespace modelarium
