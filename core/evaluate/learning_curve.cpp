#include "core/evaluate/learning_curve.h"

#include "core/data/folds.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

/// The training rows of one fold in the order in which they are added.
std::vector<std::size_t> growingOrder(const Table& table, const TrainingPlan& plan, Task task, const Split& fold, const LearningCurveOptions& options)
{
    if (!options.shuffle)
        return {fold.train.rbegin(), fold.train.rend()};
    // Rows of classes are drawn from each class in proportion.
    const std::vector<std::size_t> classes = task == Task::Classification ? valueCodes(table.column(*table.find(plan.target)), fold.train)
                                                                          : std::vector<std::size_t>();
    return fairOrder(fold.train, classes, options.seed);
}

Split grown(const std::vector<std::size_t>& order, double share, const Split& fold)
{
    const auto count = std::max<std::size_t>(1, std::size_t(std::lround(share * double(order.size()))));
    Split split{{order.begin(), order.begin() + std::ptrdiff_t(std::min(count, order.size()))}, fold.test};
    std::sort(split.train.begin(), split.train.end());
    return split;
}

} // namespace

Result<std::vector<CurvePoint>> learningCurve(const Table& table, const TrainingPlan& plan, const std::vector<Split>& folds,
                                              const LearningCurveOptions& options, const EvaluationProgress& progress, std::stop_token stop)
{
    const Result<Task> task = taskOf(table, plan);
    if (!task)
        return task.error();
    std::vector<double> shares = options.shares;
    std::sort(shares.begin(), shares.end());
    shares.erase(std::unique(shares.begin(), shares.end()), shares.end());
    if (shares.empty() || !std::all_of(shares.begin(), shares.end(), [](double share) { return share > 0 && share <= 1; }))
        return Error{ErrorCode::Unsupported, "A learning curve needs shares of the rows that are above 0 and at most 1."};
    if (folds.empty())
        return Error{ErrorCode::TooFewSamples, "There are no folds to learn from and to test with."};

    std::vector<std::vector<std::size_t>> orders;
    for (const Split& fold : folds)
        orders.push_back(growingOrder(table, plan, *task, fold, options));
    std::vector<Split> splits;
    for (const double share : shares)
        for (std::size_t fold = 0; fold < folds.size(); ++fold)
            splits.push_back(grown(orders[fold], share, folds[fold]));
    std::vector<FoldTask> tasks;
    for (const Split& split : splits)
        tasks.push_back({&plan, &split});
    Result<std::vector<Result<FoldOutcome>>> outcomes = runFolds(table, tasks, scoreOptions(folds), progress, stop);
    if (!outcomes)
        return outcomes.error();

    std::vector<CurvePoint> points;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const std::size_t first = i * folds.size();
        CurvePoint point{planScore(std::span(*outcomes).subspan(first, folds.size())), 0, {}};
        for (std::size_t fold = 0; fold < folds.size(); ++fold)
            point.rows += double(splits[first + fold].train.size()) / double(folds.size());
        points.push_back(std::move(point));
    }
    return points;
}

Result<std::vector<CurvePoint>> validationCurve(const Table& table, const TrainingPlan& plan, const std::vector<Split>& folds,
                                                const std::string& hyperparameter, const std::vector<HyperparameterValue>& values,
                                                const EvaluationProgress& progress, std::stop_token stop)
{
    const Result<const LearnerInfo*> learner = findLearner(plan.learner);
    if (!learner)
        return learner.error();
    Result<HyperparameterValues> base = withConditions((*learner)->table, plan.hyperparameters, {hyperparameter});
    if (!base)
        return base.error();
    TrainingPlan varied = plan;
    varied.hyperparameters = *std::move(base);
    std::vector<TrainingPlan> plans;
    for (const HyperparameterValue& value : values) {
        plans.push_back(varied);
        plans.back().hyperparameters[hyperparameter] = value;
        if (const Result<Hyperparameters> checked = Hyperparameters::check((*learner)->table, plans.back().hyperparameters); !checked)
            return checked.error();
    }
    Result<std::vector<PlanScore>> scores = scorePlans(table, plans, folds, progress, stop);
    if (!scores)
        return scores.error();
    double rows = 0;
    for (const Split& fold : folds)
        rows += double(fold.train.size()) / double(folds.size());
    std::vector<CurvePoint> points;
    for (std::size_t i = 0; i < values.size(); ++i)
        points.push_back({std::move((*scores)[i]), rows, values[i]});
    return points;
}

} // namespace modelarium
