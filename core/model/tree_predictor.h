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
///          point at themselves, so that several walks go down in step and none asks whether it has arrived
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
        std::uint32_t score = 0;        // which score a boosted tree adds to
        TreePtr large;                  // a tree whose nodes do not fit into words; null for all others
    };

    void addTree(const TreePtr& tree, std::uint32_t score);
    void addTop(std::size_t first);
    void layRootsOut();
    void addLeaf(const Root& root, std::size_t leaf, double* scores) const noexcept;
    std::size_t descend(const Root& root, const double* x) const noexcept;
    void sumTrees(const double* x, double* scores) const noexcept;
    void leavesOf(const Root& root, const float* x, std::size_t rows, std::uint32_t* leaves) const noexcept;
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
    std::vector<double> m_values;       // m_width a node
    std::vector<Root> m_roots;
    std::vector<std::uint32_t> m_together;          // the places of all roots, in whole groups, for walks of one row; empty where it walks tree by tree
    bool m_allFit = true;
};

} // namespace modelarium
