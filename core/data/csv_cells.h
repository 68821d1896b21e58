#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelarium::csv {

/// What a cell says, before its column has a type.
enum class CellClass {
    Empty,
    Missing,                ///< a spelling of "not there": NA, n/a, null, #DIV/0!, ...
    Number,
    LeadingZeros,           ///< 02139: digits that are an identifier
    Other,
};

/// A bit for each way in which a number was written that another reader could have taken otherwise.
enum NumberStyle : std::uint32_t {
    PlainStyle = 0,
    GroupedStyle = 1,               ///< 1,234,567 or 1 234.5
    AmbiguousGroupStyle = 2,        ///< 1,234: one group and nothing else that tells
    PercentStyle = 4,
    CurrencyStyle = 8,
    UnicodeMinusStyle = 16,
    AccountingStyle = 32,           ///< (123) for -123
    OverflowStyle = 64,             ///< 1e400: beyond the largest double
    UnderflowStyle = 128,           ///< 1e-400: below the smallest
    InfinityStyle = 256,            ///< the word
    RoundedStyle = 512,             ///< a whole number with more digits than a double keeps
};

struct NumberCell {
    CellClass kind = CellClass::Other;
    double value = 0;
    std::uint32_t style = PlainStyle;
    std::string_view currency{};    ///< the symbol, part of the cell
};

/// Without spaces, tabs and no-break spaces at either end.
std::string_view trimmed(std::string_view text);

/// True for the spellings of "no value here" that stand in number columns: NA, n/a, NaN, null, None, -, ?, ., #N/A, ...
bool isMissingSpelling(std::string_view text);
/// The part of them that also stands for a missing cell in a column of words.
bool isMissingWord(std::string_view text);

/// Reads a number as people write it, with the given decimal character. `text` is trimmed.
///
/// Math     correctly rounded; 1e400 is infinite and 1e-400 zero, each with its style
NumberCell readNumber(std::string_view text, char decimal);

/// How a file writes decimals, as one cell shows it.
enum class DecimalEvidence { None, Point, Comma, Either };
DecimalEvidence decimalEvidence(std::string_view text);

/// The content of a field: without its quotes, "" as ". The result lives in `text` or in `scratch`.
std::string_view unquoted(std::string_view text, std::string& scratch);

/// 0 for the false word of a known pair (no, false, off, n, f), 1 for the true word; `pair` tells the pairs apart.
struct BooleanWord {
    int pair;
    int value;
};
std::optional<BooleanWord> booleanWord(std::string_view text);
/// The other word of the pair, in the same case: "No" for "Yes".
std::string otherBooleanWord(std::string_view text);

/// 02139: more than one digit, the first of them zero.
bool isIdentifier(std::string_view text);

// ASCII alone, whatever the locale.
constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
std::string lowerCase(std::string_view text);

/// Checks UTF-8 (RFC 3629); gives the offset of the first byte that is wrong.
std::optional<std::size_t> firstInvalidUtf8(std::string_view text);

} // namespace modelarium::csv
