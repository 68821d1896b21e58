#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace modelarium {

/// One decision tree, node 0 its root. A sample goes left when float(x[feature]) <= threshold.
///
/// Shape    all arrays (nodes); values (nodes, outputs): the mean, the share of each class, or what is added to a score;
///          a leaf has feature -1. impurity: how mixed the samples are; in a boosted tree how much of the loss the splits
///          below take away, a sample
struct Tree {
    std::vector<std::int32_t> feature;
    std::vector<double> threshold;
    std::vector<std::int32_t> left;                 ///< index > the node's own; -1 at a leaf
    std::vector<std::int32_t> right;
    std::vector<double> samples;                    ///< training samples that reached the node
    std::vector<double> impurity;
    Matrix values;
};

std::size_t leafCount(const Tree& tree);
std::size_t depthOf(const Tree& tree);              ///< questions on the longest way down

using TreePtr = std::shared_ptr<const Tree>;

/// Trees that never change once they are in the list. Copies share them: a snapshot of a forest costs a pointer a tree.
class TreeList {
public:
    class Iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = Tree;
        using difference_type = std::ptrdiff_t;
        using pointer = const Tree*;
        using reference = const Tree&;

        Iterator() = default;
        explicit Iterator(const TreePtr* place) : m_place(place) {}
        const Tree& operator*() const { return **m_place; }
        const Tree* operator->() const { return m_place->get(); }
        Iterator& operator++() { ++m_place; return *this; }
        Iterator operator++(int) { return Iterator(m_place++); }
        bool operator==(const Iterator& other) const = default;

    private:
        const TreePtr* m_place = nullptr;
    };

    TreeList() = default;
    TreeList(std::initializer_list<Tree> trees)
    {
        for (const Tree& tree : trees)
            push_back(tree);
    }

    void push_back(Tree tree) { m_trees.push_back(std::make_shared<const Tree>(std::move(tree))); }
    void push_back(TreePtr tree) { m_trees.push_back(std::move(tree)); }

    const Tree& operator[](std::size_t index) const { return *m_trees[index]; }
    const TreePtr& pointer(std::size_t index) const { return m_trees[index]; }
    const Tree& front() const { return *m_trees.front(); }
    const Tree& back() const { return *m_trees.back(); }
    std::size_t size() const { return m_trees.size(); }
    bool empty() const { return m_trees.empty(); }
    Iterator begin() const { return Iterator(m_trees.data()); }
    Iterator end() const { return Iterator(m_trees.data() + m_trees.size()); }

private:
    std::vector<TreePtr> m_trees;
};

} // namespace modelarium
