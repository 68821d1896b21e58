#include "core/learn/clustering/row_tiles.h"

#include "core/learn/linear/row_blocks.h"

#include <cmath>
#include <limits>

namespace modelarium {

using Eigen::Index;
using kernels::rowsInTile;

namespace {

/// A power of two that brings what lies so far from the origin to at most 1. Limited, so that its square is a number.
double unitFor(double farthest)
{
    int exponent = 0;
    std::frexp(farthest, &exponent);
    return std::ldexp(1.0, -std::clamp(exponent, -500, 500));
}

} // namespace

RowTiles::RowTiles(const Matrix& X) : m_rows(X.rows()), m_tiles(tilesFor(m_rows) * kernels::tileSize(std::size_t(X.cols())))
{
    guessPlace(X);
    settle(X, fillAndMeasure(X));
}

/// The mean of some rows, and how far they are from it.
void RowTiles::guessPlace(const Matrix& X)
{
    constexpr Index guessedFrom = 1024;
    const Index sampled = std::min(m_rows, guessedFrom);
    const auto row = [&](Index i) { return X.row(i * m_rows / sampled); };
    m_origin = RowVector::Zero(X.cols());
    for (Index i = 0; i < sampled; ++i)
        m_origin += row(i) / double(sampled);
    double farthest = 0;
    for (Index i = 0; i < sampled; ++i)
        farthest = std::max(farthest, (row(i) - m_origin).cwiseAbs().maxCoeff());
    m_unit = std::isfinite(farthest) ? unitFor(farthest) : 1;
}

/// Of each block a column: sums of x - origin, of its squares, the smallest and the largest, each a feature. The rows are measured while
/// they are at hand to be rounded.
Matrix RowTiles::fillAndMeasure(const Matrix& X)
{
    const Index p = X.cols();
    const std::size_t size = kernels::tileSize(std::size_t(p));
    constexpr Index valuesAtHand = 32768;
    const Index stretch = std::max<Index>(256, valuesAtHand / p / 256 * 256);
    const RowBlocks blocks(m_rows, 4 * p);
    Matrix parts(4 * p, blocks.count());
    parallelFor(std::size_t(blocks.count()), [&](std::size_t block) {
        auto part = parts.col(Index(block));
        part.head(2 * p).setZero();
        part.segment(2 * p, p).setConstant(std::numeric_limits<double>::infinity());
        part.tail(p).setConstant(-std::numeric_limits<double>::infinity());
        const Index end = blocks.first(Index(block)) + blocks.size(Index(block));
        for (Index first = blocks.first(Index(block)); first < end; first += stretch) {
            const auto count = std::size_t(std::min(stretch, end - first));
            for (Index j = 0; j < p; ++j) {
                kernels::Extent extent;
                kernels::modelariumExtent(&X(first, j), count, m_origin[j], &extent);
                part[j] += extent.sum;
                part[p + j] += extent.squares;
                part[2 * p + j] = std::min(part[2 * p + j], extent.smallest);
                part[3 * p + j] = std::max(part[3 * p + j], extent.largest);
            }
            kernels::modelariumFillTiles(&X(first, 0), std::size_t(X.outerStride()), count, std::size_t(p), m_origin.data(), m_unit,
                                         &m_tiles[std::size_t(first) / rowsInTile * size]);
        }
    });
    return parts;
}

/// Mean and squares of all rows; and the tiles anew where the guess lies far off for them.
void RowTiles::settle(const Matrix& X, const Matrix& parts)
{
    const Index p = X.cols();
    const RowVector shift = parts.topRows(p).rowwise().sum().transpose() / double(m_rows);
    m_squaresAboutOrigin = parts.middleRows(p, p).sum();
    double fromOrigin = 0, fromMean = 0;
    for (Index j = 0; j < p; ++j) {
        const double least = parts.row(2 * p + j).minCoeff(), most = parts.row(3 * p + j).maxCoeff();
        m_totalSquares += std::max(0.0, parts.row(p + j).sum() - double(m_rows) * shift[j] * shift[j]);
        m_farthest = std::max({m_farthest, std::abs(m_origin[j] + most), std::abs(m_origin[j] + least)});
        fromOrigin = std::max({fromOrigin, most, -least});
        fromMean = std::max({fromMean, most - shift[j], shift[j] - least});
    }
    if (!shift.allFinite()) {
        m_farthest = std::numeric_limits<double>::infinity();
        return;
    }
    // The unit itself does not matter to floats, as long as squares stay within their range.
    constexpr double farOff = 1e6;
    const bool isOffCentre = m_squaresAboutOrigin > 2 * m_totalSquares && shift.cwiseAbs().maxCoeff() > 0;
    const bool isOutOfRange = fromOrigin * m_unit > farOff || (fromOrigin > 0 && fromOrigin * m_unit * farOff < 1);
    if (!isOffCentre && !isOutOfRange)
        return;
    m_origin += shift;
    m_unit = unitFor(fromMean);
    m_squaresAboutOrigin = m_totalSquares;
    const std::size_t size = kernels::tileSize(std::size_t(p));
    const RowBlocks blocks(m_rows, 1);
    parallelFor(std::size_t(blocks.count()), [&](std::size_t block) {
        const Index first = blocks.first(Index(block));
        kernels::modelariumFillTiles(&X(first, 0), std::size_t(X.outerStride()), std::size_t(blocks.size(Index(block))), std::size_t(p), m_origin.data(),
                                     m_unit, &m_tiles[std::size_t(first) / rowsInTile * size]);
    });
}

const float* RowTiles::from(Index first) const { return &m_tiles[std::size_t(first) / rowsInTile * kernels::tileSize(features())]; }

void RowTiles::scale(const double* row, Index stride, float* scaled) const
{
    for (Index j = 0; j < m_origin.size(); ++j)
        scaled[j] = float((row[j * stride] - m_origin[j]) * m_unit);
}

} // namespace modelarium
