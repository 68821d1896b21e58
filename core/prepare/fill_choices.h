#pragma once

#include "core/base/result.h"
#include "core/data/table.h"
#include "core/prepare/step_choices.h"

#include <optional>
#include <string>
#include <vector>

namespace modelarium {

/// Which of the chosen steps fills the missing cells of a column: the first that names it, else the first for all columns that takes it.
/// Empty: none does, and `imputation` says what happens.
std::optional<std::size_t> fillingStep(const Column& column, const PreparationChoices& choices);

struct ChosenFill {
    ImputeChoice choice;
    bool named = false;                             ///< the step names the column
};
/// The choice of fillingStep(), or the one for what is left.
///
/// Errors   BadHyperparameter, WrongType: a choice that the column cannot have; a constant that no other choice takes the place of
Result<ChosenFill> fillChoice(const Column& column, const PreparationChoices& choices);

/// A constant is a number for numbers, a date for dates, and the name of a level for categories. Empty: it is none.
std::optional<double> constantFor(const Column& column, const std::string& text);

/// A constant for all columns must be given, and be one for some of them.
Result<void> checkConstants(const std::vector<const Column*>& columns, const PreparationChoices& choices);

enum class Gaps { Seen, ToCome };
/// What becomes of missing cells that a constant or a level of their own for all columns does not fit, a sentence a reason: those of the
/// columns that have gaps, or those of the others, which may come in later rows.
std::vector<std::string> otherFillSentences(const std::vector<const Column*>& columns, const PreparationChoices& choices, Gaps gaps);

} // namespace modelarium
