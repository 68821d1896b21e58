#include "core/data/csv_dates.h"

#include "core/data/csv_cells.h"
#include "core/data/table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace modelarium::csv {

namespace {

/// Reads the parts of a date one by one from the front of a text.
class DateText {
public:
    explicit DateText(std::string_view text) : m_text(text) {}

    bool atEnd() const { return m_text.empty(); }
    char front() const { return m_text.empty() ? '\0' : m_text.front(); }
    bool take(char c)
    {
        if (front() != c)
            return false;
        m_text.remove_prefix(1);
        return true;
    }
    void skipSpaces()
    {
        while (take(' ')) { }
    }
    /// An unsigned number of at most `most` digits, -1 where there is none.
    int number(std::size_t most, std::size_t* digits = nullptr)
    {
        std::size_t count = 0;
        int value = 0;
        while (count < m_text.size() && isDigit(m_text[count])) {
            if (++count > most)
                return -1;
            value = value * 10 + (m_text[count - 1] - '0');
        }
        m_text.remove_prefix(count);
        if (digits)
            *digits = count;
        return count ? value : -1;
    }
    /// The number of an English month name or of its first three letters, 0 where there is none.
    int month()
    {
        static constexpr std::array<std::string_view, 12> names{"january", "february", "march", "april", "may", "june",
                                                                "july", "august", "september", "october", "november", "december"};
        std::size_t count = 0;
        while (count < m_text.size() && isLetter(m_text[count]))
            ++count;
        const std::string word = lowerCase(m_text.substr(0, std::min<std::size_t>(count, 10)));
        for (std::size_t i = 0; i < names.size(); ++i)
            if (word == names[i] || (word.size() == 3 && word == names[i].substr(0, 3)) || (i == 8 && word == "sept")) {
                m_text.remove_prefix(count);
                return int(i) + 1;
            }
        return 0;
    }

private:
    std::string_view m_text;
};

int daysInMonth(int year, int month)
{
    static constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[std::size_t(month - 1)] + (month == 2 && leap);
}

/// Hours and minutes of "+01:00", "+0100" or "+01" as a fraction of a day.
bool readOffset(DateText& text, double& days)
{
    if (text.take('Z') || text.take('z')) {
        days = 0;
        return true;
    }
    const double sign = text.front() == '-' ? -1 : 1;
    if (!text.take('+') && !text.take('-'))
        return false;
    std::size_t digits = 0;
    int hours = text.number(4, &digits);
    int minutes = 0;
    if (digits == 4) {
        minutes = hours % 100;
        hours /= 100;
    } else if (text.take(':')) {
        minutes = text.number(2);
    }
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
        return false;
    days = sign * (hours * 60 + minutes) / 1440.0;
    return true;
}

/// "13:05", "13:05:30", "13:05:30.25", "1:05 PM", each with a time zone or none.
bool readTime(DateText& text, DateCell& cell)
{
    int hours = text.number(2);
    if (hours < 0 || !text.take(':'))
        return false;
    const int minutes = text.number(2);
    double seconds = 0;
    if (text.take(':')) {
        seconds = text.number(2);
        if (text.take('.') || text.take(',')) {
            std::size_t digits = 0;
            const int fraction = text.number(9, &digits);
            if (fraction < 0)
                return false;
            seconds += fraction / std::pow(10.0, double(digits));
        }
    }
    text.skipSpaces();
    const bool afternoon = text.front() == 'P' || text.front() == 'p';
    if (afternoon || text.front() == 'A' || text.front() == 'a') {
        text.take(text.front());
        if ((!text.take('M') && !text.take('m')) || hours < 1 || hours > 12)
            return false;
        hours = hours % 12 + (afternoon ? 12 : 0);
    }
    if (hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds >= 61)
        return false;
    cell.days += (hours * 3600 + minutes * 60 + seconds) / 86400.0;
    if (!text.atEnd()) {
        double offset = 0;
        if (!readOffset(text, offset))
            return false;
        cell.days -= offset;
        cell.style |= TimeZoneStyle;
    }
    return text.atEnd();
}

int fullYear(int year, std::size_t digits, DateCell& cell)
{
    if (digits != 2)
        return digits == 4 ? year : -1;
    cell.style |= TwoDigitYearStyle;
    return year < 70 ? 2000 + year : 1900 + year;
}

bool takeDateSeparator(DateText& text, char& separator)
{
    separator = text.front();
    return (separator == '-' || separator == '/' || separator == '.' || separator == ' ') && text.take(separator);
}

} // namespace

std::optional<DateCell> readDate(std::string_view written, DateOrder order)
{
    if (written.size() < 6 || written.size() > 40)
        return std::nullopt;
    DateText text(written);
    DateCell cell;
    int year = 0, month = 0, day = 0;
    char separator = 0;
    std::size_t digits = 0;
    if (isDigit(text.front())) {
        const int first = text.number(4, &digits);
        if (first < 0 || !takeDateSeparator(text, separator))
            return std::nullopt;
        if (digits == 4) {
            if (separator == ' ')
                return std::nullopt;
            year = first;
            month = text.number(2);
            if (!text.take(separator))
                return std::nullopt;
            day = text.number(2);
        } else if (const int named = text.month()) {
            day = first;
            month = named;
            text.take('.');
            if (!text.take(separator))
                return std::nullopt;
            const int written4 = text.number(4, &digits);
            year = fullYear(written4, digits, cell);
        } else {
            const int second = text.number(2);
            if (second < 0 || separator == ' ' || !text.take(separator))
                return std::nullopt;
            const bool monthFirst = order == DateOrder::MonthFirst && separator != '.';
            month = monthFirst ? first : second;
            day = monthFirst ? second : first;
            const int written4 = text.number(4, &digits);
            year = fullYear(written4, digits, cell);
            if (separator != '.')
                cell.style |= NumericOrderStyle;
        }
    } else {
        month = text.month();
        if (month == 0 || !text.take(' '))
            return std::nullopt;
        day = text.number(2);
        text.take(',');
        if (!text.take(' '))
            return std::nullopt;
        year = text.number(4, &digits);
        if (digits != 4)
            return std::nullopt;
    }
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
        return std::nullopt;
    cell.days = daysFromCivil(year, month, day);
    if (text.atEnd())
        return cell;
    if (!text.take('T') && !text.take(' ') && !text.take('t'))
        return std::nullopt;
    text.skipSpaces();
    if (!readTime(text, cell))
        return std::nullopt;
    return cell;
}

} // namespace modelarium::csv
