#pragma once

#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

/// The smallest and the largest of some numbers; those that are NaN take no part.
///
/// Shape    values: `count`; range: the smallest, the largest; infinity and minus infinity where there is none
/// Cost     one pass over memory
MODELARIUM_KERNEL void modelariumRange(const double* values, std::size_t count, double* range) noexcept;

/// The sum of how far each number lies above `origin`.
///
/// Math     32 sums, of every 32nd number each, are added up in order at the end: the same bits on every instruction-set level
/// Shape    values: `count`
/// Cost     one pass over memory
MODELARIUM_KERNEL double modelariumSumAbove(const double* values, std::size_t count, double origin) noexcept;

/// Picks the numbers from `low` to `high`, in order; says how many there are, and adds to `below` how many are smaller than `low`.
///
/// Shape    values: `count`, none of them NaN; picked: room for `count` + 8
/// Cost     one pass over memory where few are picked
MODELARIUM_KERNEL std::size_t modelariumPickBetween(const double* values, std::size_t count, double low, double high, double* picked,
                                                    std::size_t* below) noexcept;

} // namespace modelarium::kernels
