#pragma once

#include "core/kernels/kernel_function.h"
#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

/// Rows are computed and padded in this many samples at once.
constexpr std::size_t kernelRowStep = 16;

/// How the squared distance of an RBF kernel is taken: by products is faster, and loses digits where rows are far from the origin;
/// in single precision, by products too, it is faster again, and for rows that are near it.
enum class Distance { ByDifferences, ByProducts, InSingle };

/// rows[r]_i = K(x_r, X_i) for samples stored feature by feature, `stride` apart; `samples` is a multiple of kernelRowStep. Sums are
/// taken in double, exponentials in float: what is kept is a float. K(x, X_i) and K(X_i, x) have the same bits, whatever the count.
/// Not for Distance::InSingle.
///
/// Math     |x - s|^2 = sum (x_j - s_j)^2, or |x|^2 + |s|^2 - 2 x s: to 1e-15 times the larger square
MODELARIUM_KERNEL void modelariumKernelRows(const KernelFunction* kernel, Distance distance, const double* X, std::size_t stride,
                                            std::size_t samples, std::size_t features, const double* const* x,
                                            std::size_t count, float* const* rows) noexcept;

/// rows[r]_i = exp(-|x_r - X_i|^2) with all sums in float, for samples and x that have half their squared length, as
/// modelariumHalfLengths gives it, as one more feature. The same bits from either side, whatever the count; 1 for equal samples.
/// Features are measured in units of 1 / sqrt(gamma): then none leaves the range of a float, whatever the data's own units are.
///
/// Math     |x - s|^2 / 2 = (|x|^2 / 2 + |s|^2 / 2) - x s: K is right to 5e-7 K (1 + the larger square), which must be less than 20
MODELARIUM_KERNEL void modelariumRbfRowsInSingle(const float* X, std::size_t stride, std::size_t samples, std::size_t features,
                                                 const float* const* x, std::size_t count, float* const* rows) noexcept;

/// halfLengths_i = |X_i|^2 / 2 for samples stored feature by feature, `stride` apart; `samples` is a multiple of kernelRowStep.
MODELARIUM_KERNEL void modelariumHalfLengths(const float* X, std::size_t stride, std::size_t samples, std::size_t features,
                                             float* halfLengths) noexcept;

/// u_i += sum over rows r of weights_r rows[r]_i, rows in ascending order, for `samples` (a multiple of kernelRowStep).
MODELARIUM_KERNEL void modelariumAddKernelRows(const float* const* rows, const double* weights, std::size_t count,
                                               std::size_t samples, double* u) noexcept;

} // namespace modelarium::kernels
