#pragma once

#include "core/base/matrix.h"

#include <cstdint>
#include <vector>

namespace modelarium {

/// A k-d tree that counts the samples within a distance, and hands each of them out once.
///
/// Math     within: sum_j (x_j - x'_j)^2 <= squaredRadius, in double, j ascending; boxes are ruled in or out by the same sums, which
///          rounding keeps in order
/// Cost     O(n log n * n_features) to build, all but the first levels on all cores; a query looks at few leaves where few samples are
///          near, and at none that was handed out whole. Memory 8 bytes a value and about 25 + 2 n_features a sample, 16 more a
///          sample while it is built
/// Source   J. L. Bentley, Commun. ACM 18(9), 1975
class RadiusSearch {
public:
    /// To be built before it is asked; `X` has to stay until then.
    explicit RadiusSearch(const Matrix& X);

    /// Goes on building until about so many values have been looked at, by whole levels of the tree.
    void build(double mostValues);
    bool isBuilt() const { return m_isBuilt; }
    std::size_t levels() const { return m_levels; }

    /// Whether at least `enough` samples are within of this one, itself among them. Adds to `looked` how many were looked at, boxes
    /// among them. Safe from many threads.
    bool hasWithin(Eigen::Index sample, double squaredRadius, std::size_t enough, std::size_t& looked) const;
    /// Hands out the samples within of this one that have not been handed out before; adds to `looked` as above.
    void takeWithin(Eigen::Index sample, double squaredRadius, std::vector<Eigen::Index>& taken, std::size_t& looked);

private:
    struct Node {
        std::size_t first = 0, last = 0;            // places
        std::size_t left = 0;                       // the child that is followed by the other one; 0: a leaf
        std::size_t remaining = 0;                  // not handed out yet
    };

    /// A query on its way through the tree.
    struct Ball {
        const double* x;
        double squaredRadius;
        std::size_t enough;
        std::size_t& looked;
    };

    void splitLevel();
    std::size_t split(std::size_t node);
    void takeRows();
    std::size_t leafOf(std::size_t place) const;
    void count(std::size_t node, const Ball& ball, std::size_t& found) const;
    std::size_t take(std::size_t node, const Ball& ball, std::vector<Eigen::Index>& taken);
    double nearestInBox(std::size_t node, const double* x) const;
    double farthestInBox(std::size_t node, const double* x) const;
    double distance(std::size_t place, const double* x) const;

    const Matrix& m_X;                              // not looked at once the tree is built
    std::size_t m_features;
    std::vector<Node> m_nodes;
    std::size_t m_split = 0;                        // nodes before this one are parted, or leaves
    std::size_t m_levels = 0;
    bool m_isBuilt = false;
    std::vector<double> m_boxes;                    // node after node: lower bounds, then upper ones
    std::vector<double> m_rows;                     // in the order of the places
    std::vector<Eigen::Index> m_sampleOf;           // place -> sample
    std::vector<std::size_t> m_placeOf;             // sample -> place
    std::vector<char> m_taken;                      // by place
};

} // namespace modelarium
