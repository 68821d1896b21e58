#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// Rows in tiles of sixteen: features times 16 floats, and 16 lengths |x| behind them. A tile that is not full ends in zeros.
constexpr std::size_t rowsInTile = 16;
constexpr std::size_t tileSize(std::size_t features) { return rowsInTile * (features + 1); }

/// Rows of X as tiles: (x - mean_j) unit, rounded to float.
///
/// Shape    X (rows, features) stored column by column, `stride` apart; tiles: as many as the rows fill, the last one perhaps in part
MODELARIUM_KERNEL void modelariumFillTiles(const double* X, std::size_t stride, std::size_t rows, std::size_t features, const double* mean,
                                           double unit, float* tiles) noexcept;

/// Centres in the units of the tiles.
///
/// Math     the score of a centre is |c|^2 - 2 x . c = |x - c|^2 - |x|^2; where the two smallest are not farther apart than
///          slack + slackPerLength |x|, floats cannot tell which centre is nearer
/// Shape    twice: clusters times features numbers -2 c; squares: |c|^2, one a cluster
struct CentreTable {
    std::size_t features;
    std::size_t clusters;
    const float* twice;
    const float* squares;
    float slack;
    float slackPerLength;
};

/// The nearest centre of every row, of equal ones the first; and which rows have to be looked at again in double.
///
/// Shape    nearest: 16 a tile; doubtful: room for 16 a tile, as many as are returned are filled, with places in `nearest`
MODELARIUM_KERNEL std::size_t modelariumNearestCentres(const CentreTable* table, const float* tiles, std::size_t count, std::int32_t* nearest,
                                                       std::uint32_t* doubtful) noexcept;

/// What the sum over the rows of min(closest, |x - c|^2) would be for every candidate c.
///
/// Shape    candidates: `candidateCount` times features; closest: 16 a tile; sums (candidateCount), overwritten
MODELARIUM_KERNEL void modelariumPotentials(const float* tiles, std::size_t features, std::size_t count, const float* candidates,
                                            std::size_t candidateCount, const float* closest, double* sums) noexcept;

/// closest = min(closest, |x - c|^2); the sum of it over the rows.
MODELARIUM_KERNEL double modelariumTakeNearer(const float* tiles, std::size_t features, std::size_t count, const float* centre,
                                              float* closest) noexcept;

/// Which labels differ from those before, in ascending order; how many they are.
///
/// Shape    changed: room for as many as there are rows
MODELARIUM_KERNEL std::size_t modelariumChangedLabels(const std::int32_t* before, const std::int32_t* after, std::size_t rows,
                                                      std::uint32_t* changed) noexcept;

/// Sums and numbers of the rows of every cluster: without a branch or a scatter, for few clusters.
///
/// Math     sums_k = (sum of x_i - mean over the rows i of cluster k, how many they are)
/// Shape    X (rows, features) stored column by column, `stride` apart; sums: clusters times (features + 1), overwritten
/// Cost     O(rows * features * clusters)
MODELARIUM_KERNEL void modelariumClusterSums(const double* X, std::size_t stride, std::size_t rows, std::size_t features, const std::int32_t* labels,
                                             std::size_t clusters, const double* mean, double* sums) noexcept;

/// The same of rows in tiles and in their unit, added up in float: right to about 1e-7 of the largest values' sum. A fraction of the time
/// where the tiles are at hand and X is not.
///
/// Shape    labels: 16 a tile, those behind the last row count for nothing
MODELARIUM_KERNEL void modelariumTileSums(const float* tiles, std::size_t rows, std::size_t features, const std::int32_t* labels,
                                          std::size_t clusters, double* sums) noexcept;

/// Takes rows in tiles along that changed their cluster: out of the sums and numbers of the one before, into those of the one after.
///
/// Shape    changed (count): rows, of which `before` and `after` are the labels; sums: as above, in units of `scale` times those of the tiles
MODELARIUM_KERNEL void modelariumFollowTiles(const float* tiles, std::size_t features, const std::uint32_t* changed, std::size_t count,
                                             const std::int32_t* before, const std::int32_t* after, double scale, double* sums) noexcept;

/// Sum of (x_i - centre_label(i))^2: one feature of the rows, and of the centres.
MODELARIUM_KERNEL double modelariumSquaresToCentres(const double* x, std::size_t rows, const std::int32_t* labels, const double* centres,
                                                    std::size_t clusters) noexcept;

/// Of some values, less `origin`: what they sum to, their squares, and the smallest and largest. There is at least one.
struct Extent {
    double sum, squares, smallest, largest;
};
MODELARIUM_KERNEL void modelariumExtent(const double* x, std::size_t count, double origin, Extent* extent) noexcept;

} // namespace modelarium::kernels
