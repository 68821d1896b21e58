#include "core/learn/trees/binned_columns.h"

#include "core/base/parallel.h"
#include "core/learn/trees/presorted_columns.h"

#include <algorithm>

namespace modelarium {

namespace {

/// Where each bin of a sorted column begins. Equal values are never parted; a value that fills a bin by itself has its own.
std::vector<std::size_t> binStarts(const Buffer<SortedValue>& column, std::size_t mostBins)
{
    std::vector<std::size_t> runs;                          // where each distinct value begins
    for (std::size_t i = 0; i < column.size(); ++i)
        if (i == 0 || column[i].value != column[i - 1].value)
            runs.push_back(i);
    if (runs.size() <= mostBins)
        return runs;

    std::vector<std::size_t> starts{0};
    runs.push_back(column.size());
    const auto fairShare = [&] {
        const std::size_t binsLeft = mostBins - starts.size() + 1;
        return (column.size() - starts.back() + binsLeft - 1) / binsLeft;
    };
    std::size_t share = fairShare();
    const auto begin = [&](std::size_t place) {
        if (starts.size() < mostBins && place > starts.back() && place < column.size()) {
            starts.push_back(place);
            share = fairShare();
        }
    };
    for (std::size_t run = 0; run + 1 < runs.size(); ++run) {
        if (runs[run + 1] - runs[run] >= share)
            begin(runs[run]);
        if (runs[run + 1] - starts.back() >= share)
            begin(runs[run + 1]);
    }
    return starts;
}

} // namespace

BinnedColumns::BinnedColumns(const Matrix& X, std::size_t groupSize, std::size_t stride, std::size_t bins, bool keepsColumns)
    : m_samples(std::size_t(X.rows())), m_groupSize(groupSize), m_stride(stride), m_columns(std::size_t(X.cols()))
{
    // A column at a time: its bins stay in the cache while they are written in the order of the values.
    Buffer<std::uint8_t> columns(m_samples * features());
    parallelFor(features(), [&](std::size_t feature) {
        const Buffer<SortedValue> sorted = sortedColumn(X.col(Eigen::Index(feature)).data(), m_samples);
        std::vector<std::size_t> starts = binStarts(sorted, bins);
        starts.push_back(m_samples);
        std::uint8_t* codes = &columns[feature * m_samples];
        for (std::size_t bin = 0; bin + 1 < starts.size(); ++bin) {
            m_columns[feature].push_back({sorted[starts[bin]].value, sorted[starts[bin + 1] - 1].value});
            for (std::size_t i = starts[bin]; i < starts[bin + 1]; ++i)
                codes[sorted[i].sample] = std::uint8_t(bin);
        }
    });

    constexpr std::size_t samplesInBlock = 4096;
    m_bins.resize(groups() * m_samples * m_stride);
    parallelFor((m_samples + samplesInBlock - 1) / samplesInBlock, [&](std::size_t block) {
        const std::size_t first = block * samplesInBlock;
        const std::size_t last = std::min(first + samplesInBlock, m_samples);
        for (std::size_t g = 0; g < groups(); ++g) {
            std::uint8_t* group = &m_bins[g * m_samples * m_stride];
            for (std::size_t k = 0; k < m_stride; ++k) {
                const std::size_t feature = g * m_groupSize + k;
                const bool filled = k < m_groupSize && feature < features();
                for (std::size_t i = first; i < last; ++i)
                    group[i * m_stride + k] = filled ? columns[feature * m_samples + i] : 0;
            }
        }
    });
    if (keepsColumns)
        m_columnBins.swap(columns);
}

} // namespace modelarium
