#include "core/kernels/column_products.h"

#include "core/kernels/double_lanes.h"

namespace modelarium::kernels {

namespace {

constexpr std::size_t stripLength = 256;                    // both strips and the sums of all tiles stay in the second cache
constexpr std::size_t paddedA = roundedUp(productColumns, tileRows);
constexpr std::size_t paddedB = roundedUp(productColumns, tileColumns);
constexpr std::size_t tileSize = tileRows * tileColumns * lanes;

/// Columns of a strip less their shift, zeros up to whole lanes and whole tiles.
void fillStrip(const double* const* columns, const double* shift, std::size_t count, std::size_t padded, std::size_t first,
               std::size_t rows, double* strip)
{
    for (std::size_t j = 0; j < count; ++j)
        copyShifted(columns[j] + first, shift[j], rows, strip + j * stripLength);
    for (std::size_t j = count; j < padded; ++j)
        for (std::size_t row = 0; row < roundedUp(rows, lanes); ++row)
            strip[j * stripLength + row] = 0;
}

} // namespace

std::size_t modelariumColumnProductsWorkspace() noexcept
{
    return (paddedA + paddedB) * stripLength + paddedA / tileRows * (paddedB / tileColumns) * tileSize + 8;
}

void modelariumColumnProducts(const double* const* a, const double* shiftA, std::size_t countA, const double* const* b,
                              const double* shiftB, std::size_t countB, std::size_t rows, double* workspace, double* G,
                              std::size_t stride) noexcept
{
    double* stripA = aligned(workspace);
    double* stripB = stripA + paddedA * stripLength;
    double* sums = stripB + paddedB * stripLength;
    const std::size_t tilesA = roundedUp(countA, tileRows) / tileRows, tilesB = roundedUp(countB, tileColumns) / tileColumns;
    for (std::size_t i = 0; i < tilesA * tilesB * tileSize; ++i)
        sums[i] = 0;
    for (std::size_t first = 0; first < rows; first += stripLength) {
        const std::size_t count = rows - first < stripLength ? rows - first : stripLength;
        fillStrip(a, shiftA, countA, tilesA * tileRows, first, count, stripA);
        fillStrip(b, shiftB, countB, tilesB * tileColumns, first, count, stripB);
        for (std::size_t i = 0; i < tilesA; ++i)
            for (std::size_t j = 0; j < tilesB; ++j)
                addTile(stripA + i * tileRows * stripLength, stripB + j * tileColumns * stripLength, stripLength, roundedUp(count, lanes),
                        sums + (i * tilesB + j) * tileSize);
    }
    for (std::size_t j = 0; j < countB; ++j) {
        for (std::size_t i = 0; i < countA; ++i) {
            const std::size_t tile = i / tileRows * tilesB + j / tileColumns;
            const std::size_t inTile = i % tileRows * tileColumns + j % tileColumns;
            G[j * stride + i] = sumOf(load(sums + tile * tileSize + inTile * lanes));
        }
    }
}

} // namespace modelarium::kernels
