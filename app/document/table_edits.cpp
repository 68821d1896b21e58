#include "app/document/table_edits.h"

#include "core/base/number_text.h"

#include <QCoreApplication>
#include <QDateTime>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace modelarium {
namespace {

constexpr double missingNumber = std::numeric_limits<double>::quiet_NaN();

QString tr(const char* text)
{
    return QCoreApplication::translate("modelarium::TableEdits", text);
}

Error wrongType(const Column& column, std::size_t row, const QString& sentence)
{
    return Error{ErrorCode::WrongType, sentence.toStdString(), Place{.row = row + 1, .column = column.name()}};
}

/// A comma is a decimal sign where the text has no point: that is how half of Europe writes.
std::optional<double> typedNumber(std::string text)
{
    if (text.find('.') == std::string::npos && std::count(text.begin(), text.end(), ',') == 1)
        text[text.find(',')] = '.';
    const auto value = parseNumber(text);
    return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<double> typedDate(const QString& text)
{
    const QDate date = QDate::fromString(text, Qt::ISODate);
    if (date.isValid())
        return daysFromCivil(date.year(), date.month(), date.day());
    const QDateTime time = QDateTime::fromString(text, Qt::ISODate);
    if (!time.isValid())
        return {};
    const QDate day = time.date();
    return daysFromCivil(day.year(), day.month(), day.day()) + time.time().msecsSinceStartOfDay() / 86400000.0;
}

Column sameKind(const Column& like, Buffer<double> values)
{
    Column column = like.type() == ColumnType::Date ? Column::dates(like.name(), std::move(values))
                                                    : Column::numbers(like.name(), std::move(values));
    return column.withUnit(like.unit());
}

Column sameKind(const Column& like, Buffer<std::int32_t> codes, std::vector<std::string> levels)
{
    const std::size_t rows = codes.size();
    return Column(like.name(), like.type(), CategoryCells{std::move(codes), std::move(levels)}, rows).withUnit(like.unit());
}

std::vector<std::string> textsOf(const Column& column)
{
    std::vector<std::string> texts;
    texts.reserve(column.rows() + 1);
    for (std::size_t i = 0; i < column.rows(); ++i)
        texts.emplace_back(column.textAt(i));
    return texts;
}

Column textColumn(const Column& like, const std::vector<std::string>& texts)
{
    TextCells cells;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        cells.bytes.insert(cells.bytes.end(), texts[i].begin(), texts[i].end());
        cells.ends.push_back(cells.bytes.size());
        if (texts[i].empty())
            cells.missing.push_back(std::uint32_t(i));
    }
    return Column(like.name(), ColumnType::Text, std::move(cells), texts.size()).withUnit(like.unit());
}

Result<Column> editedNumber(const Column& column, std::size_t row, const std::string& text)
{
    std::optional<double> value = missingNumber;
    if (!text.empty())
        value = column.type() == ColumnType::Date ? typedDate(QString::fromStdString(text)) : typedNumber(text);
    const QString typed = QString::fromStdString(text);
    if (!value && column.type() == ColumnType::Date)
        return wrongType(column, row, tr("“%1” is no date: write it as 2024-02-29.").arg(typed));
    if (!value)
        return wrongType(column, row, tr("“%1” is no number: the column holds numbers such as 3.5.").arg(typed));
    Buffer<double> values = column.numberValues();
    values[row] = *value;
    return sameKind(column, std::move(values));
}

Result<Column> editedCategory(const Column& column, std::size_t row, const std::string& text)
{
    CategoryCells cells = column.categoryCells();
    const auto level = std::find(cells.levels.begin(), cells.levels.end(), text);
    if (text.empty()) {
        cells.codes[row] = -1;
    } else if (level != cells.levels.end()) {
        cells.codes[row] = std::int32_t(level - cells.levels.begin());
    } else if (column.type() == ColumnType::Boolean) {
        const QString first = QString::fromStdString(cells.levels.front());
        const QString last = QString::fromStdString(cells.levels.back());
        return wrongType(column, row, tr("The column holds only “%1” and “%2”.").arg(first, last));
    } else {
        cells.codes[row] = std::int32_t(cells.levels.size());
        cells.levels.push_back(text);
    }
    return sameKind(column, std::move(cells.codes), std::move(cells.levels));
}

Result<Column> editedText(const Column& column, std::size_t row, const std::string& text)
{
    std::vector<std::string> texts = textsOf(column);
    texts[row] = text;
    return textColumn(column, texts);
}

Result<Column> editedCell(const Column& column, std::size_t row, const std::string& text)
{
    if (column.isNumeric())
        return editedNumber(column, row, text);
    if (column.isCategorical())
        return editedCategory(column, row, text);
    if (column.type() == ColumnType::Text)
        return editedText(column, row, text);
    return wrongType(column, row, tr("The column is empty, so its cells have no type that could be edited."));
}

std::int32_t codeOf(double value, const CategoryCells& cells)
{
    return value >= 0 && value < double(cells.levels.size()) ? std::int32_t(value) : -1;
}

Column withValue(const Column& column, std::size_t row, double value)
{
    if (column.isNumeric()) {
        Buffer<double> values = column.numberValues();
        values[row] = value;
        return sameKind(column, std::move(values));
    }
    if (!column.isCategorical())
        return column;
    CategoryCells cells = column.categoryCells();
    cells.codes[row] = codeOf(value, cells);
    return sameKind(column, std::move(cells.codes), std::move(cells.levels));
}

Column withOneMore(const Column& column, double value)
{
    if (column.isNumeric()) {
        Buffer<double> values = column.numberValues();
        values.push_back(value);
        return sameKind(column, std::move(values));
    }
    if (column.isCategorical()) {
        CategoryCells cells = column.categoryCells();
        cells.codes.push_back(codeOf(value, cells));
        return sameKind(column, std::move(cells.codes), std::move(cells.levels));
    }
    if (column.type() == ColumnType::Text) {
        std::vector<std::string> texts = textsOf(column);
        texts.emplace_back();
        return textColumn(column, texts);
    }
    return Column(column.name(), column.type(), std::monostate(), column.rows() + 1);
}

} // namespace

