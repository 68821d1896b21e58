#pragma once

#include "core/data/csv_notes.h"
#include "core/kernels/csv.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace modelarium::csv {

/// Complete rows of a piece of text, each with the same number of cells.
struct RowBlock {
    const char* text = nullptr;
    const std::uint32_t* begins = nullptr;
    const std::uint32_t* ends = nullptr;
    const std::uint32_t* lastEnds = nullptr;    ///< ends of the last column where a CR stands before the line end
    std::uint32_t bias = 0;                     ///< added to each begin
    std::size_t rows = 0;
    std::size_t columns = 0;

    /// The cells of one column, as the kernels take them.
    kernels::CsvCells cells(std::size_t column) const
    {
        const bool last = lastEnds && column + 1 == columns;
        return {text, begins + column, last ? lastEnds : ends + column, columns, last ? 1 : columns, bias};
    }
};

inline std::string_view cellAt(const kernels::CsvCells& cells, std::size_t row)
{
    const std::uint32_t begin = cells.begins[row * cells.beginStride] + cells.bias;
    return {cells.text + begin, std::size_t(cells.ends[row * cells.endStride] - begin)};
}

/// The fields of records, before each record has the same number of them.
struct Fields {
    std::vector<std::uint32_t> begins;
    std::vector<std::uint32_t> ends;
    std::vector<std::uint32_t> recordEnds;      ///< number of fields up to and with each record

    std::size_t records() const { return recordEnds.size(); }
    std::size_t firstField(std::size_t record) const { return record == 0 ? 0 : recordEnds[record - 1]; }
    void clear();
};

/// How records are told apart.
struct RecordRules {
    char delimiter = ',';
    bool collapse = false;          ///< several delimiters in a row count as one (columns aligned with spaces)
    bool comments = false;          ///< every line that begins with # is a comment
};

/// Splits text into records and fields, one byte after the other: the reader that knows every way to bend RFC 4180.
///
/// A quote opens a field only at its beginning, spaces before it allowed; "" is a quote; what follows a closing quote is
/// kept as text; LF, CR LF and CR end a record outside quotes.
class RecordSplitter {
public:
    explicit RecordSplitter(const RecordRules& rules) : m_rules(rules) {}

    /// Goes on in `text` until a record ends at or behind `target`, or the text ends; true when the record ended.
    bool split(std::string_view text, bool atEnd, std::size_t target);
    /// The first `count` bytes of the text are dropped and the fields forgotten: a new block begins.
    void drop(std::size_t count);

    const Fields& fields() const { return m_fields; }
    Notes& notes() { return m_notes; }
    std::size_t position() const { return m_position; }
    std::size_t recordBegin() const { return m_recordBegin; }
    /// Where the quote opened that the end of the text leaves open.
    bool hasOpenQuote() const { return m_state == State::Quoted; }
    std::size_t openQuote() const { return m_fieldBegin; }
    /// The column, from 1, of the field that is being read.
    std::size_t openColumn() const { return m_fields.ends.size() - (m_fields.recordEnds.empty() ? 0 : m_fields.recordEnds.back()) + 1; }

private:
    enum class State { RecordStart, FieldStart, Unquoted, Quoted, QuoteClosed };

    bool beginField(std::string_view text, bool atEnd);
    bool readQuoted(std::string_view text, bool atEnd);
    bool readToEnd(std::string_view text, bool atEnd);
    void endField(std::size_t end);
    void endRecord(std::size_t next);
    void finish(std::size_t size);

    RecordRules m_rules;
    State m_state = State::RecordStart;
    std::size_t m_position = 0;
    std::size_t m_recordBegin = 0;
    std::size_t m_fieldBegin = 0;
    std::size_t m_quoteEnd = 0;
    bool m_raw = false;                         // this record is a comment: quotes mean nothing in it
    bool m_strayText = false;
    Fields m_fields;
    Notes m_notes;
};

/// What makes a row of a record.
struct RowRules {
    std::size_t columns = 1;
    std::size_t named = 1;          ///< columns that the header names; the others were found in longer rows
    bool comments = false;
};

/// Gives every row the same number of cells: short rows are filled up, blank lines and comments left out, each noted.
class RowAssembler {
public:
    RowBlock assemble(const char* text, const Fields& fields, const RowRules& rules, Notes& notes);
    /// The most cells that a row had, where that was more than there are columns.
    std::size_t widest() const { return m_widest; }
    void forgetWidest() { m_widest = 0; }

private:
    void addRow(const char* text, const Fields& fields, std::size_t record, const RowRules& rules, Notes& notes);

    std::vector<std::uint32_t> m_begins;
    std::vector<std::uint32_t> m_ends;
    std::size_t m_widest = 0;
};

} // namespace modelarium::csv
