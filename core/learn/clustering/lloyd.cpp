#include "core/learn/clustering/lloyd.h"

#include "core/model/centroids_predictor.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

using Eigen::Index;

/// The centres as the kernel wants them, with all that rounding to float can do to a score.
struct ScaledCentres {
    std::vector<float> twice;
    std::vector<float> squares;
    kernels::CentreTable table{};

    ScaledCentres(const Matrix& centres, const RowTiles& tiles)
    {
        const std::size_t p = tiles.features();
        std::vector<float> scaled(p);
        double longest = 0;
        for (Index k = 0; k < centres.rows(); ++k) {
            tiles.scale(&centres(k, 0), centres.rows(), scaled.data());
            double square = 0;
            for (const float value : scaled) {
                twice.push_back(-2 * value);
                square += double(value) * double(value);
            }
            squares.push_back(float(square));
            longest = std::max(longest, std::sqrt(square));
        }
        // Every term of a score, and every sum of terms, is rounded once; values and centres were rounded once before. Each is at most
        // |c|^2 + 2 |x| |c| in all, the unit of rounding is 2^-24, there are two scores: doubled once more, to be safe.
        const double rounding = double(p + 8) * std::ldexp(1.0, -22);
        table = {p, std::size_t(centres.rows()), twice.data(), squares.data(), float(rounding * longest * longest), float(rounding * 2 * longest)};
    }
};

} // namespace

Lloyd::Lloyd(const Matrix& X, const RowTiles& tiles, Matrix centres)
    : m_X(X), m_tiles(tiles), m_centres(std::move(centres)), m_labels(std::size_t(X.rows()), -1),
      m_blocks(X.rows(), m_centres.rows() * (X.cols() + 1)),
      m_isRounded(std::size_t(m_blocks.count()), 0), m_blockSums(Matrix::Zero(m_centres.rows() * (X.cols() + 1), m_blocks.count()))
{
    addBlocks();
}

std::size_t Lloyd::assign()
{
    const ScaledCentres scaled(m_centres, m_tiles);
    const Matrix byRow = m_centres.transpose();
    std::vector<std::size_t> changed(std::size_t(m_blocks.count()));
    parallelFor(changed.size(), [&](std::size_t block) { assignBlock(Index(block), scaled.table, byRow, changed[block]); });
    addBlocks();
    return std::accumulate(changed.begin(), changed.end(), std::size_t(0));
}

void Lloyd::assignBlock(Index block, const kernels::CentreTable& table, const Matrix& centresByRow, std::size_t& changed)
{
    const Index first = m_blocks.first(block), rows = m_blocks.size(block);
    const std::size_t tiles = RowTiles::tilesFor(rows);
    Buffer<std::int32_t> nearest(tiles * kernels::rowsInTile);
    Buffer<std::uint32_t> doubtful(nearest.size());
    doubtful.resize(kernels::modelariumNearestCentres(&table, m_tiles.from(first), tiles, nearest.data(), doubtful.data()));
    std::vector<double> x(table.features);
    for (const std::uint32_t place : doubtful) {
        if (Index(place) >= rows)
            continue;
        Eigen::Map<RowVector>(x.data(), m_X.cols()) = m_X.row(first + Index(place));
        nearest[place] = std::int32_t(nearestCentre(centresByRow.data(), table.clusters, table.features, x.data()).cluster);
    }
    std::int32_t* labels = &m_labels[std::size_t(first)];
    Buffer<std::uint32_t>& changes = doubtful;              // no longer needed
    changes.resize(nearest.size());
    changes.resize(kernels::modelariumChangedLabels(labels, nearest.data(), std::size_t(rows), changes.data()));
    changed = changes.size();
    char& isRounded = m_isRounded[std::size_t(block)];
    if (changed == 0 && !isRounded)
        return;
    double* sums = m_blockSums.col(block).data();
    // Where many rows moved, the sums are taken anew: that reads in order, and leaves no rounding behind. Every row that moved fetches
    // as many lines of memory as eight rows in order; in the tiles, which are at hand, it takes as long as five others.
    const bool areMany = changed * (hasFewClusters() ? 30 : 6) > std::size_t(rows);
    if (isRounded && areMany && changed * 5 < std::size_t(rows)) {
        kernels::modelariumFollowTiles(m_tiles.from(first), table.features, changes.data(), changed, labels, nearest.data(), 1 / m_tiles.unit(), sums);
    } else if (!isRounded && !areMany) {
        std::vector<Change> whole;
        for (const std::uint32_t i : changes)
            whole.push_back({first + Index(i), labels[i], nearest[i]});
        follow(whole, sums);
    } else {
        std::copy_n(nearest.begin(), rows, labels);
        if (areMany && roundsSums())
            sumRoundedBlock(block, nearest.data());
        else
            sumBlock(block);
        return;
    }
    for (const std::uint32_t i : changes)
        labels[i] = nearest[i];
}

/// Where the tiles have just been fetched from memory, and X would have to be.
bool Lloyd::roundsSums() const
{
    constexpr Index valuesInCaches = 1 << 20;
    return hasFewClusters() && m_X.size() > valuesInCaches;
}

void Lloyd::sumRoundedBlock(Index block, const std::int32_t* labels)
{
    const Index first = m_blocks.first(block), p = m_X.cols();
    auto sums = m_blockSums.col(block);
    kernels::modelariumTileSums(m_tiles.from(first), std::size_t(m_blocks.size(block)), std::size_t(p), labels, std::size_t(m_centres.rows()),
                                sums.data());
    for (Index k = 0; k < m_centres.rows(); ++k)
        sums.segment(k * (p + 1), p) /= m_tiles.unit();
    m_isRounded[std::size_t(block)] = 1;
}

