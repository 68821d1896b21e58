#pragma once

#include "core/data/folds.h"
#include "core/evaluate/search.h"

#include <optional>
#include <stop_token>
#include <vector>

namespace modelarium {

/// Rows that may be learned from and judged by, parted into folds among themselves: no other row is looked at.
struct TrainingFolds {
    Table table;                                    ///< these rows alone
    TrainingPlan plan;                              ///< learns from all of each fold's rows
    std::vector<Split> folds;
};

/// Errors   those of makeFolds
Result<TrainingFolds> trainingFolds(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, const FoldOptions& options);

/// Folds that nobody had to choose, drawn by the plan's seed: each class is spread evenly over them where it has rows enough for that; otherwise
/// rows are dealt out plainly.
Result<TrainingFolds> trainingFolds(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, int folds);

/// How a plan does on the rows it is given, fold by fold.
Result<CrossValidation> crossValidateOn(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, const FoldOptions& options,
                                        const EvaluationProgress& progress, std::stop_token stop);

/// A search over one or two hyperparameters, as a picture needs it.
struct SearchGrid {
    std::vector<SearchAxis> axes;                   ///< with their values; the first runs across, the second down
    std::vector<std::size_t> candidates;            ///< of each place, row by row: places may share one that another value makes idle
    SearchResult result;

    std::size_t columns() const { return axes.front().values.size(); }
    std::size_t rows() const { return axes.size() > 1 ? axes[1].values.size() : 1; }
    std::size_t candidateAt(std::size_t row, std::size_t column) const { return candidates[row * columns() + column]; }
    /// What a person would choose by taking this place.
    HyperparameterValues valuesAt(std::size_t row, std::size_t column) const;
    const PlanScore& scoreAt(std::size_t row, std::size_t column) const { return result.scores[candidateAt(row, column)]; }
    bool isBest(std::size_t row, std::size_t column) const { return candidateAt(row, column) == result.order.front(); }
};

/// A grid of one or two axes. Errors   as searchHyperparameters and gridCandidates; those of makeFolds
Result<SearchGrid> searchOn(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, const FoldOptions& options,
                            const std::vector<SearchAxis>& axes, const EvaluationProgress& progress, std::stop_token stop);

/// A search over any number of hyperparameters: combinations that were drawn, or all of a grid.
struct SearchTries {
    std::vector<SearchAxis> axes;                   ///< with the values, or the ranges that were drawn from
    SearchResult result;

    /// What a person would choose by taking this one: values of the axes alone.
    HyperparameterValues valuesOf(std::size_t candidate) const;
};

/// How many combinations are drawn; all of a grid without.
struct SearchDraw {
    std::size_t count = 0;
    std::uint64_t seed = 1;
};

/// Errors   as searchHyperparameters, randomCandidates and gridCandidates; those of makeFolds
Result<SearchTries> triesOn(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, const FoldOptions& options,
                            const std::vector<SearchAxis>& axes, const std::optional<SearchDraw>& draw, const EvaluationProgress& progress, std::stop_token stop);

} // namespace modelarium
