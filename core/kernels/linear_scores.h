#pragma once

#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

/// z_i = b + sum_j w_j X_ij for rows of a matrix stored column by column, in the order of partial sums of LinearPredictor.
MODELARIUM_KERNEL void modelariumLinearScores(const double* X, std::size_t stride, std::size_t rows, std::size_t features,
                                              const double* w, double b, double* z) noexcept;

/// The same for columns that lie apart.
///
/// Shape    columns (features) pointers to `rows` values each
MODELARIUM_KERNEL void modelariumLinearScoresApart(const double* const* columns, std::size_t rows, std::size_t features, const double* w, double b,
                                                   double* z) noexcept;

/// P(class 0) and P(class 1) of scores, as logisticProbabilities() gives them one by one. `p0` or `p1` may be where `z` is.
MODELARIUM_KERNEL void modelariumLogisticProbabilities(const double* z, std::size_t rows, double* p0, double* p1) noexcept;

/// Scores to the probabilities that softmaxProbabilities() gives row by row, in place.
///
/// Shape    z (classes, stride), of which `rows` scores a class
MODELARIUM_KERNEL void modelariumSoftmaxProbabilities(double* z, std::size_t stride, std::size_t rows, std::size_t classes) noexcept;

/// Scores to the decisions that hardDecision() gives row by row, in place: 1 for the class that wins, 0 for the others.
///
/// Shape    z (classes, stride), of which `rows` scores in the first column alone (scores == 1), or in all
MODELARIUM_KERNEL void modelariumHardDecisions(double* z, std::size_t stride, std::size_t rows, std::size_t classes, std::size_t scores) noexcept;

} // namespace modelarium::kernels
