#pragma once

#include "core/model/neighbours_predictor.h"

namespace modelarium {

/// Answers of nearest neighbours on a grid, a few columns and rows of cells at a time. Most of the neighbours of the cell in the middle
/// are neighbours of all of them; only between a few samples has every cell to choose for itself.
///
/// Math     with r_k the distance of the k-th neighbour of the middle, and h that of the farthest cell from the middle: no cell has its
///          k-th neighbour nearer than r_k - h, or farther than r_k + h. So samples nearer to the middle than r_k - 2 h are neighbours of
///          all cells, and samples farther than r_k + 2 h of none
///          The same holds from one row of cells to the next: of the samples in between, a cell sorts those only whose distance is
///          about that of the k-th neighbour of the cell before
/// Cost     two searches a block; q distances a cell for q samples in between, and the sorting of a few of them; nothing where these are
///          all of one class
class NeighboursGrid final : public GridAnswers {
public:
    NeighboursGrid(const NeighboursPredictor& predictor, const SeparableGrid& grid);

    /// Whether no square of a difference can leave the range of double.
    bool isOrdinary() const;
    /// Answers that stay in the cache: hardly anything is prepared once a call.
    std::size_t cellsAtOnce() const override { return 9600; }
    void answer(std::size_t firstRow, std::size_t rows, Eigen::Ref<Matrix> out, Eigen::Ref<Matrix> error) const override;

private:
    class Block;

    const NeighboursPredictor& m_predictor;
    const SeparableGrid& m_grid;
};

} // namespace modelarium
