#pragma once

#include "core/evaluate/plan_score.h"

namespace modelarium {

/// How a plan does on rows that it did not learn from, judged fold by fold.
struct CrossValidation {
    std::vector<FoldOutcome> folds;
    ScoreSummaries train, test;                     ///< over the folds; test is that of all rows together where folds are of single rows
    /// The metrics of all test rows together, each predicted by the model that had not seen it: the only ones for leave-one-out
    /// that r2, or a class's recall, exist in. Rows that several folds test count several times. Without a target there are none, for
    /// each fold has clusters of its own; then truth and predicted are empty too.
    Metrics pooled;
    UnknownWords unknown;                           ///< of the test rows of all folds; a row that several folds test counts several times
    TargetColumn target;
    std::vector<std::size_t> rows;                  ///< rows of the table in the order of truth and predicted, fold after fold
    Vector truth;
    Prediction predicted;
};

/// Whether the test rows are judged all together, and not fold by fold.
bool testsSingleRows(const CrossValidation& result);

/// Trains once a fold, with a preparation of its own, and judges each model by the rows that were kept back from it.
///
/// Cost     one training a fold, in parallel; memory one prepared training a thread
/// Errors   Cancelled; OutOfMemory; TooFewSamples (no folds); the first error of any fold, which the sentence names
Result<CrossValidation> crossValidate(const Table& table, const TrainingPlan& plan, const std::vector<Split>& folds,
                                      const EvaluationProgress& progress = {}, std::stop_token stop = {});

/// Cross-validates many plans on the same folds: for comparisons, searches and validation curves. A score a plan, in their order.
///
/// A plan that fails does not stop the others.
/// Errors   Cancelled; OutOfMemory; TooFewSamples (no folds)
Result<std::vector<PlanScore>> scorePlans(const Table& table, const std::vector<TrainingPlan>& plans, const std::vector<Split>& folds,
                                          const EvaluationProgress& progress = {}, std::stop_token stop = {});

} // namespace modelarium
