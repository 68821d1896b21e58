#include "core/evaluate/bootstrap.h"

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/evaluate/curves.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace modelarium {

namespace {

/// The mean of a metric of each class: of other classes where one was not drawn.
bool isMeanOverClasses(std::string_view metric) { return metric == "balanced_accuracy" || metric.ends_with("_macro"); }

std::size_t classesIn(const Vector& truth, std::size_t classes)
{
    std::vector<bool> seen(classes);
    for (const double code : truth)
        seen[std::size_t(code)] = true;
    return std::size_t(std::count(seen.begin(), seen.end(), true));
}

Metrics metricsOfResample(const Vector& truth, const Prediction& predicted, const TargetColumn& target, std::size_t features, std::size_t classes,
                          Random random)
{
    // In ascending order: the same multiset of rows, and memory is read in one direction.
    std::vector<Eigen::Index> rows(std::size_t(truth.size()));
    for (Eigen::Index& row : rows)
        row = Eigen::Index(random.below(std::uint64_t(truth.size())));
    std::sort(rows.begin(), rows.end());
    Prediction drawn{predicted.values(rows), {}, predicted.areProbabilities};
    if (predicted.probabilities.rows() == truth.size())
        drawn.probabilities = predicted.probabilities(rows, Eigen::all);
    const Vector truths = truth(rows);
    Metrics metrics = metricsOf(truths, drawn, target, features);
    if (target.task == Task::Classification && classesIn(truths, target.classes.size()) < classes)
        std::erase_if(metrics, [](const auto& metric) { return isMeanOverClasses(metric.first); });
    return metrics;
}

} // namespace

Result<std::map<std::string, MetricInterval>> bootstrapIntervals(const Vector& truth, const Prediction& predicted, const TargetColumn& target,
                                                                 std::size_t features, const BootstrapOptions& options, std::stop_token stop)
{
    if (truth.size() < 2)
        return Error{ErrorCode::TooFewSamples, "Intervals need at least two rows to draw from."};
    if (options.resamples < 1 || !(options.level > 0 && options.level < 1))
        return Error{ErrorCode::Unsupported, "Intervals need at least one resample and a level between 0 and 1."};

    std::vector<Metrics> resampled(options.resamples);
    const Random random(options.seed);
    const std::size_t classes = target.task == Task::Classification ? classesIn(truth, target.classes.size()) : 0;
    parallelFor(options.resamples, [&](std::size_t r) {
        if (!stop.stop_requested())
            resampled[r] = metricsOfResample(truth, predicted, target, features, classes, random.split(r));
    });
    if (stop.stop_requested())
        return Error{ErrorCode::Cancelled, "The intervals were cancelled."};

    std::map<std::string, MetricInterval> intervals;
    for (const auto& [name, value] : metricsOf(truth, predicted, target, features)) {
        std::vector<double> values;
        for (const Metrics& metrics : resampled)
            if (const auto found = metrics.find(name); found != metrics.end())
                values.push_back(found->second);
        // Of those that are left each end has one beyond it, or there is no interval.
        const bool isPart = values.size() < options.resamples;
        if (values.empty() || (isPart && double(values.size()) < std::ceil(2 / (1 - options.level) - 1e-6)))
            continue;
        std::sort(values.begin(), values.end());
        const double tail = (1 - options.level) / 2;
        intervals[name] = {value, sortedQuantile(values, tail), sortedQuantile(values, 1 - tail), values.size()};
    }
    return intervals;
}

} // namespace modelarium