Result<Table> withCell(const Table& table, std::size_t row, std::size_t column, std::string_view text)
{
    const std::string trimmed = QString::fromUtf8(text.data(), qsizetype(text.size())).trimmed().toStdString();
    const Column& before = table.column(column);
    if (before.cellText(row) == trimmed)
        return table;
    auto edited = editedCell(before, row, trimmed);
    if (!edited)
        return edited.error();
    return table.withColumn(column, std::make_shared<const Column>(*std::move(edited)));
}

Table withValues(const Table& table, std::size_t row, const CellValues& values)
{
    Table moved = table;
    for (const auto& [column, value] : values)
        moved = moved.withColumn(column, std::make_shared<const Column>(withValue(table.column(column), row, value)));
    return moved;
}

Result<Table> withRow(const Table& table, const CellValues& values)
{
    std::vector<ColumnPtr> columns;
    for (std::size_t j = 0; j < table.columns(); ++j) {
        const auto value = values.find(j);
        columns.push_back(std::make_shared<const Column>(
            withOneMore(table.column(j), value == values.end() ? missingNumber : value->second)));
    }
    return Table::make(std::move(columns));
}

std::vector<std::size_t> remainingRows(std::size_t count, const std::vector<std::size_t>& removed)
{
    std::vector<std::size_t> remaining;
    remaining.reserve(count);
    auto next = removed.begin();
    for (std::size_t i = 0; i < count; ++i) {
        if (next != removed.end() && *next == i)
            ++next;
        else
            remaining.push_back(i);
    }
    return remaining;
}

Table withoutRows(const Table& table, const std::vector<std::size_t>& rows)
{
    return table.selected(remainingRows(table.rows(), rows));
}

} // namespace modelarium
