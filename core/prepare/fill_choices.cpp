#include "core/prepare/fill_choices.h"

#include "core/base/number_text.h"
#include "core/prepare/input_columns.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace modelarium {

namespace {

/// Whether a choice for missing cells can fill the column.
bool canFill(const ImputeChoice& choice, const Column& column)
{
    switch (choice.method) {
    case Imputation::Mean:
    case Imputation::Median: return !column.isCategorical();
    case Imputation::OwnLevel: return column.isCategorical();
    case Imputation::Constant: return column.isCategorical() ? !choice.constant.empty() : constantFor(column, choice.constant).has_value();
    case Imputation::MostFrequent:
    case Imputation::Refuse: break;
    }
    return true;
}

Error cannotFill(const ImputeChoice& choice, const Column& column)
{
    const std::string begin = "Missing cells of " + quoted(column.name()) + " cannot become ";
    if (choice.method == Imputation::Constant && choice.constant.empty())
        return columnError(ErrorCode::BadHyperparameter, column.name(), begin + "a constant that is not given: say which.");
    if (choice.method == Imputation::Constant)
        return columnError(ErrorCode::BadHyperparameter, column.name(), begin + quoted(choice.constant) + ", which is not a "
                               + (column.type() == ColumnType::Date ? "date like 2024-02-29." : "finite number."));
    if (choice.method == Imputation::OwnLevel)
        return columnError(ErrorCode::WrongType, column.name(), begin + "a level of their own: only categories have levels.");
    return columnError(ErrorCode::WrongType, column.name(), begin + (choice.method == Imputation::Mean ? "a mean" : "a median")
                           + ": the column holds categories. Their most frequent one, or a level of their own, can be taken.");
}

/// The constant of a step for all columns; null for other steps.
const ImputeChoice* constantForAll(const StepChoice& step)
{
    const auto* impute = std::get_if<ImputeChoice>(&step.what);
    return impute && impute->method == Imputation::Constant && step.columns.empty() ? impute : nullptr;
}

/// A number that is to stand for missing cells is meant for numbers, even where a level could be called so.
bool isMeantFor(const ImputeChoice& constant, const Column& column)
{
    return canFill(constant, column) && !(column.isCategorical() && parseNumber(constant.constant));
}

/// The first choice for all columns, where a column is none that it or another fits; null otherwise.
const ImputeChoice* choiceForOthers(const Column& column, const PreparationChoices& choices)
{
    if (fillingStep(column, choices))
        return nullptr;
    for (const StepChoice& step : choices.steps)
        if (const auto* impute = std::get_if<ImputeChoice>(&step.what); impute && step.columns.empty())
            return impute;
    return nullptr;
}

struct PassedOver {
    std::string why;
    std::string filler;                             ///< what missing cells become instead
    std::string remedy;
    bool operator==(const PassedOver&) const = default;
};

PassedOver passedOver(const ImputeChoice& choice, const Column& column, Imputation instead)
{
    if (column.isCategorical())
        return {"The constant " + choice.constant + " is for " + (parseNumber(choice.constant) ? "numbers" : "dates"), "the most frequent category",
                "A step that names the column gives it the category " + quoted(choice.constant) + "."};
    const bool date = column.type() == ColumnType::Date;
    const std::string filler = instead == Imputation::Median ? "the median" : instead == Imputation::MostFrequent ? "the most frequent value" : "the mean";
    const std::string why = choice.method == Imputation::OwnLevel ? std::string("Only categories have levels")
                                                                  : "The constant " + quoted(choice.constant) + " is no " + (date ? "date" : "number");
    return {why, filler, date ? "A further choice for missing dates can say otherwise." : "A further choice for missing numbers can say otherwise."};
}

} // namespace

std::optional<double> constantFor(const Column& column, const std::string& text)
{
    const std::optional<double> number = column.type() == ColumnType::Date ? daysFromText(text) : parseNumber(text);
    return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<std::size_t> fillingStep(const Column& column, const PreparationChoices& choices)
{
    std::optional<std::size_t> forAll;
    for (std::size_t i = 0; i < choices.steps.size(); ++i) {
        const StepChoice& step = choices.steps[i];
        const auto* impute = std::get_if<ImputeChoice>(&step.what);
        if (!impute)
            continue;
        if (std::find(step.columns.begin(), step.columns.end(), column.name()) != step.columns.end())
            return i;
        const ImputeChoice* constant = constantForAll(step);
        const bool takes = takesEveryColumn(step) || (constant ? isMeantFor(*constant, column) : canFill(*impute, column));
        if (step.columns.empty() && takes && !forAll)
            forAll = i;
    }
    return forAll;
}

Result<ChosenFill> fillChoice(const Column& column, const PreparationChoices& choices)
{
    const std::optional<std::size_t> place = fillingStep(column, choices);
    if (!place) {
        // Where a gap has to be filled, another value than the one that was asked for would be a surprise.
        for (const StepChoice& step : choices.steps)
            if (const ImputeChoice* constant = constantForAll(step); constant && column.missing() > 0 && !canFill(*constant, column))
                return cannotFill(*constant, column);
        return ChosenFill{{choices.imputation, "", false}, false};
    }
    const StepChoice& step = choices.steps[*place];
    const auto& impute = std::get<ImputeChoice>(step.what);
    if (!step.columns.empty() && !canFill(impute, column))
        return cannotFill(impute, column);
    return ChosenFill{impute, !step.columns.empty()};
}

Result<void> checkConstants(const std::vector<const Column*>& columns, const PreparationChoices& choices)
{
    for (const StepChoice& step : choices.steps) {
        const ImputeChoice* constant = constantForAll(step);
        if (constant && !columns.empty() && std::none_of(columns.begin(), columns.end(), [&](const Column* column) { return canFill(*constant, *column); }))
            return cannotFill(*constant, *columns.front());
    }
    return {};
}

std::vector<std::string> otherFillSentences(const std::vector<const Column*>& columns, const PreparationChoices& choices, Gaps gaps)
{
    if (choices.imputation == Imputation::Refuse)
        return {};
    std::vector<std::pair<PassedOver, std::vector<std::string>>> reasons;
    for (const Column* column : columns) {
        const ImputeChoice* choice = (column->missing() > 0) == (gaps == Gaps::Seen) ? choiceForOthers(*column, choices) : nullptr;
        if (!choice)
            continue;
        const PassedOver reason = passedOver(*choice, *column, choices.imputation);
        const auto known = std::find_if(reasons.begin(), reasons.end(), [&](const auto& one) { return one.first == reason; });
        if (known == reasons.end())
            reasons.push_back({reason, {column->name()}});
        else
            known->second.push_back(column->name());
    }
    std::vector<std::string> sentences;
    for (const auto& [reason, names] : reasons) {
        const std::string cells = gaps == Gaps::Seen ? "missing cells of " + listOf(names) : "cells of " + listOf(names) + " that are missing in later rows";
        sentences.push_back(reason.why + ": " + cells + " become " + reason.filler + ". " + reason.remedy);
    }
    return sentences;
}

} // namespace modelarium
