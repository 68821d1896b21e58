#pragma once

#include "core/data/table.h"

#include <cstddef>
#include <string>
#include <vector>

namespace modelarium {

/// One column in a few numbers and a few bars: what a histogram and the line beside it say.
///
/// Math     mean and deviation are those of the values themselves (ddof 0, as for standardising); the median of an even count is the
///          mean of the two in the middle. Whole numbers that span at most 30 have a bar each; others have between 5 and 30 bars of
///          equal width by the rule of Freedman and Diaconis, 2 IQR n^(-1/3); an interval holds its left end, the last one both
/// Errors   values that are NaN count as missing; infinite ones take part in nothing else either
/// Cost     O(n) expected; memory n numbers
/// Source   D. Freedman, P. Diaconis, Z. Wahrscheinlichkeitstheorie 57, 1981
struct ColumnProfile {
    std::size_t count = 0;                          ///< values that are there
    std::size_t missing = 0;
    double mean = 0;                                ///< from here to `maximum`: of numbers, where count > 0
    double deviation = 0;
    double minimum = 0;
    double median = 0;
    double maximum = 0;
    std::vector<std::string> levels;                ///< of a category: one a bar; empty for numbers
    std::vector<std::size_t> bars;                  ///< counts
    double low = 0;                                 ///< of numbers: where the first bar begins ...
    double high = 0;                                ///< ... and the last one ends

    bool isCategorical() const { return !levels.empty(); }
};

/// Numbers, dates (as days), categories and booleans; any other column has only its missing cells counted.
ColumnProfile profileOf(const Column& column, const std::vector<std::size_t>& rows);
ColumnProfile profileOf(const double* values, std::size_t count);

} // namespace modelarium
