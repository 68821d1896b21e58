#pragma once

#include <QString>

#include <map>
#include <string>
#include <vector>

namespace modelarium {

/// A metric as the window calls it.
struct MetricName {
    const char* id;
    QString name;
    QString help;
};

/// The metrics that the window shows, in the order in which they are read.
std::vector<MetricName> metricNames();

/// Within a sentence or beside an axis: "accuracy", "RMSE"; the id where the window shows no such metric.
QString metricWord(const std::string& id);
/// Whether it is told as a percentage: a share of the rows, or of their variance.
bool isPercentage(const std::string& id);
/// Whether it grows better with every further component or centre, so that its best place says nothing.
bool alwaysGrows(const std::string& id);

/// As a percentage where it is a share, with as many digits as mean something elsewhere; a dash where there is none.
QString metricValueText(const std::string& id, double value);
QString metricValueText(const std::string& id, const std::map<std::string, double>& metrics);

} // namespace modelarium
