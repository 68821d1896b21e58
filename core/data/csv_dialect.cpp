#include "core/data/csv_dialect.h"

#include "core/base/counted.h"
#include "core/data/csv_reading.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

namespace modelarium::csv {

namespace {

using Row = std::vector<std::string>;

/// A record of the sample with its cells out of their quotes.
struct SampleRow {
    Row cells;
    std::size_t begin = 0;
    std::size_t end = 0;            // where the next record begins
    bool blank() const { return cells.size() == 1 && trimmed(cells.front()).empty(); }
    bool hash() const { return cells.front().starts_with('#'); }
    std::size_t filled() const
    {
        return std::size_t(std::count_if(cells.begin(), cells.end(), [](const std::string& cell) { return !cell.empty(); }));
    }
};

struct SampleRows {
    std::vector<SampleRow> rows;
    bool openQuote = false;
    std::size_t openQuoteAt = 0;
    std::size_t openColumn = 0;
};

SampleRows splitSample(std::string_view text, std::size_t offset, bool whole, const RecordRules& rules)
{
    RecordSplitter splitter(rules);
    const std::string_view rest = text.substr(offset);
    splitter.split(rest, whole, rest.size() + 1);
    const Fields& fields = splitter.fields();
    SampleRows sample;
    sample.openQuote = splitter.hasOpenQuote();
    sample.openQuoteAt = offset + splitter.openQuote();
    sample.openColumn = splitter.openColumn();
    std::string scratch;
    for (std::size_t record = 0; record < fields.records(); ++record) {
        SampleRow row;
        for (std::size_t k = fields.firstField(record); k < fields.recordEnds[record]; ++k)
            row.cells.emplace_back(trimmed(unquoted(rest.substr(fields.begins[k], fields.ends[k] - fields.begins[k]), scratch)));
        row.begin = offset + fields.begins[fields.firstField(record)];
        row.end = offset + fields.ends[fields.recordEnds[record] - 1];
        sample.rows.push_back(std::move(row));
    }
    return sample;
}

/// The commonest number of cells among the rows that are neither blank nor comments, and its share.
struct Mode {
    std::size_t columns = 1;
    double share = 0;
};

Mode modeOf(std::span<const SampleRow> rows)
{
    std::map<std::size_t, std::size_t> counts;
    std::size_t total = 0;
    for (const SampleRow& row : rows) {
        if (row.blank() || row.hash())
            continue;
        ++counts[row.cells.size()];
        ++total;
    }
    Mode mode;
    for (const auto& [columns, count] : counts)
        if (double(count) / double(total) >= mode.share)
            mode = {columns, double(count) / double(total)};
    return mode;
}

bool isTyped(const std::string& cell)
{
    if (cell.empty() || isMissingSpelling(cell))
        return true;
    return readNumber(cell, '.').kind == CellClass::Number || readNumber(cell, ',').kind == CellClass::Number
        || readDate(cell, DateOrder::DayFirst) || readDate(cell, DateOrder::MonthFirst);
}

double typedShare(const std::vector<SampleRow>& rows, std::size_t columns)
{
    std::size_t typed = 0, total = 0;
    for (std::size_t i = 1; i < rows.size() && i < 60; ++i) {
        if (rows[i].cells.size() != columns)
            continue;
        for (const std::string& cell : rows[i].cells)
            typed += isTyped(cell);
        total += columns;
    }
    return total ? double(typed) / double(total) : 0;
}

struct DelimiterChoice {
    char delimiter = ',';
    double score = 0;
    std::size_t columns = 1;
};

/// "1,5" below "x": one column with decimal commas, not two columns under one name.
bool isDecimalCommaColumn(const std::vector<SampleRow>& rows)
{
    if (rows.size() < 2 || rows.front().cells.size() != 1)
        return false;
    return std::all_of(rows.begin() + 1, rows.end(), [](const SampleRow& row) {
        return row.blank() || (row.cells.size() == 2 && readNumber(row.cells[0] + "," + row.cells[1], ',').kind == CellClass::Number);
    });
}

/// The delimiter whose records agree best in their number of cells; cells that are numbers or dates speak for it too.
char chooseDelimiter(std::string_view text, std::size_t offset, bool whole)
{
    constexpr std::size_t enough = std::size_t(1) << 15;
    if (text.size() - offset > enough) {
        const std::size_t cut = text.rfind('\n', offset + enough);
        if (cut != std::string_view::npos && cut > offset + enough / 2) {
            text = text.substr(0, cut + 1);
            whole = true;
        }
    }
    DelimiterChoice best;
    for (const char delimiter : {',', ';', '\t', '|', ' '}) {
        if (text.find(delimiter, offset) == std::string_view::npos)
            continue;
        const SampleRows sample = splitSample(text, offset, whole, {delimiter, delimiter == ' ', false});
        const Mode mode = modeOf(sample.rows);
        if (mode.columns < 2)
            continue;
        const double typed = typedShare(sample.rows, mode.columns);
        if (delimiter == ' ' && (mode.share < 0.9 || typed < 0.3))
            continue;
        if (delimiter == ',' && isDecimalCommaColumn(sample.rows))
            return ';';
        const double score = mode.share + 0.3 * typed + 0.001 * double(std::min<std::size_t>(mode.columns, 20)) - (delimiter == ' ' ? 0.2 : 0);
        if (score > best.score)
            best = {delimiter, score, mode.columns};
    }
    return best.delimiter;
}

ReceiptEntry entry(std::string code, std::string message, std::size_t count = 0, std::size_t line = 0, bool question = false)
{
    return {std::move(code), std::move(message), count, line, {}, question};
}

std::string delimiterName(char delimiter)
{
    switch (delimiter) {
    case ',': return "commas";
    case ';': return "semicolons";
    case '\t': return "tabs";
    case ' ': return "spaces";
    case '|': return "vertical bars";
    default: return std::string("\"") + delimiter + "\"";
    }
}

/// Works through the sample from top to bottom and fills in a dialect.
class Recogniser {
public:
    Recogniser(std::string_view text, bool whole, const CsvOptions& options) : m_text(text), m_whole(whole), m_options(options) {}

