#pragma once

#include "core/data/table.h"
#include "core/prepare/step_choices.h"

#include <QString>

#include <string>
#include <vector>

namespace modelarium {

/// Which columns a step is for: all that it fits, or some of them. Numbers and Categories follow the features as they are.
enum class StepColumns { Fitting, Numbers, Categories, Chosen };

/// One step of the preparation as a person keeps it. What is switched off stays in its place and does nothing.
struct PlannedStep {
    StepChoice choice;                              ///< its `columns` count with StepColumns::Chosen
    StepColumns columns = StepColumns::Fitting;
    bool on = true;
    bool operator==(const PlannedStep&) const = default;
};
using PlannedSteps = std::vector<PlannedStep>;

/// What every preparation begins with: missing cells filled with the mean, categories one-hot, and a common scale where it is wanted.
PlannedSteps defaultSteps(bool standardise);

/// The steps as the core takes them, with nothing left to habit: what no step fills is refused.
struct ResolvedSteps {
    PreparationChoices choices;
    std::vector<std::size_t> places;                ///< of each of choices.steps in the plan; those that have nothing to do are left out
};

/// Columns that were chosen and are no features now take no part.
ResolvedSteps resolvedSteps(const PlannedSteps& steps, const Table& table, const std::vector<std::string>& features);

/// Which features a step is for, as far as they are known before it is learned; all of them for StepColumns::Fitting where it fits.
std::vector<std::string> columnsOf(const PlannedStep& step, const Table& table, const std::vector<std::string>& features);
/// Whether a kind of step can do something with a column of the data.
bool fits(const StepChoice& step, const Column& column);

/// "Fill missing cells"
QString stepTitle(const StepChoice& step);
/// "the median of the column, says where"; empty where a step has no options.
QString optionWords(const StepChoice& step);
/// "all columns", "income, age and 3 more"
QString columnWords(const PlannedStep& step);

} // namespace modelarium
