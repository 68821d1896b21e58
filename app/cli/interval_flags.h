#pragma once

#include "core/evaluate/bootstrap.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace modelarium::cli {

using Intervals = std::map<std::string, MetricInterval>;

/// The flags that say how sure test metrics are, the same for train and evaluate.
class IntervalFlags {
public:
    /// `help` says what is drawn, and when without a word.
    void addTo(CLI::App& command, const std::string& help);
    /// Wrong usage is thrown as CLI::ValidationError: call it in the command's callback. `unasked`: intervals are drawn without a word, too.
    void check(bool unasked) const;

    bool areChosen() const { return m_resamplesGiven->count() > 0; }
    /// A level is a word for intervals.
    bool isLevelChosen() const { return m_levelGiven->count() > 0; }
    std::size_t resamples() const { return m_resamples; }
    /// `resamples` draws of the rows; terms: as metricsOf.
    Result<Intervals> intervalsFor(std::size_t resamples, const Vector& truth, const Prediction& predicted, const TargetColumn& target,
                                   std::size_t terms, std::uint64_t seed) const;

    /// {"level", "intervals"}; nothing where there are none.
    void addJson(nlohmann::ordered_json& document, const Intervals& intervals) const;
    /// "95 % interval".
    std::string heading() const;

private:
    std::size_t m_resamples = 0;
    double m_level = 0.95;
    CLI::Option* m_resamplesGiven = nullptr;
    CLI::Option* m_levelGiven = nullptr;
};

/// "0.81 to 0.92"; empty where the metric has no interval.
std::string intervalText(const Intervals& intervals, const std::string& metric);

} // namespace modelarium::cli