    Result<Dialect> run()
    {
        readSeparatorLine();
        m_dialect.record.delimiter = m_options.delimiter ? *m_options.delimiter
            : m_separator                                ? *m_separator
                                                         : chooseDelimiter(m_text, m_offset, m_whole);
        m_dialect.record.collapse = m_dialect.record.delimiter == ' ';
        // A guess that does not occur was none; what the person or the file says holds, even where it makes a single column.
        const bool isSaid = m_options.delimiter || m_separator;
        if (!isSaid && m_text.find(m_dialect.record.delimiter, m_offset) == std::string_view::npos)
            m_dialect.record.delimiter = m_dialect.record.delimiter == ';' ? ';' : ',';
        else if (m_dialect.record.delimiter != ',')
            m_dialect.entries.push_back(entry("delimiter", "The cells are separated by " + delimiterName(m_dialect.record.delimiter) + "."));
        m_sample = splitSample(m_text, m_offset, m_whole, m_dialect.record);
        if (m_sample.rows.empty() && m_sample.openQuote)
            return openQuoteError(lineAt(m_sample.openQuoteAt), m_sample.openColumn, {});
        m_mode = modeOf(m_sample.rows);
        findFirstRow();
        if (m_first >= m_sample.rows.size())
            return Error{ErrorCode::EmptyData, "The file has no rows: it holds nothing but blank lines and comments."};
        chooseDecimal();
        chooseHeader();
        nameColumns();
        if (const auto status = planColumns(); !status)
            return status.error();
        return std::move(m_dialect);
    }

private:
    std::size_t lineAt(std::size_t offset) const { return 1 + countLines(m_text.substr(0, offset)); }
    std::vector<SampleRow>& rows() { return m_sample.rows; }

    /// Excel's first line "sep=;".
    void readSeparatorLine()
    {
        const std::string start = lowerCase(m_text.substr(0, 5));
        const std::size_t end = m_text.find_first_of("\r\n");
        const bool quotedLine = m_text.starts_with("\"");
        const std::string_view line = m_text.substr(0, std::min(end, m_text.size()));
        const std::string_view content = quotedLine && line.size() > 2 ? line.substr(1, line.size() - 2) : line;
        if (content.size() != 5 || lowerCase(content.substr(0, 4)) != "sep=" || end == std::string_view::npos)
            return;
        m_separator = content[4];
        m_offset = end + (m_text.substr(end, 2) == "\r\n" ? 2 : 1);
        m_dialect.entries.push_back(entry("separator_line", "The line \"" + std::string(line) + "\" names the delimiter and is no row.", 1, 1));
    }

