#pragma once

#include "core/model/tree.h"

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

namespace modelarium {

/// Cost-complexity pruning: takes back one split after the other, each time the one whose leaves are worth least.
///
/// Math     R(t) = samples_t / n impurity_t if t were a leaf, R(T_t) the sum over the leaves below it; a split is worth
///          alpha(t) = (R(t) - R(T_t)) / (leaves below - 1). Taking back all splits worth at most alpha, the least first, leaves the
///          smallest tree that minimises  sum over leaves of R + alpha * leaves
/// Cost     O(depth log(nodes)) a split
/// Source   L. Breiman, J. Friedman, R. Olshen, C. Stone, Classification and Regression Trees, 1984, chapter 3
class WeakestLinks {
public:
    explicit WeakestLinks(Tree tree);

    bool isLeafAlone() const { return m_links.empty(); }
    /// What the least useful split is worth a leaf. Precondition: not a leaf alone.
    double alpha() const { return m_links.begin()->first; }
    /// Takes back the least useful split with all below it, and says which node that was. Precondition: not a leaf alone.
    std::size_t prune();

    std::size_t leaves() const { return m_below[0].leaves; }
    double impurity() const { return m_below[0].risk; }
    const Tree& grown() const { return m_tree; }
    /// What is left of the tree.
    Tree pruned() const;

private:
    struct Below {
        double risk = 0;
        std::size_t leaves = 1;
    };

    double riskOf(std::size_t node) const { return m_tree.samples[node] / m_tree.samples[0] * m_tree.impurity[node]; }
    double alphaOf(std::size_t node) const { return (riskOf(node) - m_below[node].risk) / double(m_below[node].leaves - 1); }
    bool isSplit(std::size_t node) const { return m_tree.feature[node] >= 0 && !m_isPruned[node]; }
    void sumChildren(std::size_t node);

    Tree m_tree;
    std::vector<std::int32_t> m_parent;
    std::vector<Below> m_below;
    std::vector<bool> m_isPruned;                   ///< a leaf now, or below one
    std::set<std::pair<double, std::size_t>> m_links;
};

} // namespace modelarium
