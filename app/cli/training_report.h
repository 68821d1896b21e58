#pragma once

#include "app/cli/interval_flags.h"
#include "core/evaluate/metrics.h"
#include "core/model/model.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace modelarium::cli {

/// {"rmse": ..., ...} in the order in which metrics should be read.
nlohmann::ordered_json metricsToJson(const Metrics& metrics);
/// {"train": ..., "test": ...}, and "out_of_bag" where trees have been asked so.
nlohmann::ordered_json trainingMetricsToJson(const Provenance& provenance);
/// The same as a table: a row a metric, the first row the headings; with a column of intervals of the test metrics where there are any.
std::vector<std::vector<std::string>> trainingMetricRows(const Provenance& provenance, const Intervals& intervals = {}, const std::string& heading = {});

/// Some penalties of the path for a person, the chosen one among them; the JSON has all.
void printPenaltyPath(const PenaltyPath& path);

} // namespace modelarium::cli
