#pragma once

#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

/// How many doubles of workspace modelariumLogistic needs.
MODELARIUM_KERNEL std::size_t modelariumLogisticWorkspace(std::size_t features) noexcept;

/// The log loss of rows of two classes, and its derivatives, in one pass.
///
/// Math     z_i = b + sum_j w_j (x_ij - shift_j), p_i = 1 / (1 + exp(-z_i)); loss = -sum log p(true class);
///          gradient = sum (p_i - y_i) [x_i - shift, 1]; hessian = sum p_i (1 - p_i) [x_i - shift, 1]'[x_i - shift, 1]
/// Shape    X: features columns, `stride` apart; y (rows): 0 or 1; theta (features + 1): w, then b;
///          sums (features + 3), overwritten: gradient, loss, smallest margin (2 y_i - 1) z_i;
///          hessian (features + 2, features + 2), lower triangle, zero at first, or null; its last row is left over;
///          diagonal (features + 1), zero at first, or null: that of the Hessian, where the rest of it is not asked for
MODELARIUM_KERNEL void modelariumLogistic(const double* X, std::size_t stride, std::size_t features, const double* y,
                                          const double* shift, const double* theta, std::size_t rows, double* workspace,
                                          double* sums, double* hessian, double* diagonal) noexcept;

/// How many doubles of workspace modelariumSoftmax needs.
MODELARIUM_KERNEL std::size_t modelariumSoftmaxWorkspace(std::size_t features, std::size_t classes) noexcept;

/// The log loss of rows of several classes, and its gradient, in one pass.
///
/// Math     z_ik = b_k + sum_j w_jk (x_ij - shift_j), P_ik = exp(z_ik) / sum_l exp(z_il); loss = -sum log P_i(true class);
///          gradient_jk = sum_i (P_ik - [y_i = k]) [x_i - shift, 1]_j
/// Shape    y (rows): 0 .. classes - 1; theta (features + 1, classes), a class a column: w, then b;
///          sums ((features + 1) * classes + 2), overwritten: gradient, loss, smallest margin z_i(true) - max z_i(others);
///          probabilities (rows, classes), a class a column, `rows` apart, or null
MODELARIUM_KERNEL void modelariumSoftmax(const double* X, std::size_t stride, std::size_t features, std::size_t classes,
                                         const double* y, const double* shift, const double* theta, std::size_t rows,
                                         double* workspace, double* sums, double* probabilities) noexcept;

/// How many doubles of workspace modelariumWeightedGram needs.
MODELARIUM_KERNEL std::size_t modelariumWeightedGramWorkspace(std::size_t features) noexcept;

/// Weighted products of all pairs of columns [x - shift, 1], added to the lower triangle of G.
///
/// Math     G = sum_i factor_i^2 [x_i - shift, 1]'[x_i - shift, 1]
/// Shape    factor (rows); G (features + 1, features + 1), column by column
MODELARIUM_KERNEL void modelariumWeightedGram(const double* X, std::size_t stride, std::size_t features, const double* factor,
                                              const double* shift, std::size_t rows, double* workspace, double* G) noexcept;

} // namespace modelarium::kernels
