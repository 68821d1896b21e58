#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// A feature of a sample, in the order of its values.
struct SortedValue {
    float value;
    std::uint32_t sample;
};

/// Samples have one bit each, 32 a word: so few that they stay in the first cache.
inline std::uint32_t bitOf(const std::uint32_t* bits, std::uint32_t sample) { return bits[sample / 32] >> (sample % 32) & 1; }
inline void setBit(std::uint32_t* bits, std::uint32_t sample, bool value)
{
    const std::uint32_t place = sample % 32;
    bits[sample / 32] = (bits[sample / 32] & ~(1u << place)) | std::uint32_t(value) << place;
}

/// The best place to cut a node with two classes by Gini: how many values go left, 0 where no cut is allowed. Of equal ones the lowest.
///
/// Math     score = (sum_k n_left,k^2) / n_left + (sum_k n_right,k^2) / n_right, on one denominator; cuts lie between values that differ,
///          with at least minimumLeaf (1 or more) on each side. Counts are whole numbers below 2^26, so their squares are exact
/// Shape    values: `count`, in order; bits: the class of every sample; ones: how many of them are 1; score: of the cut, where there is one
MODELARIUM_KERNEL std::size_t modelariumBinaryGiniCut(const SortedValue* values, std::size_t count, const std::uint32_t* bits, std::size_t ones,
                                                      std::size_t minimumLeaf, double* score) noexcept;

/// Parts a stretch of a column: the values whose samples go left come first, and both sides keep their order.
///
/// Shape    values, scratch: `count`; bits: one a sample
MODELARIUM_KERNEL void modelariumPartColumn(SortedValue* values, std::size_t count, const std::uint32_t* bits, SortedValue* scratch) noexcept;

} // namespace modelarium::kernels
