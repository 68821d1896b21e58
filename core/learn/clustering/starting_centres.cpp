#include "core/learn/clustering/starting_centres.h"

#include "core/learn/linear/row_blocks.h"

#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

using Eigen::Index;

/// Draws the rows of k-means++ one after the other.
class PlusPlus {
public:
    PlusPlus(const Matrix& X, const RowTiles& tiles, Random random)
        : m_X(X), m_tiles(tiles), m_random(random), m_blocks(tiles.rows(), 1),
          m_closest(RowTiles::tilesFor(tiles.rows()) * kernels::rowsInTile), m_potentials(std::size_t(m_blocks.count()))
    {
        std::fill(m_closest.begin(), m_closest.end(), 0.0f);
        std::fill_n(m_closest.begin(), tiles.rows(), std::numeric_limits<float>::max());
    }

    std::vector<Index> draw(std::size_t clusters)
    {
        const auto trials = 2 + std::size_t(std::log(double(clusters)));
        std::vector<Index> rows = {Index(m_random.below(std::uint64_t(m_tiles.rows())))};
        take(rows.back());
        while (rows.size() < clusters) {
            std::vector<Index> candidates;
            for (std::size_t trial = 0; trial < trials; ++trial)
                candidates.push_back(drawByDistance());
            rows.push_back(best(candidates));
            take(rows.back());
        }
        return rows;
    }

private:
    std::size_t features() const { return m_tiles.features(); }

    void take(Index row)
    {
        std::vector<float> centre(features());
        m_tiles.scale(&m_X(row, 0), m_X.rows(), centre.data());
        parallelFor(m_potentials.size(), [&](std::size_t block) {
            const Index first = m_blocks.first(Index(block));
            m_potentials[block] = kernels::modelariumTakeNearer(m_tiles.from(first), features(), RowTiles::tilesFor(m_blocks.size(Index(block))),
                                                                centre.data(), &m_closest[std::size_t(first)]);
        });
    }

    /// A row with probability proportional to its squared distance to the nearest centre; any where all are at a centre.
    Index drawByDistance()
    {
        const double total = std::accumulate(m_potentials.begin(), m_potentials.end(), 0.0);
        if (!(total > 0))
            return Index(m_random.below(std::uint64_t(m_tiles.rows())));
        double left = m_random.uniform() * total;
        std::size_t block = 0;
        while (block + 1 < m_potentials.size() && left >= m_potentials[block])
            left -= m_potentials[block++];
        Index row = m_blocks.first(Index(block));
        Index drawn = row;
        for (const Index last = row + m_blocks.size(Index(block)); row < last; ++row) {
            const double distance = m_closest[std::size_t(row)];
            if (distance > 0)
                drawn = row;
            left -= distance;
            if (left < 0 && distance > 0)
                break;
        }
        return drawn;
    }

    Index best(const std::vector<Index>& candidates) const
    {
        const std::size_t count = candidates.size();
        std::vector<float> centres(count * features());
        for (std::size_t c = 0; c < count; ++c)
            m_tiles.scale(&m_X(candidates[c], 0), m_X.rows(), &centres[c * features()]);
        std::vector<double> parts(count * m_potentials.size());
        parallelFor(m_potentials.size(), [&](std::size_t block) {
            const Index first = m_blocks.first(Index(block));
            kernels::modelariumPotentials(m_tiles.from(first), features(), RowTiles::tilesFor(m_blocks.size(Index(block))), centres.data(), count,
                                          &m_closest[std::size_t(first)], &parts[block * count]);
        });
        std::vector<double> sums(count);
        for (std::size_t block = 0; block < m_potentials.size(); ++block)
            for (std::size_t c = 0; c < count; ++c)
                sums[c] += parts[block * count + c];
        return candidates[std::size_t(std::min_element(sums.begin(), sums.end()) - sums.begin())];
    }

    const Matrix& m_X;
    const RowTiles& m_tiles;
    Random m_random;
    RowBlocks m_blocks;
    Buffer<float> m_closest;                        // squared distance of each row to its nearest centre; 0 behind the last row
    std::vector<double> m_potentials;               // their sums, block by block
};

std::vector<Index> randomRows(Index n, std::size_t clusters, Random random)
{
    std::vector<Index> rows(static_cast<std::size_t>(n));
    std::iota(rows.begin(), rows.end(), Index(0));
    for (std::size_t i = 0; i < clusters; ++i)
        std::swap(rows[i], rows[i + std::size_t(random.below(std::uint64_t(n) - i))]);
    rows.resize(clusters);
    return rows;
}

} // namespace

Matrix startingCentres(CentreStart start, const Matrix& X, const RowTiles& tiles, std::size_t clusters, Random random)
{
    switch (start) {
    case CentreStart::PlusPlus: return X(PlusPlus(X, tiles, random).draw(clusters), Eigen::all);
    case CentreStart::RandomRows: return X(randomRows(X.rows(), clusters, random), Eigen::all);
    case CentreStart::FirstRows: break;
    }
    return X.topRows(Index(clusters));
}

} // namespace modelarium
