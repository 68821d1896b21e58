#include "core/learn/trees/tree_growth.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

/// Features are worked on in this many groups, each with its own scratch memory.
constexpr std::size_t featureGroups = 8;

/// Below this many values the work is over before a second thread is awake.
constexpr std::size_t cellsWorthThreads = 32768;

} // namespace

TreeGrowth::TreeGrowth(const Dataset& data, ImpurityMeasure measure, const GrowthLimits& limits)
    : m_limits(limits), m_measure(data, measure), m_columns(data.X()), m_scratch(std::min(featureGroups, data.features()))
{
    const std::size_t root = addNode({0, data.samples()}, 0);
    m_impurity = m_nodes[root].sums.impurity;
    m_mixedLeaves = m_impurity > 0;
    if (maySplit(m_nodes[root]))
        searchSplits(nullptr, {root});
}

std::size_t TreeGrowth::addNode(SampleRange range, std::size_t depth)
{
    m_nodes.push_back({range, depth, m_measure.sumsOf(m_columns.samplesOf(range), range.size())});
    return m_nodes.size() - 1;
}

bool TreeGrowth::maySplit(const Node& node) const
{
    return node.sums.impurity > 0 && node.sums.count >= m_limits.samplesToSplit && node.sums.count >= 2 * m_limits.samplesInLeaf
        && (m_limits.depth == 0 || node.depth < m_limits.depth);
}

/// Parts every column at a node that was split (if any), and looks for the best cut of each of the given nodes on it.
void TreeGrowth::searchSplits(const SampleRange* toPart, const std::vector<std::size_t>& nodes)
{
    const std::size_t features = m_columns.features();
    std::vector<std::vector<ColumnCut>> cuts(nodes.size(), std::vector<ColumnCut>(features));
    const auto workOnGroup = [&](std::size_t group) {
        if (toPart && m_scratch[group].size() < toPart->size())
            m_scratch[group].resize(toPart->size());
        for (std::size_t feature = group; feature < features; feature += m_scratch.size()) {
            if (toPart)
                m_columns.splitColumn(*toPart, feature, m_scratch[group].data());
            for (std::size_t i = 0; i < nodes.size(); ++i) {
                const Node& node = m_nodes[nodes[i]];
                cuts[i][feature] = m_measure.bestCut(m_columns.column(feature, node.range), node.sums, m_limits.samplesInLeaf);
            }
        }
    };
    const std::size_t samples = toPart ? toPart->size() : m_columns.samples();
    if (samples * features >= cellsWorthThreads) {
        parallelFor(m_scratch.size(), workOnGroup);
    } else {
        for (std::size_t group = 0; group < m_scratch.size(); ++group)
            workOnGroup(group);
    }
    for (std::size_t i = 0; i < nodes.size(); ++i)
        proposeSplit(nodes[i], cuts[i]);
}

void TreeGrowth::proposeSplit(std::size_t node, const std::vector<ColumnCut>& cuts)
{
    const auto best = std::max_element(cuts.begin(), cuts.end(),
                                       [](const ColumnCut& a, const ColumnCut& b) { return a.gain < b.gain; });
    if (best->left == 0)
        return;
    const double decrease = best->gain / double(m_columns.samples());
    // A hair of tolerance, so that a decrease that equals the limit on paper is not lost to rounding.
    if (decrease + 1e-15 < m_limits.impurityDecrease)
        return;
    const double threshold = (double(best->below) + double(best->above)) / 2;
    m_candidates.push({decrease, node, {std::size_t(best - cuts.begin()), threshold, *best}});
}

NodeSplit TreeGrowth::splitBestNode()
{
    const Candidate candidate = m_candidates.top();
    m_candidates.pop();
    const NodeSplit& split = candidate.split;
    const SampleRange range = m_nodes[candidate.node].range;
    const std::size_t depth = m_nodes[candidate.node].depth + 1;
    const std::size_t middle = range.begin + split.cut.left;

    m_columns.beginSplit(range, split.feature, split.cut.left);
    const std::size_t left = addNode({range.begin, middle}, depth);
    const std::size_t right = addNode({middle, range.end}, depth);
    Node& parent = m_nodes[candidate.node];
    parent.feature = std::int32_t(split.feature);
    parent.threshold = split.threshold;
    parent.left = std::int32_t(left);

    double change = -parent.sums.impurity * double(range.size());
    m_mixedLeaves -= 1;
    std::vector<std::size_t> open;
    for (const std::size_t child : {left, right}) {
        change += m_nodes[child].sums.impurity * double(m_nodes[child].sums.count);
        m_mixedLeaves += m_nodes[child].sums.impurity > 0;
        if (maySplit(m_nodes[child]))
            open.push_back(child);
    }
    m_impurity = std::max(0.0, m_impurity + change / double(m_columns.samples()));
    ++m_leaves;
    if (m_mixedLeaves == 0)
        m_impurity = 0;
    // Where neither child may be split, nobody will look at their columns again.
    if (!open.empty())
        searchSplits(&range, open);
    return split;
}

Tree TreeGrowth::tree() const
{
    Tree tree;
    tree.values.resize(Eigen::Index(m_nodes.size()), Eigen::Index(m_measure.outputs()));
    RowVector answer(tree.values.cols());
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        const Node& node = m_nodes[i];
        tree.feature.push_back(node.feature);
        tree.threshold.push_back(node.threshold);
        tree.left.push_back(node.left);
        tree.right.push_back(node.left < 0 ? -1 : node.left + 1);
        tree.samples.push_back(double(node.sums.count));
        tree.impurity.push_back(node.sums.impurity);
        m_measure.answer(node.sums, answer.data());
        tree.values.row(Eigen::Index(i)) = answer;
    }
    return tree;
}

} // namespace modelarium