    /// Skips blank lines, comments and title lines above the header.
    void findFirstRow()
    {
        std::size_t comments = 0, commentLine = 0, titles = 0, titleLine = 0, blanks = 0, blankLine = 0;
        for (m_first = 0; m_first < rows().size(); ++m_first) {
            SampleRow& row = rows()[m_first];
            const std::size_t line = lineAt(row.begin);
            const bool headerLike = m_mode.columns > 1 && row.cells.size() == m_mode.columns && titles == 0;
            if (row.blank()) {
                blankLine = blanks++ == 0 ? line : blankLine;
            } else if (row.hash() && !(headerLike && isHashHeader())) {
                commentLine = comments++ == 0 ? line : commentLine;
            } else if (m_mode.columns > 1 && m_mode.share > 0.5 && row.cells.size() != m_mode.columns && row.filled() <= 1 && m_first + 1 < rows().size()) {
                titleLine = titles++ == 0 ? line : titleLine;
            } else {
                break;
            }
        }
        m_dialect.record.comments = comments > 0;
        if (blanks > 0)
            m_dialect.entries.push_back(entry("blank_lines_above", counted(blanks, "blank line", "blank lines") + " above the data left out.", blanks, blankLine));
        if (comments > 0)
            m_dialect.entries.push_back(entry("comment_lines_above", counted(comments, "comment line", "comment lines") + " above the data left out.", comments, commentLine));
        if (titles > 0)
            m_dialect.entries.push_back(entry("title_lines", counted(titles, "line", "lines") + " above the header left out: a title, no row.", titles, titleLine, true));
    }

    /// "#id,x": a header that begins with #, followed at once by data.
    bool isHashHeader()
    {
        if (m_first + 1 >= rows().size())
            return false;
        const SampleRow& next = rows()[m_first + 1];
        const auto isNumber = [](const std::string& cell) { return readNumber(cell, '.').kind == CellClass::Number; };
        const SampleRow& row = rows()[m_first];
        if (next.hash() || next.cells.size() != row.cells.size() || !std::any_of(next.cells.begin(), next.cells.end(), isNumber)
            || std::any_of(row.cells.begin(), row.cells.end(), isNumber))
            return false;
        std::string& name = rows()[m_first].cells.front();
        name = std::string(trimmed(std::string_view(name).substr(1)));
        m_dialect.entries.push_back(entry("hash_header", "The header begins with \"#\", which is not part of the first name.", 1, lineAt(row.begin), true));
        return true;
    }

    /// No delimiter at all: commas in the cells were taken as decimal commas.
    bool isOneColumn() const { return m_text.find(m_dialect.record.delimiter, m_offset) == std::string_view::npos; }

    void chooseDecimal()
    {
        std::size_t points = 0, commas = 0, eitherComma = 0, eitherPoint = 0, line = 0;
        for (std::size_t i = m_first; i < rows().size(); ++i)
            for (const std::string& cell : rows()[i].cells) {
                const DecimalEvidence evidence = decimalEvidence(cell);
                points += evidence == DecimalEvidence::Point;
                commas += evidence == DecimalEvidence::Comma;
                const bool either = evidence == DecimalEvidence::Either;
                eitherComma += either && cell.find(',') != std::string::npos;
                eitherPoint += either && cell.find(',') == std::string::npos;
                if (line == 0 && (evidence == DecimalEvidence::Comma || either))
                    line = lineAt(rows()[i].begin);
            }
        if (m_options.decimal) {
            m_dialect.decimal = *m_options.decimal;
            m_dialect.tellsDecimals = m_dialect.decimal == ',';
            return;
        }
        const bool guessed = commas == 0 && points == 0 && eitherComma > 0 && eitherPoint == 0 && m_dialect.record.delimiter == ';';
        if (commas > points || guessed)
            m_dialect.decimal = ',';
        const bool dotsGroup = commas == 0 && points == 0 && eitherComma == 0 && eitherPoint > 0 && m_dialect.record.delimiter == ';';
        m_dialect.tellsDecimals = m_dialect.decimal == ',' || dotsGroup;
        if (dotsGroup)
            m_dialect.entries.push_back(entry("decimal_point", "Points are read as decimal points; with semicolons between the cells they could separate thousands.",
                                              eitherPoint, line, true));
        if (m_dialect.decimal == ',')
            m_dialect.entries.push_back(entry("decimal_comma",
                guessed ? "Commas are read as decimal commas because semicolons separate the cells; they could separate thousands."
                        : "Numbers have a decimal comma: 1,5 is one and a half.", commas + eitherComma, line, guessed || points > 0 || isOneColumn()));
        else if (commas > 0)
            m_dialect.entries.push_back(entry("mixed_decimals", "Most numbers have a decimal point, but some cells have a decimal comma and are read as text.",
                                              commas, line, true));
    }

