#pragma once

#include "core/base/buffer.h"
#include "core/base/matrix.h"
#include "core/kernels/centroids.h"

#include <cstddef>

namespace modelarium {

/// The rows of X as floats in tiles for the kernels of centroids.h: about an origin near their mean, and scaled to about 1 by a power of two.
///
/// Math     tile value = (x_ij - origin_j) * unit
/// Cost     one pass over X in parallel, two where a look at some rows gave a poor origin or unit; memory 4 bytes a value
class RowTiles {
public:
    /// Precondition: there is at least one row. Where X is not finite, or squares are not within the range of double, farthest() is all
    /// that holds.
    explicit RowTiles(const Matrix& X);

    Eigen::Index rows() const { return m_rows; }
    std::size_t features() const { return std::size_t(m_origin.size()); }
    const RowVector& origin() const { return m_origin; }
    double unit() const { return m_unit; }
    /// The largest |x_ij|; infinite where one is not finite, or the sum of a column is not.
    double farthest() const { return m_farthest; }
    /// Sum of |x_i - mean|^2 over the rows.
    double totalSquares() const { return m_totalSquares; }
    /// Sum of |x_i - origin|^2 over the rows: at most twice that about the mean.
    double squaresAboutOrigin() const { return m_squaresAboutOrigin; }
    /// The tiles from the one that row `first` (a multiple of 16) begins.
    const float* from(Eigen::Index first) const;
    static std::size_t tilesFor(Eigen::Index rows) { return (std::size_t(rows) + kernels::rowsInTile - 1) / kernels::rowsInTile; }

    /// A row of numbers in the unit of X as floats in the unit of the tiles.
    void scale(const double* row, Eigen::Index stride, float* scaled) const;

private:
    void guessPlace(const Matrix& X);
    Matrix fillAndMeasure(const Matrix& X);
    void settle(const Matrix& X, const Matrix& parts);

    Eigen::Index m_rows;
    RowVector m_origin;
    double m_unit = 1;
    double m_farthest = 0;
    double m_totalSquares = 0;
    double m_squaresAboutOrigin = 0;
    Buffer<float> m_tiles;
};

} // namespace modelarium
