#pragma once

#include "core/base/result.h"
#include "core/data/table.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace modelarium {

/// New values of one row, by column index: a number, days since 1970, or the code of a level; NaN is missing.
using CellValues = std::map<std::size_t, double>;

/// The table with one cell read from what a person typed. Empty text makes it missing; a new word in a category becomes a level.
///
/// Errors   WrongType: the text is not what the column holds (says what it wants)
Result<Table> withCell(const Table& table, std::size_t row, std::size_t column, std::string_view text);

/// The table with one row's cells at new values. Columns of text keep theirs.
Table withValues(const Table& table, std::size_t row, const CellValues& values);

/// The table with one more row at its end; columns that are not named are missing there.
Result<Table> withRow(const Table& table, const CellValues& values);

/// The table without some rows, given sorted.
Table withoutRows(const Table& table, const std::vector<std::size_t>& rows);

/// The rows that withoutRows() leaves, sorted.
std::vector<std::size_t> remainingRows(std::size_t count, const std::vector<std::size_t>& removed);

} // namespace modelarium
