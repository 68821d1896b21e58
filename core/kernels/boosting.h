#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// What samples add up to: their gradients in fixed point; and their hessians in fixed point above their count.
struct BoostingCell {
    std::int64_t gradient;
    std::int64_t hessianAndCount;                   ///< hessian << countBits | count
};

/// A cell of one sample in a single word, so that what many of them add up to stays in the fastest cache; for a few samples at a time.
///
/// Math     gradient << 36 | hessian << 11 | count, over at most packedSamples samples; |gradient| <= 2^packedGradientBits and
///          hessian <= 2^packedHessianBits of each
using PackedBoostingCell = std::int64_t;
inline constexpr std::size_t packedSamples = 2047;
inline constexpr int packedGradientBits = 16, packedHessianBits = 14;

/// Adds packed sums to cells.
MODELARIUM_KERNEL void modelariumAddPackedCells(const PackedBoostingCell* packed, std::size_t bins, unsigned countBits,
                                                BoostingCell* cells) noexcept;

/// What the best cut of a node is asked for. Everything in the units of the cells.
struct BoostingCutSearch {
    BoostingCell total;                             ///< of the node
    unsigned countBits;
    std::int64_t leastCount;                        ///< on each side, at least 1
    std::int64_t leastHessian;                      ///< on each side, at least 1
    double l2;
};

struct BoostingCut {
    double score;                                   ///< -infinity where there is no cut
    std::size_t bin;                                ///< the last that goes left
};

/// The best place to cut one feature.
///
/// Math     score = G_left^2 / (H_left + l2) + G_right^2 / (H_right + l2); of equal scores the lowest bin. The same bits on every
///          instruction-set level, and when the sides change places
/// Shape    cells (bins), bins <= 256; sums of gradients and of hessians are below 2^51
MODELARIUM_KERNEL void modelariumBestBoostingCut(const BoostingCell* cells, std::size_t bins, const BoostingCutSearch* search,
                                                 BoostingCut* best) noexcept;

/// What a block of samples adds to the loss, and the largest derivatives in it.
struct BoostingSums {
    double loss;
    double largestGradient;                         ///< without sign
    double largestHessian;
};

/// Log loss of two classes at the scores z.
///
/// Math     p = 1 / (1 + exp(-z)); loss = -sum log p(true class); gradient = p - y; hessian = p (1 - p)
/// Shape    all (rows); y is 0 or 1
MODELARIUM_KERNEL void modelariumBoostingLogistic(const double* z, const double* y, std::size_t rows, double* gradient,
                                                  double* hessian, BoostingSums* sums) noexcept;

/// Log loss of several classes at the scores z.
///
/// Math     P_k = exp(z_k) / sum_l exp(z_l); loss = -sum log P(true class); gradient_k = P_k - [y = k]; hessian_k = P_k (1 - P_k)
/// Shape    z, gradient, hessian: (rows, classes), a class a column, `stride` apart; y (rows): class codes
MODELARIUM_KERNEL void modelariumBoostingSoftmax(const double* z, std::size_t stride, std::size_t classes, const double* y,
                                                 std::size_t rows, double* gradient, double* hessian, BoostingSums* sums) noexcept;

/// Derivatives as cells, each in whole units.
///
/// Math     gradient: round(g gradientScale); hessian: round(h hessianScale), count 1. |g gradientScale|, h hessianScale < 2^50
MODELARIUM_KERNEL void modelariumBoostingCells(const double* gradient, const double* hessian, std::size_t rows, double gradientScale,
                                               double hessianScale, unsigned countBits, BoostingCell* cells) noexcept;

/// What derivatives in whole units add up to.
struct DerivativeSums {
    std::int64_t gradient;
    std::int64_t hessian;
};

/// The same as packed cells: |g gradientScale| <= 2^packedGradientBits, h hessianScale <= 2^packedHessianBits. `sizes` are the sums with
/// gradients taken without their signs.
MODELARIUM_KERNEL void modelariumPackedCells(const double* gradient, const double* hessian, std::size_t rows, double gradientScale,
                                             double hessianScale, PackedBoostingCell* cells, DerivativeSums* sizes) noexcept;

/// The derivatives of some rows, each in whole units, added up.
///
/// Shape    rows (count); gradient and hessian as far as rows reach. |g gradientScale|, h hessianScale and both sums < 2^50
MODELARIUM_KERNEL void modelariumSumDerivatives(const double* gradient, const double* hessian, const std::uint32_t* rows, std::size_t count,
                                                double gradientScale, double hessianScale, DerivativeSums* sums) noexcept;

} // namespace modelarium::kernels
