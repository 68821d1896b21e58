#pragma once

#include "core/base/result.h"
#include "core/data/table.h"

#include <span>
#include <vector>

namespace modelarium {

/// Statistics of the cells of some rows of a number or date column; missing cells are left out.
struct NumberStatistics {
    std::size_t missing = 0;
    double minimum = 0, maximum = 0;
    double median = 0;
    double mean = 0;                                ///< 0 where it was not asked for
};

/// Cost     O(n)
/// Errors   NotFinite (names row and column); MissingValue where every cell is missing
Result<NumberStatistics> numberStatistics(const Column& column, const ChosenRows& chosen, bool withMean = true);

/// The value that most of these rows have, the smallest of several; 0 where every cell is missing.
///
/// Cost     O(n log n)
double mostFrequentValue(const Column& column, const std::vector<std::size_t>& rows);

/// The middle value, or half way between the middle two. At least one, none of them NaN.
///
/// Cost     O(n); memory O(n / 16), and O(n) for few values or where a regular sample of them misleads
double medianOf(std::span<const double> values);

struct LevelCounts {
    std::size_t missing = 0;
    std::vector<std::size_t> counts;                ///< rows of each level
};

LevelCounts countLevels(const Column& column, const std::vector<std::size_t>& rows);

} // namespace modelarium
