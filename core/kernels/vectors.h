#pragma once

#include "core/kernels/native_width.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

// Vectors of one fixed width on every level: the compiler splits them where the processor's are narrower; and vectors of the processor's
// own width. Everything here has internal linkage, as in double_lanes.h.
namespace modelarium::kernels {
namespace {

typedef double Eight __attribute__((vector_size(64)));
typedef std::int64_t EightBits __attribute__((vector_size(64)));
typedef float EightFloats __attribute__((vector_size(32)));
typedef float Sixteen __attribute__((vector_size(64)));
typedef std::int32_t SixteenBits __attribute__((vector_size(64)));

typedef double NativeDoubles __attribute__((vector_size(nativeBytes)));
typedef std::int64_t NativeWords __attribute__((vector_size(nativeBytes)));
constexpr std::size_t nativeDoubles = nativeBytes / sizeof(double);

template <class Vector, class Number>
inline Vector loaded(const Number* from)
{
    Vector value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

template <class Vector, class Number>
inline void stored(Number* to, const Vector& value)
{
    std::memcpy(to, &value, sizeof value);
}

/// Eight floats as doubles.
inline Eight widened(const float* from) { return __builtin_convertvector(loaded<EightFloats>(from), Eight); }

} // namespace
} // namespace modelarium::kernels
