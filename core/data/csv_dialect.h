#pragma once

#include "core/data/csv_cells.h"
#include "core/data/csv_dates.h"
#include "core/data/csv_reader.h"
#include "core/data/csv_rows.h"
#include "core/data/csv_source.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace modelarium::csv {

/// How the cells of a column are kept while the file is read.
enum class ColumnKind { Number, Date, Labels, Text };

struct ColumnPlan {
    std::string name;
    std::string unit;
    ColumnKind kind = ColumnKind::Number;
    DateOrder order = DateOrder::MonthFirst;
    bool otherOrderTried = false;               ///< the other order of day and month did not fit, or a person chose this one
    std::optional<ColumnType> forced;           ///< what a person decided
    bool verbatim = false;                      ///< cells as they stand, quotes and spaces too
    std::optional<bool> keepsNA;                ///< NA is a word here, or a missing cell; empty: by the other words
};

/// Everything about a file that its first rows and a person's decisions tell.
struct Dialect {
    RecordRules record;
    char decimal = '.';
    bool tellsDecimals = false;                 ///< the decimal character was a choice, not a matter of course
    bool header = true;
    std::size_t dataOffset = 0;                 ///< where the first row begins in the decoded text
    std::size_t dataLine = 1;
    double bytesPerRow = 16;
    std::vector<ColumnPlan> columns;
    std::vector<ReceiptEntry> entries;
};

/// Recognises delimiter, decimal character, header and column kinds from the beginning of the text.
///
/// Errors   EmptyData; RaggedRow (a quote that is never closed); UnknownColumn (a type for a column that is not there)
Result<Dialect> recogniseDialect(std::string_view sample, bool whole, const CsvOptions& options);

/// "mass (g)" and "length [mm]" carry a unit; "" where there is none.
std::string unitOfName(std::string_view name);

/// `wanted`, with a number where that is taken already.
std::string uniqueName(const std::string& wanted, const std::set<std::string>& taken);

} // namespace modelarium::csv
