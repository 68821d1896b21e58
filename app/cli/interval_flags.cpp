#include "app/cli/interval_flags.h"

#include "core/base/number_text.h"

#include <cmath>

namespace modelarium::cli {

namespace {

/// CLI::Range would let NaN pass.
CLI::Validator level()
{
    return CLI::Validator([](std::string& text) {
        double value = 0;
        return CLI::detail::lexical_cast(text, value) && value > 0 && value < 1 ? std::string() : "\"" + text + "\" is not between 0 and 1";
    }, "FLOAT between 0 and 1");
}

} // namespace

void IntervalFlags::addTo(CLI::App& command, const std::string& help)
{
    m_resamplesGiven = command.add_option("--bootstrap", m_resamples, help)->check(CLI::Range(0, 1000000));
    m_levelGiven = command.add_option("--level", m_level, "Share of the resamples inside an interval")->check(level())->capture_default_str();
}

void IntervalFlags::check(bool unasked) const
{
    if (isLevelChosen() && (areChosen() ? m_resamples == 0 : !unasked))
        throw CLI::ValidationError("--level", "is that of intervals, and there are none: add --bootstrap with the number of resamples");
    // Each end of an interval has a resample beyond it.
    if (const double least = std::ceil(2 / (1 - m_level) - 1e-6); areChosen() && m_resamples > 0 && double(m_resamples) < least)
        throw CLI::ValidationError("--bootstrap", "is too few for an interval of level " + shortText(m_level) + ": at least " + shortText(least, 17));
}

Result<Intervals> IntervalFlags::intervalsFor(std::size_t resamples, const Vector& truth, const Prediction& predicted, const TargetColumn& target,
                                              std::size_t terms, std::uint64_t seed) const
{
    if (resamples == 0 || truth.size() < 2)
        return Intervals();
    return bootstrapIntervals(truth, predicted, target, terms, {resamples, m_level, seed});
}

void IntervalFlags::addJson(nlohmann::ordered_json& document, const Intervals& intervals) const
{
    if (intervals.empty())
        return;
    auto json = nlohmann::ordered_json::object();
    for (const auto& [name, interval] : intervals)
        json[name] = {{"low", interval.low}, {"high", interval.high}, {"resamples", interval.resamples}};
    document["level"] = m_level;
    document["intervals"] = std::move(json);
}

std::string IntervalFlags::heading() const { return shortText(100 * m_level, 4) + " % interval"; }

std::string intervalText(const Intervals& intervals, const std::string& metric)
{
    const auto interval = intervals.find(metric);
    return interval == intervals.end() ? std::string() : shortText(interval->second.low, 4) + " to " + shortText(interval->second.high, 4);
}

} // namespace modelarium::cli
