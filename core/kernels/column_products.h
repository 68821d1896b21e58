#pragma once

#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

/// How many columns of each group modelariumColumnProducts takes at most, and how many doubles of workspace it needs.
constexpr std::size_t productColumns = 64;
MODELARIUM_KERNEL std::size_t modelariumColumnProductsWorkspace() noexcept;

/// Products of the columns of one group with those of another, less a shift each; written to G.
///
/// Math     G_ij = sum over rows of (a_i - shiftA_i) (b_j - shiftB_j)
/// Shape    a (countA) and b (countB): where each column begins; G (countA, countB), a column every `stride`
/// Cost     rows * countA * countB; made for many columns, where modelariumGram would leave the cache
MODELARIUM_KERNEL void modelariumColumnProducts(const double* const* a, const double* shiftA, std::size_t countA,
                                                const double* const* b, const double* shiftB, std::size_t countB,
                                                std::size_t rows, double* workspace, double* G, std::size_t stride) noexcept;

} // namespace modelarium::kernels
