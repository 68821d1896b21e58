#include "core/evaluate/plan_score.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace modelarium {

namespace {

void addNotices(const std::vector<std::string>& more, std::vector<std::string>& notices)
{
    for (const std::string& notice : more)
        if (std::find(notices.begin(), notices.end(), notice) == notices.end())
            notices.push_back(notice);
}

/// What all folds have in common: another fold would say the same.
bool isOfThePlan(ErrorCode code)
{
    return code == ErrorCode::WrongTask || code == ErrorCode::UnknownLearner || code == ErrorCode::UnknownHyperparameter || code == ErrorCode::UnknownColumn;
}

std::string whyNoClassScore(const std::string& metric, const PlanScore& score)
{
    if (metric == "precision" || metric == "recall" || metric == "f1")
        return "is for two classes, and there are " + std::to_string(score.classes) + ": choose " + metric + "_macro or " + metric + "_weighted.";
    if (!score.test.contains("log_loss") && score.test.contains("accuracy"))
        return "needs probabilities, and models of this kind only decide: choose another metric.";
    return score.pooled ? "needs rows of at least two classes, and there is only one."
                        : "needs rows of at least two classes in a fold, and each fold tests rows of one class only: choose fewer folds, or stratified ones.";
}

std::string whyNoNumberScore(const std::string& metric, const PlanScore& score)
{
    if (metric == "adjusted_r2")
        return score.pooled ? "is about one model, and each of these rows is judged by another: choose r2."
                            : "needs more test rows in a fold than features, and true values that differ: choose fewer folds, or another metric.";
    if (metric == "r2")
        return score.pooled ? "needs true values that differ." : "needs true values that differ within a fold: choose fewer folds, or another metric.";
    if (metric == "mape")
        return "is a share of the true values, and some of them are 0: choose another metric.";
    return "is not a finite number here: predictions or true values are too large.";
}

std::string whyNoScoreWithoutTarget(const std::string& metric, const PlanScore& score)
{
    // A metric that not even the rows learned from have is that of other models.
    const bool ofOthers = !score.train.contains(metric) && !score.train.empty();
    if (ofOthers && (metric == "bic" || metric == "aic" || metric == "log_likelihood"))
        return "is for Gaussian mixtures: models of this kind have no likelihood. Choose another metric.";
    if (ofOthers && metric == "inertia")
        return "is for groups with a centre, as k-means finds them: models of this kind have none. Choose another metric.";
    if (ofOthers && metric == "noise_share")
        return "is for DBSCAN: models of this kind leave no row out. Choose another metric.";
    if (metric == "silhouette")
        return "needs two clusters or more that are not noise, among the rows of a fold. Choose other values, or another metric.";
    if (metric == "explained_variance_ratio")
        return "needs test rows that differ: choose fewer folds, or another metric.";
    return "does not exist in these folds: choose other values, or another metric.";
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

PooledRows pooledRows(const std::vector<FoldOutcome>& folds)
{
    Eigen::Index rows = 0, classes = 0;
    for (const FoldOutcome& fold : folds) {
        rows += fold.truth.size();
        classes = std::max(classes, fold.predicted.probabilities.cols());
    }
    PooledRows all;
    all.truth.resize(rows);
    all.predicted.values.resize(rows);
    all.predicted.probabilities.resize(classes ? rows : 0, classes);
    Eigen::Index next = 0;
    for (const FoldOutcome& fold : folds) {
        const Eigen::Index n = fold.truth.size();
        if (n == 0)
            continue;
        all.truth.segment(next, n) = fold.truth;
        all.predicted.values.segment(next, n) = fold.predicted.values;
        all.predicted.areProbabilities = fold.predicted.areProbabilities;
        if (classes)
            all.predicted.probabilities.middleRows(next, n) = fold.predicted.probabilities;
        next += n;
    }
    return all;
}

bool testsSingleRows(const std::vector<FoldOutcome>& folds)
{
    return !folds.empty() && hasTarget(folds.front().target.task)
        && std::all_of(folds.begin(), folds.end(), [](const FoldOutcome& fold) { return fold.rowsTest <= 1; });
}

ScoreSummaries testScores(const std::vector<FoldOutcome>& folds, const Metrics& pooled)
{
    if (testsSingleRows(folds))
        return summarised({pooled});
    std::vector<Metrics> test;
    for (const FoldOutcome& fold : folds)
        test.push_back(fold.test);
    return summarised(test);
}

Error inFold(Error error, std::size_t fold, std::size_t folds)
{
    if (folds > 1 && !isOfThePlan(error.code))
        error.message = "In fold " + std::to_string(fold + 1) + " of " + std::to_string(folds) + ": " + error.message;
    return error;
}

PlanScore planScore(std::span<Result<FoldOutcome>> outcomes)
{
    PlanScore score;
    std::vector<FoldOutcome> all;
    std::vector<Metrics> train;
    for (std::size_t fold = 0; fold < outcomes.size(); ++fold) {
        if (!outcomes[fold]) {
            score = {};
            score.error = inFold(outcomes[fold].error(), fold, outcomes.size());
            return score;
        }
        all.push_back(*std::move(outcomes[fold]));
        train.push_back(std::move(all.back().train));
        score.seconds += all.back().seconds;
        addNotices(all.back().notices, score.notices);
        score.unknown += all.back().unknown;
    }
    score.pooled = testsSingleRows(all);
    score.folds = score.pooled ? 1 : all.size();
    Metrics pooled;
    if (score.pooled) {
        const PooledRows rows = pooledRows(all);
        pooled = metricsOf(rows.truth, rows.predicted, all.front().target);
    }
    if (!all.empty())
        score.classes = all.front().target.classes.size();
    score.train = summarised(train);
    score.test = testScores(all, pooled);
    return score;
}

const ScoreSummary* decidingScore(const PlanScore& score, const MetricInfo& metric)
{
    const ScoreSummaries& scores = metric.ofTraining ? score.train : score.test;
    const auto found = scores.find(metric.id);
    return found == scores.end() ? nullptr : &found->second;
}

std::optional<std::size_t> incompleteFolds(const PlanScore& score, const MetricInfo& metric)
{
    const ScoreSummary* deciding = decidingScore(score, metric);
    return deciding && deciding->folds < score.folds ? std::optional(deciding->folds) : std::nullopt;
}

Error missingScore(const PlanScore& score, const MetricInfo& metric)
{
    if (score.error)
        return *score.error;
    const std::string why = metric.task == Task::Classification ? whyNoClassScore(metric.id, score)
                          : metric.task == Task::Regression     ? whyNoNumberScore(metric.id, score)
                                                                : whyNoScoreWithoutTarget(metric.id, score);
    return {ErrorCode::Unsupported, "The metric \"" + metric.id + "\" " + why};
}

std::vector<std::size_t> ranked(const std::vector<PlanScore>& scores, const MetricInfo& metric)
{
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const ScoreSummary *first = decidingScore(scores[a], metric), *second = decidingScore(scores[b], metric);
        if (!first || !second)
            return first && !second;
        if (first->folds != second->folds)
            return first->folds > second->folds;
        return metric.higherIsBetter ? first->mean > second->mean : first->mean < second->mean;
    });
    return order;
}

} // namespace modelarium
