#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace modelarium::csv {

enum class DateOrder { DayFirst, MonthFirst };

enum DateStyle : std::uint32_t { TwoDigitYearStyle = 1, TimeZoneStyle = 2, NumericOrderStyle = 4 };

struct DateCell {
    double days = 0;
    std::uint32_t style = 0;        ///< NumericOrderStyle: the order of day and month was not written in the cell
};

/// ISO 8601, 31.12.2024, 31/12/2024, 12/31/2024, 31-Dec-2024, Dec 31, 2024; each with an optional time of day.
std::optional<DateCell> readDate(std::string_view text, DateOrder order);

} // namespace modelarium::csv
