#pragma once

#include "core/data/split.h"
#include "core/evaluate/metrics.h"
#include "core/learn/training.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace modelarium {

/// How much of a long evaluation is done. Called on the threads that work, one call at a time, `done` rising to `total`.
using EvaluationProgress = std::function<void(std::size_t done, std::size_t total)>;

/// One training to run and to judge. Nothing is owned: both outlive the run.
struct FoldTask {
    const TrainingPlan* plan = nullptr;
    const Split* rows = nullptr;                    ///< a test side that is empty is judged on nothing
};

/// What one training on rows.train came to.
struct FoldOutcome {
    std::size_t rowsTrain = 0, rowsTest = 0;
    Metrics train, test;                            ///< train is empty unless asked for
    double seconds = 0;                             ///< of the training alone
    std::vector<std::string> notices;
    UnknownWords unknown;                           ///< cells of the test rows that the training rows say nothing about
    TargetColumn target;
    Vector truth;                                   ///< of the test rows; both are empty unless asked for
    Prediction predicted;
};

struct FoldRunOptions {
    bool trainScores = true;
    bool keepPredictions = false;
};

/// For scores alone: predictions are kept where each fold tests one row at most, for these are judged together.
FoldRunOptions scoreOptions(const std::vector<Split>& folds);

/// Runs trainings in parallel, each with a preparation learned from its own training rows; a result a task, in their order.
///
/// A task that fails does not stop the others. The results do not depend on the number of threads, seconds aside.
/// Errors   Cancelled; OutOfMemory; those of prepareTraining and fit are told task by task
Result<std::vector<Result<FoldOutcome>>> runFolds(const Table& table, const std::vector<FoldTask>& tasks, const FoldRunOptions& options,
                                                  const EvaluationProgress& progress, std::stop_token stop);

} // namespace modelarium
