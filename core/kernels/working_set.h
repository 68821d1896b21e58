#pragma once

#include "core/kernels/kernel_rows.h"
#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// Working sets are padded to a multiple of this.
constexpr std::size_t workingSetStep = 32;

/// Some variables of a support vector problem, all others held: what SMO works on in the near caches.
///
/// Math     minimises 1/2 sum beta_i beta_j K_ij + sum h_i(beta_i) at a constant sum of beta; lower_i <= beta_i <= upper_i, and h_i has
///          the slope -below_i for beta_i < 0 and -above_i for beta_i > 0 (equal for classification; y + epsilon and y - epsilon for
///          regression). score_i = sum_j beta_j K_ij over all samples of the problem, these and the others
/// Shape    size is a multiple of workingSetStep; variables past the last one have lower = upper = 0. X feature by feature, `size` apart; rows
///          (mostRows, size): those rows of K, among these variables, that were needed so far
struct WorkingSet {
    std::size_t size;
    const KernelFunction* kernel;
    Distance distance;
    const double* X;
    const float* single;                ///< in place of X where the distance is taken in single precision; with half lengths
    std::size_t features;
    const float* const* wholeRows;      ///< the row of a variable among all samples, or null
    const std::int32_t* sample;         ///< where each variable is in it
    float* rows;
    std::size_t mostRows;               ///< at least 2
    std::size_t usedRows;
    std::int32_t* rowOf;                ///< where the row of a variable is; -1: not there yet
    const double* diagonal;
    const double* lower;
    const double* upper;
    const double* below;
    const double* above;
    double* beta;
    const double* score;                ///< as they were at the start
    double* workspace;                  ///< 3 size + features + 1
};

/// How a working set was left.
struct WorkingSetEnd {
    std::size_t moves;                  ///< pairs that were moved
    bool lostDigits;                    ///< the gains in single precision are no longer exact enough for the tolerance
};

/// Moves pairs of variables until no pair violates the optimality conditions by `tolerance`, `most` pairs were moved, or another row
/// would be needed than there is room for: only rows of variables that move are.
///
/// In single precision, gains are kept as distances from the middle of the violation: those that matter are small, and so are their
/// roundings. It stops where these could add up to a share of the tolerance. The weights beta are in double either way.
///
/// Math     i = argmax of up_i - score_i; j minimises -(b^2 / a), b = (up_i - score_i) - (down_j - score_j) > 0,
///          a = K_ii + K_jj - 2 K_ij; beta_i += t, beta_j -= t, t = b / a, or less at a bound or at 0
/// Cost     O(size) a pair, and O(size * features) a new row, or O(size) where its whole row is there
/// Source   R.-E. Fan, P.-H. Chen, C.-J. Lin, J. Mach. Learn. Res. 6, 2005 (second-order working-set selection)
MODELARIUM_KERNEL WorkingSetEnd modelariumSolveWorkingSet(WorkingSet* set, bool singlePrecision, double tolerance,
                                                          std::size_t most) noexcept;

/// Where a variable can still go: up - score is what a step upwards gains, down - score what one downwards loses; infinite at a
/// bound.
MODELARIUM_KERNEL void modelariumSetDirections(double beta, double lower, double upper, double below, double above, double* up,
                                               double* down) noexcept;

} // namespace modelarium::kernels
