#include "core/model/tree_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

/// Rounded to the nearest; the caller sees to the range.
std::int64_t nearest(double value) { return std::int64_t(value + (value < 0 ? -0.5 : 0.5)); }

} // namespace

TreeGrid::TreeGrid(const TreePredictor& trees, const SeparableGrid& grid) : m_trees(trees), m_grid(grid)
{
    double largest = std::numeric_limits<double>::min(), smallest = std::numeric_limits<double>::max();
    bool negative = false;
    for (const double value : trees.m_values) {
        const double size = std::abs(value);
        largest = std::max(largest, size);
        smallest = size > 0 ? std::min(smallest, size) : smallest;
        negative |= value < 0;
    }
    const double count = double(trees.m_roots.size());
    int exponent = 0;
    std::frexp(largest * std::max(count, 1.0), &exponent);
    if (std::abs(exponent) > 900)
        return;
    m_perUnit = std::ldexp(1.0, 61 - exponent);
    m_zeroIsExact = !negative && smallest * m_perUnit >= 1;
    double base = 0;
    for (const double each : trees.m_base)
        base = std::max(base, std::abs(each));
    m_scoreError = count / m_perUnit + (count + 4) * roundoff * (base + count * largest);
}

/// Corners of rectangles in some rows of the grid, output by output.
struct TreeGrid::Corners {
    std::size_t firstRow;
    std::size_t rows;
    std::size_t stride;                             // columns, and one behind the last
    std::vector<std::uint64_t> values;              // which wraps around, and comes back in the sums

    std::uint64_t* at(std::size_t output, std::size_t row, std::size_t column)
    {
        return &values[(output * (rows + 1) + row - firstRow) * stride + column];
    }
};

void TreeGrid::addTree(const TreePredictor::Root& root, Corners& corners) const
{
    struct Rectangle {
        std::uint32_t node, left, right, bottom, top;
    };
    const bool sums = m_trees.m_aggregation == TreeAggregation::Sum;
    const kernels::TreeNode* tree = &m_trees.m_nodes[root.first];
    std::vector<Rectangle> waiting{{0, 0, std::uint32_t(m_grid.columns()), std::uint32_t(corners.firstRow), std::uint32_t(corners.firstRow + corners.rows)}};
    while (!waiting.empty()) {
        const Rectangle cells = waiting.back();
        waiting.pop_back();
        if (cells.left == cells.right || cells.bottom == cells.top)
            continue;
        const kernels::TreeNode node = tree[cells.node];
        const std::uint32_t child = node.link >> m_trees.m_featureBits;
        const std::size_t feature = node.link & m_trees.m_featureMask;
        if (child == cells.node) {                      // a leaf
            const double* values = m_trees.valuesOf(root, root.first + cells.node);
            for (std::size_t output = 0; output < m_trees.m_width; ++output) {
                const auto units = std::uint64_t(nearest(values[output] * m_perUnit));
                std::uint64_t* bottom = corners.at(sums ? root.score : output, cells.bottom, 0);
                std::uint64_t* top = bottom + (cells.top - cells.bottom) * corners.stride;
                bottom[cells.left] += units;
                bottom[cells.right] -= units;
                top[cells.left] -= units;
                top[cells.right] += units;
            }
            continue;
        }
        Rectangle before = cells, after = cells;
        const bool across = m_grid.isAlongColumns(feature);
        const SeparableGrid::Cut cut = m_grid.cut(feature, node.threshold, across ? cells.left : cells.bottom, across ? cells.right : cells.top);
        (across ? before.right : before.top) = (across ? after.left : after.bottom) = std::uint32_t(cut.place);
        before.node = child + (cut.belowFirst ? 0 : 1);
        after.node = child + (cut.belowFirst ? 1 : 0);
        waiting.push_back(after);
        waiting.push_back(before);
    }
}

void TreeGrid::sum(const Corners& corners, Eigen::Ref<Matrix> out) const
{
    const std::size_t columns = m_grid.columns();
    const double unit = 1 / m_perUnit;
    std::vector<std::uint64_t> above(columns);
    for (std::size_t output = 0; output < m_trees.m_base.size(); ++output) {
        std::fill(above.begin(), above.end(), std::uint64_t(0));
        double* sums = out.col(Eigen::Index(output)).data();
        const std::uint64_t* changes = &corners.values[output * (corners.rows + 1) * corners.stride];
        for (std::size_t row = 0; row < corners.rows; ++row, changes += corners.stride, sums += columns) {
            std::uint64_t along = 0;
            for (std::size_t column = 0; column < columns; ++column) {
                along += changes[column];
                above[column] += along;
                sums[column] = m_trees.m_base[output] + double(std::int64_t(above[column])) * unit;
            }
        }
    }
}

void TreeGrid::answer(std::size_t firstRow, std::size_t rows, Eigen::Ref<Matrix> out, Eigen::Ref<Matrix> error) const
{
    const std::size_t scores = m_trees.m_base.size();
    Corners corners{firstRow, rows, m_grid.columns() + 1, {}};
    corners.values.resize(scores * (rows + 1) * corners.stride);
    for (const TreePredictor::Root& root : m_trees.m_roots)
        addTree(root, corners);
    sum(corners, out);
    const bool isMean = m_trees.m_aggregation == TreeAggregation::Mean;
    if (isMean || m_trees.m_link == Link::Identity) {
        const double trees = isMean ? double(m_trees.m_roots.size()) : 1;
        for (std::size_t k = 0; k < scores; ++k)
            for (Eigen::Index cell = 0; cell < out.rows(); ++cell) {
                const double score = out(cell, Eigen::Index(k));
                error(cell, Eigen::Index(k)) = score == 0 && isMean && m_zeroIsExact ? 0 : 2 * m_scoreError / trees;
            }
        out /= trees;                               // no sum is so large that it would have to be limited
        return;
    }
    m_trees.finishAll(out);
    if (m_scoreError > 0.25) {
        error.setConstant(std::numeric_limits<double>::infinity());
        return;
    }
    // Scores that are wrong by e make a probability wrong by no more than exp(2 e) - 1 of itself; and it is rounded some twenty times.
    error = (4 * m_scoreError + 40 * roundoff) * out.array() + std::numeric_limits<double>::min();
}

} // namespace modelarium
