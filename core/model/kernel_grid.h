#pragma once

#include "core/base/buffer.h"
#include "core/kernels/kernel_prediction.h"
#include "core/model/grid_answers.h"
#include "core/model/parameters.h"
#include "core/model/separable_grid.h"

#include <vector>

namespace modelarium {

/// Answers of a KernelExpansion with RBF on a grid. There an RBF is a factor of the column times a factor of the row, so the sums over
/// all cells are a product of two matrices.
///
/// Math     f(row, column) = sum_s c_s R_s(row) C_s(column) + b; error: the roundings of both ways times sum_s |c_s| max R_s C_s(column),
///          the maximum over the rows asked for
/// Cost     (n_vectors) (rows + columns) exponentials once; then a multiplication and an addition a cell, vector and other class
class KernelGrid final : public GridAnswers {
public:
    /// `first`: where the vectors of each class begin in `view`, and where the last ends. All three must outlive this.
    KernelGrid(const KernelExpansion& expansion, const kernels::KernelVectors& view, const std::vector<std::size_t>& first,
               const SeparableGrid& grid);

    void answer(std::size_t firstRow, std::size_t rows, Eigen::Ref<Matrix> out, Eigen::Ref<Matrix> error) const override;

private:
    class Tile;

    void fillFactors(bool alongColumns, std::size_t places, std::size_t padded, Buffer<double>& factors) const;

    const KernelExpansion& m_expansion;
    const kernels::KernelVectors& m_view;
    const std::vector<std::size_t>& m_first;
    const SeparableGrid& m_grid;
    std::size_t m_width;                            // columns, in whole vectors
    std::size_t m_height;                           // rows, likewise
    Buffer<double> m_byColumn;                      // a row a vector
    Buffer<double> m_byRow;
    double m_roundings = 0;                         // in units of roundoff
};

} // namespace modelarium