    CellClass classOf(const std::string& cell) const
    {
        const CellClass kind = readNumber(cell, m_dialect.decimal).kind;
        return kind == CellClass::Other && readDate(cell, DateOrder::DayFirst) ? CellClass::Number : kind;
    }

    /// True when the cells below the first row, as far as there are any, are numbers or dates.
    bool numericBelow(std::size_t column) const
    {
        std::size_t numbers = 0;
        for (std::size_t i = m_first + 1; i < m_sample.rows.size() && i < m_first + 200; ++i) {
            const SampleRow& row = m_sample.rows[i];
            if (row.blank() || row.hash() || column >= row.cells.size())
                continue;
            const CellClass kind = classOf(row.cells[column]);
            if (kind == CellClass::Other)
                return false;
            numbers += kind == CellClass::Number || kind == CellClass::LeadingZeros;
        }
        return numbers > 0;
    }

    bool recursBelow(std::size_t column, const std::string& value) const
    {
        for (std::size_t i = m_first + 1; i < m_sample.rows.size(); ++i)
            if (column < m_sample.rows[i].cells.size() && m_sample.rows[i].cells[column] == value)
                return true;
        return false;
    }

    /// Words that stand again and again below a name that stands once: the name is none of them.
    bool wordsRecurBelow() const
    {
        for (std::size_t j = 0; j < m_sample.rows[m_first].cells.size(); ++j) {
            std::set<std::string_view> distinct;
            std::size_t filled = 0;
            for (std::size_t i = m_first + 1; i < m_sample.rows.size(); ++i)
                if (j < m_sample.rows[i].cells.size() && !m_sample.rows[i].cells[j].empty()) {
                    distinct.insert(m_sample.rows[i].cells[j]);
                    ++filled;
                }
            if (filled >= 20 && distinct.size() * 5 <= filled)
                return true;
        }
        return false;
    }

    void chooseHeader()
    {
        const Row& first = rows()[m_first].cells;
        const std::size_t line = lineAt(rows()[m_first].begin);
        std::size_t words = 0, data = 0;
        std::size_t years = 0;
        bool wordsOverNumbers = false, recurs = false;
        for (std::size_t j = 0; j < first.size(); ++j) {
            const CellClass kind = classOf(first[j]);
            const bool word = kind == CellClass::Other || (kind == CellClass::Missing && lowerCase(first[j]).find_first_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos);
            words += word;
            data += kind == CellClass::Number || kind == CellClass::LeadingZeros;
            years += first[j].size() == 4 && (first[j][0] == '1' || first[j][0] == '2') && kind == CellClass::Number;
            if (word && kind == CellClass::Other) {
                wordsOverNumbers |= numericBelow(j);
                recurs |= recursBelow(j, first[j]);
            }
        }
        if (m_options.header) {
            m_dialect.header = *m_options.header;
            return;
        }
        if (data > 0) {
            m_dialect.header = wordsOverNumbers || (words > 0 && years == data);
            if (m_dialect.header)
                m_dialect.entries.push_back(entry("header_with_numbers", "The first row is taken as the header although some of its names are numbers.", data, line, true));
        } else {
            m_dialect.header = words > 0 && (wordsOverNumbers || !recurs);
            if (m_dialect.header && !wordsOverNumbers && rows().size() > m_first + 1 && !wordsRecurBelow())
                m_dialect.entries.push_back(entry("header_assumed", "The first row is taken as the header; all columns are text, so it could be a row.", 1, line, true));
        }
        if (!m_dialect.header)
            m_dialect.entries.push_back(data == first.size()
                ? entry("no_header", "The first row holds numbers as the rows below do: it is taken as a row, not as a header, and the columns are numbered.", 0, line, rows().size() > m_first + 1)
                : entry("no_header", "The file has no header; the columns are numbered.", 0, line));
    }

