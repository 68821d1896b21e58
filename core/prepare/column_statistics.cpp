#include "core/prepare/column_statistics.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

double mostFrequentOf(const std::vector<double>& sorted)
{
    double best = sorted.front();
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

} // namespace

Result<NumberStatistics> numberStatistics(const Column& column, const std::vector<std::size_t>& rows)
{
    NumberStatistics statistics;
    const Buffer<double>& values = column.numberValues();
    std::vector<double> sorted;
    sorted.reserve(rows.size());
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
            sorted.push_back(value);
        }
    }
    if (sorted.empty()) {
        return Error{ErrorCode::MissingValue, "The column \"" + column.name()
                                                  + "\" has no value in the rows to learn from: leave it out of the features.", place};
    }
    // The mean as first value plus mean deviation: sums of large, nearly equal numbers lose digits otherwise.
    const double origin = sorted.front();
    double sum = 0;
    for (const double value : sorted)
        sum += value - origin;
    statistics.mean = origin + sum / double(sorted.size());
    if (!std::isfinite(statistics.mean)) {
        statistics.mean = 0;
        for (const double value : sorted)
            statistics.mean += value / double(sorted.size());
    }

    std::sort(sorted.begin(), sorted.end());
    statistics.minimum = sorted.front();
    statistics.maximum = sorted.back();
    const std::size_t middle = sorted.size() / 2;
    statistics.median = sorted.size() % 2 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
    statistics.mostFrequent = mostFrequentOf(sorted);
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
