#pragma once

#include <cstddef>

/// How wide the vectors of the level's processors are: gcc takes choices between wider ones, conversions of them, and the spreading of
/// a number to all lanes of them apart, one number at a time.
namespace modelarium::kernels {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t nativeBytes = 64;
#elif defined(__AVX2__)
constexpr std::size_t nativeBytes = 32;
#else
constexpr std::size_t nativeBytes = 16;
#endif

} // namespace
} // namespace modelarium::kernels
