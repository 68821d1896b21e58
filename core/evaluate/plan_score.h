#pragma once

#include "core/evaluate/fold_runs.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace modelarium {

/// One metric over the folds in which it exists.
struct ScoreSummary {
    double mean = 0;
    double standardDeviation = 0;                   ///< of the folds, ddof 1; 0 for one fold
    double lowest = 0, highest = 0;
    std::size_t folds = 0;
};
using ScoreSummaries = std::map<std::string, ScoreSummary>;

ScoreSummaries summarised(const std::vector<Metrics>& folds);

/// The test rows of all folds behind one another, each with the answer of the model that had not seen it.
struct PooledRows {
    Vector truth;
    Prediction predicted;
};
PooledRows pooledRows(const std::vector<FoldOutcome>& folds);

/// Whether each fold tests one row at most, of which most metrics say nothing, and of which the mean of others is another metric: the mean
/// of the rmse of single rows is the mae. Then only all rows together have scores. Without a target there are none of these, and every fold
/// speaks for itself.
bool testsSingleRows(const std::vector<FoldOutcome>& folds);

/// Scores on the test rows: over the folds, or, where these are of single rows, of all rows together as if they were one fold.
ScoreSummaries testScores(const std::vector<FoldOutcome>& folds, const Metrics& pooled);

/// How one of several plans did on the same folds.
struct PlanScore {
    ScoreSummaries train, test;
    std::size_t folds = 0;                          ///< that have test scores of their own; 1 where the rows are judged together
    bool pooled = false;                            ///< the test scores are those of all rows together (testsSingleRows)
    std::size_t classes = 0;                        ///< of the target; 0 where it has none
    double seconds = 0;                             ///< of all its trainings
    std::vector<std::string> notices;               ///< of its learner, each once
    UnknownWords unknown;                           ///< of the test rows of all folds
    std::optional<Error> error;                     ///< why there are no scores: the first fold that failed
};

/// The scores of one plan from the outcomes of its folds, which it takes, with predictions where these are of single rows.
PlanScore planScore(std::span<Result<FoldOutcome>> outcomes);

/// The fold is named where another fold might have gone well.
Error inFold(Error error, std::size_t fold, std::size_t folds);

/// What plans are compared by: the score on the test rows; for a criterion that charges for parameters instead of asking rows kept back
/// (MetricInfo::ofTraining), the one on the rows that were learned from. Null where there is none.
const ScoreSummary* decidingScore(const PlanScore& score, const MetricInfo& metric);

/// How many folds the deciding score exists in, where not in all of them: such a mean is of other rows than that of the other plans.
std::optional<std::size_t> incompleteFolds(const PlanScore& score, const MetricInfo& metric);

/// Why a plan has no deciding score: its error, or a sentence about what the metric needs.
Error missingScore(const PlanScore& score, const MetricInfo& metric);

/// Places of the plans, best first: those with a score in more folds before those with a score in fewer, by the mean of the deciding
/// score among these; equal scores keep their order, plans without one come last.
std::vector<std::size_t> ranked(const std::vector<PlanScore>& scores, const MetricInfo& metric);

} // namespace modelarium
