#include "core/data/csv_writer.h"

#include "core/base/file.h"
#include "core/base/number_text.h"
#include "core/data/csv_cells.h"

#include <algorithm>
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

void appendQuoted(std::string& out, std::string_view text)
{
    out += '"';
    for (const char c : text) {
        if (c == '"')
            out += '"';
        out += c;
    }
    out += '"';
}

void appendText(std::string& out, std::string_view text, char delimiter)
{
    if (needsQuotes(text, delimiter))
        appendQuoted(out, text);
    else
        out += text;
}

/// True for a cell in quotes that hold all of it, each quote inside doubled.
bool isInQuotes(std::string_view cell)
{
    if (cell.size() < 2 || cell.front() != '"' || cell.back() != '"')
        return false;
    const std::string_view inside = cell.substr(1, cell.size() - 2);
    for (std::size_t quote = inside.find('"'); quote != std::string_view::npos; quote = inside.find('"', quote + 2))
        if (inside.substr(quote, 2) != "\"\"")
            return false;
    return true;
}

/// A cell as it stood in the file; quotes are put around it only where it would be taken for something else.
void appendVerbatim(std::string& out, std::string_view cell, char delimiter)
{
    const bool breaks = cell.find_first_of("\r\n") != std::string_view::npos || cell.find(delimiter) != std::string_view::npos || cell.starts_with('"');
    if (breaks && !isInQuotes(cell))
        appendQuoted(out, cell);
    else
        out += cell;
}

void appendNumber(std::string& out, double value, const CsvWriteOptions& options)
{
    char text[32];
    char* const end = std::to_chars(text, text + sizeof text, value).ptr;
    std::replace(text, end, '.', options.decimal);
    if (options.decimal == options.delimiter)
        appendText(out, std::string_view(text, std::size_t(end - text)), options.delimiter);
    else
        out.append(text, end);
}

void appendCell(std::string& out, const Column& column, std::size_t row, const CsvWriteOptions& options)
{
    if (column.type() == ColumnType::Number) {
        appendNumber(out, column.numberValues()[row], options);
        return;
    }
    if (column.type() == ColumnType::Date) {
        out += dateText(column.numberValues()[row]);
        return;
    }
    const std::string_view text = column.type() == ColumnType::Text
        ? column.textAt(row)
        : std::string_view(column.categoryCells().levels[std::size_t(column.categoryCells().codes[row])]);
    if (options.verbatim && column.type() == ColumnType::Text)
        appendVerbatim(out, text, options.delimiter);
    else if (options.protectFormulas && looksLikeFormula(text))
        appendText(out, "'" + std::string(text), options.delimiter);
    else
        appendText(out, text, options.delimiter);
}

} // namespace

CsvWriteOptions copyOptions(const ImportReceipt& receipt)
{
    CsvWriteOptions options;
    // Columns that spaces align are no longer aligned with one more.
    options.delimiter = receipt.delimiter == ' ' ? ',' : receipt.delimiter;
    options.decimal = receipt.decimal;
    options.verbatim = true;
    return options;
}

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
