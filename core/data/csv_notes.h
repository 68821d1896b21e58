#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modelarium::csv {

/// What a reader meets on its way that belongs into the import receipt.
enum class Note : std::uint8_t {
    Thousands, AmbiguousThousands, Percent, Dollar, Euro, Pound, Yen, Rupee, Franc, PartlyCurrency, UnicodeMinus, AccountingNegative, Overflow, Underflow, Rounded, Infinity, DecimalComma, DecimalPoint,
    MissingSpelling, NotANumber, NotADate, TwoDigitYear, TimeZone, AmbiguousDate, SpacesTrimmed,
    ShortRow, LongRow, TrailingDelimiter, BlankLine, CommentLine, EmptyRow, StrayQuote, TextAfterQuote, SpaceBeforeQuote,
    KeptMissingWord, LeadingZeros, WordsAmongNumbers, WordsAmongDates, MixedUnits, MixedBooleans,
};
constexpr std::size_t noteKinds = std::size_t(Note::MixedBooleans) + 1;
/// Each currency is a note of its own: two of them in one column are no common unit.
constexpr Note currencyNotes[] = {Note::Dollar, Note::Euro, Note::Pound, Note::Yen, Note::Rupee, Note::Franc};
constexpr std::uint32_t noColumn = 0xFFFFFFFFu;

/// One kind of note in one column: how often, and where first.
struct NoteCount {
    Note note;
    std::uint32_t column;
    std::size_t count = 0;
    std::size_t offset = 0;             ///< of the first one, in the text of its block
    std::size_t line = 0;               ///< of the first one, in the file
    std::string example;
};

/// The notes of one block, or of the whole file.
class Notes {
public:
    /// Notes must come in the order of the text for each column and kind.
    void add(Note note, std::uint32_t column, std::size_t offset, std::string_view example);
    /// Adds the notes of a later block; their lines are known by then. `columnsOnly` leaves out those about whole rows.
    void append(const Notes& later, bool columnsOnly = false);
    /// All notes of a column but those that say why it is read again.
    void forgetColumn(std::uint32_t column);
    /// The note of a column, or null.
    NoteCount* find(Note note, std::uint32_t column);
    const NoteCount* find(Note note, std::uint32_t column) const;
    /// The same place and example under another kind of note.
    void rename(Note from, Note to, std::uint32_t column, std::size_t count, std::string_view example);
    /// Puts a note in place of what is there.
    void set(Note note, std::uint32_t column, std::size_t count, std::size_t line, std::string_view example);
    void clear();

    std::vector<NoteCount>& all() { return m_counts; }
    const std::vector<NoteCount>& all() const { return m_counts; }

private:
    NoteCount& slot(Note note, std::uint32_t column);

    std::vector<NoteCount> m_counts;
    std::vector<std::uint32_t> m_index;     // (column + 1) * noteKinds + note -> place in m_counts + 1
};

/// How many lines end in a text: LF, CR LF or CR.
std::size_t countLines(std::string_view text);

} // namespace modelarium::csv
