#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

inline constexpr std::size_t perceptronLanes = 8;

/// The samples of a perceptron, and the sides of its boundaries that they belong on: with one boundary s = 1 for class 1, with more s = 1
/// at boundary k for class k; s = -1 for all others.
struct PerceptronSamples {
    const double* X;                                ///< (samples, features), row by row
    const double* classes;                          ///< (samples): codes
    std::size_t features;
    std::size_t boundaries;
};

/// The boundaries while they are learned.
///
/// Shape    weights (features, stride) with those of boundary k in column k; intercepts (stride); stride: `boundaries` rounded up to a
///          multiple of perceptronLanes where there is more than one, else 1. What is beyond the boundaries counts for nothing
struct PerceptronBoundaries {
    double* weights;
    double* intercepts;
    std::size_t stride;
};

/// Looks at samples one after the other, and moves every boundary that a sample is on the wrong side of. Answers how many samples moved one.
///
/// Math     where not s (w x + b) > 0: w += rate s x, b += rate s. The same bits on every instruction-set level
MODELARIUM_KERNEL std::size_t modelariumPerceptronVisit(const PerceptronSamples* samples, const std::uint32_t* order, std::size_t count,
                                                        double rate, const PerceptronBoundaries* boundaries) noexcept;

struct PerceptronLoss {
    double sum;                                     ///< of max(0, -s (w x + b)) over samples and boundaries; NaN where a score is
    std::size_t wrong;                              ///< samples that would move a boundary
};

/// What the boundaries, as they are, get wrong. The same bits on every instruction-set level.
///
/// Shape    columns (samples, features): the samples once more, column by column, `columnStride` apart
MODELARIUM_KERNEL void modelariumPerceptronLoss(const PerceptronSamples* samples, const double* columns, std::size_t columnStride,
                                                std::size_t count, const PerceptronBoundaries* boundaries, PerceptronLoss* loss) noexcept;

} // namespace modelarium::kernels
