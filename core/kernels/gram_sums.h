#pragma once

#include "core/kernels/double_lanes.h"

// Sums of products of columns, for the kernels that need them of many pairs; internal linkage as in double_lanes.h.
namespace modelarium::kernels {
namespace {

/// Asks for a column's rows, so that they are there when they are read: over long computations the processor does not look ahead far enough.
inline void fetch(const double* column, std::size_t rows)
{
    constexpr std::size_t line = 64 / sizeof(double);
    for (std::size_t row = 0; row < rows; row += line)
        __builtin_prefetch(column + row);
}

/// The rows that the next strip will hold, of columns that lie `stride` apart; fetched piece by piece, while there is something else to do.
class RowsAhead {
public:
    RowsAhead() = default;
    RowsAhead(const double* X, std::size_t stride, std::size_t columns, std::size_t rows)
        : m_column(X), m_stride(stride), m_columns(rows > 0 ? columns : 0), m_rows(rows)
    {
    }

    std::size_t pieces() const { return m_columns * ((m_rows + piece - 1) / piece); }

    /// Some of them, or what is left.
    void fetchPieces(std::size_t count)
    {
        for (; count > 0 && m_columns > 0; --count) {
            fetch(m_column + m_row, m_rows - m_row < piece ? m_rows - m_row : piece);
            m_row += piece;
            if (m_row >= m_rows) {
                m_row = 0;
                m_column += m_stride;
                --m_columns;
            }
        }
    }

private:
    static constexpr std::size_t piece = 16;

    const double* m_column = nullptr;
    std::size_t m_stride = 0;
    std::size_t m_columns = 0;
    std::size_t m_rows = 0;
    std::size_t m_row = 0;
};

/// The lower triangle of the Gram matrix of columns that arrive strip by strip.
///
/// Sums stay in vector lanes between strips where there is room for that; past `laneColumns` columns they would leave the last cache, and
/// each strip is summed at once.
class GramSums {
public:
    static constexpr std::size_t laneColumns = 512;
    static constexpr std::size_t stripRows = 192;           // of a dozen columns they fill half of the nearest cache

    /// How many of the rows are in the strip that begins at `first`.
    static std::size_t rowsInStrip(std::size_t first, std::size_t rows) { return rows - first < stripRows ? rows - first : stripRows; }

    static std::size_t paddedColumns(std::size_t columns)
    {
        const std::size_t a = roundedUp(columns, tileRows), b = roundedUp(columns, tileColumns);
        return a > b ? a : b;
    }

    static std::size_t workspace(std::size_t columns)
    {
        const std::size_t tiles = roundedUp(columns, tileRows) / tileRows * (roundedUp(columns, tileColumns) / tileColumns);
        return paddedColumns(columns) * stripRows + (columns <= laneColumns ? tiles : 1) * tileSize + 16;
    }

    GramSums(std::size_t columns, double* memory, double* G)
        : m_columns(columns), m_strip(aligned(memory)), m_sums(m_strip + paddedColumns(columns) * stripRows), m_G(G),
          m_inLanes(columns <= laneColumns)
    {
        for (std::size_t i = columns * stripRows; i < paddedColumns(columns) * stripRows; ++i)
            m_strip[i] = 0;
        forEachTile([&](std::size_t, std::size_t) { ++m_tiles; });
        for (std::size_t i = 0; m_inLanes && i < m_tiles * tileSize; ++i)
            m_sums[i] = 0;
    }

    /// Where the values of a column of the strip go; rows up to the next multiple of `lanes` must be filled, with zeros.
    double* column(std::size_t index) { return m_strip + index * stripRows; }

    void addStrip(std::size_t rows, RowsAhead ahead)
    {
        const std::size_t padded = roundedUp(rows, lanes);
        const std::size_t piecesATile = (ahead.pieces() + m_tiles - 1) / m_tiles;
        std::size_t tile = 0;
        forEachTile([&](std::size_t i, std::size_t j) {
            ahead.fetchPieces(piecesATile);
            if (m_inLanes && tile + 1 < m_tiles)
                fetch(m_sums + (tile + 1) * tileSize, tileSize);
            double* sums = m_sums + (m_inLanes ? tile : 0) * tileSize;
            for (std::size_t k = 0; !m_inLanes && k < tileSize; ++k)
                sums[k] = 0;
            addTile(column(i), column(j), stripRows, padded, sums);
            if (!m_inLanes)
                addToMatrix(i, j, sums);
            ++tile;
        });
    }

    /// Adds what is still in lanes to G (column by column, lower triangle).
    void finish()
    {
        std::size_t tile = 0;
        if (m_inLanes)
            forEachTile([&](std::size_t i, std::size_t j) { addToMatrix(i, j, m_sums + tile++ * tileSize); });
    }

private:
    static constexpr std::size_t tileSize = tileRows * tileColumns * lanes;

    /// The tiles that reach into the lower triangle, three rows of them at once: their columns stay in the nearest cache while the others pass.
    template <class Visit>
    void forEachTile(const Visit& visit) const
    {
        constexpr std::size_t together = 3 * tileRows;
        for (std::size_t first = 0; first < m_columns; first += together) {
            const std::size_t end = first + together < m_columns ? first + together : m_columns;
            for (std::size_t j = 0; j < end; j += tileColumns)
                for (std::size_t i = first; i < end; i += tileRows)
                    if (j < i + tileRows)
                        visit(i, j);
        }
    }

    void addToMatrix(std::size_t firstRow, std::size_t firstColumn, const double* sums)
    {
        for (std::size_t i = 0; i < tileRows; ++i) {
            for (std::size_t j = 0; j < tileColumns; ++j) {
                const std::size_t row = firstRow + i, column = firstColumn + j;
                if (row < m_columns && column <= row)
                    m_G[column * m_columns + row] += sumOf(load(sums + (i * tileColumns + j) * lanes));
            }
        }
    }

    std::size_t m_columns;
    std::size_t m_tiles = 0;
    double* m_strip;
    double* m_sums;
    double* m_G;
    bool m_inLanes;
};

} // namespace
} // namespace modelarium::kernels
