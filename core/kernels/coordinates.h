#pragma once

#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

/// One sweep of coordinate descent over all weights of a penalised quadratic function, in order.
///
/// Math     minimises w' G w / 2 - c' w + sum_j l1_j |w_j| + l2_j w_j^2 / 2 along each w_j in turn:
///          w_j <- S(g_j + G_jj w_j, l1_j) / (G_jj + l2_j) with S(z, l) = sign(z) max(|z| - l, 0), and g = c - G w kept up to date
/// Shape    G (features, features), symmetric, a column every `stride`; diagonal, l1, l2, w, g (features)
/// Returns  the largest change, as G_jj (change of w_j)^2
/// Cost     features for every weight that changes
MODELARIUM_KERNEL double modelariumGramSweep(const double* G, std::size_t stride, std::size_t features, const double* diagonal,
                                             const double* l1, const double* l2, double* w, double* g) noexcept;

/// sum_i a_i b_i
MODELARIUM_KERNEL double modelariumDot(const double* a, const double* b, std::size_t count) noexcept;

/// y_i += factor (x_i - shift)
MODELARIUM_KERNEL void modelariumAddMultiple(double factor, const double* x, double shift, std::size_t count, double* y) noexcept;

} // namespace modelarium::kernels
