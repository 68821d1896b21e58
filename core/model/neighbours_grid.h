#pragma once

#include "core/model/neighbours_predictor.h"

namespace modelarium {

/// Answers of nearest neighbours on a grid, a few columns and rows of cells at a time. Most of the neighbours of the cell in the middle
/// are neighbours of all of them; only between a few samples has every cell to choose for itself.
///
/// Math     with r_k the distance of the k-th neighbour of the middle, and h that of the farthest cell from the middle: no cell has its
///          k-th neighbour nearer than r_k - h, or farther than r_k + h. So samples nearer to the middle than r_k - 2 h are neighbours of
///          all cells, and samples farther than r_k + 2 h of none
/// Cost     two searches a block; up to q^2 / 2 comparisons a cell for q samples in between; nothing where these are all of one class
class NeighboursGrid final : public GridAnswers {
public:
    NeighboursGrid(const NeighboursPredictor& predictor, const SeparableGrid& grid);

    /// Whether no square of a difference can leave the range of double.
    bool isOrdinary() const;
    void answer(std::size_t firstRow, std::size_t rows, Eigen::Ref<Matrix> out, Eigen::Ref<Matrix> error) const override;

private:
    class Block;

    const NeighboursPredictor& m_predictor;
    const SeparableGrid& m_grid;
};

} // namespace modelarium
