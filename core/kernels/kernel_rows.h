#pragma once

#include "core/kernels/kernel_function.h"
#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

/// Rows are computed and padded in this many samples at once.
constexpr std::size_t kernelRowStep = 16;

/// How the squared distance of an RBF kernel is taken: by products is faster, and loses digits where rows are far from the origin.
enum class Distance { ByDifferences, ByProducts };

/// rows[r]_i = K(x_r, X_i) for samples stored feature by feature, `stride` apart; `samples` is a multiple of kernelRowStep. Sums are taken in double, exponentials in float: what is kept is a float. K(x, X_i) and
/// K(X_i, x) have the same bits, whatever the count.
///
/// Math     |x - s|^2 = sum (x_j - s_j)^2, or |x|^2 + |s|^2 - 2 x s: to 1e-15 times the larger square
MODELARIUM_KERNEL void modelariumKernelRows(const KernelFunction* kernel, Distance distance, const double* X, std::size_t stride,
                                            std::size_t samples, std::size_t features, const double* const* x,
                                            std::size_t count, float* const* rows) noexcept;

/// u_i += sum over rows r of weights_r rows[r]_i, rows in ascending order, for `samples` (a multiple of kernelRowStep).
MODELARIUM_KERNEL void modelariumAddKernelRows(const float* const* rows, const double* weights, std::size_t count,
                                               std::size_t samples, double* u) noexcept;

} // namespace modelarium::kernels
