#pragma once

#include "core/evaluate/cross_validation.h"

namespace modelarium {

/// One place of a learning or validation curve: its scores, or why there are none here.
struct CurvePoint : PlanScore {
    double rows = 0;                                ///< learned from, mean over folds
    HyperparameterValue value;                      ///< validation curves only
};

struct LearningCurveOptions {
    std::vector<double> shares = {0.1, 0.325, 0.55, 0.775, 1.0};    ///< of the training rows of each fold
    /// Fewer rows are a fair sample of more rows. False, for rows in time: they are the last ones, next to the test rows.
    bool shuffle = true;
    std::uint64_t seed = 1;
};

/// What more rows would bring: scores with a growing share of the training rows, on test rows that stay the same.
///
/// Smaller shares are contained in larger ones; each class keeps its proportion. A share that is too small to learn from has a
/// sentence instead of scores.
/// Shape    a point a share, in rising order; equal shares once
/// Cost     folds * shares trainings, in parallel
/// Errors   Cancelled; OutOfMemory; TooFewSamples (no folds); Unsupported (no shares, or one outside (0, 1]); UnknownColumn
Result<std::vector<CurvePoint>> learningCurve(const Table& table, const TrainingPlan& plan, const std::vector<Split>& folds,
                                              const LearningCurveOptions& options = {}, const EvaluationProgress& progress = {},
                                              std::stop_token stop = {});

/// What one hyperparameter does: scores for each of its values, everything else as in the plan, but for what it needs in order to matter
/// at all (withConditions).
///
/// Shape    a point a value, in the order given
/// Errors   as scorePlans; UnknownLearner, UnknownHyperparameter, BadHyperparameter before anything runs
Result<std::vector<CurvePoint>> validationCurve(const Table& table, const TrainingPlan& plan, const std::vector<Split>& folds,
                                                const std::string& hyperparameter, const std::vector<HyperparameterValue>& values,
                                                const EvaluationProgress& progress = {}, std::stop_token stop = {});

} // namespace modelarium
