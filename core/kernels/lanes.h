#pragma once

#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// Sixteen floats at once, on every instruction-set level: one register of AVX-512, two of AVX2, four of SSE2.
/// Only for the kernels: a type of the same name has another layout on another level.
namespace modelarium::kernels {
namespace {

#if defined(__AVX512F__)

struct Lanes {
    __m512 v;

    static Lanes zero() { return {_mm512_setzero_ps()}; }
    static Lanes all(float x) { return {_mm512_set1_ps(x)}; }
    static Lanes load(const float* p) { return {_mm512_loadu_ps(p)}; }
    void store(float* p) const { _mm512_storeu_ps(p, v); }
};
inline Lanes operator-(Lanes a, Lanes b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline Lanes operator+(Lanes a, Lanes b) { return {_mm512_add_ps(a.v, b.v)}; }
// Masked by nothing: gcc 12 warns of the plain one (its bug 105593).
inline Lanes maximum(Lanes a, Lanes b) { return {_mm512_maskz_max_ps(0xFFFF, a.v, b.v)}; }
inline Lanes minimum(Lanes a, Lanes b) { return {_mm512_maskz_min_ps(0xFFFF, a.v, b.v)}; }
inline Lanes absolute(Lanes a) { return {_mm512_abs_ps(a.v)}; }
inline Lanes multiplyAdd(Lanes a, Lanes b, Lanes c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
/// Every lane moves up by one; the last lane of `before` becomes the first.
inline Lanes shiftUp(Lanes a, Lanes before)
{
    return {_mm512_castsi512_ps(_mm512_maskz_alignr_epi32(0xFFFF, _mm512_castps_si512(a.v), _mm512_castps_si512(before.v), 15))};
}
inline Lanes allLast(Lanes a) { return {_mm512_maskz_permutexvar_ps(0xFFFF, _mm512_set1_epi32(15), a.v)}; }
inline float first(Lanes a) { return _mm512_cvtss_f32(a.v); }
inline Lanes addSquare(Lanes sum, Lanes a) { return {_mm512_fmadd_ps(a.v, a.v, sum.v)}; }
/// Bit i is set where a_i <= b_i; never where one is NaN.
inline std::uint32_t lessOrEqual(Lanes a, Lanes b) { return _mm512_cmp_ps_mask(a.v, b.v, _CMP_LE_OQ); }

#elif defined(__AVX2__)

struct Lanes {
    __m256 v[2];

    static Lanes zero() { return {{_mm256_setzero_ps(), _mm256_setzero_ps()}}; }
    static Lanes all(float x) { return {{_mm256_set1_ps(x), _mm256_set1_ps(x)}}; }
    static Lanes load(const float* p) { return {{_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}}; }
    void store(float* p) const
    {
        _mm256_storeu_ps(p, v[0]);
        _mm256_storeu_ps(p + 8, v[1]);
    }
};
inline Lanes operator-(Lanes a, Lanes b) { return {{_mm256_sub_ps(a.v[0], b.v[0]), _mm256_sub_ps(a.v[1], b.v[1])}}; }
inline Lanes operator+(Lanes a, Lanes b) { return {{_mm256_add_ps(a.v[0], b.v[0]), _mm256_add_ps(a.v[1], b.v[1])}}; }
inline Lanes maximum(Lanes a, Lanes b) { return {{_mm256_max_ps(a.v[0], b.v[0]), _mm256_max_ps(a.v[1], b.v[1])}}; }
inline Lanes minimum(Lanes a, Lanes b) { return {{_mm256_min_ps(a.v[0], b.v[0]), _mm256_min_ps(a.v[1], b.v[1])}}; }
inline Lanes multiplyAdd(Lanes a, Lanes b, Lanes c)
{
    return {{_mm256_fmadd_ps(a.v[0], b.v[0], c.v[0]), _mm256_fmadd_ps(a.v[1], b.v[1], c.v[1])}};
}
inline Lanes shiftUp(Lanes a, Lanes before)
{
    const __m256i up = _mm256_setr_epi32(7, 0, 1, 2, 3, 4, 5, 6);
    const __m256 low = _mm256_permutevar8x32_ps(a.v[0], up);
    return {{_mm256_blend_ps(low, _mm256_permutevar8x32_ps(before.v[1], up), 1),
             _mm256_blend_ps(_mm256_permutevar8x32_ps(a.v[1], up), low, 1)}};
}
inline Lanes allLast(Lanes a)
{
    const __m256 last = _mm256_permutevar8x32_ps(a.v[1], _mm256_set1_epi32(7));
    return {{last, last}};
}
inline float first(Lanes a) { return _mm256_cvtss_f32(a.v[0]); }
inline Lanes absolute(Lanes a)
{
    const __m256 sign = _mm256_set1_ps(-0.0f);
    return {{_mm256_andnot_ps(sign, a.v[0]), _mm256_andnot_ps(sign, a.v[1])}};
}
inline Lanes addSquare(Lanes sum, Lanes a)
{
    return {{_mm256_fmadd_ps(a.v[0], a.v[0], sum.v[0]), _mm256_fmadd_ps(a.v[1], a.v[1], sum.v[1])}};
}
inline std::uint32_t lessOrEqual(Lanes a, Lanes b)
{
    return std::uint32_t(_mm256_movemask_ps(_mm256_cmp_ps(a.v[0], b.v[0], _CMP_LE_OQ)))
        | std::uint32_t(_mm256_movemask_ps(_mm256_cmp_ps(a.v[1], b.v[1], _CMP_LE_OQ))) << 8;
}

#else

using Quad = float __attribute__((vector_size(16)));

struct Lanes {
    Quad v[4];

    static Lanes zero() { return all(0); }
    static Lanes all(float x)
    {
        const Quad quad = {x, x, x, x};
        return {{quad, quad, quad, quad}};
    }
    static Lanes load(const float* p)
    {
        Lanes lanes;
        std::memcpy(&lanes, p, sizeof lanes);
        return lanes;
    }
    void store(float* p) const { std::memcpy(p, v, sizeof v); }
};
inline Lanes operator-(Lanes a, const Lanes& b)
{
    for (int i = 0; i < 4; ++i)
        a.v[i] -= b.v[i];
    return a;
}
inline Lanes operator+(Lanes a, const Lanes& b)
{
    for (int i = 0; i < 4; ++i)
        a.v[i] += b.v[i];
    return a;
}
inline Lanes maximum(Lanes a, const Lanes& b)
{
    for (int i = 0; i < 4; ++i)
        a.v[i] = a.v[i] > b.v[i] ? a.v[i] : b.v[i];
    return a;
}
inline Lanes minimum(Lanes a, const Lanes& b)
{
    for (int i = 0; i < 4; ++i)
        a.v[i] = a.v[i] < b.v[i] ? a.v[i] : b.v[i];
    return a;
}
inline Lanes multiplyAdd(Lanes a, const Lanes& b, const Lanes& c)
{
    for (int i = 0; i < 4; ++i)
        a.v[i] = a.v[i] * b.v[i] + c.v[i];
    return a;
}
inline Lanes shiftUp(const Lanes& a, const Lanes& before)
{
    Lanes shifted;
    shifted.v[0] = Quad{before.v[3][3], a.v[0][0], a.v[0][1], a.v[0][2]};
    for (int i = 1; i < 4; ++i)
        shifted.v[i] = Quad{a.v[i - 1][3], a.v[i][0], a.v[i][1], a.v[i][2]};
    return shifted;
}
inline Lanes allLast(const Lanes& a) { return Lanes::all(a.v[3][3]); }
inline float first(const Lanes& a) { return a.v[0][0]; }
inline Lanes absolute(Lanes a)
{
    for (Quad& quad : a.v)
        quad = quad < 0 ? -quad : quad;
    return a;
}
inline Lanes addSquare(Lanes sum, const Lanes& a)
{
    for (int i = 0; i < 4; ++i)
        sum.v[i] += a.v[i] * a.v[i];
    return sum;
}
inline std::uint32_t lessOrEqual(const Lanes& a, const Lanes& b)
{
    std::uint32_t mask = 0;
    for (int i = 0; i < 4; ++i) {
#if defined(__SSE2__)
        mask |= std::uint32_t(_mm_movemask_ps(_mm_cmple_ps(a.v[i], b.v[i]))) << 4 * i;
#else
        for (int j = 0; j < 4; ++j)
            mask |= std::uint32_t(a.v[i][j] <= b.v[i][j]) << (4 * i + j);
#endif
    }
    return mask;
}

#endif

} // namespace
} // namespace modelarium::kernels
