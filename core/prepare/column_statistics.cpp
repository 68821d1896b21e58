#include "core/prepare/column_statistics.h"

#include "core/kernels/statistics.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace modelarium {

namespace {

/// The values that have the ranks `upper` - 1 and `upper`; `values` may be moved about.
std::pair<double, double> neighboursInOrder(std::vector<double>& values, std::size_t upper)
{
    const auto place = values.begin() + std::ptrdiff_t(upper);
    std::nth_element(values.begin(), place, values.end());
    return {upper > 0 ? *std::max_element(values.begin(), place) : *place, *place};
}

/// The same for many values: a sample tells between which two lies the rank, and only what is between them is looked at again.
std::pair<double, double> neighboursInOrder(std::span<const double> values, std::size_t upper)
{
    constexpr std::size_t many = 20000, sampleSize = 2048, margin = 96;     // four standard deviations of a rank in a random sample
    if (values.size() >= many) {
        std::vector<double> sample(sampleSize);
        for (std::size_t i = 0; i < sampleSize; ++i)
            sample[i] = values[i * values.size() / sampleSize];
        std::sort(sample.begin(), sample.end());
        const std::size_t place = upper * sampleSize / values.size();
        const double low = sample[place > margin ? place - margin : 0], high = sample[std::min(place + margin, sampleSize - 1)];

        std::vector<double> near;
        near.reserve(values.size() / sampleSize * 5 * margin / 2);          // a quarter more than the sample leads to expect
        std::size_t below = 0;
        constexpr std::size_t blockSize = 1024, spare = 8;      // that the kernel may write behind what it picks
        double block[blockSize + spare];
        for (std::size_t begin = 0; begin < values.size(); begin += blockSize) {
            const std::size_t count = std::min(blockSize, values.size() - begin);
            const std::size_t kept = kernels::modelariumPickBetween(values.data() + begin, count, low, high, block, &below);
            near.insert(near.end(), block, block + kept);
        }
        if (upper > below && upper < below + near.size()) {
            if (low == high)
                return {low, low};
            if (near.size() < values.size())
                return neighboursInOrder(std::span<const double>(near), upper - below);
        }
    }
    std::vector<double> copies(values.begin(), values.end());   // few, or the sample has misled
    return neighboursInOrder(copies, upper);
}

/// The cells of some rows that are not missing; only looked at where these are all of the column's.
class PresentCells {
public:
    PresentCells(const Column& column, const ChosenRows& chosen)
    {
        const Buffer<double>& values = column.numberValues();
        const std::vector<std::size_t>& rows = chosen.rows();
        if (column.missing() == 0 && chosen.areAll()) {
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
    double mean = origin + kernels::modelariumSumAbove(cells.data(), cells.size(), origin) / double(cells.size());
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
    const auto [lower, upper] = neighboursInOrder(values, values.size() / 2);
    return values.size() % 2 ? upper : lower / 2 + upper / 2;
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

Result<NumberStatistics> numberStatistics(const Column& column, const ChosenRows& chosen, bool withMean)
{
    const std::vector<std::size_t>& rows = chosen.rows();
    const PresentCells present(column, chosen);
    const std::span<const double> cells = present.cells();
    Place place;
    place.column = column.name();
    if (cells.empty()) {
        return Error{ErrorCode::MissingValue, "The column \"" + column.name()
                                                  + "\" has no value in the rows to learn from: leave it out of the features.", place};
    }
    NumberStatistics statistics;
    statistics.missing = rows.size() - cells.size();
    double range[2];
    kernels::modelariumRange(cells.data(), cells.size(), range);
    statistics.minimum = range[0];
    statistics.maximum = range[1];
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
    return result;
}

} // namespace modelarium
