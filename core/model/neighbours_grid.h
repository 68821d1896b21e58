#pragma once

#include "core/kernels/nearest_tile.h"
#include "core/model/neighbours_predictor.h"

namespace modelarium {

/// Answers of nearest neighbours on a grid, tile by tile. Most of the neighbours of one cell are neighbours of those around it, and most of
/// the samples are of none of them; only between a few samples has every cell to choose for itself.
///
/// Math     candidates are parted by exact bounds: for a tile of 32 x 16 cells, for blocks of 8 x 8 in it, for groups of 4 x 4 in these.
///          A tile takes its own from all samples where these are few, else from the tree: with r_k the distance of the k-th neighbour
///          of its middle and h that of its farthest cell, samples nearer to the middle than r_k - 2 h are neighbours of all cells, and
///          samples farther than r_k + 2 h of none
/// Cost     a look at all of up to 1,024 samples a tile, or two searches; for q samples that are left in a group q distances a cell and
///          the sorting of these; nothing where they are all of one class
class NeighboursGrid final : public GridAnswers {
public:
    NeighboursGrid(const NeighboursPredictor& predictor, const SeparableGrid& grid);

    /// Whether no square of a difference can leave the range of double, and no more features change over the grid than a tile has room for.
    bool isOrdinary() const;
    /// Answers that stay in the cache: hardly anything is prepared once a call.
    std::size_t cellsAtOnce() const override { return 6400; }
    void answer(std::size_t firstRow, std::size_t rows, Eigen::Ref<Matrix> out, Eigen::Ref<Matrix> error) const override;

private:
    class Tile;

    double heldDistance(const double* row, double unit) const;
    void placeSamples();

    const NeighboursPredictor& m_predictor;
    const SeparableGrid& m_grid;
    std::vector<std::size_t> m_axes;                // features that change from cell to cell
    std::vector<std::size_t> m_held;                // and those that do not
    std::vector<unsigned char> m_axisAlongColumns, m_featureAlongColumns;
    unsigned m_bits = 8;                            // of a count of neighbours in a word
    std::size_t m_words = 0;

    // All samples in the order of the data, where they are few.
    std::vector<std::uint32_t> m_slots;
    std::vector<double> m_origin;                   // of each axis
    double m_unit = 0;
    double m_extent = 0;                            // of samples and cells from there, by the unit
    std::vector<float> m_positions, m_base;
};

} // namespace modelarium
