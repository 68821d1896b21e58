#pragma once

#include "core/kernels/kernel_function.h"
#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

/// Rows are computed and padded in this many samples at once.
constexpr std::size_t kernelRowStep = 16;

/// row_i = K(x, X_i) for samples stored feature by feature, `stride` apart; `samples` is a multiple of kernelRowStep.
/// Sums are taken in double, exponentials in float: what is kept is a float. K(x, X_i) and K(X_i, x) have the same bits.
MODELARIUM_KERNEL void modelariumKernelRow(const KernelFunction* kernel, const double* X, std::size_t stride, std::size_t samples,
                                           std::size_t features, const double* x, float* row) noexcept;

/// u_i += sum over rows r of weights_r rows[r]_i, rows in ascending order, for `samples` (a multiple of kernelRowStep).
MODELARIUM_KERNEL void modelariumAddKernelRows(const float* const* rows, const double* weights, std::size_t count,
                                               std::size_t samples, double* u) noexcept;

} // namespace modelarium::kernels
