#pragma once

#include "core/model/findings.h"
#include "core/model/json_fields.h"

namespace modelarium {

/// {"folds", "chosen" (its place), "alphas", "features_in_use", "mean_squared_errors", "standard_errors"}, as model files and the command
/// line have it.
nlohmann::ordered_json penaltyPathToJson(const PenaltyPath& path);
/// Errors   throws BadField where lists are of different lengths, or the chosen place is outside them
PenaltyPath penaltyPathFromJson(const nlohmann::json& value);

} // namespace modelarium
