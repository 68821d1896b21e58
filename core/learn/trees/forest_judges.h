#pragma once

#include "core/learn/trees/binned_columns.h"
#include "core/learn/trees/forest_tree.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace modelarium {

/// Where bins stand in memory.
struct BinsView {
    const std::uint8_t* first;
    std::size_t featureStep;
    std::size_t rowStep;

    const std::uint8_t* of(std::size_t feature) const { return first + feature * featureStep; }
};

/// As std::copy_n, without a call where there is little to copy, as in most nodes.
template <class T>
inline void copyFew(const T* from, std::size_t count, T* to)
{
    constexpr std::size_t few = 16;
    if (count > few) {
        std::copy_n(from, count, to);
        return;
    }
    for (std::size_t i = 0; i < count; ++i)
        to[i] = from[i];
}

/// The rows that judge a tree, on their way down while it grows: each node has a range of them.
class ForestJudges {
public:
    struct Range {
        std::size_t begin, end;
    };

    ForestJudges(const Matrix& X, const BinnedColumns& columns, const Draws& draws, Judges judges);

    Range all() const { return {0, m_count}; }

    /// From here on to the end of the node, its judges' bins stand side by side in a small memory of their own.
    void gather(const Range& range);

    /// Where those begin that go right.
    std::size_t part(const Range& range, bool isGathered, std::size_t feature, double threshold, const BinnedColumns::Side& side);

    void arrive(const Range& range, bool isGathered, std::size_t leaf);

    std::vector<std::uint32_t> takeLeaves() { return std::move(m_leaves); }

private:
    template <class GoesLeft> std::size_t part(const Range& range, const GoesLeft& goesLeft);
    std::uint32_t sampleOf(std::uint32_t place, bool isGathered) const { return isGathered ? m_gathered[place] : place; }

    const Matrix& m_X;
    const BinnedColumns& m_columns;
    Buffer<std::uint32_t> m_places;                 // of judges: samples, or places among those gathered
    Buffer<std::uint32_t> m_scratch;
    std::size_t m_count = 0;
    std::vector<std::uint32_t> m_gathered;          // their samples
    std::vector<std::uint8_t> m_bins;
    std::vector<std::uint32_t> m_leaves;            // of each sample
};

} // namespace modelarium
