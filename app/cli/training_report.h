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

/// "precision, recall, f1 and pr_auc are those of \"yes\".", a line; empty where there are not two classes, or none of those metrics.
std::string positiveLine(const TargetColumn& target, const Metrics& metrics);
/// "positive_class", where there are two classes.
void addPositive(nlohmann::ordered_json& document, const TargetColumn& target);

/// Some penalties of the path for a person, the chosen one among them; the JSON has all.
void printPenaltyPath(const PenaltyPath& path);

} // namespace modelarium::cli
