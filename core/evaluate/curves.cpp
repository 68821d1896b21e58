#include "core/evaluate/curves.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

/// One distinct score: how many rows of the class and of the others have at least this one.
struct Step {
    double threshold;
    double positives;
    double negatives;
};

/// Rows by falling score; a step where the score changes. Empty where one side has no row.
std::vector<Step> stepsOf(const Vector& truth, const Vector& score, std::size_t positive)
{
    struct Row {
        double score;
        bool positive;
    };
    std::vector<Row> rows;
    rows.reserve(std::size_t(truth.size()));
    for (Index i = 0; i < truth.size(); ++i)
        rows.push_back({score[i], std::size_t(truth[i]) == positive});
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.score > b.score; });

    std::vector<Step> steps;
    double positives = 0, negatives = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        (rows[i].positive ? positives : negatives) += 1;
        if (i + 1 == rows.size() || rows[i + 1].score != rows[i].score)
            steps.push_back({rows[i].score, positives, negatives});
    }
    if (positives == 0 || negatives == 0)
        steps.clear();
    return steps;
}

double aboveAll(const std::vector<Step>& steps) { return std::nextafter(steps.front().threshold, std::numeric_limits<double>::max()); }

Error oneSided()
{
    return {ErrorCode::OneClass, "A curve needs rows of the class and rows of other classes; these rows have only one of the two."};
}

double rocArea(const std::vector<Step>& steps)
{
    double area = 0;
    Step before{0, 0, 0};
    for (const Step& step : steps) {
        area += (step.negatives - before.negatives) * (step.positives + before.positives) / 2;
        before = step;
    }
    return area / before.positives / before.negatives;
}

double averagePrecisionOf(const std::vector<Step>& steps)
{
    double sum = 0, before = 0;
    for (const Step& step : steps) {
        sum += (step.positives - before) * (step.positives / (step.positives + step.negatives));
        before = step.positives;
    }
    return sum / before;
}

} // namespace

BinaryCounts countsAt(const Vector& truth, const Vector& score, std::size_t positive, double threshold)
{
    BinaryCounts counts;
    for (Index i = 0; i < truth.size(); ++i) {
        const bool is = std::size_t(truth[i]) == positive, called = score[i] >= threshold;
        ++(called ? is ? counts.hits : counts.falseAlarms : is ? counts.misses : counts.rejections);
    }
    return counts;
}

Result<RocCurve> rocCurve(const Vector& truth, const Vector& score, std::size_t positive)
{
    const std::vector<Step> steps = stepsOf(truth, score, positive);
    if (steps.empty())
        return oneSided();
    RocCurve curve{{aboveAll(steps)}, {0}, {0}, rocArea(steps)};
    for (const Step& step : steps) {
        curve.thresholds.push_back(step.threshold);
        curve.falsePositiveRate.push_back(step.negatives / steps.back().negatives);
        curve.truePositiveRate.push_back(step.positives / steps.back().positives);
    }
    return curve;
}

Result<PrecisionRecallCurve> precisionRecallCurve(const Vector& truth, const Vector& score, std::size_t positive)
{
    const std::vector<Step> steps = stepsOf(truth, score, positive);
    if (steps.empty())
        return oneSided();
    PrecisionRecallCurve curve{{aboveAll(steps)}, {1}, {0}, averagePrecisionOf(steps)};
    for (const Step& step : steps) {
        curve.thresholds.push_back(step.threshold);
        curve.precision.push_back(step.positives / (step.positives + step.negatives));
        curve.recall.push_back(step.positives / steps.back().positives);
    }
    return curve;
}

std::optional<RankingAreas> rankingAreas(const Vector& truth, const Vector& score, std::size_t positive)
{
    const std::vector<Step> steps = stepsOf(truth, score, positive);
    if (steps.empty())
        return std::nullopt;
    return RankingAreas{rocArea(steps), averagePrecisionOf(steps)};
}

Result<CalibrationCurve> calibrationCurve(const Vector& truth, const Vector& probability, std::size_t positive, CalibrationBins kind, int bins)
{
    if (truth.size() == 0)
        return Error{ErrorCode::TooFewSamples, "There are no rows to compare probabilities with."};
    if (bins < 1 || !(probability.minCoeff() >= 0 && probability.maxCoeff() <= 1))
        return Error{ErrorCode::Unsupported, "Calibration needs probabilities from 0 to 1 and at least one bin."};
    std::vector<double> edges;                      // the inner ones
    std::vector<double> sorted(probability.begin(), probability.end());
    if (kind == CalibrationBins::EqualCount)
        std::sort(sorted.begin(), sorted.end());
    for (int k = 1; k < bins; ++k)
        edges.push_back(kind == CalibrationBins::EqualWidth ? double(k) / bins : sortedQuantile(sorted, double(k) / bins));

    std::vector<double> sums(std::size_t(bins), 0.0), positives(std::size_t(bins), 0.0);
    std::vector<std::size_t> counts(std::size_t(bins), 0);
    for (Index i = 0; i < truth.size(); ++i) {
        const auto bin = std::size_t(std::lower_bound(edges.begin(), edges.end(), probability[i]) - edges.begin());
        sums[bin] += probability[i];
        positives[bin] += std::size_t(truth[i]) == positive;
        ++counts[bin];
    }
    CalibrationCurve curve;
    for (std::size_t bin = 0; bin < counts.size(); ++bin) {
        if (counts[bin] == 0)
            continue;
        const double n = double(counts[bin]);
        curve.meanPredicted.push_back(sums[bin] / n);
        curve.shareOfPositives.push_back(positives[bin] / n);
        curve.rows.push_back(counts[bin]);
        curve.expectedError += std::abs(positives[bin] - sums[bin]) / double(truth.size());
    }
    return curve;
}

std::vector<std::size_t> thinned(std::size_t points, std::size_t most)
{
    std::vector<std::size_t> chosen;
    const std::size_t count = std::min(points, std::max<std::size_t>(most, 2));
    for (std::size_t i = 0; i < count; ++i)
        chosen.push_back(count == points ? i : (i * (points - 1) + (count - 1) / 2) / (count - 1));
    return chosen;
}

double sortedQuantile(const std::vector<double>& sorted, double q)
{
    const double position = q * double(sorted.size() - 1);
    const auto below = std::size_t(position);
    const double low = sorted[below], high = sorted[std::min(below + 1, sorted.size() - 1)];
    return low + (high - low) * (position - double(below));
}

} // namespace modelarium
