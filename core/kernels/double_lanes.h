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

/// How many rows of so many columns are worked on at once: few enough to stay in the second cache, and many enough that each
/// column is read as one long run of memory, which the processor then fetches ahead by itself.
constexpr std::size_t stripRows(std::size_t columns)
{
    constexpr std::size_t values = 24576, step = 256, most = 2048;
    const std::size_t rows = values / (columns + 1) / step * step;
    return rows < step ? step : rows > most ? most : rows;
}

/// sums[i][j] += sum over rows of a_i b_j, for a tile of columns that lie `stride` apart.
inline void accumulateTile(const double* a, const double* b, std::size_t stride, std::size_t rows,
                           Lanes (&sums)[tileRows][tileColumns])
{
    for (std::size_t row = 0; row < rows; row += lanes) {
        Lanes y[tileColumns];
        for (std::size_t j = 0; j < tileColumns; ++j)
            y[j] = load(b + j * stride + row);
        for (std::size_t i = 0; i < tileRows; ++i) {
            const Lanes x = load(a + i * stride + row);
            for (std::size_t j = 0; j < tileColumns; ++j)
                sums[i][j] += x * y[j];
        }
    }
}

/// The lower triangle of the Gram matrix of columns that arrive strip by strip.
///
/// Sums stay in vector lanes between strips where there is room for that; past `laneColumns` columns the accumulators would
/// leave the cache, and each strip is summed at once.
class GramSums {
public:
    static constexpr std::size_t laneColumns = 160;

    static std::size_t paddedColumns(std::size_t columns)
    {
        const std::size_t a = roundedUp(columns, tileRows), b = roundedUp(columns, tileColumns);
        return a > b ? a : b;
    }

    static std::size_t workspace(std::size_t columns)
    {
        const std::size_t strip = paddedColumns(columns) * stripRows(columns);
        const std::size_t tiles = roundedUp(columns, tileRows) / tileRows * (roundedUp(columns, tileColumns) / tileColumns);
        return strip + (columns <= laneColumns ? tiles * tileRows * tileColumns * lanes : 0) + 16;
    }

    GramSums(std::size_t columns, double* memory, double* G)
        : m_columns(columns), m_stride(stripRows(columns)), m_strip(aligned(memory)),
          m_sums(m_strip + paddedColumns(columns) * m_stride), m_G(G), m_inLanes(columns <= laneColumns)
    {
        for (std::size_t i = columns * m_stride; i < paddedColumns(columns) * m_stride; ++i)
            m_strip[i] = 0;
        if (!m_inLanes)
            return;
        forEachTile([&](std::size_t, std::size_t, std::size_t index) {
            for (std::size_t i = 0; i < tileSize; ++i)
                m_sums[index * tileSize + i] = 0;
        });
    }

    /// Where the values of a column of the strip go; rows up to the next multiple of `lanes` must be filled, with zeros.
    double* column(std::size_t index) { return m_strip + index * m_stride; }

    void addStrip(std::size_t rows)
    {
        constexpr std::size_t nearest = 256;                // rows of a few columns that the nearest cache holds
        for (std::size_t first = 0; first < rows; first += nearest)
            addRows(first, roundedUp(rows - first < nearest ? rows - first : nearest, lanes));
    }

    /// Adds what is still in lanes to G (column by column, lower triangle).
    void finish()
    {
        if (!m_inLanes)
            return;
        forEachTile([&](std::size_t i, std::size_t j, std::size_t index) {
            Lanes sums[tileRows][tileColumns];
            loadTile(index, sums);
            addToMatrix(i, j, sums);
        });
    }

private:
    static constexpr std::size_t tileSize = tileRows * tileColumns * lanes;

    void addRows(std::size_t first, std::size_t rows)
    {
        forEachTile([&](std::size_t i, std::size_t j, std::size_t index) {
            Lanes sums[tileRows][tileColumns] = {};
            if (m_inLanes)
                loadTile(index, sums);
            accumulateTile(column(i) + first, column(j) + first, m_stride, rows, sums);
            if (m_inLanes)
                storeTile(index, sums);
            else
                addToMatrix(i, j, sums);
        });
    }

    template <class Visit>
    void forEachTile(const Visit& visit)
    {
        std::size_t index = 0;
        for (std::size_t i = 0; i < m_columns; i += tileRows) {
            for (std::size_t j = 0; j < m_columns && j <= i + tileRows - 1; j += tileColumns)
                visit(i, j, index++);
        }
    }

    void loadTile(std::size_t index, Lanes (&sums)[tileRows][tileColumns]) const
    {
        const double* from = m_sums + index * tileSize;
        for (std::size_t i = 0; i < tileRows; ++i)
            for (std::size_t j = 0; j < tileColumns; ++j)
                sums[i][j] = load(from + (i * tileColumns + j) * lanes);
    }

    void storeTile(std::size_t index, const Lanes (&sums)[tileRows][tileColumns])
    {
        double* to = m_sums + index * tileSize;
        for (std::size_t i = 0; i < tileRows; ++i)
            for (std::size_t j = 0; j < tileColumns; ++j)
                store(to + (i * tileColumns + j) * lanes, sums[i][j]);
    }

    void addToMatrix(std::size_t firstRow, std::size_t firstColumn, const Lanes (&sums)[tileRows][tileColumns])
    {
        for (std::size_t i = 0; i < tileRows; ++i) {
            for (std::size_t j = 0; j < tileColumns; ++j) {
                const std::size_t row = firstRow + i, column = firstColumn + j;
                if (row < m_columns && column <= row)
                    m_G[column * m_columns + row] += sumOf(sums[i][j]);
            }
        }
    }

    std::size_t m_columns;
    std::size_t m_stride;
    double* m_strip;
    double* m_sums;
    double* m_G;
    bool m_inLanes;
};

} // namespace
} // namespace modelarium::kernels
