#pragma once

#include "core/base/buffer.h"
#include "core/base/matrix.h"
#include "core/kernels/neighbours.h"
#include "core/model/parameters.h"

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace modelarium {

using kernels::Neighbour;

/// Finds the k nearest of a fixed set of samples: the same set as comparing every distance in double, by looking at few.
///
/// A tree of boxes, split at medians of the widest feature, holds the samples as floats in blocks of sixteen; what is near
/// enough in float is compared in double. Distances that overflow are compared in a smaller unit.
/// Cost     O(n_samples log n_samples * n_features) to build; memory about 12 bytes a value
/// Source   J. Friedman, J. Bentley, R. Finkel, ACM Trans. Math. Softw. 3(3), 1977
class NeighbourSearch {
public:
    NeighbourSearch(const Matrix& X, DistanceMetric metric);

    std::size_t samples() const { return m_samples; }
    std::size_t features() const { return m_features; }

    /// The k nearest samples, the nearest first. Where `bound` is given, none of them is farther.
    /// Allocates nothing while there are no more than 64 features.
    void findNearest(const double* x, int k, Neighbour* nearest,
                     double bound = std::numeric_limits<double>::infinity()) const noexcept;

    /// The same samples, in any order; no distance is smaller than the true one. Faster where only the set counts.
    void findNearestSet(const double* x, int k, Neighbour* nearest,
                        double bound = std::numeric_limits<double>::infinity()) const noexcept;

    /// All samples no farther than `bound` from x, and perhaps some a little farther, in any order, with their distances: their
    /// number, or more than `most` where there are more than that, or x is too far away for the tree; then `found` is not to be used.
    std::size_t findWithin(const double* x, double bound, std::size_t most, kernels::NeighbourSlot* found) const;
    /// Places of the tree, in which its samples are found by number; where nothing is, the number is none of a sample.
    std::size_t slotCount() const { return m_sampleOf.size(); }
    const double* rowOf(std::uint32_t slot) const { return &m_rows[slot * m_features]; }
    std::size_t sampleOf(std::uint32_t slot) const { return std::size_t(m_sampleOf[slot]); }
    bool isManhattan() const { return m_metric == DistanceMetric::Manhattan; }

    /// Queries with neighbouring places look at the same samples: for up to three features the place on a Z-order curve, for more the leaf
    /// that is looked at first. Same cost in memory as findNearest.
    /// Source   G. M. Morton, A Computer Oriented Geodetic Data Base, IBM, 1966 (Z-order)
    std::uint64_t placeOf(const double* x) const noexcept;

    /// A bound for x, from the k-th distance of another query: no neighbour of x is farther than that and the way between them.
    double boundFrom(const double* x, const double* other, double kthDistance) const noexcept;

private:
    class Build;

    void find(const double* x, int k, Neighbour* nearest, double bound, bool ordered) const noexcept;
    bool scaleQuery(const double* x, float* scaled) const noexcept;
    kernels::NeighbourQuery query(const double* x, const float* scaled, double bound, bool ordered) const noexcept;
    double distance(const double* x, std::size_t slot, double unit) const noexcept;
    void compareAll(const double* x, int k, Neighbour* nearest, double unit) const noexcept;
    kernels::NeighbourTree tree() const noexcept;

    std::size_t m_samples;
    std::size_t m_features;
    DistanceMetric m_metric;
    std::vector<double> m_centre;
    double m_scale = 1;
    std::size_t m_blocksInLeaf = 2;
    std::vector<float> m_boxes;
    std::vector<std::int32_t> m_children;
    std::vector<std::int32_t> m_childCounts;
    Buffer<float> m_leaves;
    Buffer<double> m_rows;                          // in the order of the leaves
    Buffer<std::int64_t> m_sampleOf;                // slot of a leaf -> sample; -1 where the leaf is not full
};

} // namespace modelarium
