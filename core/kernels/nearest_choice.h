#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// Candidates that eight queries choose among at once: one bit each of a choice.
constexpr std::size_t mostCandidates = 64;

/// For each of eight queries, the `wanted` nearest of a few candidates, by comparing all distances in double; of equal ones the first.
///
/// Math     a query knows the distance r of the last that it wanted a little way w before: none that is nearer than r - w is left out
///          now, and none that is farther than r + w is chosen, so that only the few in between are sorted
/// Shape    x (features, 8); rows (candidates, features), at most 64; 0 < wanted <= candidates; kth and chosen (8): on entry kth holds
///          r, infinity where it is unknown, on return that of the queries; bit c of chosen[q] says that query q chose candidate c
/// Unit     kth as distances are compared: squared for the Euclidean metric; way as it is
MODELARIUM_KERNEL void modelariumChooseNearest(const double* x, std::size_t features, bool manhattan, const double* rows,
                                               std::size_t candidates, std::size_t wanted, double way, double* kth,
                                               std::uint64_t* chosen) noexcept;

/// sums[8 group + query] += the number of chosen candidates in the group, whose members are bits.
MODELARIUM_KERNEL void modelariumCountChosen(const std::uint64_t* chosen, const std::uint64_t* members, std::size_t groups,
                                             double* sums) noexcept;

/// sums[query] += the value of each chosen candidate, in their order.
MODELARIUM_KERNEL void modelariumAddChosen(const std::uint64_t* chosen, const double* values, std::size_t candidates, double* sums) noexcept;

} // namespace modelarium::kernels
