#pragma once

#include "core/data/table.h"

#include <string>
#include <string_view>
#include <vector>

namespace modelarium {

/// Columns by which rows are parted: those that say which rows belong together, and which comes after which.

/// What a cell is called as a class or a group: its text, the same for 0 and -0, which are one number.
std::string valueText(const Column& column, std::size_t row);

/// The target parts no rows: whoever groups or orders them by it tests values that nothing could learn from.
/// Errors   Unsupported (the column is the target)
Result<void> checkNotTarget(std::string_view column, std::string_view target, const char* purpose);

/// Errors   UnknownColumn: "The data have no column "x" to group rows by."
Result<const Column*> columnNamed(const Table& table, std::string_view name, const char* purpose);

/// The group of each given row as a number 0, 1, ... in order of first appearance.
/// Errors   UnknownColumn; MissingValue (names row and column)
Result<std::vector<std::size_t>> groupCodes(const Table& table, const std::vector<std::size_t>& rows, std::string_view column);

/// Rows by the values of a column, earlier rows of the table first where values are equal; as they are where the name is empty.
/// Errors   UnknownColumn; WrongType (neither a number nor a date); MissingValue (names row and column)
Result<std::vector<std::size_t>> rowsInTime(const Table& table, std::vector<std::size_t> rows, std::string_view column);

} // namespace modelarium