    void nameColumns()
    {
        const std::size_t dataRow = m_first + (m_dialect.header ? 1 : 0);
        const std::span<const SampleRow> body = std::span<const SampleRow>(rows()).subspan(std::min(dataRow, rows().size()));
        const Mode bodyMode = modeOf(body);
        Row names = m_dialect.header ? rows()[m_first].cells : Row(std::max(bodyMode.columns, rows()[m_first].cells.size()));
        if (m_dialect.header)
            fitNames(names, body, bodyMode);
        // The numbers that doubles and nameless columns get never take a name that the header holds.
        std::set<std::string> taken(names.begin(), names.end()), given;
        std::size_t empty = 0, doubled = 0;
        std::string firstDouble;
        for (std::size_t j = 0; j < names.size(); ++j) {
            ColumnPlan plan;
            if (names[j].empty()) {
                ++empty;
                plan.name = uniqueName("column_" + std::to_string(j + 1), taken);
            } else if (given.insert(names[j]).second) {
                plan.name = names[j];
            } else {
                plan.name = uniqueName(names[j], taken);
                firstDouble = doubled++ == 0 ? names[j] : firstDouble;
            }
            taken.insert(plan.name);
            plan.unit = m_dialect.header ? unitOfName(plan.name) : std::string();
            m_dialect.columns.push_back(std::move(plan));
        }
        const std::size_t line = lineAt(rows()[m_first].begin);
        if (m_dialect.header && empty > 0)
            m_dialect.entries.push_back(entry("empty_names", counted(empty, "column has no name and is", "columns have no name and are") + " numbered.", empty, line));
        if (doubled > 0) {
            m_dialect.entries.push_back(entry("duplicate_names", counted(doubled, "name stands", "names stand") + " twice in the header; the later ones got a number.", doubled, line));
            m_dialect.entries.back().firstColumn = firstDouble;
        }
        findData(dataRow, body);
    }

    /// Row names without a header of their own, and a delimiter at the end of each row.
    void fitNames(Row& names, std::span<const SampleRow> body, const Mode& bodyMode)
    {
        const auto emptyLast = [&](const SampleRow& row) { return row.cells.size() < names.size() || row.cells.back().empty(); };
        const std::size_t line = lineAt(rows()[m_first].begin);
        if (names.size() > 1 && names.back().empty() && std::all_of(body.begin(), body.end(), emptyLast)) {
            names.pop_back();
        } else if (bodyMode.columns == names.size() + 1 && bodyMode.share > 0.9
                   && !std::all_of(body.begin(), body.end(), [&](const SampleRow& row) { return row.cells.size() <= names.size() || row.cells.back().empty(); })) {
            names.insert(names.begin(), "row_name");
            m_dialect.entries.push_back(entry("row_names", "The rows have one cell more than the header: the first one is taken as the name of the row.", 1, line, true));
        }
    }

    void findData(std::size_t dataRow, std::span<const SampleRow> body)
    {
        if (m_dialect.header) {
            const std::size_t end = m_text.find_first_of("\r\n", rows()[m_first].end);
            m_dialect.dataOffset = end == std::string_view::npos ? m_text.size() : end + (m_text.substr(end, 2) == "\r\n" ? 2 : 1);
        } else {
            m_dialect.dataOffset = lineBegin(rows()[m_first].begin);
        }
        m_dialect.dataLine = lineAt(m_dialect.dataOffset);
        if (!body.empty() && dataRow < rows().size())
            m_dialect.bytesPerRow = std::max(1.0, double(body.back().end - body.front().begin + 1) / double(body.size()));
        m_body = body;
    }

    std::size_t lineBegin(std::size_t offset) const
    {
        const std::size_t before = offset == 0 ? std::string_view::npos : m_text.find_last_of("\r\n", offset - 1);
        return before == std::string_view::npos ? 0 : before + 1;
    }

