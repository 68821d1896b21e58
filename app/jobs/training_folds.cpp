#include "app/jobs/training_folds.h"

#include "core/data/parting_columns.h"

#include <algorithm>

namespace modelarium {

Result<TrainingFolds> trainingFolds(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, const FoldOptions& options)
{
    // Before the rows are numbered anew: a cell that is missing is named as it stands in the table.
    if (options.kind == FoldKind::Grouped)
        if (const auto groups = groupCodes(table, rows, options.groupColumn); !groups)
            return groups.error();
    if (options.kind == FoldKind::TimeOrdered)
        if (const auto ordered = rowsInTime(table, rows, options.timeColumn); !ordered)
            return ordered.error();
    TrainingFolds parted{table.selected(rows), plan, {}};
    parted.plan.testFraction = 0;
    auto made = makeFolds(parted.table, plan.target, options);
    if (!made)
        return made.error();
    parted.folds = *std::move(made);
    return parted;
}

Result<TrainingFolds> trainingFolds(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, int folds)
{
    const auto target = table.find(plan.target);
    const Task task = plan.task.value_or(target ? taskOf(table.column(*target)) : Task::Regression);
    FoldOptions options;
    options.folds = folds;
    options.seed = plan.seed;
    options.kind = task == Task::Classification ? FoldKind::Stratified : FoldKind::KFold;
    Result<TrainingFolds> parted = trainingFolds(table, plan, rows, options);
    // Classes with fewer rows than folds cannot be spread over them; plain folds can still be drawn.
    if (!parted && options.kind == FoldKind::Stratified) {
        options.kind = FoldKind::KFold;
        parted = trainingFolds(table, plan, rows, options);
    }
    return parted;
}

Result<CrossValidation> crossValidateOn(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, const FoldOptions& options,
                                        const EvaluationProgress& progress, std::stop_token stop)
{
    const Result<TrainingFolds> parted = trainingFolds(table, plan, rows, options);
    if (!parted)
        return parted.error();
    Result<CrossValidation> result = crossValidate(parted->table, parted->plan, parted->folds, progress, stop);
    // Rows are told as they stand in the table.
    if (result && result->unknown.asMissing > 0)
        result->unknown.row = rows[result->unknown.row];
    return result;
}

HyperparameterValues SearchGrid::valuesAt(std::size_t row, std::size_t column) const
{
    HyperparameterValues values{{axes.front().name, axes.front().values[column]}};
    if (axes.size() > 1)
        values[axes[1].name] = axes[1].values[row];
    return values;
}

Result<SearchGrid> searchOn(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, const FoldOptions& options,
                            const std::vector<SearchAxis>& axes, const EvaluationProgress& progress, std::stop_token stop)
{
    const Result<TrainingFolds> parted = trainingFolds(table, plan, rows, options);
    if (!parted)
        return parted.error();
    const auto learner = findLearner(plan.learner);
    if (!learner)
        return learner.error();
    const auto candidates = gridCandidates(**learner, plan.hyperparameters, axes);
    if (!candidates)
        return candidates.error();
    Result<SearchResult> result = searchHyperparameters(parted->table, parted->plan, *candidates, parted->folds, {}, progress, stop);
    if (!result)
        return result.error();
    SearchGrid grid{axes, {}, *std::move(result)};
    for (std::size_t row = 0; row < grid.rows(); ++row) {
        for (std::size_t column = 0; column < grid.columns(); ++column) {
            // A grid of this place alone leaves out what is idle, as the whole one did.
            std::vector<SearchAxis> place = axes;
            place[0].values = {axes[0].values[column]};
            if (place.size() > 1)
                place[1].values = {axes[1].values[row]};
            const auto alone = gridCandidates(**learner, plan.hyperparameters, place);
            if (!alone)
                return alone.error();
            const auto found = std::find(candidates->begin(), candidates->end(), alone->front());
            grid.candidates.push_back(std::size_t(found - candidates->begin()));
        }
    }
    return grid;
}

HyperparameterValues SearchTries::valuesOf(std::size_t candidate) const
{
    HyperparameterValues values;
    for (const SearchAxis& axis : axes) {
        // What another value makes idle was left out.
        if (const auto found = result.candidates[candidate].find(axis.name); found != result.candidates[candidate].end())
            values.insert(*found);
    }
    return values;
}

Result<SearchTries> triesOn(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, const FoldOptions& options,
                            const std::vector<SearchAxis>& axes, const std::optional<SearchDraw>& draw, const EvaluationProgress& progress, std::stop_token stop)
{
    const auto learner = findLearner(plan.learner);
    if (!learner)
        return learner.error();
    const auto candidates = draw ? randomCandidates(**learner, plan.hyperparameters, axes, draw->count, draw->seed)
                                 : gridCandidates(**learner, plan.hyperparameters, axes);
    if (!candidates)
        return candidates.error();
    const Result<TrainingFolds> parted = trainingFolds(table, plan, rows, options);
    if (!parted)
        return parted.error();
    Result<SearchResult> result = searchHyperparameters(parted->table, parted->plan, *candidates, parted->folds, {}, progress, stop);
    if (!result)
        return result.error();
    return SearchTries{axes, *std::move(result)};
}

} // namespace modelarium
