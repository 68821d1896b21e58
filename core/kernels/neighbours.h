#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// A training sample as seen from a query. Ordered by distance, then by index: no two are equal, so the k nearest are one set.
struct Neighbour {
    double distance;                    ///< squared for the Euclidean metric
    std::int64_t index;

    friend bool operator<(const Neighbour& a, const Neighbour& b)
    {
        return a.distance < b.distance || (a.distance == b.distance && a.index < b.index);
    }
};

constexpr std::size_t laneCount = 16;

/// A tree of boxes around the training samples, sixteen children a node, as plain arrays.
///
/// Shape    boxes[node]: features times 16 lower bounds and 16 upper bounds, of its children;
///          leaves[leaf]: blocksInLeaf blocks of features times 16 values, NaN where a leaf is not full;
///          rows, samples: in the order of the leaves, leafSize a leaf
/// Unit     boxes and leaves in float, centred and scaled; rows in double, as they were given
struct NeighbourTree {
    std::size_t features;
    std::size_t blocksInLeaf;
    bool manhattan;
    const float* boxes;
    const std::int32_t* children;       ///< 16 a node: >= 0 a node, < 0 the leaf ~child
    const std::int32_t* childCounts;
    const float* leaves;
    const double* rows;
    const std::int64_t* samples;
};

/// A row whose neighbours are wanted. Floats decide which samples are looked at, doubles which are nearest: with `slack` for
/// all that rounding can do, no neighbour is missed.
struct NeighbourQuery {
    const double* x;
    const float* scaled;                ///< x centred and scaled as the leaves
    double scale;                       ///< of distances (squared for Euclidean): float distance = scale * distance ...
    double slack;                       ///< ... up to the factor (1 + relativeSlack) and this
    double relativeSlack;
    double bound;                       ///< no farther than this is any of the k nearest; infinity where nothing is known
    bool ordered;                       ///< false: which samples are nearest is enough; a distance may then be an upper bound
};

/// The k nearest samples, the nearest first, exactly as by comparing all distances in double. Precondition: k <= samples.
MODELARIUM_KERNEL void modelariumFindNearest(const NeighbourTree* tree, const NeighbourQuery* query, int k,
                                             Neighbour* nearest) noexcept;

/// All samples no farther than the bound of a query, with their exact distances, as slots of the leaves; and perhaps some a little
/// farther. Returns their number, or more than `room` where there is none for all of them: then `found` is not to be used.
struct NeighbourSlot {
    double distance;
    std::uint32_t slot;
};
MODELARIUM_KERNEL std::size_t modelariumFindWithin(const NeighbourTree* tree, const NeighbourQuery* query, NeighbourSlot* found,
                                                   std::size_t room) noexcept;

/// The leaf that a query would look at first: queries in the order of their leaves find their data in the cache.
MODELARIUM_KERNEL std::int32_t modelariumNearestLeaf(const NeighbourTree* tree, const float* scaled) noexcept;

} // namespace modelarium::kernels
