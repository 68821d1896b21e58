#pragma once

#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

inline constexpr std::size_t gridLanes = 8;

/// The part of an RBF that some of the features make up, for each of a few places and each vector: the product of such parts over all
/// features is the RBF.
///
/// Math     factors[s stride + p] = exp(-gamma sum_j (x_j[p] - v_j[s])^2)
/// Shape    x: one array of places a feature; v: one of vectors; factors (vectors, stride). places, a multiple of gridLanes, <= stride
MODELARIUM_KERNEL void modelariumRbfFactors(const double* const* x, const double* const* v, std::size_t features, double gamma,
                                            std::size_t places, std::size_t vectors, double* factors, std::size_t stride) noexcept;

/// sums[i width + p] = sum_s left[s leftStride + i] right[s width + p], in the order of s; added to what is there where `adds`.
///
/// Shape    left (depth, leftStride), of which the first `rows` columns; right (depth, width); sums (rows, width). width: a multiple of
///          gridLanes
MODELARIUM_KERNEL void modelariumGridSums(const double* left, std::size_t leftStride, const double* right, std::size_t rows,
                                          std::size_t width, std::size_t depth, bool adds, double* sums) noexcept;

} // namespace modelarium::kernels
