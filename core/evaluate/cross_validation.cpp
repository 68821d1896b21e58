#include "core/evaluate/cross_validation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

Error noFolds() { return {ErrorCode::TooFewSamples, "There are no folds to learn from and to test with."}; }

Error inFold(Error error, std::size_t fold, std::size_t folds)
{
    if (folds > 1)
        error.message = "In fold " + std::to_string(fold + 1) + " of " + std::to_string(folds) + ": " + error.message;
    return error;
}

void addNotices(const std::vector<std::string>& more, std::vector<std::string>& notices)
{
    for (const std::string& notice : more)
        if (std::find(notices.begin(), notices.end(), notice) == notices.end())
            notices.push_back(notice);
}

/// All test rows behind one another, each with the answer of the model that had not seen it.
void pool(CrossValidation& result, const std::vector<Split>& splits)
{
    Eigen::Index rows = 0, classes = 0;
    for (const FoldOutcome& fold : result.folds) {
        rows += fold.truth.size();
        classes = std::max(classes, fold.predicted.probabilities.cols());
    }
    result.truth.resize(rows);
    result.predicted.values.resize(rows);
    result.predicted.probabilities.resize(classes ? rows : 0, classes);
    Eigen::Index next = 0;
    for (std::size_t i = 0; i < splits.size(); ++i) {
        FoldOutcome& fold = result.folds[i];
        const Eigen::Index n = fold.truth.size();
        result.rows.insert(result.rows.end(), splits[i].test.begin(), splits[i].test.end());
        result.truth.segment(next, n) = fold.truth;
        result.predicted.values.segment(next, n) = fold.predicted.values;
        result.predicted.areProbabilities = fold.predicted.areProbabilities;
        if (classes)
            result.predicted.probabilities.middleRows(next, n) = fold.predicted.probabilities;
        fold.truth = {};
        fold.predicted = {};
        next += n;
    }
    if (!hasTarget(result.target.task))
        return;
    result.pooled = metricsOf(result.truth, result.predicted, result.target);
}

} // namespace

ScoreSummaries summarised(const std::vector<Metrics>& folds)
{
    std::map<std::string, std::vector<double>> values;
    for (const Metrics& metrics : folds)
        for (const auto& [name, value] : metrics)
            values[name].push_back(value);
    ScoreSummaries summaries;
    for (const auto& [name, list] : values) {
        const double n = double(list.size());
        const double mean = std::accumulate(list.begin(), list.end(), 0.0) / n;
        double squares = 0;
        for (const double value : list)
            squares += (value - mean) * (value - mean);
        const auto [lowest, highest] = std::minmax_element(list.begin(), list.end());
        summaries[name] = {mean, list.size() > 1 ? std::sqrt(squares / (n - 1)) : 0, *lowest, *highest, list.size()};
    }
    return summaries;
}

PlanScore planScore(const Result<FoldOutcome>* outcomes, std::size_t folds)
{
    PlanScore score;
    std::vector<Metrics> train, test;
    for (std::size_t fold = 0; fold < folds; ++fold) {
        if (!outcomes[fold]) {
            score = {};
            score.error = inFold(outcomes[fold].error(), fold, folds);
            return score;
        }
        train.push_back(outcomes[fold]->train);
        test.push_back(outcomes[fold]->test);
        score.seconds += outcomes[fold]->seconds;
        addNotices(outcomes[fold]->notices, score.notices);
    }
    score.train = summarised(train);
    score.test = summarised(test);
    return score;
}

bool testsSingleRows(const CrossValidation& result)
{
    return hasTarget(result.target.task)
        && std::all_of(result.folds.begin(), result.folds.end(), [](const FoldOutcome& fold) { return fold.rowsTest <= 1; });
}

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
    std::vector<Metrics> train, test;
    for (std::size_t fold = 0; fold < folds.size(); ++fold) {
        Result<FoldOutcome>& outcome = (*outcomes)[fold];
        if (!outcome)
            return inFold(outcome.error(), fold, folds.size());
        train.push_back(outcome->train);
        test.push_back(outcome->test);
        result.folds.push_back(*std::move(outcome));
    }
    result.train = summarised(train);
    result.test = summarised(test);
    result.target = result.folds.front().target;
    pool(result, folds);
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
    const Result<std::vector<Result<FoldOutcome>>> outcomes = runFolds(table, tasks, {}, progress, stop);
    if (!outcomes)
        return outcomes.error();
    std::vector<PlanScore> scores;
    for (std::size_t i = 0; i < plans.size(); ++i)
        scores.push_back(planScore(&(*outcomes)[i * folds.size()], folds.size()));
    return scores;
}

std::vector<std::size_t> ranked(const std::vector<PlanScore>& scores, const MetricInfo& metric)
{
    const auto scoreOf = [&](std::size_t i) {
        const auto found = scores[i].test.find(metric.id);
        return found == scores[i].test.end() ? std::optional<double>() : metric.higherIsBetter ? -found->second.mean : found->second.mean;
    };
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const std::optional<double> first = scoreOf(a), second = scoreOf(b);
        return first && (!second || *first < *second);
    });
    return order;
}

} // namespace modelarium
