#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// Candidates that eight queries choose among at once: one bit each of a choice.
constexpr std::size_t mostCandidates = 64;

/// For each of eight queries, the `wanted` nearest of a few candidates, by comparing all distances in double; of equal ones the first.
///
/// Shape    x (features, 8); rows (candidates, features), at most 64; 0 < wanted <= candidates; chosen (8): bit c of chosen[q] says that
///          query q chose candidate c
MODELARIUM_KERNEL void modelariumChooseNearest(const double* x, std::size_t features, bool manhattan, const double* rows,
                                               std::size_t candidates, std::size_t wanted, std::uint64_t* chosen) noexcept;

} // namespace modelarium::kernels