bool Lloyd::areSumsRounded() const
{
    return std::any_of(m_isRounded.begin(), m_isRounded.end(), [](char isRounded) { return isRounded; });
}

void Lloyd::sumExactly()
{
    parallelFor(m_isRounded.size(), [&](std::size_t block) {
        if (m_isRounded[block])
            sumBlock(Index(block));
    });
    addBlocks();
}

void Lloyd::sumBlock(Index block)
{
    m_isRounded[std::size_t(block)] = 0;
    const Index first = m_blocks.first(block), rows = m_blocks.size(block), p = m_X.cols();
    const std::int32_t* labels = &m_labels[std::size_t(first)];
    double* sums = m_blockSums.col(block).data();
    if (hasFewClusters()) {
        kernels::modelariumClusterSums(&m_X(first, 0), std::size_t(m_X.outerStride()), std::size_t(rows), std::size_t(p), labels,
                                       std::size_t(m_centres.rows()), m_tiles.origin().data(), sums);
        return;
    }
    std::fill_n(sums, m_blockSums.rows(), 0.0);
    for (Index j = 0; j < p; ++j) {
        const double* x = &m_X(first, j);
        const double mean = m_tiles.origin()[j];
        for (Index i = 0; i < rows; ++i)
            sums[Index(labels[i]) * (p + 1) + j] += x[i] - mean;
    }
    for (Index i = 0; i < rows; ++i)
        sums[Index(labels[i]) * (p + 1) + p] += 1;
}

/// Rows take their part of the sums along; column by column, so that no cell waits for the one before.
void Lloyd::follow(const std::vector<Change>& changes, double* sums) const
{
    const Index p = m_X.cols();
    for (Index j = 0; j < p; ++j) {
        const double* x = &m_X(0, j);
        const double mean = m_tiles.origin()[j];
        for (const Change& change : changes) {
            const double value = x[change.row] - mean;
            sums[Index(change.from) * (p + 1) + j] -= value;
            sums[Index(change.to) * (p + 1) + j] += value;
        }
    }
    for (const Change& change : changes) {
        sums[Index(change.from) * (p + 1) + p] -= 1;
        sums[Index(change.to) * (p + 1) + p] += 1;
    }
}

void Lloyd::addBlocks()
{
    const Vector total = m_blockSums.rowwise().sum();
    m_sums = Eigen::Map<const Matrix>(total.data(), m_X.cols() + 1, m_centres.rows());
}

std::size_t Lloyd::emptyClusters() const { return std::size_t((m_sums.row(m_X.cols()).array() == 0).count()); }

double Lloyd::move()
{
    if (emptyClusters() > 0)
        fillEmptyClusters();
    m_areCentresRounded = areSumsRounded();
    const Index p = m_X.cols();
    double ways = 0;
    for (Index k = 0; k < m_centres.rows(); ++k) {
        const double count = m_sums(p, k);
        if (count == 0)
            continue;
        const RowVector centre = m_tiles.origin() + m_sums.col(k).head(p).transpose() / count;
        ways += (centre - m_centres.row(k)).squaredNorm();
        m_centres.row(k) = centre;
    }
    return ways;
}

/// The rows farthest from their own centres, of clusters that keep another, become clusters of their own.
void Lloyd::fillEmptyClusters()
{
    const Index p = m_X.cols(), n = m_X.rows();
    Vector distances(n);
    parallelFor(std::size_t(m_blocks.count()), [&](std::size_t block) {
        const Index first = m_blocks.first(Index(block));
        for (Index i = first; i < first + m_blocks.size(Index(block)); ++i)
            distances[i] = (m_X.row(i) - m_centres.row(m_labels[std::size_t(i)])).squaredNorm();
    });
    for (Index k = 0; k < m_centres.rows(); ++k) {
        if (m_sums(p, k) > 0)
            continue;
        Index farthest = -1;
        for (Index i = 0; i < n; ++i)
            if (distances[i] > (farthest < 0 ? 0 : distances[farthest]) && m_sums(p, m_labels[std::size_t(i)]) > 1)
                farthest = i;
        if (farthest < 0)                           // fewer different rows than clusters
            return;
        distances[farthest] = 0;
        const std::vector<Change> change = {{farthest, m_labels[std::size_t(farthest)], std::int32_t(k)}};
        m_labels[std::size_t(farthest)] = std::int32_t(k);
        follow(change, m_blockSums.col(m_blocks.indexOf(farthest)).data());
        follow(change, m_sums.data());
    }
}

double Lloyd::inertia() const
{
    const Index p = m_X.cols();
    double sum = m_tiles.squaresAboutOrigin();
    for (Index k = 0; k < m_centres.rows(); ++k) {
        const RowVector centre = m_centres.row(k) - m_tiles.origin();
        sum += m_sums(p, k) * centre.squaredNorm() - 2 * centre.dot(m_sums.col(k).head(p).transpose());
    }
    return std::max(0.0, sum);
}

double Lloyd::exactInertia() const
{
    // What the sums lose is little of this, unless nearly all of the squares lie between the clusters.
    constexpr double leastShare = 1e-2;
    if (const double fromSums = inertia(); !areSumsRounded() && fromSums > leastShare * m_tiles.squaresAboutOrigin())
        return fromSums;
    return m_blocks.sum(1, [&](Index first, Index rows, double* sum) {
        for (Index j = 0; j < m_X.cols(); ++j) {
            *sum += kernels::modelariumSquaresToCentres(&m_X(first, j), std::size_t(rows), &m_labels[std::size_t(first)], &m_centres(0, j),
                                                        std::size_t(m_centres.rows()));
        }
    })[0];
}

} // namespace modelarium
