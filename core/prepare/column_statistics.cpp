#include "core/prepare/column_statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace modelarium {

namespace {

/// The order of these whole numbers is that of the values, but for the two zeros.
std::uint64_t orderedBits(double value)
{
    const auto bits = std::bit_cast<std::uint64_t>(value);
    constexpr std::uint64_t sign = std::uint64_t(1) << 63;
    return bits & sign ? ~bits : bits | sign;
}

/// Leaves those of many values that can be of rank `rank`, found by counting their leading bits, and makes the rank that among them.
std::vector<double> nearRank(const std::vector<double>& values, std::size_t& rank)
{
    constexpr int leadingBits = 16;
    const auto leading = [](double value) { return std::size_t(orderedBits(value) >> (64 - leadingBits)); };
    std::vector<std::uint32_t> counts(std::size_t(1) << leadingBits, 0);
    for (const double value : values)
        ++counts[leading(value)];
    std::size_t bucket = 0;
    for (; rank >= counts[bucket]; ++bucket)
        rank -= counts[bucket];
    std::vector<double> near;
    near.reserve(counts[bucket]);
    for (const double value : values)
        if (leading(value) == bucket)
            near.push_back(value);
    return near;
}

double ofRank(std::vector<double>& values, std::size_t rank)
{
    constexpr std::size_t many = 20000;             // from here on two passes cost less than moving the values about
    if (values.size() < many) {
        std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(rank), values.end());
        return values[rank];
    }
    std::vector<double> near = nearRank(values, rank);
    std::nth_element(near.begin(), near.begin() + std::ptrdiff_t(rank), near.end());
    return near[rank];
}

} // namespace

double medianOf(std::vector<double>& values)
{
    const std::size_t middle = values.size() / 2;
    const double upper = ofRank(values, middle);
    return values.size() % 2 ? upper : ofRank(values, middle - 1) / 2 + upper / 2;
}

double mostFrequentValue(const Column& column, const std::vector<std::size_t>& rows)
{
    const Buffer<double>& values = column.numberValues();
    std::vector<double> sorted;
    for (const std::size_t row : rows)
        if (!std::isnan(values[row]))
            sorted.push_back(values[row]);
    std::sort(sorted.begin(), sorted.end());
    double best = 0;
    std::size_t bestCount = 0;
    for (std::size_t first = 0; first < sorted.size();) {
        std::size_t last = first;
        while (last < sorted.size() && sorted[last] == sorted[first])
            ++last;
        if (last - first > bestCount) {
            bestCount = last - first;
            best = sorted[first];
        }
        first = last;
    }
    return best;
}

Result<NumberStatistics> numberStatistics(const Column& column, const std::vector<std::size_t>& rows)
{
    NumberStatistics statistics;
    const Buffer<double>& values = column.numberValues();
    std::vector<double> present;
    present.reserve(rows.size());
    Place place;
    place.column = column.name();
    for (const std::size_t row : rows) {
        const double value = values[row];
        if (std::isnan(value)) {
            ++statistics.missing;
        } else if (std::isinf(value)) {
            place.row = row + 1;
            return Error{ErrorCode::NotFinite, "Row " + std::to_string(row + 1) + " of \"" + column.name()
                                                   + "\" is infinite: leave the row out, or correct the cell.", place};
        } else {
            present.push_back(value);
        }
    }
    if (present.empty()) {
        return Error{ErrorCode::MissingValue, "The column \"" + column.name()
                                                  + "\" has no value in the rows to learn from: leave it out of the features.", place};
    }
    // The mean as first value plus mean deviation: sums of large, nearly equal numbers lose digits otherwise.
    const double origin = present.front();
    double sum = 0;
    for (const double value : present)
        sum += value - origin;
    statistics.mean = origin + sum / double(present.size());
    if (!std::isfinite(statistics.mean)) {
        statistics.mean = 0;
        for (const double value : present)
            statistics.mean += value / double(present.size());
    }

    const auto [smallest, largest] = std::minmax_element(present.begin(), present.end());
    statistics.minimum = *smallest;
    statistics.maximum = *largest;
    statistics.median = medianOf(present);
    return statistics;
}

LevelCounts countLevels(const Column& column, const std::vector<std::size_t>& rows)
{
    const CategoryCells& cells = column.categoryCells();
    LevelCounts result;
    std::vector<std::size_t>& counts = result.counts;
    counts.assign(cells.levels.size(), 0);
    for (const std::size_t row : rows) {
        const std::int32_t code = cells.codes[row];
        if (code < 0)
            ++result.missing;
        else
            ++counts[std::size_t(code)];
    }
    if (!counts.empty())
        result.mostFrequent = std::size_t(std::max_element(counts.begin(), counts.end()) - counts.begin());
    return result;
}

} // namespace modelarium
