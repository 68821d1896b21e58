#include "core/data/csv_cells.h"


#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include <fast_float/fast_float.h>

namespace modelarium::csv {

namespace {

bool startsWith(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }
bool endsWith(std::string_view text, std::string_view suffix)
{
    return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

constexpr std::string_view minusSign = "\xE2\x88\x92";
/// Plain, no-break, narrow no-break, thin and figure space.
constexpr std::array<std::string_view, 5> spaces{" ", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "\xE2\x80\x87"};
constexpr std::array<std::string_view, 2> apostrophes{"'", "\xE2\x80\x99"};
constexpr std::array<std::string_view, 10> currencies{"$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5", "\xE2\x82\xB9", "USD", "EUR", "GBP", "CHF", "JPY"};

/// Takes a group separator off the front: its kind ('.', ',', ' ', '\''), or 0.
char takeSeparator(std::string_view& text)
{
    if (text.empty())
        return 0;
    if (text.front() == ',' || text.front() == '.') {
        const char kind = text.front();
        text.remove_prefix(1);
        return kind;
    }
    for (const std::string_view space : spaces)
        if (startsWith(text, space)) {
            text.remove_prefix(space.size());
            return ' ';
        }
    for (const std::string_view apostrophe : apostrophes)
        if (startsWith(text, apostrophe)) {
            text.remove_prefix(apostrophe.size());
            return '\'';
        }
    return 0;
}

std::string_view takeDigits(std::string_view& text)
{
    std::size_t count = 0;
    while (count < text.size() && isDigit(text[count]))
        ++count;
    const std::string_view digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
}

bool takeSign(std::string_view& text, bool& negative, std::uint32_t& style)
{
    if (startsWith(text, minusSign)) {
        text.remove_prefix(minusSign.size());
        style |= UnicodeMinusStyle;
        negative = true;
        return true;
    }
    if (text.empty() || (text.front() != '+' && text.front() != '-'))
        return false;
    negative = text.front() == '-';
    text.remove_prefix(1);
    return true;
}

bool takeCurrency(std::string_view& text, NumberCell& cell)
{
    for (const std::string_view symbol : currencies) {
        if (startsWith(text, symbol)) {
            cell.currency = text.substr(0, symbol.size());
            text = trimmed(text.substr(symbol.size()));
        } else if (endsWith(text, symbol)) {
            cell.currency = text.substr(text.size() - symbol.size());
            text = trimmed(text.substr(0, text.size() - symbol.size()));
        } else {
            continue;
        }
        cell.style |= CurrencyStyle;
        return true;
    }
    return false;
}

/// Digits in groups, decimals and exponent, written to `plain` in C notation. False where it is no number.
bool normalise(std::string_view text, char decimal, std::string& plain, std::uint32_t& style)
{
    const std::string_view first = takeDigits(text);
    plain += first;
    char separator = 0;
    std::size_t groups = 0;
    while (!text.empty() && text.front() != decimal) {
        std::string_view rest = text;
        const char kind = takeSeparator(rest);
        const std::string_view digits = takeDigits(rest);
        if (kind == 0 || digits.size() != 3)
            break;
        if (first.empty() || first.size() > 3 || first == "0" || (separator != 0 && kind != separator))
            return false;
        separator = kind;
        plain += digits;
        text = rest;
        ++groups;
    }
    std::string_view fraction;
    if (!text.empty() && text.front() == decimal) {
        text.remove_prefix(1);
        fraction = takeDigits(text);
        plain += '.';
        plain += fraction;
        if (groups == 0 && first.empty() && fraction.empty())
            return false;
        if (groups > 0)
            style |= GroupedStyle;
    } else if (groups > 0) {
        style |= groups == 1 && (separator == ',' || separator == '.') ? AmbiguousGroupStyle : GroupedStyle;
    }
    if (first.empty() && fraction.empty())
        return false;
    if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
        plain += 'e';
        text.remove_prefix(1);
        if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
            plain += text.front();
            text.remove_prefix(1);
        }
        const std::string_view exponent = takeDigits(text);
        plain += exponent;
        if (exponent.empty())
            return false;
    }
    return text.empty();
}

bool hasNonZeroDigit(std::string_view plain)
{
    for (const char c : plain) {
        if (c == 'e')
            return false;
        if (c >= '1' && c <= '9')
            return true;
    }
    return false;
}

/// True for a whole number that the nearest double does not equal: most beyond 2^53.
bool isRounded(std::string_view plain, double value)
{
    constexpr double firstInexact = 9007199254740992;
    if (value < firstInexact || plain.size() > 309 || !std::all_of(plain.begin(), plain.end(), isDigit))
        return false;
    char digits[310];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed).ptr;
    return plain != std::string_view(digits, std::size_t(end - digits));
}

