#include "core/data/parting_columns.h"

#include "core/base/number_text.h"
#include "core/data/folds.h"

#include <algorithm>
#include <string>

namespace modelarium {

namespace {

Error partingError(ErrorCode code, std::string_view column, std::string message)
{
    Place place;
    place.column = column;
    return {code, std::move(message), place};
}

Result<void> checkPresent(const Column& column, const std::vector<std::size_t>& rows, const char* what)
{
    for (const std::size_t row : rows)
        if (column.isMissing(row)) {
            Error error = partingError(ErrorCode::MissingValue, column.name(), "Row " + std::to_string(row + 1) + " has no " + what + " in \""
                                          + column.name() + "\": fill the cell, or leave the row out.");
            error.place.row = row + 1;
            return error;
        }
    return {};
}

} // namespace

std::string valueText(const Column& column, std::size_t row)
{
    const bool isNumber = column.type() == ColumnType::Number && !column.isMissing(row);
    return isNumber ? exactText(column.numberValues()[row] + 0.0) : column.cellText(row);
}

Result<void> checkNotTarget(std::string_view column, std::string_view target, const char* purpose)
{
    if (column.empty() || column != target)
        return {};
    return partingError(ErrorCode::Unsupported, column, "\"" + std::string(column) + "\" is the target: the rows kept back would hold values that nothing "
                                                            "could learn from. Choose another column " + purpose + ".");
}

Result<const Column*> columnNamed(const Table& table, std::string_view name, const char* purpose)
{
    const std::optional<std::size_t> index = table.find(name);
    if (!index)
        return partingError(ErrorCode::UnknownColumn, name, "The data have no column \"" + std::string(name) + "\" " + purpose + ".");
    return &table.column(*index);
}

Result<std::vector<std::size_t>> groupCodes(const Table& table, const std::vector<std::size_t>& rows, std::string_view name)
{
    const Result<const Column*> column = columnNamed(table, name, "to group rows by");
    if (!column)
        return column.error();
    if (Result<void> present = checkPresent(**column, rows, "group"); !present)
        return present.error();
    return valueCodes(**column, rows);
}

Result<std::vector<std::size_t>> rowsInTime(const Table& table, std::vector<std::size_t> rows, std::string_view name)
{
    if (name.empty())
        return rows;
    const Result<const Column*> column = columnNamed(table, name, "to order rows by");
    if (!column)
        return column.error();
    if (!(*column)->isNumeric())
        return partingError(ErrorCode::WrongType, name, "\"" + std::string(name) + "\" holds " + std::string(columnTypeName((*column)->type()))
                               + " cells: rows can be put in order by a number or a date.");
    if (Result<void> present = checkPresent(**column, rows, "time"); !present)
        return present.error();
    const Buffer<double>& values = (*column)->numberValues();
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    return rows;
}

} // namespace modelarium
