#include "core/learn/trees/weakest_links.h"

#include <utility>

namespace modelarium {

WeakestLinks::WeakestLinks(Tree tree)
    : m_tree(std::move(tree)), m_parent(m_tree.feature.size(), -1), m_below(m_tree.feature.size()), m_isPruned(m_tree.feature.size(), false)
{
    // Children come after their parent: from the back, both are known before it.
    for (std::size_t node = m_tree.feature.size(); node-- > 0;) {
        m_below[node].risk = riskOf(node);
        if (!isSplit(node))
            continue;
        sumChildren(node);
        m_parent[std::size_t(m_tree.left[node])] = m_parent[std::size_t(m_tree.right[node])] = std::int32_t(node);
        m_links.emplace(alphaOf(node), node);
    }
}

void WeakestLinks::sumChildren(std::size_t node)
{
    const Below& left = m_below[std::size_t(m_tree.left[node])];
    const Below& right = m_below[std::size_t(m_tree.right[node])];
    m_below[node] = {left.risk + right.risk, left.leaves + right.leaves};
}

std::size_t WeakestLinks::prune()
{
    const std::size_t weakest = m_links.begin()->second;
    for (std::vector<std::size_t> open{weakest}; !open.empty();) {
        const std::size_t node = open.back();
        open.pop_back();
        if (isSplit(node)) {
            m_links.erase({alphaOf(node), node});
            open.insert(open.end(), {std::size_t(m_tree.left[node]), std::size_t(m_tree.right[node])});
        }
        m_isPruned[node] = true;
    }
    m_below[weakest] = {riskOf(weakest), 1};
    for (std::int32_t above = m_parent[weakest]; above >= 0; above = m_parent[std::size_t(above)]) {
        const auto node = std::size_t(above);
        m_links.erase({alphaOf(node), node});
        sumChildren(node);
        m_links.emplace(alphaOf(node), node);
    }
    return weakest;
}

Tree WeakestLinks::pruned() const
{
    std::vector<std::int32_t> place(m_tree.feature.size(), -1);
    std::vector<Eigen::Index> kept;
    place[0] = 0;
    kept.push_back(0);
    for (std::size_t node = 0; node < m_tree.feature.size(); ++node) {
        if (place[node] < 0 || !isSplit(node))
            continue;
        for (const std::int32_t child : {m_tree.left[node], m_tree.right[node]}) {
            place[std::size_t(child)] = std::int32_t(kept.size());
            kept.push_back(child);
        }
    }
    Tree tree;
    for (const Eigen::Index index : kept) {
        const auto node = std::size_t(index);
        const bool split = isSplit(node);
        tree.feature.push_back(split ? m_tree.feature[node] : -1);
        tree.threshold.push_back(split ? m_tree.threshold[node] : 0);
        tree.left.push_back(split ? place[std::size_t(m_tree.left[node])] : -1);
        tree.right.push_back(split ? place[std::size_t(m_tree.right[node])] : -1);
        tree.samples.push_back(m_tree.samples[node]);
        tree.impurity.push_back(m_tree.impurity[node]);
    }
    tree.values = m_tree.values(kept, Eigen::all);
    return tree;
}

} // namespace modelarium
