#pragma once

#include "core/learn/registry.h"
#include "core/model/equation.h"
#include "core/model/model.h"

#include <nlohmann/json.hpp>

namespace modelarium::cli {

/// The name of the target, or null where there is none.
nlohmann::ordered_json targetToJson(const std::string& target);
nlohmann::ordered_json valueToJson(const HyperparameterValue& value);
nlohmann::ordered_json specToJson(const HyperparameterSpec& spec);
nlohmann::ordered_json learnerToJson(const LearnerInfo& learner);
nlohmann::ordered_json parametersToList(const std::vector<NamedParameter>& parameters);      ///< [{"name", "value"}, ...]

} // namespace modelarium::cli