    Result<void> planColumns()
    {
        for (const auto& [name, type] : m_options.types) {
            const auto found = std::find_if(m_dialect.columns.begin(), m_dialect.columns.end(), [&, wanted = name](const ColumnPlan& plan) { return plan.name == wanted; });
            if (found == m_dialect.columns.end())
                return Error{ErrorCode::UnknownColumn, "There is no column \"" + name + "\" to give a type to.", {.column = name}};
            found->forced = type;
        }
        for (std::size_t j = 0; j < m_dialect.columns.size(); ++j) {
            if (m_options.verbatim) {
                m_dialect.columns[j].forced = ColumnType::Text;
                m_dialect.columns[j].verbatim = true;
            }
            guessKind(j);
        }
        return {};
    }

    void guessKind(std::size_t column)
    {
        ColumnPlan& plan = m_dialect.columns[column];
        plan.order = m_dialect.decimal == ',' || m_dialect.record.delimiter == ';' ? DateOrder::DayFirst : DateOrder::MonthFirst;
        std::size_t filled = 0, numbers = 0, dates = 0, dayFirst = 0, monthFirst = 0;
        std::set<std::string_view> distinct;
        for (const SampleRow& row : m_body) {
            if (row.blank() || row.hash() || column >= row.cells.size())
                continue;
            const std::string& cell = row.cells[column];
            const CellClass kind = readNumber(cell, m_dialect.decimal).kind;
            if (kind == CellClass::Empty || kind == CellClass::Missing)
                continue;
            ++filled;
            numbers += kind == CellClass::Number;
            if (kind == CellClass::Other) {
                const bool asDay = readDate(cell, DateOrder::DayFirst).has_value();
                const bool asMonth = readDate(cell, DateOrder::MonthFirst).has_value();
                dayFirst += asDay;
                monthFirst += asMonth;
                dates += asDay || asMonth;
                distinct.insert(cell);
            }
        }
        plan.otherOrderTried = m_options.dayFirst.has_value();
        if (m_options.dayFirst)
            plan.order = *m_options.dayFirst ? DateOrder::DayFirst : DateOrder::MonthFirst;
        else if (std::max(dayFirst, monthFirst) * 2 > filled && dayFirst != monthFirst)
            plan.order = dayFirst > monthFirst ? DateOrder::DayFirst : DateOrder::MonthFirst;
        if (plan.forced) {
            const bool isNumber = *plan.forced == ColumnType::Number || *plan.forced == ColumnType::Empty;
            plan.kind = isNumber ? ColumnKind::Number : *plan.forced == ColumnType::Date ? ColumnKind::Date
                : *plan.forced == ColumnType::Text ? ColumnKind::Text : ColumnKind::Labels;
        } else if (numbers * 2 > filled || filled == 0) {
            // Even where some are words: reading them as numbers finds the first word, and the receipt names it.
            plan.kind = ColumnKind::Number;
        } else if (dates * 2 > filled) {
            // Where one order does not fit all of them, reading finds the first that does not, and the receipt names it.
            plan.kind = ColumnKind::Date;
        } else {
            plan.kind = distinct.size() > 100 && distinct.size() * 2 > filled ? ColumnKind::Text : ColumnKind::Labels;
        }
    }

    std::string_view m_text;
    bool m_whole;
    const CsvOptions& m_options;
    Dialect m_dialect;
    std::optional<char> m_separator;
    std::size_t m_offset = 0;
    SampleRows m_sample;
    Mode m_mode;
    std::size_t m_first = 0;                // row of the sample that is the header, or the first row of data
    std::span<const SampleRow> m_body;      // the rows of data
};

} // namespace

std::string unitOfName(std::string_view name)
{
    const std::size_t open = name.find_last_of("([");
    if (open == std::string_view::npos || open == 0 || name.back() != (name[open] == '(' ? ')' : ']'))
        return {};
    const std::string_view unit = trimmed(name.substr(open + 1, name.size() - open - 2));
    return unit.size() <= 16 ? std::string(unit) : std::string();
}

std::string uniqueName(const std::string& wanted, const std::set<std::string>& taken)
{
    std::string name = wanted;
    for (std::size_t number = 2; taken.contains(name); ++number)
        name = wanted + "_" + std::to_string(number);
    return name;
}

Result<Dialect> recogniseDialect(std::string_view sample, bool whole, const CsvOptions& options)
{
    return Recogniser(sample, whole, options).run();
}

} // namespace modelarium::csv
