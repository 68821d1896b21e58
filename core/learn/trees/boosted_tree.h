#pragma once

#include "core/learn/trees/binned_columns.h"
#include "core/learn/trees/boosting_objective.h"
#include "core/model/tree.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace modelarium {

/// When a tree of gradient boosting stops growing, and how far its leaves go. 0 stands for no limit.
struct BoostingLimits {
    double learningRate = 0.1;
    std::size_t leaves = 31;
    std::size_t depth = 0;
    std::size_t samplesInLeaf = 20;
    double l2 = 0;
};

/// Grows the trees of gradient boosting on histograms, one after the other.
///
/// Math     with G and H the sums of gradients and hessians of a node, a leaf answers -rate G / (H + l2), and the gain of a cut is
///          G_left^2 / (H_left + l2) + G_right^2 / (H_right + l2) - G^2 / (H + l2). The node with the largest gain is split first.
///          A cut must gain, and leave on each side enough samples and hessians that sum to 0.001. Equal cuts: the first feature,
///          the lowest threshold, the oldest node. A histogram holds those sums for each bin; of two children the smaller is
///          counted, the other is what is left of the parent. Only the bins that the cuts above a node leave to it are looked at
/// Cost     O(samples of the smaller child * n_features + 255 n_features) a split
/// Random   nothing; sums are of integers, so that their order does not matter. Where cells are packed, those only choose the cuts: what
///          nodes answer is taken from sums of all bits of the derivatives
/// Source   J. H. Friedman, Annals of Statistics 29(5), 2001; G. Ke et al., LightGBM, NeurIPS 2017
class BoostedTreeGrowth {
public:
    /// Histograms beyond `mostBytes` are counted again when they are needed: that takes longer, and gives the same trees.
    BoostedTreeGrowth(const BinnedColumns& columns, const BoostingLimits& limits, std::size_t mostBytes = std::size_t(256) << 20);

    /// How wide groups of features should be, so that the histograms of a group stay in the fastest cache.
    static std::size_t groupSize(std::size_t features);

    /// Whether the root of a tree is searched by several threads.
    static bool isWorthThreads(std::size_t samples, std::size_t features);

    Tree grow(const BoostingCells& cells);

    /// Adds the answers of the tree grown last to the scores of all samples.
    void addTo(double* scores) const;

private:
    using Cell = kernels::BoostingCell;
    static constexpr std::size_t none = std::size_t(-1);

    struct Cut {
        double score = 0;
        std::size_t feature = none;
        std::size_t bin = 0;
        Cell left{0, 0};                            ///< what goes left
    };

    struct Node {
        std::size_t begin = 0, end = 0;             ///< of m_rows
        std::size_t depth = 0;
        Cell total{0, 0};
        std::size_t histogram = none;
        Cut cut{};
        double gain = 0;
        std::size_t left = none;                    ///< the right child follows
        double answer = 0;

        std::size_t size() const { return end - begin; }
    };

    /// The bins that a node can have samples in, of one feature.
    struct BinRange {
        std::uint16_t first, end;

        std::size_t size() const { return std::size_t(end - first); }
    };

    struct Histogram {
        std::vector<Cell> cells;                    ///< what stands outside the ranges means nothing
        std::vector<BinRange> ranges;               ///< a feature each
    };

    double scoreOf(const Cell& total) const;
    bool maySplit(const Node& node) const;
    double answerTo(double gradient, double hessian) const;
    void answerFromAllBits();
    void addNode(std::size_t begin, std::size_t end, std::size_t depth, const Cell& total);
    void search(std::span<const std::size_t> nodes, std::size_t parent);
    void fillHistogram(std::size_t group, const Node& node, Histogram& histogram) const;
    void fillPacked(std::size_t feature, std::size_t count, const Node& node, Histogram& histogram) const;
    void takeFromParent(std::size_t group, const Histogram& smaller, Histogram& larger) const;
    Cell sumOf(std::size_t first, std::size_t last) const;
    Cell gatherInRoot();
    void bestCut(std::size_t group, const Node& node, const Histogram& histogram, Cut& best) const;
    std::size_t takeHistogram();
    void shareRanges(const Node& parent, std::size_t smaller);
    void releaseHistogram(std::size_t& histogram);
    void splitNode(std::size_t node);
    void partition(const Node& node, std::size_t middle);
    Tree tree() const;

    const BinnedColumns& m_columns;
    BoostingLimits m_limits;
    const BoostingCells* m_cells = nullptr;
    CellUnits m_units;
    kernels::BoostingCutSearch m_search{};
    std::vector<std::size_t> m_offsets;             ///< where the bins of a feature begin in a histogram
    std::vector<Histogram> m_histograms;
    std::vector<BinRange> m_allBins;                ///< the ranges of the root
    std::vector<Cut> m_cuts;                        ///< of the nodes that are searched, the best of each group
    std::vector<std::size_t> m_free;
    std::size_t m_mostHistograms = 0;
    std::size_t m_taken = 0;
    Buffer<std::uint32_t> m_rows;
    Buffer<std::uint32_t> m_scratch;
    std::vector<Node> m_nodes;
    std::vector<std::size_t> m_open;                ///< nodes that may be split, a heap with the largest gain on top
    std::vector<std::size_t> m_leftBefore;          ///< of the node that is parted, before each block
};

} // namespace modelarium
