#pragma once

#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

/// z_i = b + sum_j w_j X_ij for rows of a matrix stored column by column, in the order of partial sums of LinearPredictor.
MODELARIUM_KERNEL void modelariumLinearScores(const double* X, std::size_t stride, std::size_t rows, std::size_t features,
                                              const double* w, double b, double* z) noexcept;

/// P(class 0) and P(class 1) of scores, as logisticProbabilities() gives them one by one.
MODELARIUM_KERNEL void modelariumLogisticProbabilities(const double* z, std::size_t rows, double* p0, double* p1) noexcept;

} // namespace modelarium::kernels
