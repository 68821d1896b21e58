#pragma once

#include "core/prepare/preparation.h"

#include <string>
#include <vector>

namespace modelarium {

/// The level that takes all categories that no training row had, and the one for missing cells.
inline constexpr const char* otherLevel = "(other)";
inline constexpr const char* missingLevel = "(missing)";

/// How missing cells and categories of each feature become numbers, learned from the training rows.
///
/// Errors   UnknownColumn (a feature, or a column that a step names); WrongType; MissingValue; NotFinite; TooLarge; BadHyperparameter
Result<std::vector<InputColumn>> learnInputs(const Table& table, const std::vector<std::string>& features,
                                             const std::vector<std::size_t>& rows, const PreparationChoices& choices);

/// Which of the chosen steps turns the categories of a column into numbers: the first that names it, else the first for all columns.
/// Empty: none does, and `unknownCategory` says what happens to unknown ones.
std::optional<std::size_t> encodingStep(const Column& column, const PreparationChoices& choices);

/// Which of them is behind a cell that could not be read: it fills no gap, or knows no answer to a category. Empty: none of them.
std::optional<std::size_t> stepBehind(const Error& error, const Table& table, const PreparationChoices& choices);

/// Where the encoded columns of each input start, and how many there are.
void layOut(std::vector<InputColumn>& inputs, bool referenceLevel);

/// A column as a model's input sees it: numbers, or the codes of the model's levels; NaN where missing.
///
/// Errors   WrongType; UnknownCategory; NotFinite: row and column named
Result<void> readInput(const InputColumn& input, const Column& column, UnknownCategory unknown, const ChosenRows& rows, double* out);

/// The numbers of a column where they lie, for an input that takes all of them as they are; null where it does not.
///
/// Errors   NotFinite: row and column named
Result<const double*> numbersInPlace(const InputColumn& input, const Column& column, const ChosenRows& rows);

/// One encoded cell, NaN where missing: the number itself or a 1 among zeros, and whether it was missing.
void encodeCell(const InputColumn& input, double value, double* out) noexcept;
/// Whether the encoded cell is the number itself, in one column, beside which there may be the one for missing cells.
bool isOneNumber(const InputColumn& input);
/// The same for a column; its part of `out` is zero before. Where isOneNumber(), `values` may be the column of `out` that they go to.
void encodeColumn(const InputColumn& input, const double* values, std::size_t rows, Matrix& out);

Result<const Column*> findColumn(const Table& table, const std::string& name);
Error columnError(ErrorCode code, const std::string& column, std::string message, std::optional<std::size_t> row = {});
std::string quoted(const std::string& name);
std::string listOf(const std::vector<std::string>& names, std::size_t most = 8);

} // namespace modelarium
