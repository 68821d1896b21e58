#include "core/data/table.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unordered_map>
#include <unordered_set>

namespace modelarium {

namespace {

constexpr double secondsPerDay = 86400;
constexpr std::int64_t millisecondsPerDay = 86400000;
/// Dates outside 0001-01-01 .. 9999-12-31 have no four-digit year.
constexpr double firstDay = -719162;
constexpr double lastDay = 2932896;

struct CivilDate {
    int year;
    int month;
    int day;
};

/// Inverse of daysFromCivil: eras of 400 years that begin in March, so that the leap day is the last of its year.
CivilDate civilFromDays(std::int64_t days)
{
    days += 719468;
    const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const int dayOfEra = int(days - era * 146097);
    const int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const int monthFromMarch = (5 * dayOfYear + 2) / 153;
    const int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    return {int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1};
}

template <class T>
Buffer<T> gather(const Buffer<T>& values, const std::vector<std::size_t>& rows)
{
    Buffer<T> chosen(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        chosen[i] = values[rows[i]];
    return chosen;
}

TextCells gatherText(const Column& column, const std::vector<std::size_t>& rows)
{
    TextCells chosen;
    chosen.ends.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string_view text = column.textAt(rows[i]);
        chosen.bytes.insert(chosen.bytes.end(), text.begin(), text.end());
        chosen.ends[i] = chosen.bytes.size();
        if (column.isMissing(rows[i]))
            chosen.missing.push_back(std::uint32_t(i));
    }
    return chosen;
}

} // namespace

std::string_view columnTypeName(ColumnType type)
{
    switch (type) {
    case ColumnType::Number: return "number";
    case ColumnType::Category: return "category";
    case ColumnType::Boolean: return "boolean";
    case ColumnType::Date: return "date";
    case ColumnType::Text: return "text";
    case ColumnType::Empty: return "empty";
    }
    return "empty";
}

Column::Column(std::string name, ColumnType type, Cells cells, std::size_t rows)
    : m_name(std::move(name)), m_type(type), m_cells(std::move(cells)), m_rows(rows)
{
    countCells();
}

Column Column::numbers(std::string name, Buffer<double> values)
{
    const std::size_t rows = values.size();
    return Column(std::move(name), ColumnType::Number, NumberCells{std::move(values)}, rows);
}

Column Column::dates(std::string name, Buffer<double> days)
{
    const std::size_t rows = days.size();
    return Column(std::move(name), ColumnType::Date, NumberCells{std::move(days)}, rows);
}

Column Column::numeric(std::string name, ColumnType type, Buffer<double> values, std::size_t missing, std::size_t infinite)
{
    Column column;
    column.m_name = std::move(name);
    column.m_type = type;
    column.m_rows = values.size();
    column.m_missing = missing;
    column.m_infinite = infinite;
    column.m_cells = NumberCells{std::move(values)};
    return column;
}

Column Column::categories(std::string name, Buffer<std::int32_t> codes, std::vector<std::string> levels)
{
    const std::size_t rows = codes.size();
    return Column(std::move(name), ColumnType::Category, CategoryCells{std::move(codes), std::move(levels)}, rows);
}

Column Column::categories(std::string name, const std::vector<std::string>& values)
{
    CategoryCells cells;
    cells.codes.resize(values.size());
    std::unordered_map<std::string_view, std::int32_t> known;
    for (std::size_t row = 0; row < values.size(); ++row) {
        if (values[row].empty()) {
            cells.codes[row] = -1;
            continue;
        }
        const auto [level, isNew] = known.try_emplace(values[row], std::int32_t(cells.levels.size()));
        if (isNew)
            cells.levels.push_back(values[row]);
        cells.codes[row] = level->second;
    }
    return Column(std::move(name), ColumnType::Category, std::move(cells), values.size());
}

void Column::countCells()
{
    if (const auto* numbers = std::get_if<NumberCells>(&m_cells)) {
        std::size_t missing = 0, infinite = 0;
        for (const double value : numbers->values) {
            missing += std::isnan(value);
            infinite += std::isinf(value);
        }
        m_missing = missing;
        m_infinite = infinite;
    } else if (const auto* categories = std::get_if<CategoryCells>(&m_cells))
        m_missing = std::size_t(std::count_if(categories->codes.begin(), categories->codes.end(), [](std::int32_t code) { return code < 0; }));
    else if (const auto* texts = std::get_if<TextCells>(&m_cells))
        m_missing = texts->missing.size();
    else
        m_missing = m_rows;
}

bool Column::isMissing(std::size_t row) const
{
    if (const auto* numbers = std::get_if<NumberCells>(&m_cells))
        return std::isnan(numbers->values[row]);
    if (const auto* categories = std::get_if<CategoryCells>(&m_cells))
        return categories->codes[row] < 0;
    if (const auto* texts = std::get_if<TextCells>(&m_cells))
        return std::binary_search(texts->missing.begin(), texts->missing.end(), std::uint32_t(row));
    return true;
}

std::string_view Column::textAt(std::size_t row) const
{
    const TextCells& cells = std::get<TextCells>(m_cells);
    const std::uint64_t begin = row == 0 ? 0 : cells.ends[row - 1];
    return {cells.bytes.data() + begin, std::size_t(cells.ends[row] - begin)};
}

std::string Column::cellText(std::size_t row) const
{
    if (m_type == ColumnType::Empty || isMissing(row))
        return {};
    switch (m_type) {
    case ColumnType::Number: return exactText(numberValues()[row]);
    case ColumnType::Date: return dateText(numberValues()[row]);
    case ColumnType::Text: return std::string(textAt(row));
    default: return categoryCells().levels[std::size_t(categoryCells().codes[row])];
    }
}

bool areAllRows(const std::vector<std::size_t>& rows, std::size_t count)
{
    std::size_t misplaced = rows.size() ^ count;
    for (std::size_t i = 0; i < rows.size() && misplaced == 0;) {
        const std::size_t end = std::min(rows.size(), i + 4096);
        for (; i < end; ++i)
            misplaced |= rows[i] ^ i;
    }
    return misplaced == 0;
}

Column Column::renamed(std::string name) const
{
    Column column = *this;
    column.m_name = std::move(name);
    return column;
}

std::string Column::nameWithUnit() const
{
    const bool says = m_name.find("(" + m_unit + ")") != std::string::npos || m_name.find("[" + m_unit + "]") != std::string::npos;
    return m_unit.empty() || says ? m_name : m_name + " (" + m_unit + ")";
}

Column Column::withUnit(std::string unit) const&
{
    return Column(*this).withUnit(std::move(unit));
}

Column Column::withUnit(std::string unit) &&
{
    m_unit = std::move(unit);
    return std::move(*this);
}

Result<Table> Table::make(std::vector<ColumnPtr> columns)
{
    std::unordered_set<std::string_view> names;
    for (const ColumnPtr& column : columns) {
        if (!names.insert(column->name()).second)
            return Error{ErrorCode::DuplicateColumn, "There are two columns named \"" + column->name() + "\": rename one of them.",
                         {.column = column->name()}};
        if (column->rows() != columns.front()->rows())
            return Error{ErrorCode::WrongType,
                         "Column \"" + column->name() + "\" has " + rowsText(column->rows()) + ", but column \""
                             + columns.front()->name() + "\" has " + countText(columns.front()->rows()) + ": all need the same number.",
                         {.column = column->name()}};
    }
    Table table;
    table.m_columns = std::move(columns);
    return table;
}

std::optional<std::size_t> Table::find(std::string_view name) const
{
    for (std::size_t index = 0; index < m_columns.size(); ++index)
        if (m_columns[index]->name() == name)
            return index;
    return std::nullopt;
}

Table Table::withColumn(std::size_t index, ColumnPtr column) const
{
    Table table = *this;
    table.m_columns[index] = std::move(column);
    return table;
}

Table Table::selected(const std::vector<std::size_t>& rows) const
{
    Table table;
    for (const ColumnPtr& column : m_columns) {
        Column::Cells cells;
        if (column->isNumeric())
            cells = NumberCells{gather(column->numberValues(), rows)};
        else if (column->isCategorical())
            cells = CategoryCells{gather(column->categoryCells().codes, rows), column->categoryCells().levels};
        else if (column->type() == ColumnType::Text)
            cells = gatherText(*column, rows);
        table.m_columns.push_back(std::make_shared<const Column>(
            Column(column->name(), column->type(), std::move(cells), rows.size()).withUnit(column->unit())));
    }
    return table;
}

double daysFromCivil(int year, int month, int day)
{
    year -= month <= 2;
    const int era = (year >= 0 ? year : year - 399) / 400;
    const int yearOfEra = year - era * 400;
    const int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return double(era) * 146097 + dayOfEra - 719468;
}

std::optional<double> daysFromText(std::string_view isoDate)
{
    // Only whole numbers go through sscanf: it would read a decimal point as the locale has it.
    int year = 0, month = 0, day = 0, length = 0;
    const std::string text(isoDate);
    if (std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 || year < 1 || month < 1 || month > 12
        || day < 1 || day > 31)
        return std::nullopt;
    const double days = daysFromCivil(year, month, day);
    if (dateText(days) != text.substr(0, std::size_t(length)))
        return std::nullopt;                        // 2023-02-30
    if (std::size_t(length) == text.size())
        return days;
    int hour = 0, minute = 0, timeLength = 0;
    if (std::sscanf(text.c_str() + length, " %2d:%2d:%n", &hour, &minute, &timeLength) != 2 || timeLength == 0)
        return std::nullopt;
    const std::optional<double> second = parseNumber(std::string_view(text).substr(std::size_t(length + timeLength)));
    if (!second || hour < 0 || hour > 23 || minute < 0 || minute > 59 || !(*second >= 0 && *second < 60))
        return std::nullopt;
    return days + (hour * 3600.0 + minute * 60.0 + *second) / secondsPerDay;
}

std::string dateText(double days)
{
    if (!(days >= firstDay && days < lastDay + 1))
        return std::isnan(days) ? std::string() : exactText(days);
    std::int64_t whole = std::int64_t(std::floor(days));
    std::int64_t milliseconds = std::llround((days - double(whole)) * secondsPerDay * 1000);
    if (milliseconds == millisecondsPerDay) {
        ++whole;
        milliseconds = 0;
    }
    const CivilDate date = civilFromDays(whole);
    char text[48];
    int length = std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
    if (milliseconds != 0) {
        const int seconds = int(milliseconds / 1000);
        length += std::snprintf(text + length, sizeof text - std::size_t(length), " %02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
        if (milliseconds % 1000 != 0)
            length += std::snprintf(text + length, sizeof text - std::size_t(length), ".%03d", int(milliseconds % 1000));
    }
    return std::string(text, std::size_t(length));
}

} // namespace modelarium
