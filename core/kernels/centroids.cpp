#include "core/kernels/centroids.h"

#include "core/kernels/double_lanes.h"
#include "core/kernels/vectors.h"

namespace modelarium::kernels {

namespace {

constexpr float farthest = 3.0e38f;

inline Sixteen sixteen(float value) { return Sixteen{} + value; }

/// The two smallest scores so far, and whose the smallest is.
struct Race {
    Sixteen best = sixteen(farthest);
    Sixteen second = sixteen(farthest);
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
        score[c] = sixteen(table.squares[first + c]);
    for (std::size_t j = 0; j < table.features; ++j) {
        const Sixteen x = loaded<Sixteen>(tile + j * rowsInTile);
        for (std::size_t c = 0; c < together; ++c)
            score[c] += x * twice[c * table.features + j];
    }
    for (std::size_t c = 0; c < together; ++c)
        result.enter(score[c], std::int32_t(first + c));
}

/// Adds the sixteen lanes up in double, in a fixed order.
double sumOf(const Sixteen& values)
{
    double sum = 0;
    for (int i = 0; i < 16; ++i)
        sum += double(values[i]);
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

/// How many sums stay in registers.
constexpr std::int32_t sumsTogether = lanes == 8 ? 8 : 4;

inline LaneBits labelsAt(const std::int32_t* labels)
{
    typedef std::int32_t Labels __attribute__((vector_size(lanes * sizeof(std::int32_t))));
    return __builtin_convertvector(loaded<Labels>(labels), LaneBits);
}

/// Of some features that lie `stride` apart, cluster `first` and those behind it; past the last one there are no rows. Which rows are
/// whose is found out once for all of these features.
template <std::size_t features>
void sumClusters(const double* x, std::size_t stride, std::size_t rows, const std::int32_t* labels, std::int32_t first, const double* mean,
                 double (&sums)[features][sumsTogether])
{
    Lanes sum[features][sumsTogether] = {};
    std::size_t i = 0;
    for (; i + lanes <= rows; i += lanes) {
        const LaneBits label = labelsAt(labels + i);
        Lanes value[features];
        for (std::size_t j = 0; j < features; ++j)
            value[j] = load(x + j * stride + i) - mean[j];
        for (std::int32_t c = 0; c < sumsTogether; ++c) {
            const LaneBits isHere = label == LaneBits{} + (first + c);
            for (std::size_t j = 0; j < features; ++j)
                sum[j][c] = isHere ? sum[j][c] + value[j] : sum[j][c];
        }
    }
    for (std::size_t j = 0; j < features; ++j)
        for (std::int32_t c = 0; c < sumsTogether; ++c) {
            sums[j][c] = sumOf(sum[j][c]);
            for (std::size_t k = i; k < rows; ++k)
                sums[j][c] += labels[k] == first + c ? x[j * stride + k] - mean[j] : 0;
        }
}

template <std::size_t features>
void sumClustersOf(std::size_t feature, const double* X, std::size_t stride, std::size_t rows, std::size_t width, const std::int32_t* labels,
                   std::size_t first, std::size_t clusters, const double* mean, double* sums)
{
    double some[features][sumsTogether];
    sumClusters<features>(X + feature * stride, stride, rows, labels, std::int32_t(first), mean + feature, some);
    for (std::size_t c = 0; c < sumsTogether && first + c < clusters; ++c)
        for (std::size_t j = 0; j < features; ++j)
            sums[(first + c) * (width + 1) + feature + j] = some[j][c];
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

std::size_t modelariumDifferentLabels(const std::int32_t* before, const std::int32_t* after, std::size_t rows) noexcept
{
    std::uint32_t different = 0;
    for (std::size_t i = 0; i < rows; ++i)
        different += before[i] != after[i];
    return different;
}

void modelariumClusterSums(const double* X, std::size_t stride, std::size_t rows, std::size_t features, const std::int32_t* labels,
                           std::size_t clusters, const double* mean, double* sums) noexcept
{
    for (std::size_t first = 0; first < clusters; first += sumsTogether) {
        std::size_t j = 0;
        for (; j + 2 <= features; j += 2)
            sumClustersOf<2>(j, X, stride, rows, features, labels, first, clusters, mean, sums);
        if (j < features)
            sumClustersOf<1>(j, X, stride, rows, features, labels, first, clusters, mean, sums);
    }
    for (std::size_t c = 0; c < clusters; ++c) {
        std::uint32_t count = 0;
        for (std::size_t i = 0; i < rows; ++i)
            count += labels[i] == std::int32_t(c);
        sums[c * (features + 1) + features] = count;
    }
}

double modelariumSquaresToCentres(const double* x, std::size_t rows, const std::int32_t* labels, const double* centres,
                                  [[maybe_unused]] std::size_t clusters) noexcept
{
    double sum = 0;
    std::size_t i = 0;
#if defined(__AVX512F__)
    // The centres stay in a register, from which eight are picked at once.
    Lanes table{}, squares[2] = {};
    for (std::size_t c = 0; c < clusters && clusters <= lanes; ++c)
        table[c] = centres[c];
    for (; clusters <= lanes && i + 2 * lanes <= rows; i += 2 * lanes) {
        for (std::size_t half = 0; half < 2; ++half) {
            const std::size_t place = i + half * lanes;
            const Lanes difference = load(x + place) - __builtin_shuffle(table, labelsAt(labels + place));
            squares[half] += difference * difference;
        }
    }
    sum = sumOf(squares[0]) + sumOf(squares[1]);
#endif
    for (; i < rows; ++i) {
        const double difference = x[i] - centres[labels[i]];
        sum += difference * difference;
    }
    return sum;
}

void modelariumExtent(const double* x, std::size_t count, double origin, Extent* extent) noexcept
{
    Lanes sum{}, squares{}, low = all(x[0] - origin), high = low;
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const Lanes value = load(x + i) - origin;
        sum += value;
        squares += value * value;
        low = smaller(value, low);
        high = larger(value, high);
    }
    *extent = {0, 0, low[0], high[0]};
    const auto add = [extent](double sumPart, double squaresPart, double smallest, double largest) {
        extent->sum += sumPart;
        extent->squares += squaresPart;
        extent->smallest = smallest < extent->smallest ? smallest : extent->smallest;
        extent->largest = largest > extent->largest ? largest : extent->largest;
    };
    for (std::size_t lane = 0; lane < lanes; ++lane)
        add(sum[lane], squares[lane], low[lane], high[lane]);
    for (; i < count; ++i)
        add(x[i] - origin, (x[i] - origin) * (x[i] - origin), x[i] - origin, x[i] - origin);
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