/// The whole of a C-notation number without a sign. fast_float rounds correctly; its status is not asked about the range.
bool convert(std::string_view plain, double& value, std::uint32_t& style)
{
    const auto [end, status] = fast_float::from_chars(plain.data(), plain.data() + plain.size(), value);
    if (end != plain.data() + plain.size() || (status != std::errc{} && status != std::errc::result_out_of_range))
        return false;
    if (std::isinf(value))
        style |= OverflowStyle;
    else if (isRounded(plain, value))
        style |= RoundedStyle;
    else if (value == 0 && hasNonZeroDigit(plain))
        style |= UnderflowStyle;
    return true;
}

/// Digits, a point and an exponent as they stand in C; the sign is gone already.
bool isPlainNumber(std::string_view text)
{
    if (text.empty() || (!isDigit(text.front()) && text.front() != '.'))
        return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return isDigit(c) || c == '.' || c == 'e' || c == 'E' || c == '-' || c == '+'; });
}

constexpr std::array<std::string_view, 15> missingWords{"n/a", "#n/a", "<na>", "null", "nan", "#null!", "#value!", "#div/0!",
                                                        "#ref!", "#name?", "#num!", "?", "-", "--", "."};

} // namespace

std::string_view trimmed(std::string_view text)
{
    const auto isPlainSpace = [](char c) { return c == ' ' || c == '\t'; };
    for (bool again = true; again;) {
        again = false;
        while (!text.empty() && isPlainSpace(text.front()))
            text.remove_prefix(1);
        while (!text.empty() && isPlainSpace(text.back()))
            text.remove_suffix(1);
        for (std::size_t i = 1; i < spaces.size(); ++i) {
            if (startsWith(text, spaces[i])) {
                text.remove_prefix(spaces[i].size());
                again = true;
            }
            if (endsWith(text, spaces[i])) {
                text.remove_suffix(spaces[i].size());
                again = true;
            }
        }
    }
    return text;
}

bool isIdentifier(std::string_view text)
{
    return text.size() > 1 && text.front() == '0' && std::all_of(text.begin(), text.end(), isDigit);
}

std::string lowerCase(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z')
            c = char(c - 'A' + 'a');
    return lower;
}

bool isMissingWord(std::string_view text)
{
    // Nearly every word is told by its first letter.
    constexpr std::string_view beginnings = "nN#<?-.";
    if (text.empty() || text.size() > 7 || beginnings.find(text.front()) == std::string_view::npos)
        return false;
    const std::string lower = lowerCase(text);
    return std::find(missingWords.begin(), missingWords.end(), lower) != missingWords.end();
}

bool isMissingSpelling(std::string_view text)
{
    return text == "NA" || text == "na" || text == "None" || text == "none" || isMissingWord(text);
}

NumberCell readNumber(std::string_view text, char decimal)
{
    NumberCell cell;
    if (text.empty()) {
        cell.kind = CellClass::Empty;
        return cell;
    }
    bool negative = false;
    std::string_view body = text;
    bool hasSign = takeSign(body, negative, cell.style);
    if (isIdentifier(body)) {
        cell.kind = CellClass::LeadingZeros;
        return cell;
    }
    bool isNumber = decimal == '.' && isPlainNumber(body) && convert(body, cell.value, cell.style);
    if (!isNumber) {
        if (isMissingSpelling(text)) {
            cell.kind = CellClass::Missing;
            return cell;
        }
        const std::string word = body.size() <= 8 ? lowerCase(body) : std::string();
        if (word == "inf" || word == "infinity") {
            cell.value = std::numeric_limits<double>::infinity();
            cell.style |= InfinityStyle;
            isNumber = true;
        }
    }
    if (!isNumber) {
        if (body.size() > 2 && body.front() == '(' && body.back() == ')' && !hasSign) {
            body = trimmed(body.substr(1, body.size() - 2));
            negative = hasSign = true;
            cell.style |= AccountingStyle;
        }
        if (endsWith(body, "%")) {
            body = trimmed(body.substr(0, body.size() - 1));
            cell.style |= PercentStyle;
        } else {
            takeCurrency(body, cell);
        }
        if (!hasSign)
            takeSign(body, negative, cell.style);
        std::string plain;
        isNumber = normalise(body, decimal, plain, cell.style) && convert(plain, cell.value, cell.style);
    }
    if (isNumber) {
        cell.kind = CellClass::Number;
        cell.value = negative ? -cell.value : cell.value;
    }
    return cell;
}

