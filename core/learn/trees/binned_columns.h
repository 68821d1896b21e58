#pragma once

#include "core/base/buffer.h"
#include "core/base/matrix.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace modelarium {

/// The features of all samples as small whole numbers: which of at most `mostBins` bins a value is in. A feature with no more
/// distinct values than that has one bin a value, and nothing is lost; otherwise bins hold about equally many samples.
///
/// Shape    at most `bins` (up to mostBins) a feature; features stand in groups of up to `groupSize`; a sample has stride() bytes in
///          each group, one a feature
/// Unit     values are float(x): what a tree compares
/// Cost     sorting O(n_samples) a feature (radix sort); memory one byte a value
class BinnedColumns {
public:
    static constexpr std::size_t mostBins = 255;

    /// Columns and one group: all samples of a feature side by side, and all features of a sample.
    explicit BinnedColumns(const Matrix& X) : BinnedColumns(X, std::size_t(X.cols()), std::size_t(X.cols()), mostBins, true) {}
    BinnedColumns(const Matrix& X, std::size_t groupSize, std::size_t stride, std::size_t bins = mostBins, bool keepsColumns = false);

    std::size_t samples() const { return m_samples; }
    std::size_t features() const { return m_columns.size(); }
    std::size_t groups() const { return (features() + m_groupSize - 1) / m_groupSize; }
    std::size_t groupSize() const { return m_groupSize; }
    std::size_t stride() const { return m_stride; }

    /// The bins of a group of features, stride() bytes a sample.
    const std::uint8_t* group(std::size_t index) const { return &m_bins[index * m_samples * m_stride]; }

    /// The bin of feature `feature` of sample i stands at binsOf(feature)[i * stride()].
    const std::uint8_t* binsOf(std::size_t feature) const { return group(feature / m_groupSize) + feature % m_groupSize; }

    /// The bins of a feature, sample after sample; only where the columns are kept. The next feature's follow.
    const std::uint8_t* column(std::size_t feature) const { return &m_columnBins[feature * m_samples]; }

    std::size_t bins(std::size_t feature) const { return m_columns[feature].size(); }

    /// The middle between the values of two bins: bins up to `below` are not above it, bins from `above` on are.
    double threshold(std::size_t feature, std::size_t below, std::size_t above) const
    {
        return (double(m_columns[feature][below].highest) + double(m_columns[feature][above].lowest)) / 2;
    }

    /// What a threshold does to the bins: those before `firstRight` are not above it, those after it are. The values of that bin itself
    /// are above it too, unless it is parted: then they stand on both sides.
    struct Side {
        std::size_t firstRight;
        bool isParted;
    };
    /// For a threshold between the values of the bins `below` and `above`.
    Side sideOf(std::size_t feature, double threshold, std::size_t below, std::size_t above) const
    {
        const Bin* bins = m_columns[feature].data();
        const Bin* bin = std::partition_point(bins + below + 1, bins + above, [=](const Bin& each) { return double(each.highest) <= threshold; });
        return {std::size_t(bin - bins), bin < bins + above && double(bin->lowest) <= threshold};
    }

private:
    struct Bin {
        float lowest;
        float highest;
    };

    std::size_t m_samples;
    std::size_t m_groupSize;
    std::size_t m_stride;
    std::vector<std::vector<Bin>> m_columns;
    Buffer<std::uint8_t> m_bins;
    Buffer<std::uint8_t> m_columnBins;
};

} // namespace modelarium
