#include "core/data/column_profile.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

constexpr std::size_t fewestBars = 5, mostBars = 30;

double elementAt(std::vector<double>& values, std::size_t place)
{
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(place), values.end());
    return values[place];
}

double medianOf(std::vector<double>& values)
{
    const double upper = elementAt(values, values.size() / 2);
    if (values.size() % 2 == 1)
        return upper;
    // Half of each: the sum of two large ones is more than a number can hold.
    return *std::max_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2)) / 2 + upper / 2;
}

/// Scaled by the largest value, whose square may be more than a number can hold.
void measureSpread(const std::vector<double>& values, ColumnProfile& profile)
{
    const double largest = std::max(std::abs(profile.minimum), std::abs(profile.maximum));
    if (largest == 0)
        return;
    double mean = 0, squares = 0;
    for (const double value : values)
        mean += value / largest;
    mean /= double(values.size());
    for (const double value : values)
        squares += (value / largest - mean) * (value / largest - mean);
    profile.mean = mean * largest;
    profile.deviation = profile.minimum == profile.maximum ? 0 : std::sqrt(squares / double(values.size())) * largest;
}

std::size_t barsFor(std::vector<double>& values, double range)
{
    const std::size_t n = values.size();
    const double quartiles = elementAt(values, n * 3 / 4) - elementAt(values, n / 4);
    const double width = 2 * quartiles / std::cbrt(double(n));
    if (!(width > 0))
        return mostBars;
    return std::size_t(std::clamp(std::ceil(range / width), double(fewestBars), double(mostBars)));
}

void countBars(std::vector<double>& values, ColumnProfile& profile)
{
    const double range = profile.maximum - profile.minimum;
    const bool isWhole = range < double(mostBars) && std::abs(profile.minimum) < 1e9 && std::all_of(values.begin(), values.end(), [](double value) { return value == std::floor(value); });
    if (range == 0 || isWhole) {
        // Half of 1 beside 1e17 is nothing.
        const double half = isWhole ? 0.5 : std::max(std::abs(profile.minimum), 1.0) / 2;
        profile.bars.assign(std::size_t(range) + 1, 0);
        profile.low = profile.minimum - half;
        profile.high = profile.maximum + half;
    } else {
        profile.bars.assign(std::isfinite(range) ? barsFor(values, range) : mostBars, 0);
        profile.low = profile.minimum;
        profile.high = profile.maximum;
    }
    // Half of everything: the span of numbers such as -1e308 and 1e308 is more than a number can hold.
    const double span = profile.high / 2 - profile.low / 2;
    for (const double value : values) {
        const double share = (value / 2 - profile.low / 2) / span;
        ++profile.bars[std::min(std::size_t(share * double(profile.bars.size())), profile.bars.size() - 1)];
    }
}

ColumnProfile profileOfNumbers(std::vector<double> values, std::size_t missing)
{
    ColumnProfile profile;
    profile.missing = missing;
    profile.count = values.size();
    if (values.empty())
        return profile;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    profile.minimum = *low;
    profile.maximum = *high;
    measureSpread(values, profile);
    countBars(values, profile);
    // Halves of the smallest numbers there are round to 0.
    profile.median = std::clamp(medianOf(values), profile.minimum, profile.maximum);
    return profile;
}

} // namespace

ColumnProfile profileOf(const double* values, std::size_t count)
{
    std::vector<double> finite;
    finite.reserve(count);
    std::size_t missing = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (std::isfinite(values[i]))
            finite.push_back(values[i]);
        missing += std::isnan(values[i]) ? 1 : 0;
    }
    return profileOfNumbers(std::move(finite), missing);
}

ColumnProfile profileOf(const Column& column, const std::vector<std::size_t>& rows)
{
    if (column.isNumeric()) {
        std::vector<double> values;
        values.reserve(rows.size());
        for (const std::size_t row : rows)
            values.push_back(column.numberValues()[row]);
        return profileOf(values.data(), values.size());
    }
    ColumnProfile profile;
    for (const std::size_t row : rows)
        profile.missing += column.isMissing(row) ? 1 : 0;
    profile.count = rows.size() - profile.missing;
    if (!column.isCategorical())
        return profile;
    const CategoryCells& cells = column.categoryCells();
    profile.levels = cells.levels;
    profile.bars.assign(cells.levels.size(), 0);
    for (const std::size_t row : rows) {
        if (cells.codes[row] >= 0)
            ++profile.bars[std::size_t(cells.codes[row])];
    }
    return profile;
}

} // namespace modelarium
