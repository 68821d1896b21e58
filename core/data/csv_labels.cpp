#include "core/data/csv_columns.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace modelarium::csv {

namespace {

/// The first (at most) eight bytes of a text. `padded`: eight bytes can be read whatever the length.
template <bool padded>
std::uint64_t firstWord(const char* text, std::size_t length)
{
    std::uint64_t word = 0;
    if (padded || length >= 8) {
        std::memcpy(&word, text, 8);
        if (length < 8)
            word &= (std::uint64_t(1) << (8 * length)) - 1;
    } else {
        std::memcpy(&word, text, length);
    }
    return word;
}

template <bool padded>
std::uint64_t hashOf(std::string_view text, bool quoted)
{
    std::uint64_t hash = (text.size() * 2 + quoted) * 0x9E3779B97F4A7C15u;
    const char* p = text.data();
    std::size_t left = text.size();
    do {
        hash = (std::rotl(hash, 29) ^ firstWord<padded>(p, left)) * 0xD6E8FEB86659FD93u;
        p += 8;
        left = left > 8 ? left - 8 : 0;
    } while (left > 0);
    return hash ^ (hash >> 32);
}

/// What of the first and of the last eight bytes belongs to a text of up to sixteen.
struct KeptBytes {
    std::uint64_t low[17], high[17];

    constexpr KeptBytes() : low(), high()
    {
        for (unsigned length = 0; length <= 16; ++length) {
            low[length] = length >= 8 ? ~std::uint64_t(0) : (std::uint64_t(1) << (8 * length)) - 1;
            high[length] = length >= 8 ? ~std::uint64_t(0) : length == 0 ? 0 : ~std::uint64_t(0) << (64 - 8 * length);
        }
    }
};
constexpr KeptBytes keptBytes;
static_assert(std::endian::native == std::endian::little);

} // namespace

void BlockLabels::clear(std::size_t rows)
{
    codes.clear();
    labels.clear();
    trimmedRows.clear();
    m_unescaped.clear();
    // A block of a wide file has a few rows: no more slots than they can need.
    m_slots.assign(std::bit_ceil(std::clamp<std::size_t>(rows * 2, 8, 256)), -1);
}

void BlockLabels::grow()
{
    m_slots.assign(m_slots.size() * 4, -1);
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        std::size_t slot = labels[i].hash & mask;
        while (m_slots[slot] >= 0)
            slot = (slot + 1) & mask;
        m_slots[slot] = std::int32_t(i);
    }
}

template <bool padded>
std::int32_t BlockLabels::codeOf(std::string_view text, bool quoted, std::uint32_t row)
{
    const std::uint64_t hash = hashOf<padded>(text, quoted);
    const std::size_t mask = m_slots.size() - 1;
    std::size_t slot = hash & mask;
    for (; m_slots[slot] >= 0; slot = (slot + 1) & mask) {
        const Label& label = labels[std::size_t(m_slots[slot])];
        // Up to eight bytes, each step of the hash can be undone: equal hashes are equal texts.
        if (label.hash == hash && label.quoted == quoted && label.text.size() == text.size() && (text.size() <= 8 || label.text == text))
            return m_slots[slot];
    }
    const std::int32_t code = std::int32_t(labels.size());
    labels.push_back({padded ? text : std::string_view(m_unescaped.emplace_back(text)), quoted, hash, row});
    m_slots[slot] = code;
    if (labels.size() * 2 > m_slots.size())
        grow();
    return code;
}

std::int32_t BlockLabels::encodeCell(std::string_view text, std::uint32_t row)
{
    if (text.empty())
        return -1;
    const bool quoted = text.front() == '"';
    if (quoted) {
        text = unquoted(text, m_scratch);
    } else if (text.front() == ' ' || text.back() == ' ' || text.front() == '\t' || text.back() == '\t') {
        text = trimmed(text);
        trimmedRows.push_back(row);
    }
    if (text.empty())
        return -1;
    return quoted && text.data() == m_scratch.data() ? codeOf<false>(text, quoted, row) : codeOf<true>(text, quoted, row);
}

bool BlockLabels::encode(const kernels::CsvCells& cells, std::size_t rows, std::size_t most, CellMemos& memos)
{
    clear(rows);
    memos.begin();
    codes.resize(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string_view text = cellAt(cells, row);
        if (text.size() > CellMemos::longest) {
            codes[row] = encodeCell(text, std::uint32_t(row));
        } else {
            // All bytes of the cell, some of them twice; eight before its end and behind its beginning can be read.
            std::uint64_t first, last;
            std::memcpy(&first, text.data(), 8);
            std::memcpy(&last, text.data() + text.size() - 8, 8);
            first &= keptBytes.low[text.size()];
            last &= keptBytes.high[text.size()];
            const std::uint64_t hash = (std::rotl(last, 32) ^ first ^ text.size()) * 0x9E3779B97F4A7C15u;
            const std::uint64_t key = memos.key(text.size());
            CellMemos::Memo& memo = memos.at(hash);
            if (((memo.first ^ first) | (memo.last ^ last) | (memo.key ^ key)) == 0) [[likely]] {
                codes[row] = memo.code;
                continue;
            }
            const std::size_t spaces = trimmedRows.size();
            codes[row] = encodeCell(text, std::uint32_t(row));
            // Each row that loses spaces is told.
            if (trimmedRows.size() == spaces)
                memo = {first, last, key, codes[row]};
        }
        if (labels.size() > most)
            return false;
    }
    return true;
}

} // namespace modelarium::csv
