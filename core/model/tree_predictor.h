#pragma once

#include "core/kernels/tree_walks.h"
#include "core/model/predictor.h"
#include "core/model/separable_grid.h"

#include <cstdint>
#include <vector>

namespace modelarium {

/// The largest float <= t: float(x) <= t holds exactly where float(x) <= floatThreshold(t) does, and that compares floats.
float floatThreshold(double t) noexcept;

/// Predicts with TreeEnsemble.
///
/// Layout   breadth first, siblings adjacent, so that a node is a threshold and one word with a feature and a child; leaves
///          point at themselves, so that several walks go down in step and none asks whether it has arrived. Instead of a threshold
///          a leaf has the number of its values, of which those that are the same stand there once: trees grown to the end have few
class TreePredictor final : public Predictor {
public:
    explicit TreePredictor(const TreeEnsemble& parameters);
    void predictRow(const double* x, double* out) const noexcept override;
    void predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const override;

    /// Each leaf of a tree is a rectangle of cells, so that a tree is walked once for all of them. Null where a feature of the grid
    /// rises and falls, or where leaves are too large or too small for whole numbers to stand for them.
    std::unique_ptr<const GridAnswers> onGrid(const SeparableGrid& grid) const override;

private:
    friend class TreeGrid;
    Eigen::Index rowsInBlock(Eigen::Index rows) const override;

    struct Root {
        std::size_t first = 0;          // place of the root among all nodes
        std::size_t top = 0;            // place of its first levels among those of all trees
        std::size_t values = 0;         // place of its leaves' values among those of all trees
        std::uint32_t score = 0;        // which score a boosted tree adds to
        std::uint32_t levels = 0;       // the most questions on a way down
        TreePtr large;                  // a tree whose nodes do not fit into words; null for all others
    };

    void addTree(const TreePtr& tree, std::uint32_t score);
    std::uint32_t addLeafValues(const Tree& tree, std::uint32_t node, std::size_t first, std::uint32_t* recent);
    void addTop(std::size_t first);
    void addGroups();
    void addGroupTop(kernels::TreeGroup& group, std::size_t place, const Root& root);
    kernels::ForestView forest() const noexcept { return {m_nodes.data(), m_groups.data(), m_featureBits, features()}; }
    const double* valuesOf(const Root& root, std::size_t node) const noexcept
    {
        return &m_values[(root.values + kernels::leafNumber(m_nodes[node])) * m_width];
    }
    void addLeaf(const Root& root, std::size_t leaf, double* scores) const noexcept;
    std::size_t descend(const Root& root, const double* x) const noexcept;
    void sumTrees(const double* x, double* scores) const noexcept;
    void leavesOf(const Root& root, const float* x, std::size_t rows, std::uint32_t* leaves) const noexcept;
    void addLeavesOfRow(std::size_t first, std::size_t end, const std::uint32_t* leaves, double* scores) const noexcept;
    void addLeaves(std::size_t group, const std::uint32_t* leaves, Eigen::Ref<Matrix> sums) const noexcept;
    void sumGroups(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> sums) const;
    void sumTreeByTree(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> sums) const;
    void finish(double* scores, double* out) const noexcept;
    void finishAll(Eigen::Ref<Matrix> out) const;

    TreeAggregation m_aggregation;
    Link m_link;
    std::vector<double> m_base;         // where each sum of a row begins
    std::size_t m_width;                // numbers a leaf holds
    unsigned m_featureBits = 0;
    std::uint32_t m_featureMask = 0;
    std::vector<kernels::TreeNode> m_nodes;         // of all trees
    std::vector<kernels::TreeTop> m_tops;
    std::vector<double> m_values;       // m_width a leaf
    std::vector<Root> m_roots;
    std::vector<kernels::TreeGroup> m_groups;       // of all trees, for walks through several at once; empty where they are walked one by one
    bool m_allFit = true;
};

} // namespace modelarium
