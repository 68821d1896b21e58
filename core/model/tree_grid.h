#pragma once

#include "core/model/tree_predictor.h"

#include <cstdint>
#include <vector>

namespace modelarium {

/// Answers of an ensemble of trees on a grid. Each leaf is a rectangle of cells, and only the corners of rectangles are written down: what
/// lies in between follows from summing along rows and columns. Sums of leaves are whole multiples of one small unit, so that they come
/// out the same in whatever order they are taken.
///
/// Math     S(row, column) = sum_{r <= row, c <= column} D(r, c); a leaf v on [left, right) x [bottom, top) adds round(v / unit) to D at
///          (bottom, left) and (top, right), and takes it away at (bottom, right) and (top, left). unit = 2^-k, the least with which
///          no sum leaves 62 bits; error: half a unit a tree, and the roundings of the predictor's sum
/// Cost     O(leaves * log cells) a tree, whatever the number of cells; then a few operations a cell and output
class TreeGrid final : public GridAnswers {
public:
    TreeGrid(const TreePredictor& trees, const SeparableGrid& grid);

    /// Whether the leaves are of sizes that whole numbers can stand for.
    bool isExactEnough() const { return m_perUnit > 0; }
    void answer(std::size_t firstRow, std::size_t rows, Eigen::Ref<Matrix> out, Eigen::Ref<Matrix> error) const override;

private:
    struct Corners;

    void addTree(const TreePredictor::Root& root, Corners& corners) const;
    void sum(const Corners& corners, Eigen::Ref<Matrix> out) const;

    const TreePredictor& m_trees;
    const SeparableGrid& m_grid;
    double m_perUnit = 0;                           // 1 / unit
    double m_scoreError = 0;
    bool m_zeroIsExact = false;                     // no leaf is negative, or too small for its unit
};

} // namespace modelarium
