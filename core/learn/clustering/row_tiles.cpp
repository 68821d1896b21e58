#include "core/learn/clustering/row_tiles.h"

#include "core/learn/linear/row_blocks.h"

#include <cmath>
#include <limits>

namespace modelarium {

using Eigen::Index;
using kernels::rowsInTile;

RowTiles::RowTiles(const Matrix& X) : m_rows(X.rows())
{
    learnPlace(X);
    fill(X);
}

/// Mean, squares about it and the largest distance from it, in one pass over the rows about a first guess of the mean.
void RowTiles::learnPlace(const Matrix& X)
{
    const Index p = X.cols();
    constexpr Index guessedFrom = 1024;
    RowVector guess = RowVector::Zero(p);
    const Index sampled = std::min(m_rows, guessedFrom);
    for (Index i = 0; i < sampled; ++i)
        guess += X.row(i * m_rows / sampled) / double(sampled);

    const RowBlocks blocks(m_rows, 4 * p);
    Matrix parts(4 * p, blocks.count());            // sum, sum of squares, smallest and largest of x - guess, a block a column
    parallelFor(std::size_t(blocks.count()), [&](std::size_t block) {
        const Index first = blocks.first(Index(block)), count = blocks.size(Index(block));
        for (Index j = 0; j < p; ++j) {
            kernels::Extent extent;
            kernels::modelariumExtent(&X(first, j), std::size_t(count), guess[j], &extent);
            parts(j, Index(block)) = extent.sum;
            parts(p + j, Index(block)) = extent.squares;
            parts(2 * p + j, Index(block)) = extent.smallest;
            parts(3 * p + j, Index(block)) = extent.largest;
        }
    });
    m_mean.resize(p);
    double farthest = 0;
    for (Index j = 0; j < p; ++j) {
        const double shift = parts.row(j).sum() / double(m_rows);
        m_mean[j] = guess[j] + shift;
        m_totalSquares += std::max(0.0, parts.row(p + j).sum() - double(m_rows) * shift * shift);
        m_farthest = std::max({m_farthest, std::abs(guess[j] + parts.row(3 * p + j).maxCoeff()), std::abs(guess[j] + parts.row(2 * p + j).minCoeff())});
        farthest = std::max({farthest, parts.row(3 * p + j).maxCoeff() - shift, shift - parts.row(2 * p + j).minCoeff()});
    }
    // Limited, so that the square of the unit is a number.
    int exponent = 0;
    std::frexp(farthest, &exponent);
    m_unit = std::ldexp(1.0, -std::clamp(exponent, -500, 500));
}

void RowTiles::fill(const Matrix& X)
{
    const Index p = X.cols();
    const std::size_t size = kernels::tileSize(std::size_t(p));
    m_tiles.resize(tilesFor(m_rows) * size);
    const RowBlocks blocks(m_rows, 1);
    parallelFor(std::size_t(blocks.count()), [&](std::size_t block) {
        const Index first = blocks.first(Index(block));
        kernels::modelariumFillTiles(&X(first, 0), std::size_t(X.outerStride()), std::size_t(blocks.size(Index(block))), std::size_t(p), m_mean.data(),
                                     m_unit, &m_tiles[std::size_t(first) / rowsInTile * size]);
    });
}

const float* RowTiles::from(Index first) const { return &m_tiles[std::size_t(first) / rowsInTile * kernels::tileSize(features())]; }

void RowTiles::scale(const double* row, Index stride, float* scaled) const
{
    for (Index j = 0; j < m_mean.size(); ++j)
        scaled[j] = float((row[j * stride] - m_mean[j]) * m_unit);
}

} // namespace modelarium
