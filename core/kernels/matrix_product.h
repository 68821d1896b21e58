#pragma once

#include "core/kernels/training_lanes.h"

/// Products of small matrices in tiles whose sums stay in registers. Only for the kernels, as training_lanes.h.
namespace modelarium::kernels {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t mostColumns = 3;
constexpr std::size_t mostRows[] = {12, 8, 8};      // of a tile with 1, 2, 3 vectors: its sums fill most of the 32 registers
#elif defined(__AVX2__)
constexpr std::size_t mostColumns = 3;
constexpr std::size_t mostRows[] = {8, 6, 4};
#else
constexpr std::size_t mostColumns = 2;
constexpr std::size_t mostRows[] = {8, 4};
#endif

/// Strides of an operand that is read number by number.
struct Steps {
    std::size_t row;
    std::size_t depth;
};

template <class Real, std::size_t rows, std::size_t columns, bool adds>
inline void tile(std::size_t depth, const Real* a, Steps steps, const Real* b, std::size_t bStride, Real* c, std::size_t cStride)
{
    Lanes<Real> sums[rows][columns];
#pragma GCC unroll 16
    for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
        for (std::size_t j = 0; j < columns; ++j)
            sums[i][j] = adds ? load(c + i * cStride + j * lanes<Real>) : Lanes<Real>{};
    for (std::size_t k = 0; k < depth; ++k, a += steps.depth, b += bStride) {
        Lanes<Real> w[columns];
#pragma GCC unroll 4
        for (std::size_t j = 0; j < columns; ++j)
            w[j] = load(b + j * lanes<Real>);
#pragma GCC unroll 16
        for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
            for (std::size_t j = 0; j < columns; ++j)
                sums[i][j] += a[i * steps.row] * w[j];
    }
#pragma GCC unroll 16
    for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
        for (std::size_t j = 0; j < columns; ++j)
            store(c + i * cStride + j * lanes<Real>, sums[i][j]);
}

template <class Real, std::size_t rows, std::size_t columns, bool adds>
void tileOf(std::size_t count, std::size_t depth, const Real* a, Steps steps, const Real* b, std::size_t bStride, Real* c,
            std::size_t cStride)
{
    if constexpr (rows > 1) {
        if (count < rows)
            return tileOf<Real, rows - 1, columns, adds>(count, depth, a, steps, b, bStride, c, cStride);
    }
    tile<Real, rows, columns, adds>(depth, a, steps, b, bStride, c, cStride);
}

template <class Real, std::size_t columns, bool adds>
void columnsOf(std::size_t rows, std::size_t depth, const Real* a, Steps steps, const Real* b, std::size_t bStride, Real* c,
               std::size_t cStride)
{
    constexpr std::size_t most = mostRows[columns - 1];
    for (std::size_t row = 0; row < rows;) {
        // Tiles of nearly equal height: a last one of a single row would wait for its own sums.
        const std::size_t left = rows - row;
        const std::size_t tiles = (left + most - 1) / most;
        const std::size_t count = (left + tiles - 1) / tiles;
        tileOf<Real, most, columns, adds>(count, depth, a + row * steps.row, steps, b, bStride, c + row * cStride, cStride);
        row += count;
    }
}

/// C = A B, or C += A B. B and C have rows of whole vectors.
///
/// Shape    A (rows, depth) by `steps`; B (depth, width); C (rows, width)
template <class Real, bool adds>
void product(std::size_t rows, std::size_t width, std::size_t depth, const Real* a, Steps steps, const Real* b, std::size_t bStride,
             Real* c, std::size_t cStride)
{
    std::size_t vectors = width / lanes<Real>;
    for (; vectors > 0;) {
        std::size_t now = vectors < mostColumns ? vectors : mostColumns;
        if (mostColumns == 3 && vectors == 4)
            now = 2;
        if constexpr (mostColumns == 3) {
            if (now == 3)
                columnsOf<Real, 3, adds>(rows, depth, a, steps, b, bStride, c, cStride);
        }
        if (now == 2)
            columnsOf<Real, 2, adds>(rows, depth, a, steps, b, bStride, c, cStride);
        if (now == 1)
            columnsOf<Real, 1, adds>(rows, depth, a, steps, b, bStride, c, cStride);
        vectors -= now;
        b += now * lanes<Real>;
        c += now * lanes<Real>;
    }
}

} // namespace
} // namespace modelarium::kernels
