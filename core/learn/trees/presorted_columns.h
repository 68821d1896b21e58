#pragma once

#include "core/base/buffer.h"
#include "core/base/matrix.h"
#include "core/kernels/cuts.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace modelarium {

using kernels::SortedValue;

/// float(x) of every sample in ascending order; of equal values the earlier sample first.
Buffer<SortedValue> sortedColumn(const double* x, std::size_t samples);

/// A stretch of the columns: the samples of one node of a tree.
struct SampleRange {
    std::size_t begin = 0;
    std::size_t end = 0;

    std::size_t size() const { return end - begin; }
};

/// The features of all samples, each column sorted once. Splitting a node parts its stretch of every column and keeps
/// the order on both sides, so that nothing is ever sorted again.
///
/// Shape    features() columns of samples() values; the samples of a node take the same stretch of each column
/// Unit     values are float(x): what a tree compares
/// Cost     sorting O(n_samples) a column (radix sort); a split O(samples of the node) a column
class PresortedColumns {
public:
    explicit PresortedColumns(const Matrix& X);

    std::size_t samples() const { return m_samples; }
    std::size_t features() const { return m_columns.size(); }
    const SortedValue* column(std::size_t feature, SampleRange range) const { return &m_columns[feature][range.begin]; }

    /// The samples of a node in the order of the data.
    const std::uint32_t* samplesOf(SampleRange range) const { return &m_order[range.begin]; }

    /// Marks which samples go left: those of the first `left` values of a column, and parts the samples in data order.
    void beginSplit(SampleRange range, std::size_t feature, std::size_t left);

    /// Parts one column as marked; columns may be parted in parallel. `scratch` has range.size() elements.
    void splitColumn(SampleRange range, std::size_t feature, SortedValue* scratch);

private:
    std::size_t m_samples;
    std::vector<Buffer<SortedValue>> m_columns;
    std::vector<std::uint32_t> m_order;
    std::vector<std::uint32_t> m_orderScratch;
    std::vector<std::uint32_t> m_goesLeft;          // one bit a sample
};

} // namespace modelarium
