#include "app/jobs/type_changes.h"

#include "core/data/csv_cells.h"
#include "core/data/csv_dates.h"

namespace modelarium {
namespace {

bool fitsType(std::string_view cell, ColumnType type, char decimal)
{
    const std::string_view text = csv::trimmed(cell);
    if (text.empty() || csv::isMissingSpelling(text))
        return true;
    if (type == ColumnType::Number)
        return csv::readNumber(text, decimal).kind == csv::CellClass::Number;
    return csv::readDate(text, csv::DateOrder::DayFirst) || csv::readDate(text, csv::DateOrder::MonthFirst);
}

/// The first cell behind the known rows that is no value of the type.
void findCell(TypeChange& change, const Column& column, std::size_t known, char decimal)
{
    const bool words = column.type() == ColumnType::Text;
    if (!words && !column.isCategorical())
        return;
    std::vector<bool> fits;
    if (!words) {
        for (const std::string& level : column.categoryCells().levels)
            fits.push_back(fitsType(level, change.first, decimal));
    }
    for (std::size_t row = known; row < column.rows(); ++row) {
        if (column.isMissing(row))
            continue;
        if (words ? fitsType(column.textAt(row), change.first, decimal) : fits[std::size_t(column.categoryCells().codes[row])])
            continue;
        change.cell = column.cellText(row);
        change.row = row;
        return;
    }
}

} // namespace

std::vector<TypeChange> typeChanges(const Table& firstRows, const CsvImport& whole)
{
    std::vector<TypeChange> changes;
    for (std::size_t j = 0; j < whole.table.columns(); ++j) {
        const Column& column = whole.table.column(j);
        const auto before = firstRows.find(column.name());
        if (!before || firstRows.column(*before).type() == column.type())
            continue;
        TypeChange change{column.name(), firstRows.column(*before).type(), column.type(), {}, 0, 0};
        if (change.first == ColumnType::Number || change.first == ColumnType::Date)
            findCell(change, column, firstRows.rows(), whole.receipt.decimal);
        for (const ReceiptEntry& entry : whole.receipt.entries) {
            if (!change.cell.empty() && entry.firstColumn == change.column && (entry.code == "words_among_numbers" || entry.code == "words_among_dates"))
                change.line = entry.firstLine;
        }
        changes.push_back(std::move(change));
    }
    return changes;
}

} // namespace modelarium
