#pragma once

#include "core/kernels/kernel_function.h"
#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

inline constexpr std::size_t kernelLanes = 8;
inline constexpr std::size_t mostCoefficientRows = 200;
inline constexpr std::size_t mostKernelRowsAtOnce = 4;

/// Support vectors as predictions want them.
///
/// Shape    vectors (n_features, stride): feature by feature; coefficients (rows, stride). Vectors of one class lie side by side,
///          padded with zeros to a multiple of kernelLanes
struct KernelVectors {
    KernelFunction kernel;
    const double* vectors;
    const double* coefficients;
    std::size_t stride;
    std::size_t features;
    std::size_t rows;
};

/// sums_r = sum over vectors [first, first + count) of coefficients_r K(x, vector), for one sample or for four at once: the bits of
/// a sample's sums are the same. Eight partial sums, vector k in sum k mod 8, added in one fixed order.
///
/// Shape    x: `samples` (1 or 4) samples, `features` numbers each, one after the other; sums (samples, rows), `sumStride` apart
MODELARIUM_KERNEL void modelariumKernelSums(const KernelVectors* model, std::size_t first, std::size_t count, const double* x,
                                            std::size_t samples, double* sums, std::size_t sumStride) noexcept;

} // namespace modelarium::kernels
