#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"

#include <optional>
#include <vector>

namespace modelarium {

/// What a score with a threshold finds: a row counts as positive where its score >= threshold.
struct BinaryCounts {
    std::size_t hits = 0;                           ///< true positives
    std::size_t falseAlarms = 0;                    ///< false positives
    std::size_t misses = 0;                         ///< false negatives
    std::size_t rejections = 0;                     ///< true negatives
};

/// `truth` holds class codes, `score` the probability of (or any score for) the class `positive`.
BinaryCounts countsAt(const Vector& truth, const Vector& score, std::size_t positive, double threshold);

/// How well a score ranks the rows of a class above the others, threshold by threshold.
///
/// Math     at each distinct score s, highest first, rows with score >= s are positive: rate of hits tp / (tp + fn) over rate of
///          false alarms fp / (fp + tn); area by the trapezium rule, which counts a tie as half a hit
/// Shape    all (points), from (0, 0) to (1, 1); the first threshold lies just above every score
/// Errors   OneClass where the truth has no row of the class, or no other
struct RocCurve {
    std::vector<double> thresholds;                 ///< falling
    std::vector<double> falsePositiveRate;
    std::vector<double> truePositiveRate;
    double area = 0;
};
Result<RocCurve> rocCurve(const Vector& truth, const Vector& score, std::size_t positive);

/// The same thresholds, seen by who wants few false alarms among the rows that are called positive.
///
/// Math     precision tp / (tp + fp) over recall tp / (tp + fn); averagePrecision = sum over points of (recall - recall before) *
///          precision, without interpolation, which would promise too much
/// Shape    all (points), recall rising from 0; the first point is (0, 1) by convention, its threshold just above every score
/// Errors   as rocCurve
struct PrecisionRecallCurve {
    std::vector<double> thresholds;                 ///< falling
    std::vector<double> precision;
    std::vector<double> recall;
    double averagePrecision = 0;
};
Result<PrecisionRecallCurve> precisionRecallCurve(const Vector& truth, const Vector& score, std::size_t positive);

/// The areas under both curves without the curves. Empty where the truth has no row of the class, or no other.
///
/// Cost     O(n log n)
struct RankingAreas {
    double roc = 0;
    double averagePrecision = 0;
};
std::optional<RankingAreas> rankingAreas(const Vector& truth, const Vector& score, std::size_t positive);

enum class CalibrationBins { EqualWidth, EqualCount };

/// Whether probabilities mean what they say: of the rows that got about 0.7, about 70 % should be of the class.
///
/// Math     bins over [0, 1]: of equal width, or between quantiles of the probabilities; bin k holds edge_k < p <= edge_k+1 (the
///          first one its lower edge too). expectedError = sum of rows in the bin / n * |share - mean|
/// Shape    all (bins that hold rows)
/// Errors   Unsupported where bins < 1 or a probability is outside [0, 1]; TooFewSamples where there are no rows
struct CalibrationCurve {
    std::vector<double> meanPredicted;
    std::vector<double> shareOfPositives;
    std::vector<std::size_t> rows;
    double expectedError = 0;
};
Result<CalibrationCurve> calibrationCurve(const Vector& truth, const Vector& probability, std::size_t positive,
                                          CalibrationBins kind = CalibrationBins::EqualWidth, int bins = 10);

/// At most `most` of `points` indices, evenly spread, the first and the last among them: curves of many rows for pictures and files.
std::vector<std::size_t> thinned(std::size_t points, std::size_t most);

/// The value below which a share `q` of the sorted values lies, linear between neighbours (Hyndman and Fan's type 7).
/// Precondition: sorted, not empty, 0 <= q <= 1.
double sortedQuantile(const std::vector<double>& sorted, double q);

} // namespace modelarium
