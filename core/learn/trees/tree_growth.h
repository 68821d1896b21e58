#pragma once

#include "core/learn/trees/impurity.h"
#include "core/learn/trees/presorted_columns.h"
#include "core/model/parameters.h"

#include <queue>
#include <vector>

namespace modelarium {

/// When a tree stops growing. 0 stands for no limit.
struct GrowthLimits {
    std::size_t depth = 0;
    std::size_t leaves = 0;
    std::size_t samplesToSplit = 2;
    std::size_t samplesInLeaf = 1;
    double impurityDecrease = 0;
};

/// A question that a node asks: float(x[feature]) <= threshold.
struct NodeSplit {
    std::size_t feature = 0;
    double threshold = 0;
    ColumnCut cut;
};

/// One tree while it grows, the most useful split first.
class TreeGrowth {
public:
    TreeGrowth(const Dataset& data, ImpurityMeasure measure, const GrowthLimits& limits);

    bool canSplit() const { return !m_candidates.empty() && (m_limits.leaves == 0 || m_leaves < m_limits.leaves); }

    /// Precondition: canSplit().
    NodeSplit splitBestNode();

    std::size_t leaves() const { return m_leaves; }
    /// Mean impurity of the leaves, weighted by their samples.
    double impurity() const { return m_impurity; }
    bool hasPureLeavesOnly() const { return m_mixedLeaves == 0; }
    Tree tree() const;

private:
    struct Node {
        SampleRange range;
        std::size_t depth = 0;
        NodeSums sums;
        std::int32_t feature = -1;
        double threshold = 0;
        std::int32_t left = -1;
    };

    struct Candidate {
        double decrease;                // of the tree's impurity
        std::size_t node;
        NodeSplit split;

        friend bool operator<(const Candidate& a, const Candidate& b)
        {
            return a.decrease < b.decrease || (a.decrease == b.decrease && a.node > b.node);
        }
    };

    bool maySplit(const Node& node) const;
    std::size_t addNode(SampleRange range, std::size_t depth);
    void searchSplits(const SampleRange* toPart, const std::vector<std::size_t>& nodes);
    void proposeSplit(std::size_t node, const std::vector<ColumnCut>& cuts);

    GrowthLimits m_limits;
    Impurity m_measure;
    PresortedColumns m_columns;
    std::vector<Node> m_nodes;
    std::priority_queue<Candidate> m_candidates;
    std::vector<Buffer<SortedValue>> m_scratch;     // one a group of features
    std::size_t m_leaves = 1;
    std::size_t m_mixedLeaves = 0;
    double m_impurity = 0;
};

} // namespace modelarium
