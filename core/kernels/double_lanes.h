#pragma once

#include <cstddef>
#include <cstdint>

// Vectors of doubles as wide as the instruction-set level allows. Everything here has internal linkage: each kernel file of
// each level has its own copy, and none is ever shared.
namespace modelarium::kernels {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t lanes = 8;
constexpr std::size_t tileRows = 4, tileColumns = 4;
#elif defined(__AVX2__)
constexpr std::size_t lanes = 4;
constexpr std::size_t tileRows = 4, tileColumns = 3;    // 12 sums, 3 + 1 operands: all 16 registers
#else
constexpr std::size_t lanes = 2;
constexpr std::size_t tileRows = 4, tileColumns = 2;
#endif

typedef double Lanes __attribute__((vector_size(lanes * sizeof(double)), aligned(8), may_alias));
typedef std::int64_t LaneBits __attribute__((vector_size(lanes * sizeof(double)), aligned(8), may_alias));

inline Lanes load(const double* from) { return *reinterpret_cast<const Lanes*>(from); }
inline void store(double* to, Lanes value) { *reinterpret_cast<Lanes*>(to) = value; }
inline Lanes all(double value) { return Lanes{} + value; }
inline Lanes smaller(Lanes a, Lanes b) { return a < b ? a : b; }
inline Lanes larger(Lanes a, Lanes b) { return a > b ? a : b; }

inline double sumOf(Lanes value)
{
    double sum = 0;
    for (std::size_t i = 0; i < lanes; ++i)
        sum += value[i];
    return sum;
}

constexpr std::size_t roundedUp(std::size_t count, std::size_t step) { return (count + step - 1) / step * step; }

/// The first address at or after `place` where vectors do not straddle cache lines.
inline double* aligned(double* place)
{
    return reinterpret_cast<double*>((reinterpret_cast<std::uintptr_t>(place) + 63) & ~std::uintptr_t(63));
}

/// to_i = (from_i - shift), zeros up to a multiple of `lanes`.
inline void copyShifted(const double* from, double shift, std::size_t rows, double* to)
{
    const std::size_t whole = rows / lanes * lanes;
    for (std::size_t row = 0; row < whole; row += lanes)
        store(to + row, load(from + row) - shift);
    for (std::size_t row = whole; row < rows; ++row)
        to[row] = from[row] - shift;
    for (std::size_t row = rows; row < roundedUp(rows, lanes); ++row)
        to[row] = 0;
}

/// exp(x) for x <= 0, to 1 ulp or so; 0 below -708.
///
/// Math     x = n ln 2 + r with |r| <= ln 2 / 2; exp(x) = 2^n sum r^k / k!
inline Lanes expOfNegative(Lanes x)
{
    const Lanes clamped = larger(x, all(-708.0));
    const Lanes toNearest = all(0x1.8p52);              // adding it leaves the nearest integer in the low bits
    const Lanes shifted = clamped * 0x1.71547652b82fep0 + toNearest;
    const Lanes n = shifted - toNearest;
    const Lanes r = (clamped - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45;
    Lanes sum = all(1.0 / 6227020800.0);
    constexpr double reciprocalFactorials[] = {1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                                               1.0 / 5040,      1.0 / 720,      1.0 / 120,     1.0 / 24,     1.0 / 6,
                                               1.0 / 2,         1.0,            1.0};
    for (const double coefficient : reciprocalFactorials)
        sum = sum * r + coefficient;
    const LaneBits exponent = reinterpret_cast<const LaneBits&>(shifted) << 52;
    const LaneBits bits = reinterpret_cast<const LaneBits&>(sum) + exponent;
    return x < all(-708.0) ? Lanes{} : reinterpret_cast<const Lanes&>(bits);
}

/// sums[i][j] += sum over rows of a_i b_j, for a tile of columns that lie `stride` apart; sums are vectors of lanes, row by row.
inline void addTile(const double* a, const double* b, std::size_t stride, std::size_t rows, double* kept)
{
    Lanes sums[tileRows][tileColumns];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < tileRows; ++i)
#pragma GCC unroll 4
        for (std::size_t j = 0; j < tileColumns; ++j)
            sums[i][j] = load(kept + (i * tileColumns + j) * lanes);
    for (std::size_t row = 0; row < rows; row += lanes) {
        Lanes y[tileColumns];
#pragma GCC unroll 4
        for (std::size_t j = 0; j < tileColumns; ++j)
            y[j] = load(b + j * stride + row);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < tileRows; ++i) {
            const Lanes x = load(a + i * stride + row);
#pragma GCC unroll 4
            for (std::size_t j = 0; j < tileColumns; ++j)
                sums[i][j] += x * y[j];
        }
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < tileRows; ++i)
#pragma GCC unroll 4
        for (std::size_t j = 0; j < tileColumns; ++j)
            store(kept + (i * tileColumns + j) * lanes, sums[i][j]);
}

} // namespace
} // namespace modelarium::kernels
