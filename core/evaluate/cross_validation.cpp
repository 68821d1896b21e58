#include "core/evaluate/cross_validation.h"

#include <algorithm>

namespace modelarium {

namespace {

Error noFolds() { return {ErrorCode::TooFewSamples, "There are no folds to learn from and to test with."}; }

/// All test rows together, which the folds then need not keep.
void pool(CrossValidation& result, const std::vector<Split>& splits)
{
    PooledRows all = pooledRows(result.folds);
    result.truth = std::move(all.truth);
    result.predicted = std::move(all.predicted);
    for (const Split& split : splits)
        result.rows.insert(result.rows.end(), split.test.begin(), split.test.end());
    for (FoldOutcome& fold : result.folds) {
        fold.truth = {};
        fold.predicted = {};
    }
    if (hasTarget(result.target.task))
        result.pooled = metricsOf(result.truth, result.predicted, result.target);
}

} // namespace

bool testsSingleRows(const CrossValidation& result) { return testsSingleRows(result.folds); }

Result<CrossValidation> crossValidate(const Table& table, const TrainingPlan& plan, const std::vector<Split>& folds,
                                      const EvaluationProgress& progress, std::stop_token stop)
{
    if (folds.empty())
        return noFolds();
    std::vector<FoldTask> tasks;
    for (const Split& rows : folds)
        tasks.push_back({&plan, &rows});
    Result<std::vector<Result<FoldOutcome>>> outcomes = runFolds(table, tasks, {.trainScores = true, .keepPredictions = true}, progress, stop);
    if (!outcomes)
        return outcomes.error();
    CrossValidation result;
    std::vector<Metrics> train;
    for (std::size_t fold = 0; fold < folds.size(); ++fold) {
        Result<FoldOutcome>& outcome = (*outcomes)[fold];
        if (!outcome)
            return inFold(outcome.error(), fold, folds.size());
        train.push_back(outcome->train);
        result.unknown += outcome->unknown;
        result.folds.push_back(*std::move(outcome));
    }
    result.train = summarised(train);
    result.target = result.folds.front().target;
    pool(result, folds);
    result.test = testScores(result.folds, result.pooled);
    return result;
}

Result<std::vector<PlanScore>> scorePlans(const Table& table, const std::vector<TrainingPlan>& plans, const std::vector<Split>& folds,
                                          const EvaluationProgress& progress, std::stop_token stop)
{
    if (folds.empty())
        return noFolds();
    std::vector<FoldTask> tasks;
    for (const TrainingPlan& plan : plans)
        for (const Split& rows : folds)
            tasks.push_back({&plan, &rows});
    Result<std::vector<Result<FoldOutcome>>> outcomes = runFolds(table, tasks, scoreOptions(folds), progress, stop);
    if (!outcomes)
        return outcomes.error();
    std::vector<PlanScore> scores;
    for (std::size_t i = 0; i < plans.size(); ++i)
        scores.push_back(planScore(std::span(*outcomes).subspan(i * folds.size(), folds.size())));
    return scores;
}

} // namespace modelarium
