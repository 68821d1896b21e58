#pragma once

#include "core/learn/clustering/row_tiles.h"
#include "core/learn/linear/row_blocks.h"

#include <cstdint>
#include <vector>

namespace modelarium {

/// Lloyd's method in its two halves: every row goes to its nearest centre, then every centre moves to the mean of its rows.
///
/// Math     neither half raises the inertia, sum_i |x_i - c_label(i)|^2. A centre that no row chose goes to the row that is
///          farthest from its own centre
///          Of data beyond the caches, while many rows still change, sums are taken of the rounded rows that are at hand, to 1e-7 or so:
///          those centres are passed through only. Sums are exact again as soon as few rows change, or after sumExactly()
/// Shape    X (n_samples, n_features), centres (clusters, n_features), labels (n_samples)
/// Cost     assign: O(n_samples * clusters * n_features) in float; rows for which floats cannot tell which of two centres is nearer
///          are compared in double, so that the labels are those of nearestCentre(). move: sums follow the rows that changed
/// Source   S. P. Lloyd, IEEE Trans. Inf. Theory 28(2), 1982
class Lloyd {
public:
    /// X and tiles outlive this.
    Lloyd(const Matrix& X, const RowTiles& tiles, Matrix centres);

    /// How many rows changed their cluster.
    std::size_t assign();
    /// Sum of squared ways of the centres. Precondition: assign() was called.
    double move();
    /// Makes the next centres exact whatever has changed.
    void sumExactly();
    /// The last move went to means of rounded rows.
    bool areCentresRounded() const { return m_areCentresRounded; }

    const Matrix& centres() const { return m_centres; }
    const std::vector<std::int32_t>& labels() const { return m_labels; }
    /// Clusters that have no row, and no row could be found for.
    std::size_t emptyClusters() const;
    /// Of the labels and centres as they are, from the sums: right to about 1e-15 of the sum of squares about the mean, or 1e-8 while they
    /// are rounded.
    double inertia() const;
    /// The same row by row.
    double exactInertia() const;

private:
    void assignBlock(Eigen::Index block, const kernels::CentreTable& table, const Matrix& centresByRow, std::size_t& changed);
    bool areSumsRounded() const;
    bool roundsSums() const;
    void sumBlock(Eigen::Index block);
    void sumRoundedBlock(Eigen::Index block, const std::int32_t* labels);
    /// Few enough that a sum over all rows for each costs less than looking up the sum of each row.
    bool hasFewClusters() const { return m_centres.rows() <= 16; }
    /// A row that left one cluster for another.
    struct Change {
        Eigen::Index row;
        std::int32_t from, to;
    };

    void follow(const std::vector<Change>& changes, double* sums) const;
    void addBlocks();
    void fillEmptyClusters();

    const Matrix& m_X;
    const RowTiles& m_tiles;
    Matrix m_centres;
    std::vector<std::int32_t> m_labels;             // -1 before the first assignment
    RowBlocks m_blocks;
    std::vector<char> m_isRounded;                  // of each block: its sums are those of the tiles
    bool m_areCentresRounded = false;
    Matrix m_blockSums;                             // a block a column; cluster after cluster: sums of x - origin, then the count
    Matrix m_sums;                                  // (n_features + 1, clusters): of all blocks
};

} // namespace modelarium
