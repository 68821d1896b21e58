#include "core/data/csv_writer.h"

#include "core/base/file.h"
#include "core/base/number_text.h"
#include "core/data/csv_cells.h"

#include <charconv>
#include <cmath>

namespace modelarium {

namespace {

/// Cells that a spreadsheet takes for a formula (OWASP, "CSV Injection").
bool looksLikeFormula(std::string_view text)
{
    return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

bool needsQuotes(std::string_view text, char delimiter)
{
    return text.empty() || text.front() == ' ' || text.back() == ' ' || text.front() == '#' || csv::isMissingSpelling(text)
        || text.find_first_of("\"\r\n") != std::string_view::npos || text.find(delimiter) != std::string_view::npos;
}

void appendText(std::string& out, std::string_view text, char delimiter)
{
    if (!needsQuotes(text, delimiter)) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"')
            out += '"';
        out += c;
    }
    out += '"';
}

void appendNumber(std::string& out, double value)
{
    char text[32];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

void appendCell(std::string& out, const Column& column, std::size_t row, const CsvWriteOptions& options)
{
    if (column.type() == ColumnType::Number) {
        appendNumber(out, column.numberValues()[row]);
        return;
    }
    if (column.type() == ColumnType::Date) {
        out += dateText(column.numberValues()[row]);
        return;
    }
    const std::string_view text = column.type() == ColumnType::Text
        ? column.textAt(row)
        : std::string_view(column.categoryCells().levels[std::size_t(column.categoryCells().codes[row])]);
    if (options.protectFormulas && looksLikeFormula(text))
        appendText(out, "'" + std::string(text), options.delimiter);
    else
        appendText(out, text, options.delimiter);
}

} // namespace

std::string csvText(const Table& table, const CsvWriteOptions& options)
{
    std::string out;
    if (options.byteOrderMark)
        out += "\xEF\xBB\xBF";
    for (std::size_t j = 0; j < table.columns(); ++j) {
        if (j > 0)
            out += options.delimiter;
        appendText(out, table.column(j).name(), options.delimiter);
    }
    if (table.columns() > 0)
        out += '\n';
    for (std::size_t row = 0; row < table.rows(); ++row) {
        for (std::size_t j = 0; j < table.columns(); ++j) {
            if (j > 0)
                out += options.delimiter;
            if (!table.column(j).isMissing(row))
                appendCell(out, table.column(j), row, options);
            else if (table.columns() == 1)
                out += "\"\"";          // an empty line would be a blank line, not a row
        }
        out += '\n';
    }
    return out;
}

Result<void> writeCsv(const Table& table, const std::filesystem::path& path, const CsvWriteOptions& options)
{
    return writeFileAtomically(path, csvText(table, options));
}

} // namespace modelarium
