#include "core/kernels/centroids.h"

#include "core/kernels/vectors.h"

namespace modelarium::kernels {

namespace {

constexpr float farthest = 3.0e38f;

inline Sixteen all(float value) { return Sixteen{} + value; }

/// The two smallest scores so far, and whose the smallest is.
struct Race {
    Sixteen best = all(farthest);
    Sixteen second = all(farthest);
    SixteenBits winner{};

    void enter(const Sixteen& score, std::int32_t centre)
    {
        const SixteenBits wins = score < best;
        const Sixteen loser = wins ? best : score;
        second = loser < second ? loser : second;
        best = wins ? score : best;
        winner = wins ? SixteenBits{} + centre : winner;
    }
};

/// Scores of some centres that follow one another; several at once, so that no sum waits for the one before.
template <std::size_t together>
inline void race(const CentreTable& table, const float* tile, std::size_t first, Race& result)
{
    Sixteen score[together];
    const float* twice = table.twice + first * table.features;
    for (std::size_t c = 0; c < together; ++c)
        score[c] = all(table.squares[first + c]);
    for (std::size_t j = 0; j < table.features; ++j) {
        const Sixteen x = loaded<Sixteen>(tile + j * rowsInTile);
        for (std::size_t c = 0; c < together; ++c)
            score[c] += x * twice[c * table.features + j];
    }
    for (std::size_t c = 0; c < together; ++c)
        result.enter(score[c], std::int32_t(first + c));
}

/// Adds the sixteen lanes up in double, in a fixed order.
double sumOf(const Sixteen& lanes)
{
    double sum = 0;
    for (int i = 0; i < 16; ++i)
        sum += double(lanes[i]);
    return sum;
}

inline Sixteen squaredDistance(const float* tile, std::size_t features, const float* centre)
{
    Sixteen sum{};
    for (std::size_t j = 0; j < features; ++j) {
        const Sixteen difference = loaded<Sixteen>(tile + j * rowsInTile) - centre[j];
        sum += difference * difference;
    }
    return sum;
}

} // namespace

std::size_t modelariumNearestCentres(const CentreTable* table, const float* tiles, std::size_t count, std::int32_t* nearest,
                                     std::uint32_t* doubtful) noexcept
{
    constexpr std::size_t together = 4;
    const std::size_t features = table->features, clusters = table->clusters;
    std::size_t doubts = 0;
    for (std::size_t t = 0; t < count; ++t) {
        const float* tile = tiles + t * tileSize(features);
        Race result;
        std::size_t c = 0;
        for (; c + together <= clusters; c += together)
            race<together>(*table, tile, c, result);
        for (; c < clusters; ++c)
            race<1>(*table, tile, c, result);
        stored(nearest + t * rowsInTile, result.winner);
        const Sixteen length = loaded<Sixteen>(tile + features * rowsInTile);
        const SixteenBits close = result.second - result.best <= length * table->slackPerLength + table->slack;
        std::int32_t any = 0;
        for (int i = 0; i < 16; ++i)
            any |= close[i];
        for (std::uint32_t i = 0; any && i < rowsInTile; ++i)
            if (close[i])
                doubtful[doubts++] = std::uint32_t(t * rowsInTile) + i;
    }
    return doubts;
}

void modelariumPotentials(const float* tiles, std::size_t features, std::size_t count, const float* candidates, std::size_t candidateCount,
                          const float* closest, double* sums) noexcept
{
    for (std::size_t c = 0; c < candidateCount; ++c) {
        Sixteen sum{};
        for (std::size_t t = 0; t < count; ++t) {
            const Sixteen before = loaded<Sixteen>(closest + t * rowsInTile);
            const Sixteen distance = squaredDistance(tiles + t * tileSize(features), features, candidates + c * features);
            sum += distance < before ? distance : before;
        }
        sums[c] = sumOf(sum);
    }
}

double modelariumTakeNearer(const float* tiles, std::size_t features, std::size_t count, const float* centre, float* closest) noexcept
{
    Sixteen sum{};
    for (std::size_t t = 0; t < count; ++t) {
        const Sixteen before = loaded<Sixteen>(closest + t * rowsInTile);
        const Sixteen distance = squaredDistance(tiles + t * tileSize(features), features, centre);
        const Sixteen nearer = distance < before ? distance : before;
        stored(closest + t * rowsInTile, nearer);
        sum += nearer;
    }
    return sumOf(sum);
}

} // namespace modelarium::kernels
