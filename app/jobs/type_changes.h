#pragma once

#include "core/data/csv_reader.h"

#include <cstddef>
#include <string>
#include <vector>

namespace modelarium {

/// A column that is something else in the whole file than its first rows let one believe.
struct TypeChange {
    std::string column;
    ColumnType first = ColumnType::Empty;           ///< by its first rows
    ColumnType whole = ColumnType::Empty;
    std::string cell;                               ///< the first one that is no number, or no date, where the first rows were; empty otherwise
    std::size_t row = 0;                            ///< of the table, from 0, where that cell stands
    std::size_t line = 0;                           ///< of the file, from 1; 0 where the receipt does not tell it
};

/// In the order of the columns.
///
/// Cost     one pass over the cells of each column that became words, from the rows on that were known
std::vector<TypeChange> typeChanges(const Table& firstRows, const CsvImport& whole);

} // namespace modelarium
