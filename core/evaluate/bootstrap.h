#pragma once

#include "core/base/result.h"
#include "core/evaluate/metrics.h"

#include <cstdint>
#include <stop_token>

namespace modelarium {

struct BootstrapOptions {
    std::size_t resamples = 1000;
    double level = 0.95;                            ///< share of the resamples inside the interval
    std::uint64_t seed = 1;
};

/// A metric, and how far it could have come out otherwise with other rows of the same kind.
struct MetricInterval {
    double value = 0;                               ///< on the rows as they are
    double low = 0, high = 0;
    std::size_t resamples = 0;                      ///< in which the metric exists
};

/// Intervals of test metrics by the bootstrap: rows are drawn again with replacement, and the metric is computed each time.
///
/// The model stays as it is: this is the uncertainty of the test, not of the training.
/// A resample that draws no row of a class leaves out the metrics that are means over classes: without the class that a model never finds it
/// would be a perfect one. Where too few are left for the level, such a metric has no interval.
/// Math     percentile interval: the (1 - level) / 2 and (1 + level) / 2 quantiles over resamples, linear between neighbours
/// Cost     O(resamples * n log n), in parallel
/// Random   resample r draws with stream r of the seed: the same intervals with any number of threads
/// Errors   TooFewSamples (fewer than 2 rows); Unsupported (no resamples, level outside (0, 1)); Cancelled
/// Source   B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13
Result<std::map<std::string, MetricInterval>> bootstrapIntervals(const Vector& truth, const Prediction& predicted, const TargetColumn& target,
                                                                 std::size_t features, const BootstrapOptions& options = {},
                                                                 std::stop_token stop = {});

} // namespace modelarium
