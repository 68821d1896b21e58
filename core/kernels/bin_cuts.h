#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// The best place to cut a feature whose values are in bins (0 to 255): bins up to `below` go left, `above` is the next one that is filled.
struct BinPlace {
    double score;
    std::size_t feature;                            // which of those that were looked at
    std::uint32_t below;
    std::uint32_t above;
};

/// What all cuts of a node share: how much the samples weigh, the least weight on either side (1 or more), the score to be beaten.
struct CutLimits {
    std::int64_t weight;
    std::int64_t leastWeight;
    double beaten;
};

/// What a look at a feature found; `better` may be true only where the feature varies.
struct BinLook {
    bool varies;
    bool better;
};

constexpr std::size_t mostSmallRows = 32;
constexpr std::size_t mostFeatures = 4;             // that are looked at in one call
constexpr std::size_t mostFieldClasses = 4;

/// The rows of a small node, whose bins are fetched from where they stand: that of row i and feature f is
/// bins[places[i] * stride + f * featureStep].
struct SmallNode {
    const std::uint8_t* bins;
    std::size_t featureStep;
    std::size_t stride;
    std::uint32_t places[mostSmallRows];
    std::int64_t cells[2][mostSmallRows];           // what the rows add to their side
    std::size_t count;                              // 2 or more
};

/// Classes of a small node, by Gini: the best cut of some features, and which of them it is. What is in the bins up to that of a row is
/// summed for all rows at once: nothing is sorted, and no branch depends on the data.
///
/// Math     score = (sum_k l_k^2) / l + (sum_k r_k^2) / r on one denominator; of equal scores the first feature, then the lowest bin
/// Shape    cells[0]: the row's weight in the 16 bits of its class, 2 to 4 of them; total: their sum, no class of which needs more bits
///          (the fourth 15)
/// Cost     O(count^2) a feature, in vectors
MODELARIUM_KERNEL BinLook modelariumSmallGiniCut(const SmallNode* node, const std::uint32_t* features, std::size_t featureCount,
                                                 std::int64_t total, std::size_t classes, const CutLimits& limits, BinPlace* place) noexcept;

/// Numbers of a small node, by squared error. As above.
///
/// Math     score = (sum of deviations left)^2 / l + (sum of deviations right)^2 / r on one denominator
/// Shape    cells: the row's weight, below 2^32; its deviation times its weight; deviation: the sum of those
MODELARIUM_KERNEL BinLook modelariumSmallSquaresCut(const SmallNode* node, const std::uint32_t* features, std::size_t featureCount,
                                                    std::int64_t deviation, const CutLimits& limits, BinPlace* place) noexcept;

/// Two classes by Gini, from a histogram, which is left empty. As above, over the squares of class 1 alone, which tell all.
///
/// Shape    cells: `bins`, with room for 256, all empty behind; weight << 32 | weight of class 1
MODELARIUM_KERNEL BinLook modelariumBinaryHistogramCut(std::uint64_t* cells, std::size_t bins, std::int64_t ones, const CutLimits& limits,
                                                       BinPlace* place) noexcept;

/// Few classes by Gini, from a histogram, which is left empty.
///
/// Shape    cells: `bins`, with room for 256, all empty behind: as those of a small node, and the total; 2 to 4 classes
MODELARIUM_KERNEL BinLook modelariumGiniHistogramCut(std::int64_t* cells, std::size_t bins, std::int64_t total, std::size_t classes,
                                                     const CutLimits& limits, BinPlace* place) noexcept;

/// Numbers, from a histogram, which is left empty.
///
/// Shape    weights, deviations: `bins`, with room for 256, all empty behind
MODELARIUM_KERNEL BinLook modelariumSquaresHistogramCut(std::int64_t* weights, std::int64_t* deviations, std::size_t bins, std::int64_t deviation,
                                                        const CutLimits& limits, BinPlace* place) noexcept;

} // namespace modelarium::kernels
