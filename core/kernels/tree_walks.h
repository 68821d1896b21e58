#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// A question "is the feature <= threshold?" of a tree laid out breadth first, siblings side by side. A leaf points at itself, so that
/// several walks go down in step and none asks whether it has arrived.
struct TreeNode {
    float threshold;                        ///< +infinity at a leaf
    std::uint32_t link;                     ///< child << featureBits | feature: the left child, counted from the root; the right one follows
};

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

/// The leaves of many trees that one row reaches, counted from the first node of all trees.
///
/// Shape    nodes: of all trees, fewer than mostForestNodes; roots, leaves: `trees`, a multiple of treesTogether (roots may be repeated);
///          x: the row, readable as far as a multiple of 32 floats
MODELARIUM_KERNEL void modelariumLeavesOfTrees(const TreeNode* nodes, unsigned featureBits, const std::uint32_t* roots, std::size_t trees,
                                               const float* x, std::size_t features, std::uint32_t* leaves) noexcept;

} // namespace modelarium::kernels