namespace {

/// The evidence of a number like -12.5, by far the commonest; nothing for any other text. With a decimal comma its point could only part
/// a group of three digits off.
std::optional<DecimalEvidence> evidenceOfPlainDecimals(std::string_view text)
{
    if (!text.empty() && (text.front() == '-' || text.front() == '+'))
        text.remove_prefix(1);
    const std::string_view whole = takeDigits(text);
    if (whole.empty() || text.size() < 2 || text.front() != '.')
        return std::nullopt;
    text.remove_prefix(1);
    const std::string_view decimals = takeDigits(text);
    if (!text.empty())
        return std::nullopt;
    const bool couldBeGroup = decimals.size() == 3 && whole.size() <= 3 && whole != "0";
    return couldBeGroup ? DecimalEvidence::Either : DecimalEvidence::Point;
}

} // namespace

DecimalEvidence decimalEvidence(std::string_view text)
{
    if (const std::optional<DecimalEvidence> plain = evidenceOfPlainDecimals(text))
        return *plain;
    const std::size_t comma = text.find(',');
    const std::size_t point = text.find('.');
    if (comma == std::string_view::npos && point == std::string_view::npos)
        return DecimalEvidence::None;
    const NumberCell withPoint = readNumber(text, '.');
    const NumberCell withComma = readNumber(text, ',');
    const bool asPoint = withPoint.kind == CellClass::Number;
    const bool asComma = withComma.kind == CellClass::Number;
    if (asPoint && asComma)
        return DecimalEvidence::Either;
    return asPoint ? DecimalEvidence::Point : asComma ? DecimalEvidence::Comma : DecimalEvidence::None;
}

std::string_view unquoted(std::string_view text, std::string& scratch)
{
    if (text.empty() || text.front() != '"')
        return text;
    const std::size_t close = text.find('"', 1);
    if (close == text.size() - 1)
        return text.substr(1, close - 1);
    if (close == std::string_view::npos)
        return text.substr(1);
    scratch.assign(text.data() + 1, close - 1);
    for (std::size_t quote = close; quote != std::string_view::npos;) {
        const bool doubled = quote + 1 < text.size() && text[quote + 1] == '"';
        // What follows a closed quote is kept as it stands.
        const std::size_t next = doubled ? text.find('"', quote + 2) : std::string_view::npos;
        scratch.append(text.data() + quote + 1, std::min(next, text.size()) - quote - 1);
        quote = next;
    }
    return scratch;
}

namespace {

struct Pair {
    std::string_view no, yes;
};
constexpr std::array<Pair, 5> booleanPairs{{{"false", "true"}, {"no", "yes"}, {"f", "t"}, {"n", "y"}, {"off", "on"}}};

} // namespace

std::optional<BooleanWord> booleanWord(std::string_view text)
{
    if (text.empty() || text.size() > 5)
        return std::nullopt;
    const std::string lower = lowerCase(text);
    for (std::size_t i = 0; i < booleanPairs.size(); ++i) {
        if (lower == booleanPairs[i].no)
            return BooleanWord{int(i), 0};
        if (lower == booleanPairs[i].yes)
            return BooleanWord{int(i), 1};
    }
    return std::nullopt;
}

std::string otherBooleanWord(std::string_view text)
{
    const BooleanWord word = *booleanWord(text);
    const Pair& pair = booleanPairs[std::size_t(word.pair)];
    std::string other(word.value ? pair.no : pair.yes);
    const auto isUpper = [](char c) { return c >= 'A' && c <= 'Z'; };
    const bool allUpper = std::all_of(text.begin(), text.end(), isUpper);
    for (std::size_t i = 0; i < other.size(); ++i)
        if (allUpper || (i == 0 && isUpper(text.front())))
            other[i] = char(other[i] - 'a' + 'A');
    return other;
}

std::optional<std::size_t> firstInvalidUtf8(std::string_view text)
{
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t i = 0;
    while (i < text.size()) {
        if (i + 8 <= text.size()) {
            std::uint64_t word;
            std::memcpy(&word, bytes + i, 8);
            if ((word & 0x8080808080808080u) == 0) {
                i += 8;
                continue;
            }
        }
        const unsigned char lead = bytes[i];
        if (lead < 0x80) {
            ++i;
            continue;
        }
        const std::size_t length = lead >= 0xC2 && lead <= 0xDF ? 2 : lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
        if (length == 0 || i + length > text.size())
            return i;
        for (std::size_t k = 1; k < length; ++k)
            if ((bytes[i + k] & 0xC0) != 0x80)
                return i;
        // Overlong forms, surrogates and what lies past U+10FFFF.
        const unsigned char next = bytes[i + 1];
        if ((lead == 0xE0 && next < 0xA0) || (lead == 0xED && next > 0x9F) || (lead == 0xF0 && next < 0x90) || (lead == 0xF4 && next > 0x8F))
            return i;
        i += length;
    }
    return std::nullopt;
}

} // namespace modelarium::csv
