#include "core/data/csv_rows.h"

#include <algorithm>
#include <cstring>

namespace modelarium::csv {

void Fields::clear()
{
    begins.clear();
    ends.clear();
    recordEnds.clear();
}

void RecordSplitter::drop(std::size_t count)
{
    m_position -= count;
    m_recordBegin = m_recordBegin >= count ? m_recordBegin - count : 0;
    m_fieldBegin = m_fieldBegin >= count ? m_fieldBegin - count : 0;
    m_fields.clear();
    m_notes.clear();
}

void RecordSplitter::endField(std::size_t end)
{
    m_fields.begins.push_back(std::uint32_t(m_fieldBegin));
    m_fields.ends.push_back(std::uint32_t(end));
}

void RecordSplitter::endRecord(std::size_t next)
{
    m_fields.recordEnds.push_back(std::uint32_t(m_fields.ends.size()));
    m_position = next;
    m_recordBegin = next;
    m_state = State::RecordStart;
}

/// Decides how the field at the position begins. False where more text is needed to tell.
bool RecordSplitter::beginField(std::string_view text, bool atEnd)
{
    if (m_state == State::RecordStart) {
        m_raw = m_rules.comments && text[m_position] == '#';
        m_recordBegin = m_position;
        m_state = State::FieldStart;
    }
    std::size_t next = m_position;
    while (next < text.size() && text[next] == ' ')
        ++next;
    if (next == text.size() && next > m_position && !atEnd)
        return false;
    if (m_rules.collapse) {
        const bool recordHasFields = m_fields.ends.size() > (m_fields.recordEnds.empty() ? 0 : m_fields.recordEnds.back());
        if (recordHasFields && (next == text.size() || text[next] == '\n' || text[next] == '\r')) {
            if (next < text.size() && text[next] == '\r' && next + 1 == text.size() && !atEnd)
                return false;
            const bool two = next + 1 < text.size() && text[next] == '\r' && text[next + 1] == '\n';
            endRecord(next == text.size() ? next : next + (two ? 2 : 1));
            return true;
        }
        m_position = next;
    }
    m_fieldBegin = m_position;
    m_strayText = false;
    if (next < text.size() && text[next] == '"' && !m_raw) {
        if (next > m_position)
            m_notes.add(Note::SpaceBeforeQuote, noColumn, next, {});
        m_fieldBegin = next;
        m_position = next + 1;
        m_state = State::Quoted;
    } else {
        m_state = State::Unquoted;
    }
    return true;
}

/// Reads up to the closing quote. False where the text ends before one can be told from a doubled quote.
bool RecordSplitter::readQuoted(std::string_view text, bool atEnd)
{
    const void* found = m_position < text.size() ? std::memchr(text.data() + m_position, '"', text.size() - m_position) : nullptr;
    if (!found) {
        m_position = text.size();
        return false;
    }
    const std::size_t quote = std::size_t(static_cast<const char*>(found) - text.data());
    if (quote + 1 == text.size() && !atEnd) {
        m_position = quote;
        return false;
    }
    if (quote + 1 < text.size() && text[quote + 1] == '"') {
        m_position = quote + 2;
    } else {
        m_position = m_quoteEnd = quote + 1;
        m_state = State::QuoteClosed;
    }
    return true;
}

/// Reads up to the end of an unquoted field, or what follows a closed quote. False where the text ends first.
bool RecordSplitter::readToEnd(std::string_view text, bool atEnd)
{
    std::size_t i = m_position;
    for (; i < text.size(); ++i) {
        const char c = text[i];
        if (c == m_rules.delimiter || c == '\n' || c == '\r')
            break;
        if (m_state == State::QuoteClosed)
            m_strayText |= c != ' ';
        else if (c == '"' && !m_raw)
            m_strayText = true;
    }
    m_position = i;
    if (i == text.size() || (text[i] == '\r' && i + 1 == text.size() && !atEnd))
        return false;
    if (m_strayText)
        m_notes.add(m_state == State::QuoteClosed ? Note::TextAfterQuote : Note::StrayQuote, noColumn, m_fieldBegin, text.substr(m_fieldBegin, i - m_fieldBegin));
    endField(m_state == State::QuoteClosed && !m_strayText ? m_quoteEnd : i);
    if (text[i] == m_rules.delimiter) {
        m_position = i + 1;
        m_state = State::FieldStart;
    } else {
        endRecord(text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n' ? i + 2 : i + 1);
    }
    return true;
}

/// The last record needs no line end.
void RecordSplitter::finish(std::size_t size)
{
    if (m_state == State::RecordStart || m_state == State::Quoted)
        return;
    if (m_state == State::FieldStart)
        m_fieldBegin = size;
    endField(m_state == State::QuoteClosed && !m_strayText ? m_quoteEnd : size);
    endRecord(size);
}

bool RecordSplitter::split(std::string_view text, bool atEnd, std::size_t target)
{
    while (m_position < text.size()) {
        const std::size_t records = m_fields.records();
        bool goesOn = true;
        switch (m_state) {
        case State::RecordStart:
        case State::FieldStart: goesOn = beginField(text, atEnd); break;
        case State::Quoted: goesOn = readQuoted(text, atEnd); break;
        case State::Unquoted:
        case State::QuoteClosed: goesOn = readToEnd(text, atEnd); break;
        }
        if (m_fields.records() > records && m_position >= target)
            return true;
        if (!goesOn)
            break;
    }
    if (!atEnd)
        return false;
    finish(text.size());
    return m_state == State::RecordStart;
}

void RowAssembler::addRow(const char* text, const Fields& fields, std::size_t record, const RowRules& rules, Notes& notes)
{
    const std::size_t first = fields.firstField(record);
    std::size_t count = fields.recordEnds[record] - first;
    const std::uint32_t begin = fields.begins[first];
    const std::uint32_t end = fields.ends[first + count - 1];
    const std::string_view firstField(text + begin, fields.ends[first] - begin);
    if (count == 1 && firstField.find_first_not_of(" \t") == std::string_view::npos) {
        notes.add(Note::BlankLine, noColumn, begin, {});
        return;
    }
    if (firstField.starts_with('#') && (rules.comments || count != rules.named)) {
        notes.add(Note::CommentLine, noColumn, begin, {text + begin, end - begin});
        return;
    }
    const auto isEmpty = [&](std::size_t k) { return fields.begins[first + k] == fields.ends[first + k]; };
    if (count > rules.columns) {
        std::size_t filled = count;
        while (filled > rules.columns && isEmpty(filled - 1))
            --filled;
        if (filled > rules.columns) {
            m_widest = std::max(m_widest, filled);
            notes.add(Note::LongRow, noColumn, begin, {text + begin, end - begin});
        } else {
            notes.add(Note::TrailingDelimiter, noColumn, begin, {});
        }
        count = rules.columns;
    } else if (count > rules.named) {
        notes.add(Note::LongRow, noColumn, begin, {text + begin, end - begin});
    } else if (count < rules.named) {
        notes.add(Note::ShortRow, noColumn, begin, {text + begin, end - begin});
    }
    bool anyFilled = false;
    for (std::size_t k = 0; k < rules.columns; ++k) {
        m_begins.push_back(k < count ? fields.begins[first + k] : end);
        m_ends.push_back(k < count ? fields.ends[first + k] : end);
        anyFilled |= m_begins.back() != m_ends.back();
    }
    if (!anyFilled && rules.columns > 1)
        notes.add(Note::EmptyRow, noColumn, begin, {});
}

RowBlock RowAssembler::assemble(const char* text, const Fields& fields, const RowRules& rules, Notes& notes)
{
    m_begins.clear();
    m_ends.clear();
    for (std::size_t record = 0; record < fields.records(); ++record)
        addRow(text, fields, record, rules, notes);
    return {text, m_begins.data(), m_ends.data(), nullptr, 0, m_ends.size() / rules.columns, rules.columns};
}

} // namespace modelarium::csv
