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

/// As a percentage where it is a share of rows, with as many digits as mean something elsewhere; a dash where there is none.
QString metricValueText(const std::string& id, double value);
QString metricValueText(const std::string& id, const std::map<std::string, double>& metrics);

} // namespace modelarium
