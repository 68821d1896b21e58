#pragma once

#include "core/base/buffer.h"
#include "core/base/matrix.h"
#include "core/kernels/centroids.h"

#include <cstddef>

namespace modelarium {

/// The rows of X as floats in tiles for the kernels of centroids.h: centred, and scaled to at most 1 by a power of two.
///
/// Math     tile value = (x_ij - mean_j) * unit
/// Cost     two passes over X in parallel; memory 4 bytes a value
class RowTiles {
public:
    /// Precondition: X is finite, and there is at least one row. Where squares are not within the range of double, farthest() is all that
    /// holds.
    explicit RowTiles(const Matrix& X);

    Eigen::Index rows() const { return m_rows; }
    std::size_t features() const { return std::size_t(m_mean.size()); }
    const RowVector& mean() const { return m_mean; }
    double unit() const { return m_unit; }
    /// The largest |x_ij|.
    double farthest() const { return m_farthest; }
    /// Sum of |x_i - mean|^2 over the rows.
    double totalSquares() const { return m_totalSquares; }
    /// The tiles from the one that row `first` (a multiple of 16) begins.
    const float* from(Eigen::Index first) const;
    static std::size_t tilesFor(Eigen::Index rows) { return (std::size_t(rows) + kernels::rowsInTile - 1) / kernels::rowsInTile; }

    /// A row of numbers in the unit of X as floats in the unit of the tiles.
    void scale(const double* row, Eigen::Index stride, float* scaled) const;

private:
    void learnPlace(const Matrix& X);
    void fill(const Matrix& X);

    Eigen::Index m_rows;
    RowVector m_mean;
    double m_unit = 1;
    double m_farthest = 0;
    double m_totalSquares = 0;
    Buffer<float> m_tiles;
};

} // namespace modelarium
