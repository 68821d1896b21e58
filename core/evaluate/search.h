#pragma once

#include "core/evaluate/cross_validation.h"

#include <optional>

namespace modelarium {

/// Values of one hyperparameter to try.
struct SearchAxis {
    std::string name;
    std::vector<HyperparameterValue> values;        ///< to choose from; empty: any value from low to high
    double low = 0, high = 0;                       ///< both may be drawn
};

/// Every combination of the values of the axes, the last axis running fastest, added to `base`, and to what the axes need there in order
/// to matter (withConditions).
///
/// Errors   UnknownHyperparameter, BadHyperparameter (the name, the value and what is allowed); TooLarge above 10,000;
///          Unsupported (no axis, or an axis without values)
Result<std::vector<HyperparameterValues>> gridCandidates(const LearnerInfo& learner, const HyperparameterValues& base,
                                                         const std::vector<SearchAxis>& axes);

/// How many combinations gridCandidates comes to, without making them all; values of an axis are taken to differ, and to be allowed.
/// Errors   as gridCandidates, but BadHyperparameter
Result<std::size_t> gridSize(const LearnerInfo& learner, const HyperparameterValues& base, const std::vector<SearchAxis>& axes);

/// Combinations drawn at random: from a list each value alike, from a range evenly, or evenly in its logarithm where the table says
/// so and the range is above 0. A combination that was drawn before is drawn anew, so there may be fewer where there are not enough.
///
/// Errors   as gridCandidates; Unsupported where high < low
/// Random   combination i draws with stream i of the seed
Result<std::vector<HyperparameterValues>> randomCandidates(const LearnerInfo& learner, const HyperparameterValues& base,
                                                           const std::vector<SearchAxis>& axes, std::size_t count, std::uint64_t seed);

/// What a person would try first: all choices, or a range of two powers of ten around the default, within the table's limits, and within
/// the number of features where it is known and counts.
SearchAxis suggestedAxis(const HyperparameterSpec& spec, std::optional<std::size_t> features = {});
/// `count` values spread over an axis as the table says, for a grid or a validation curve; between its ends of four digits.
std::vector<HyperparameterValue> spreadValues(const HyperparameterSpec& spec, const SearchAxis& axis, std::size_t count);

struct SearchResult {
    std::string metric;
    std::vector<HyperparameterValues> candidates;
    std::vector<PlanScore> scores;                  ///< one a candidate
    std::vector<std::size_t> order;                 ///< places of candidates, best first
    const HyperparameterValues& best() const { return candidates[order.front()]; }
};

/// Cross-validates every candidate on the same folds. The best one's score is a little too good, for it was chosen by it: judge it
/// by rows that took no part.
///
/// Errors   as scorePlans; Unsupported where there is no such metric for the task; that of missingScore where no candidate has it
Result<SearchResult> searchHyperparameters(const Table& table, const TrainingPlan& plan, const std::vector<HyperparameterValues>& candidates,
                                           const std::vector<Split>& folds, std::string_view metric,
                                           const EvaluationProgress& progress = {}, std::stop_token stop = {});

/// The metric by its name, or the usual one for the task where the name is empty. Errors   Unsupported: lists the names there are
Result<const MetricInfo*> metricFor(std::string_view name, Task task);

} // namespace modelarium
