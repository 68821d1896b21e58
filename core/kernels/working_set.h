#pragma once

#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

/// A few variables of a support vector problem, all others held: what SMO works on in the nearest caches.
///
/// Math     minimises 1/2 sum beta_i beta_j K_ij + sum h_i(beta_i) at a constant sum of beta; lower_i <= beta_i <= upper_i, and h_i has
///          the slope -below_i for beta_i < 0 and -above_i for beta_i > 0 (equal for classification; y + epsilon and y - epsilon for
///          regression). score_i = sum_j beta_j K_ij over all samples of the problem, these and the others
/// Shape    K (size, size) row by row; size is a multiple of 16; variables past the last one have lower = upper = 0
struct WorkingSet {
    std::size_t size;
    const float* K;
    const double* diagonal;
    const double* lower;
    const double* upper;
    const double* below;
    const double* above;
    double* beta;
    double* score;
    double* up;                         ///< workspace, size each
    double* down;
};

/// Moves pairs of variables until no pair violates the optimality conditions by `tolerance`, or `most` pairs were moved.
/// Returns how many were moved.
///
/// Math     i = argmax of up_i - score_i; j minimises -(b^2 / a), b = (up_i - score_i) - (down_j - score_j) > 0,
///          a = K_ii + K_jj - 2 K_ij; beta_i += t, beta_j -= t, t = b / a, or less at a bound or at 0
/// Source   R.-E. Fan, P.-H. Chen, C.-J. Lin, J. Mach. Learn. Res. 6, 2005 (second-order working-set selection)
MODELARIUM_KERNEL std::size_t modelariumSolveWorkingSet(const WorkingSet* set, double tolerance, std::size_t most) noexcept;

/// Where a variable can still go: up - score is what a step upwards gains, down - score what one downwards loses; infinite at a
/// bound.
MODELARIUM_KERNEL void modelariumSetDirections(double beta, double lower, double upper, double below, double above, double* up,
                                               double* down) noexcept;

} // namespace modelarium::kernels
