#include "core/evaluate/fold_runs.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <mutex>
#include <new>

namespace modelarium {

namespace {

Error cancelled() { return {ErrorCode::Cancelled, "The evaluation was cancelled."}; }

/// Train, freeze, and compare with the truth: what a person would do by hand with these rows.
Result<FoldOutcome> runFold(const Table& table, const FoldTask& task, const FoldRunOptions& options, const std::stop_token& stop)
{
    const Result<PreparedTraining> training = prepareTraining(table, *task.plan, *task.rows);
    if (!training)
        return training.error();
    const Result<FitOutcome> outcome = fit(*training->learner, training->train, task.plan->seed, [&](const TrainingRun&, const Progress&) {
        return stop.stop_requested() ? Answer::Cancel : Answer::Continue;
    });
    if (!outcome)
        return outcome.error();
    const Result<ModelPtr> model = snapshotModel(*training, outcome->parameters, outcome->last.step, outcome->last.chosen);
    if (!model)
        return model.error();

    FoldOutcome fold{training->split.train.size(), training->split.test.size(), {}, {}, outcome->seconds, outcome->notices, training->unknownInTest, training->target, {}, {}};
    if (options.trainScores)
        fold.train = metricsOf(**model, *training->train);
    if (training->test) {
        Prediction predicted = (*model)->predictPrepared(training->test->columns());
        fold.test = isWithoutTarget(*task.plan) ? metricsOf(**model, *training->test)
                                                : metricsOf(training->test->y, predicted, training->target, weighedTerms(**model, training->test->features()));
        if (options.keepPredictions && !isWithoutTarget(*task.plan)) {
            fold.truth = training->test->y;
            fold.predicted = std::move(predicted);
        }
    }
    return fold;
}

} // namespace

FoldRunOptions scoreOptions(const std::vector<Split>& folds)
{
    FoldRunOptions options;
    options.keepPredictions = std::all_of(folds.begin(), folds.end(), [](const Split& rows) { return rows.test.size() <= 1; });
    return options;
}

Result<std::vector<Result<FoldOutcome>>> runFolds(const Table& table, const std::vector<FoldTask>& tasks, const FoldRunOptions& options,
                                                  const EvaluationProgress& progress, std::stop_token stop)
{
    std::vector<Result<FoldOutcome>> outcomes(tasks.size(), Result<FoldOutcome>(cancelled()));
    std::mutex mutex;
    std::size_t done = 0;
    try {
        parallelFor(tasks.size(), [&](std::size_t i) {
            if (stop.stop_requested())
                return;
            outcomes[i] = runFold(table, tasks[i], options, stop);
            if (!progress)
                return;
            std::lock_guard lock(mutex);
            progress(++done, tasks.size());
        });
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory to train this often on this much data: use fewer rows or fewer features."};
    }
    if (stop.stop_requested())
        return cancelled();
    return outcomes;
}

} // namespace modelarium
