#pragma once

#include "core/kernels/level.h"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// A question "is the feature <= threshold?" of a tree laid out breadth first, siblings side by side. A leaf points at itself, so that
/// several walks go down in step and none asks whether it has arrived.
struct TreeNode {
    float threshold;                        ///< not a number at a leaf: nothing is larger, and its bits hold the number of the leaf's values
    std::uint32_t link;                     ///< child << featureBits | feature: the left child, counted from the root; the right one follows
};

inline constexpr unsigned leastFeatureBits = 5;             // so that the lowest bits of a link say which of up to 32 features is asked for
inline constexpr std::uint32_t mostLeafNumbers = std::uint32_t(1) << 22;

inline TreeNode leafNode(std::uint32_t place, unsigned featureBits, std::uint32_t number)
{
    return {std::bit_cast<float>(std::uint32_t(0x7FC00000) | number), place << featureBits};
}

inline std::uint32_t leafNumber(const TreeNode& leaf) { return std::bit_cast<std::uint32_t>(leaf.threshold) & (mostLeafNumbers - 1); }

inline constexpr std::size_t topLevels = 5;
inline constexpr std::size_t topQuestions = (std::size_t(1) << topLevels) - 1;
inline constexpr std::size_t topExits = std::size_t(1) << topLevels;

/// The first levels of a tree, whose questions are all answered for rows side by side, without a walk.
///
/// Math     exit e, from the left, is bit 31 - e; an answer "no, it is larger" takes the bits of all exits on its left away; of the bits
///          that are left at the end, the highest is the exit where the walk arrives
/// Source   C. Lucchese et al., QuickScorer: a fast algorithm to rank documents with additive ensembles of regression trees, SIGIR 2015
struct TreeTop {
    std::uint32_t questions;
    std::uint32_t levelsBelow;              ///< the most steps that a walk takes from an exit to its leaf
    float thresholds[topQuestions];
    std::uint32_t features[topQuestions];
    std::uint32_t keeps[topQuestions];      ///< the bits that stay where the feature is larger
    std::uint32_t exits[topExits];          ///< nodes, counted from the root
};

/// What walks need to know of a tree.
struct TreeView {
    const TreeNode* nodes;
    const TreeTop* top;
    unsigned featureBits;
    std::size_t features;
};

inline constexpr std::size_t treeRowsTogether = 16;
inline constexpr std::size_t mostTreeRows = 2048;           // whose walks are kept at once
inline constexpr std::size_t mostTreeFeatures = std::size_t(1) << 19;

/// The leaves of one tree that rows reach, counted from the root.
///
/// Shape    x: `rows` (a multiple of treeRowsTogether) in groups of treeRowsTogether; a group is (features, treeRowsTogether), feature by
///          feature, of at most mostTreeFeatures; leaves: one a row
MODELARIUM_KERNEL void modelariumLeavesOfRows(const TreeView* tree, const float* x, std::size_t rows, std::uint32_t* leaves) noexcept;

inline constexpr std::size_t treesTogether = 16;
inline constexpr std::size_t mostForestNodes = std::size_t(1) << 31;
inline constexpr std::size_t groupQuestions = 15;           // of four levels
inline constexpr std::size_t groupExits = groupQuestions + 1;

/// The first levels of sixteen trees side by side, as heaps: below question q come 2 q + 1 and, where the feature is larger, 2 q + 2. Where a tree
/// is not that deep, a leaf stands in the place of its question, and below itself.
struct GroupTop {
    float thresholds[groupQuestions][treesTogether];
    std::uint32_t features[groupQuestions][treesTogether];
    std::uint32_t exits[treesTogether];     ///< where copies of the tree's groupExits nodes below begin, among the nodes of all trees
};

/// What walks need to know of sixteen trees.
struct TreeGroup {
    std::uint32_t roots[treesTogether];     ///< among the nodes of all trees; some may be the same
    std::uint32_t levelsBelow;              ///< the most steps that a walk takes from an exit to its leaf, at least one
    GroupTop top;
};

/// What walks need to know of many trees.
struct ForestView {
    const TreeNode* nodes;                  ///< of all trees, fewer than mostForestNodes
    const TreeGroup* groups;
    unsigned featureBits;
    std::size_t features;
};

/// The leaves of groups [first, first + groups) that one row reaches, counted from the first node of all trees.
///
/// Shape    x: the row, readable as far as mostFloatsRead; leaves: treesTogether a group
MODELARIUM_KERNEL void modelariumLeavesOfTrees(const ForestView* forest, std::size_t first, std::size_t groups, const float* x,
                                               std::uint32_t* leaves) noexcept;

inline constexpr std::size_t groupRowsTogether = 4;
inline constexpr std::size_t mostGroupRows = 128;
inline constexpr std::size_t mostFloatsRead = 32;           // from a row's first feature on, whatever the number of features

/// Whether rows with this many features are answered faster by sixteen trees at a time than by one tree after the other.
MODELARIUM_KERNEL bool modelariumGroupsAreFaster(std::size_t features) noexcept;

/// The leaves of one group of trees that rows reach, counted from the first node of all trees.
///
/// Shape    x (rows, features), row by row, readable mostFloatsRead further; rows: a multiple of groupRowsTogether, mostGroupRows at most;
///          leaves (rows, treesTogether), row by row
MODELARIUM_KERNEL void modelariumLeavesOfGroup(const ForestView* forest, std::size_t group, const float* x, std::size_t rows,
                                               std::uint32_t* leaves) noexcept;

} // namespace modelarium::kernels
