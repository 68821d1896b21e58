#pragma once

#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

/// How many doubles of workspace the functions below need for `features` columns.
MODELARIUM_KERNEL std::size_t modelariumGramWorkspace(std::size_t features) noexcept;

/// Products of all pairs of columns [X - shift, y - shift_y, 1], added to the lower triangle of G.
///
/// Shape    X: features columns, `stride` apart; y (rows); shift (features + 1); G (features + 2, features + 2), column by column
/// Cost     one pass over the rows
MODELARIUM_KERNEL void modelariumGram(const double* X, std::size_t stride, std::size_t features, const double* y,
                                      const double* shift, std::size_t rows, double* workspace, double* G) noexcept;

/// Residuals of a weighted sum and their products with the columns, one pass.
///
/// Math     r_i = b + sum_j w_j (x_ij - shift_j) - y_i; sums = (sum_i r_i (x_ij - shift_j), sum r_i, sum r_i^2)
/// Shape    theta (features + 1): w, then b; sums (features + 2), overwritten
MODELARIUM_KERNEL void modelariumResidualSums(const double* X, std::size_t stride, std::size_t features, const double* y,
                                              const double* shift, const double* theta, std::size_t rows, double* workspace,
                                              double* sums) noexcept;

} // namespace modelarium::kernels
