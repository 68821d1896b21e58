#include "core/data/csv_notes.h"

#include <algorithm>

namespace modelarium::csv {

NoteCount& Notes::slot(Note note, std::uint32_t column)
{
    const std::size_t place = std::size_t(column + 1u) * noteKinds + std::size_t(note);    // noColumn + 1 is 0
    if (place >= m_index.size())
        m_index.resize(place + noteKinds, 0);
    if (m_index[place] == 0) {
        m_counts.push_back({note, column, 0, 0, 0, {}});
        m_index[place] = std::uint32_t(m_counts.size());
    }
    return m_counts[m_index[place] - 1];
}

void Notes::add(Note note, std::uint32_t column, std::size_t offset, std::string_view example)
{
    constexpr std::size_t longestExample = 40;
    NoteCount& count = slot(note, column);
    if (count.count++ > 0)
        return;
    count.offset = offset;
    std::size_t length = std::min(example.size(), longestExample);
    while (length > 0 && length < example.size() && (static_cast<unsigned char>(example[length]) & 0xC0) == 0x80)
        --length;
    count.example = example.substr(0, length);
}

void Notes::append(const Notes& later, bool columnsOnly)
{
    for (const NoteCount& other : later.m_counts) {
        if (columnsOnly && other.column == noColumn)
            continue;
        NoteCount& count = slot(other.note, other.column);
        if (count.count == 0) {
            count.line = other.line;
            count.example = other.example;
        }
        count.count += other.count;
    }
}

void Notes::forgetColumn(std::uint32_t column)
{
    for (NoteCount& count : m_counts)
        if (count.column == column && count.note != Note::WordsAmongNumbers && count.note != Note::WordsAmongDates
            && count.note != Note::MixedUnits)
            count.count = 0;
}

NoteCount* Notes::find(Note note, std::uint32_t column)
{
    const std::size_t place = std::size_t(column + 1u) * noteKinds + std::size_t(note);
    return place < m_index.size() && m_index[place] && m_counts[m_index[place] - 1].count ? &m_counts[m_index[place] - 1] : nullptr;
}

const NoteCount* Notes::find(Note note, std::uint32_t column) const { return const_cast<Notes*>(this)->find(note, column); }

void Notes::rename(Note from, Note to, std::uint32_t column, std::size_t count, std::string_view example)
{
    const NoteCount* old = find(from, column);
    set(to, column, count, old ? old->line : 0, example);
}

void Notes::set(Note note, std::uint32_t column, std::size_t count, std::size_t line, std::string_view example)
{
    NoteCount& changed = slot(note, column);
    changed.count = count;
    changed.line = line;
    changed.example = example;
}

void Notes::clear()
{
    m_counts.clear();
    m_index.clear();
}

std::size_t countLines(std::string_view text)
{
    std::size_t lines = std::size_t(std::count(text.begin(), text.end(), '\n'));
    for (std::size_t at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1))
        lines += at + 1 == text.size() || text[at + 1] != '\n';
    return lines;
}

} // namespace modelarium::csv
