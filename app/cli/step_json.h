#pragma once

#include "core/learn/step_table.h"
#include "core/prepare/step_report.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace modelarium::cli {

/// [{"step", "summary", "columns": [{"column", what was learned...}], "rows", "cells"}, ...]; counts only where `touched` has them.
nlohmann::ordered_json stepsToJson(const Preparation& preparation, const std::vector<StepTouch>& touched);

/// "1. impute: ...", a line a step.
std::string stepLines(const Preparation& preparation);

nlohmann::ordered_json stepKindToJson(const StepKind& kind);

} // namespace modelarium::cli
