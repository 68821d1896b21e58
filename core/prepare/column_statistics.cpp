#include "core/prepare/column_statistics.h"

#include "core/base/matrix.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace modelarium {

namespace {

/// Both middle values of numbers that may be moved about; the same one twice where their count is odd.
std::pair<double, double> middleTwo(std::vector<double>& values)
{
    const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return {values.size() % 2 ? *middle : *std::max_element(values.begin(), middle), *middle};
}

/// Of many values only those near the middle need sorting: a sample tells between which two values it lies.
std::optional<std::pair<double, double>> middleTwoBySample(std::span<const double> values)
{
    constexpr std::size_t sampleSize = 4096, margin = 128;      // four standard deviations of a rank in a random sample
    std::vector<double> sample(sampleSize);
    for (std::size_t i = 0; i < sampleSize; ++i)
        sample[i] = values[i * values.size() / sampleSize];
    std::sort(sample.begin(), sample.end());
    const double low = sample[sampleSize / 2 - margin], high = sample[sampleSize / 2 + margin];

    std::vector<double> near;
    std::size_t below = 0;
    constexpr std::size_t blockSize = 1024;
    double block[blockSize];
    for (std::size_t begin = 0; begin < values.size(); begin += blockSize) {
        std::size_t kept = 0;
        for (const double value : values.subspan(begin, std::min(blockSize, values.size() - begin))) {
            block[kept] = value;
            kept += std::size_t(value >= low) & std::size_t(value <= high);
            below += value < low;
        }
        near.insert(near.end(), block, block + kept);
    }
    const std::size_t upper = values.size() / 2, lower = values.size() % 2 ? upper : upper - 1;
    if (lower < below || upper >= below + near.size())
        return std::nullopt;
    if (low == high)
        return std::pair(low, low);
    const auto place = near.begin() + std::ptrdiff_t(upper - below);
    std::nth_element(near.begin(), place, near.end());
    return std::pair(lower == upper ? *place : *std::max_element(near.begin(), place), *place);
}

/// The cells of some rows that are not missing; only looked at where these are all of the column's.
class PresentCells {
public:
    PresentCells(const Column& column, const std::vector<std::size_t>& rows)
    {
        const Buffer<double>& values = column.numberValues();
        if (column.missing() == 0 && areAllRows(rows, values.size())) {
            m_cells = values;
            return;
        }
        m_copies.reserve(rows.size());
        for (const std::size_t row : rows)
            if (!std::isnan(values[row]))
                m_copies.push_back(values[row]);
        m_cells = m_copies;
    }
    PresentCells(const PresentCells&) = delete;
    PresentCells& operator=(const PresentCells&) = delete;

    std::span<const double> cells() const { return m_cells; }

private:
    Buffer<double> m_copies;
    std::span<const double> m_cells;
};

Error infiniteCell(const Column& column, const std::vector<std::size_t>& rows, Place place)
{
    const Buffer<double>& values = column.numberValues();
    const std::size_t row = *std::find_if(rows.begin(), rows.end(), [&](std::size_t each) { return std::isinf(values[each]); });
    place.row = row + 1;
    return {ErrorCode::NotFinite, "Row " + std::to_string(row + 1) + " of \"" + column.name()
                                      + "\" is infinite: leave the row out, or correct the cell.", place};
}

double meanOf(std::span<const double> cells)
{
    // First value plus mean deviation: sums of large, nearly equal numbers lose digits otherwise.
    const double origin = cells.front();
    double sum = 0;
    for (const double value : cells)
        sum += value - origin;
    double mean = origin + sum / double(cells.size());
    if (!std::isfinite(mean)) {
        mean = 0;
        for (const double value : cells)
            mean += value / double(cells.size());
    }
    return mean;
}

} // namespace

double medianOf(std::span<const double> values)
{
    constexpr std::size_t many = 20000;
    std::optional<std::pair<double, double>> middle;
    if (values.size() >= many)
        middle = middleTwoBySample(values);
    if (!middle) {
        std::vector<double> copies(values.begin(), values.end());
        middle = middleTwo(copies);
    }
    return values.size() % 2 ? middle->second : middle->first / 2 + middle->second / 2;
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

Result<NumberStatistics> numberStatistics(const Column& column, const std::vector<std::size_t>& rows, bool withMean)
{
    const PresentCells present(column, rows);
    const std::span<const double> cells = present.cells();
    Place place;
    place.column = column.name();
    if (cells.empty()) {
        return Error{ErrorCode::MissingValue, "The column \"" + column.name()
                                                  + "\" has no value in the rows to learn from: leave it out of the features.", place};
    }
    const Eigen::Map<const Vector> x(cells.data(), Eigen::Index(cells.size()));
    NumberStatistics statistics;
    statistics.missing = rows.size() - cells.size();
    statistics.minimum = x.minCoeff();
    statistics.maximum = x.maxCoeff();
    if (std::isinf(statistics.minimum) || std::isinf(statistics.maximum))
        return infiniteCell(column, rows, place);
    statistics.median = medianOf(cells);
    if (withMean)
        statistics.mean = meanOf(cells);
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
