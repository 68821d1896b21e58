#pragma once

#include "core/kernels/gram_sums.h"

// As gram_sums.h in single precision, for sums that need not be exact; internal linkage as in double_lanes.h.
namespace modelarium::kernels {
namespace {

constexpr std::size_t singleLanes = 2 * lanes;

typedef float SingleLanes __attribute__((vector_size(singleLanes * sizeof(float)), aligned(4), may_alias));
typedef float HalfLanes __attribute__((vector_size(lanes * sizeof(float)), aligned(4), may_alias));

inline SingleLanes loadSingle(const float* from) { return *reinterpret_cast<const SingleLanes*>(from); }
inline Lanes loadWidened(const float* from) { return __builtin_convertvector(*reinterpret_cast<const HalfLanes*>(from), Lanes); }
inline void storeNarrowed(float* to, Lanes value) { *reinterpret_cast<HalfLanes*>(to) = __builtin_convertvector(value, HalfLanes); }

/// The lower triangle of the Gram matrix of columns of single numbers that arrive strip by strip.
///
/// Products are summed in single precision over a few strips only, and in double precision from there on.
/// Error    of an entry jk at most `relativeError` sqrt(G_jj G_kk), where all numbers are in the range of single ones
class SingleGramSums {
public:
    static constexpr std::size_t stripRows = GramSums::stripRows;

    /// One rounding of each factor, and one of the sum for every product added in a lane.
    static constexpr double relativeError()
    {
        constexpr double rounding = 0x1p-24;
        return (double(carriedStrips * stripRows / singleLanes) + 3) * rounding;
    }

    static std::size_t rowsInStrip(std::size_t first, std::size_t rows) { return rows - first < stripRows ? rows - first : stripRows; }

    /// In doubles and in floats.
    static std::size_t workspace(std::size_t columns) { return mostTiles(columns) * tileSums * lanes + 16; }
    static std::size_t singleWorkspace(std::size_t columns)
    {
        return paddedColumns(columns) * stripRows + mostTiles(columns) * tileSums * singleLanes + 32;
    }

    SingleGramSums(std::size_t columns, double* memory, float* singleMemory)
        : m_columns(columns), m_strip(aligned(singleMemory)), m_sums(m_strip + paddedColumns(columns) * stripRows), m_carried(aligned(memory))
    {
        for (std::size_t i = columns * stripRows; i < paddedColumns(columns) * stripRows; ++i)
            m_strip[i] = 0;
        forEachTile(m_columns, [&](std::size_t, std::size_t) { ++m_tiles; });
        for (std::size_t i = 0; i < m_tiles * tileSums * lanes; ++i)
            m_carried[i] = 0;
    }

    /// Where the values of a column of the strip go; rows up to the next multiple of `singleLanes` must be filled, with zeros.
    float* column(std::size_t index) { return m_strip + index * stripRows; }

    void addStrip(std::size_t rows, RowsAhead ahead)
    {
        const std::size_t padded = roundedUp(rows, singleLanes);
        const std::size_t piecesATile = (ahead.pieces() + m_tiles - 1) / m_tiles;
        const bool isFirst = m_strips == 0;
        m_strips = (m_strips + 1) % carriedStrips;
        std::size_t tile = 0;
        forEachTile(m_columns, [&](std::size_t i, std::size_t j) {
            ahead.fetchPieces(piecesATile);
            addTile(column(i), column(j), padded, isFirst, m_strips == 0, m_sums + tile * tileSums * singleLanes, m_carried + tile * tileSums * lanes);
            ++tile;
        });
    }

    /// Adds all to G (column by column, lower triangle).
    void finish(double* G)
    {
        if (m_strips > 0) {
            m_strips = carriedStrips - 1;                   // nothing follows
            addStrip(0, {});
        }
        std::size_t tile = 0;
        forEachTile(m_columns, [&](std::size_t firstRow, std::size_t firstColumn) {
            const double* sums = m_carried + tile++ * tileSums * lanes;
            for (std::size_t i = 0; i < tileRows; ++i)
                for (std::size_t j = 0; j < tileColumns; ++j)
                    if (firstRow + i < m_columns && firstColumn + j <= firstRow + i)
                        G[(firstColumn + j) * m_columns + firstRow + i] += sumOf(load(sums + (i * tileColumns + j) * lanes));
        });
    }

private:
    static constexpr std::size_t tileSums = tileRows * tileColumns;
    static constexpr std::size_t carriedStrips = lanes;         // some hundred products in a lane, on every level

    static void addTile(const float* a, const float* b, std::size_t rows, bool isFirst, bool isLast, float* kept, double* carried)
    {
        SingleLanes sums[tileRows][tileColumns];
#pragma GCC unroll 4
        for (std::size_t i = 0; i < tileRows; ++i)
#pragma GCC unroll 4
            for (std::size_t j = 0; j < tileColumns; ++j)
                sums[i][j] = isFirst ? SingleLanes{} : loadSingle(kept + (i * tileColumns + j) * singleLanes);
        for (std::size_t row = 0; row < rows; row += singleLanes) {
            SingleLanes y[tileColumns];
#pragma GCC unroll 4
            for (std::size_t j = 0; j < tileColumns; ++j)
                y[j] = loadSingle(b + j * stripRows + row);
#pragma GCC unroll 4
            for (std::size_t i = 0; i < tileRows; ++i) {
                const SingleLanes x = loadSingle(a + i * stripRows + row);
#pragma GCC unroll 4
                for (std::size_t j = 0; j < tileColumns; ++j)
                    sums[i][j] += x * y[j];
            }
        }
#pragma GCC unroll 4
        for (std::size_t i = 0; i < tileRows; ++i)
#pragma GCC unroll 4
            for (std::size_t j = 0; j < tileColumns; ++j)
                *reinterpret_cast<SingleLanes*>(kept + (i * tileColumns + j) * singleLanes) = sums[i][j];
        for (std::size_t k = 0; isLast && k < tileSums; ++k) {
            const float* sum = kept + k * singleLanes;
            store(carried + k * lanes, load(carried + k * lanes) + (loadWidened(sum) + loadWidened(sum + lanes)));
        }
    }

    std::size_t m_columns;
    std::size_t m_tiles = 0;
    std::size_t m_strips = 0;                               ///< whose sums are still single
    float* m_strip;
    float* m_sums;
    double* m_carried;
};

} // namespace
} // namespace modelarium::kernels
