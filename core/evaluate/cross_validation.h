#pragma once

#include "core/evaluate/fold_runs.h"

#include <map>
#include <string>

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

/// How a plan does on rows that it did not learn from, judged fold by fold.
struct CrossValidation {
    std::vector<FoldOutcome> folds;
    ScoreSummaries train, test;
    /// The metrics of all test rows together, each predicted by the model that had not seen it: the only ones for leave-one-out
    /// that r2, or a class's recall, exist in. Rows that several folds test count several times. Without a target there are none, for
    /// each fold has clusters of its own; then truth and predicted are empty too.
    Metrics pooled;
    TargetColumn target;
    std::vector<std::size_t> rows;                  ///< rows of the table in the order of truth and predicted, fold after fold
    Vector truth;
    Prediction predicted;
};

/// Whether each fold tests one row at most, of which most metrics say nothing: then only all rows together have scores, those of `pooled`.
/// Without a target there are no such scores, and every fold speaks for itself.
bool testsSingleRows(const CrossValidation& result);

/// Trains once a fold, with a preparation of its own, and judges each model by the rows that were kept back from it.
///
/// Cost     one training a fold, in parallel; memory one prepared training a thread
/// Errors   Cancelled; OutOfMemory; TooFewSamples (no folds); the first error of any fold, which the sentence names
Result<CrossValidation> crossValidate(const Table& table, const TrainingPlan& plan, const std::vector<Split>& folds,
                                      const EvaluationProgress& progress = {}, std::stop_token stop = {});

/// How one of several plans did on the same folds.
struct PlanScore {
    ScoreSummaries train, test;
    double seconds = 0;                             ///< of all its trainings
    std::vector<std::string> notices;               ///< of its learner, each once
    std::optional<Error> error;                     ///< why there are no scores: the first fold that failed
};

/// The scores of one plan from the outcomes of its folds.
PlanScore planScore(const Result<FoldOutcome>* outcomes, std::size_t folds);

/// Cross-validates many plans on the same folds: for comparisons, searches and validation curves. A score a plan, in their order.
///
/// A plan that fails does not stop the others.
/// Errors   Cancelled; OutOfMemory; TooFewSamples (no folds)
Result<std::vector<PlanScore>> scorePlans(const Table& table, const std::vector<TrainingPlan>& plans, const std::vector<Split>& folds,
                                          const EvaluationProgress& progress = {}, std::stop_token stop = {});

/// Places of the plans, best first, by the mean of a test metric; equal scores keep their order, failed plans come last.
std::vector<std::size_t> ranked(const std::vector<PlanScore>& scores, const MetricInfo& metric);

} // namespace modelarium
