#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// The weights that a sweep has changed, in its order, and by how much.
struct WeightChanges {
    std::uint32_t* weight;
    double* change;
    std::size_t count;
    double largest;                     ///< of G_jj (change of w_j)^2
};

/// One sweep of coordinate descent over the weights from `first` to `last` of a penalised quadratic function, in order.
///
/// Math     minimises w' G w / 2 - c' w + sum_j l1_j |w_j| + l2_j w_j^2 / 2 along each w_j in turn:
///          w_j <- S(g_j + G_jj w_j, l1_j) / (G_jj + l2_j) with S(z, l) = sign(z) max(|z| - l, 0), and g = c - G w kept up to date
///          from `first` to `last`; elsewhere modelariumSubtractColumns has to follow
/// Shape    G (features, features), symmetric, a column every `stride`; diagonal, l1, l2, w, g (features); changes: room for
///          last - first, counted from 0, its largest one made larger
/// Cost     last - first for every weight that changes
MODELARIUM_KERNEL void modelariumGramSweep(const double* G, std::size_t stride, std::size_t first, std::size_t last, const double* diagonal,
                                           const double* l1, const double* l2, double* w, double* g, WeightChanges* changes) noexcept;

/// y_i -= sum_k factor_k A(i, column_k) for the rows from `first` to `last`, in the order of k for every row
///
/// Shape    A: a column every `stride`; columns, factors: `count`
MODELARIUM_KERNEL void modelariumSubtractColumns(const double* A, std::size_t stride, const std::uint32_t* columns, const double* factors,
                                                 std::size_t count, std::size_t first, std::size_t last, double* y) noexcept;

/// sum_i a_i b_i
MODELARIUM_KERNEL double modelariumDot(const double* a, const double* b, std::size_t count) noexcept;

/// y_i += factor (x_i - shift)
MODELARIUM_KERNEL void modelariumAddMultiple(double factor, const double* x, double shift, std::size_t count, double* y) noexcept;

} // namespace modelarium::kernels
