#include "core/data/csv_receipt.h"

#include "core/base/counted.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace modelarium::csv {

namespace {

/// What an entry says. %n is the count with its noun, %e the first example.
struct Wording {
    const char* code;
    const char* one;            // noun, one of them
    const char* many;
    const char* message;
    bool question;
};

const Wording& wordingOf(Note note, bool ofWords)
{
    static constexpr Wording thousands{"thousands_separator", "cell", "cells", "%n with separators between thousands read without them, for instance \"%e\".", false};
    static constexpr Wording ambiguous{"ambiguous_thousands", "cell", "cells", "The separator in %n like \"%e\" is taken as one between thousands; it could be the decimal point.", true};
    static constexpr Wording percent{"percent", "cell", "cells", "%n like \"%e\" read as numbers; the percent sign is the unit, 12 % stays 12.", false};
    static constexpr Wording currency{"currency", "cell", "cells", "%n like \"%e\" read as numbers without the currency.", false};
    static constexpr Wording partly{"partly_currency", "cell", "cells", "%n like \"%e\" read as numbers without the currency, which the other cells of the column lack.", true};
    static constexpr Wording units{"mixed_units", "column", "columns", "%n of numbers read as words because the cells have several units, for instance %e; read as numbers, the units would be lost.", true};
    static constexpr Wording minus{"unicode_minus", "cell", "cells", "The typographic minus sign in %n like \"%e\" is read as a minus.", false};
    static constexpr Wording accounting{"accounting_negative", "cell", "cells", "%n in parentheses like \"%e\" read as negative numbers.", true};
    static constexpr Wording overflow{"overflow", "cell", "cells", "%n like \"%e\" beyond the largest number, about 1.8e308: read as infinite.", true};
    static constexpr Wording underflow{"underflow", "cell", "cells", "%n like \"%e\" too small for a number: read as 0.", false};
    static constexpr Wording rounded{"rounded", "cell", "cells", "%n like \"%e\" with more digits than a number keeps, rounded; read as words they would stay as they are.", true};
    static constexpr Wording comma{"decimal_comma", "cell", "cells", "%n with a decimal comma, for instance \"%e\".", false};
    static constexpr Wording point{"decimal_point", "cell", "cells", "%n with a decimal point, for instance \"%e\".", false};
    static constexpr Wording infinity{"infinite", "cell", "cells", "%n like \"%e\" read as infinite; nothing can be learned from such a row.", true};
    static constexpr Wording missing{"missing_spelling", "cell", "cells", "%n like \"%e\" in columns of numbers or dates read as missing.", false};
    static constexpr Wording missingText{"missing_in_text", "cell", "cells", "%n like \"%e\" in columns of words read as missing; it could be a word.", true};
    static constexpr Wording kept{"missing_word_kept", "cell", "cells", "%n like \"%e\" kept as a word; it could stand for a missing value.", true};
    static constexpr Wording notNumber{"not_a_number", "cell", "cells", "%n like \"%e\" no number: read as missing.", true};
    static constexpr Wording notDate{"not_a_date", "cell", "cells", "%n like \"%e\" no date: read as missing.", true};
    static constexpr Wording twoDigits{"two_digit_year", "date", "dates", "%n like \"%e\" with two digits for the year: 70 to 99 are 19.., the others 20..", true};
    static constexpr Wording zone{"time_zone", "time", "times", "%n like \"%e\" with a time zone, kept in universal time.", false};
    static constexpr Wording date{"ambiguous_date", "date", "dates", "In %n like %e no day above 12 tells the order of day and month.", true};
    static constexpr Wording spaces{"spaces_trimmed", "cell", "cells", "%n with spaces at an end read without them.", false};
    static constexpr Wording shortRow{"short_rows", "row", "rows", "%n with fewer cells than columns filled up with missing cells.", true};
    static constexpr Wording longRow{"long_rows", "row", "rows", "%n with more cells than the header has names: the cells are kept in columns of their own.", true};
    static constexpr Wording trailing{"trailing_delimiter", "row", "rows", "%n with a delimiter at the end that separates nothing.", false};
    static constexpr Wording blank{"blank_lines", "blank line", "blank lines", "%n left out.", false};
    static constexpr Wording comment{"comment_lines", "line", "lines", "%n with \"#\" at the beginning left out as comments.", false};
    static constexpr Wording empty{"empty_rows", "row", "rows", "%n without any filled cell kept.", true};
    static constexpr Wording stray{"stray_quotes", "cell", "cells", "%n with a quote in the middle of the text kept as they stand, for instance %e.", true};
    static constexpr Wording afterQuote{"text_after_quote", "cell", "cells", "%n with text behind the closing quote read as one text without the quotes, for instance %e.", true};
    static constexpr Wording space{"space_before_quote", "cell", "cells", "The space before the opening quote of %n left out.", false};
    static constexpr Wording zeros{"leading_zeros", "cell", "cells", "%n like \"%e\" with leading zeros are identifiers: the column is kept as words.", false};
    static constexpr Wording words{"words_among_numbers", "column", "columns", "%n of numbers read as words because of cells like \"%e\"; read as numbers, those would be missing.", true};
    static constexpr Wording wordsOfDates{"words_among_dates", "column", "columns", "%n of dates read as words because of cells like \"%e\"; read as dates, those would be missing.", true};
    static constexpr Wording mixed{"mixed_booleans", "column", "columns", "%n with yes and no in several spellings, for instance \"%e\", read as two values.", false};
    switch (note) {
    case Note::Thousands: return thousands;
    case Note::AmbiguousThousands: return ambiguous;
    case Note::Percent: return percent;
    case Note::Dollar:
    case Note::Euro:
    case Note::Pound:
    case Note::Yen:
    case Note::Rupee:
    case Note::Franc: return currency;
    case Note::PartlyCurrency: return partly;
    case Note::MixedUnits: return units;
    case Note::UnicodeMinus: return minus;
    case Note::AccountingNegative: return accounting;
    case Note::Overflow: return overflow;
    case Note::Underflow: return underflow;
    case Note::Rounded: return rounded;
    case Note::DecimalComma: return comma;
    case Note::DecimalPoint: return point;
    case Note::Infinity: return infinity;
    case Note::MissingSpelling: return ofWords ? missingText : missing;
    case Note::KeptMissingWord: return kept;
    case Note::NotANumber: return notNumber;
    case Note::NotADate: return notDate;
    case Note::TwoDigitYear: return twoDigits;
    case Note::TimeZone: return zone;
    case Note::AmbiguousDate: return date;
    case Note::SpacesTrimmed: return spaces;
    case Note::ShortRow: return shortRow;
    case Note::LongRow: return longRow;
    case Note::TrailingDelimiter: return trailing;
    case Note::BlankLine: return blank;
    case Note::CommentLine: return comment;
    case Note::EmptyRow: return empty;
    case Note::StrayQuote: return stray;
    case Note::TextAfterQuote: return afterQuote;
    case Note::SpaceBeforeQuote: return space;
    case Note::LeadingZeros: return zeros;
    case Note::WordsAmongNumbers: return words;
    case Note::WordsAmongDates: return wordsOfDates;
    case Note::MixedBooleans: break;
    }
    return mixed;
}

void replaceAll(std::string& text, std::string_view what, const std::string& by)
{
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

std::string sentenceOf(const Wording& wording, std::size_t count, const std::string& example)
{
    std::string message = wording.message;
    replaceAll(message, "%n", countText(count) + " " + (count == 1 ? wording.one : wording.many));
    replaceAll(message, "%e", example);
    return message;
}

} // namespace

std::vector<ReceiptEntry> receiptEntries(const Notes& notes, const Table& table)
{
    struct Sum {
        const Wording* wording;
        ReceiptEntry entry;
        std::string example;
    };
    // The order in which the blocks brought their notes is not told.
    std::vector<NoteCount> inOrder;
    std::copy_if(notes.all().begin(), notes.all().end(), std::back_inserter(inOrder), [](const NoteCount& note) { return note.count > 0; });
    std::sort(inOrder.begin(), inOrder.end(), [](const NoteCount& a, const NoteCount& b) {
        return std::tie(a.line, a.column, a.note) < std::tie(b.line, b.column, b.note);
    });
    std::vector<Sum> sums;
    for (const NoteCount& note : inOrder) {
        const bool inColumn = note.column < table.columns();
        const bool ofWords = inColumn && !table.column(note.column).isNumeric() && table.column(note.column).type() != ColumnType::Empty;
        const Wording& wording = wordingOf(note.note, ofWords);
        auto sum = std::find_if(sums.begin(), sums.end(), [&](const Sum& other) { return other.wording == &wording; });
        if (sum == sums.end())
            sum = sums.insert(sums.end(), {&wording, {wording.code, {}, 0, note.line, {}, wording.question}, {}});
        if (sum->entry.count == 0 || note.line < sum->entry.firstLine) {
            sum->entry.firstLine = note.line;
            sum->entry.firstColumn = inColumn ? table.column(note.column).name() : std::string();
            sum->example = note.example;
        }
        sum->entry.count += note.count;
    }
    std::stable_sort(sums.begin(), sums.end(), [](const Sum& a, const Sum& b) { return a.entry.firstLine < b.entry.firstLine; });
    std::vector<ReceiptEntry> entries;
    for (Sum& sum : sums) {
        sum.entry.message = sentenceOf(*sum.wording, sum.entry.count, sum.example);
        entries.push_back(std::move(sum.entry));
    }
    return entries;
}

} // namespace modelarium::csv
