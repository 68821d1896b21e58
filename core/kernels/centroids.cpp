#include "core/kernels/centroids.h"

#include "core/kernels/double_lanes.h"
#include "core/kernels/vectors.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace modelarium::kernels {

namespace {

// A tile is worked on in vectors as wide as the level's own: compilers take comparisons of wider ones apart, number by number.
constexpr std::size_t floatLanes = 2 * lanes;
constexpr std::size_t partsOfTile = rowsInTile / floatLanes;
typedef float Floats __attribute__((vector_size(floatLanes * sizeof(float)), aligned(4), may_alias));
typedef std::int32_t FloatBits __attribute__((vector_size(floatLanes * sizeof(float)), aligned(4), may_alias));

constexpr float farthest = 3.0e38f;

inline Floats floats(float value) { return Floats{} + value; }

typedef float HalfFloats __attribute__((vector_size(lanes * sizeof(float))));

/// One feature of sixteen rows; its squares are added to what the lengths are taken from.
inline void fillColumn(const double* x, double mean, double unit, float* to, float* squares)
{
    for (std::size_t i = 0; i < rowsInTile; i += lanes) {
        const HalfFloats value = __builtin_convertvector((load(x + i) - mean) * unit, HalfFloats);
        stored(squares + i, loaded<HalfFloats>(squares + i) + value * value);
        stored(to + i, value);
    }
}

/// The two smallest scores so far, and whose the smallest is.
struct Race {
    Floats best = floats(farthest);
    Floats second = floats(farthest);
    FloatBits winner{};

    void enter(const Floats& score, std::int32_t centre)
    {
        const FloatBits wins = score < best;
        const Floats loser = wins ? best : score;
        second = loser < second ? loser : second;
        best = wins ? score : best;
        winner = wins ? FloatBits{} + centre : winner;
    }
};

/// Scores of some centres that follow one another; several at once, so that no sum waits for the one before. `rows` is the part of a tile.
template <std::size_t together>
inline void race(const CentreTable& table, const float* rows, std::size_t first, Race& result)
{
    Floats score[together];
    const float* twice = table.twice + first * table.features;
    for (std::size_t c = 0; c < together; ++c)
        score[c] = floats(table.squares[first + c]);
    for (std::size_t j = 0; j < table.features; ++j) {
        const Floats x = loaded<Floats>(rows + j * rowsInTile);
        for (std::size_t c = 0; c < together; ++c)
            score[c] += x * twice[c * table.features + j];
    }
    for (std::size_t c = 0; c < together; ++c)
        result.enter(score[c], std::int32_t(first + c));
}

/// Adds the lanes up in double, in a fixed order.
double sumOf(const Floats& values)
{
    double sum = 0;
    for (std::size_t i = 0; i < floatLanes; ++i)
        sum += double(values[i]);
    return sum;
}

inline Floats squaredDistance(const float* rows, std::size_t features, const float* centre)
{
    Floats sum{};
    for (std::size_t j = 0; j < features; ++j) {
        const Floats difference = loaded<Floats>(rows + j * rowsInTile) - centre[j];
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

/// As sumsTogether, of sums in float.
constexpr std::int32_t tileSumsTogether = floatLanes == 16 ? 8 : 4;

/// Of some features in a row of tiles, cluster `first` and those behind it; added to what there is.
template <std::size_t features>
void sumTiles(const float* tiles, std::size_t count, std::size_t width, std::size_t feature, const std::int32_t* labels, std::size_t first,
              std::size_t clusters, double* sums)
{
    Floats sum[features][tileSumsTogether] = {};
    for (std::size_t t = 0; t < count; ++t) {
        for (std::size_t part = 0; part < partsOfTile; ++part) {
            const FloatBits label = loaded<FloatBits>(labels + t * rowsInTile + part * floatLanes);
            const float* rows = tiles + t * tileSize(width) + feature * rowsInTile + part * floatLanes;
            Floats value[features];
            for (std::size_t j = 0; j < features; ++j)
                value[j] = loaded<Floats>(rows + j * rowsInTile);
            for (std::int32_t c = 0; c < tileSumsTogether; ++c) {
                const FloatBits isHere = label == FloatBits{} + (std::int32_t(first) + c);
                for (std::size_t j = 0; j < features; ++j)
                    sum[j][c] = isHere ? sum[j][c] + value[j] : sum[j][c];
            }
        }
    }
    for (std::size_t c = 0; c < tileSumsTogether && first + c < clusters; ++c)
        for (std::size_t j = 0; j < features; ++j)
            sums[(first + c) * (width + 1) + feature + j] += sumOf(sum[j][c]);
}

/// How many rows every cluster has, behind its sums.
void countClusters(std::size_t rows, std::size_t width, const std::int32_t* labels, std::size_t clusters, double* sums)
{
    for (std::size_t c = 0; c < clusters; ++c) {
        std::uint32_t count = 0;
        for (std::size_t i = 0; i < rows; ++i)
            count += labels[i] == std::int32_t(c);
        sums[c * (width + 1) + width] = count;
    }
}

} // namespace

void modelariumTileSums(const float* tiles, std::size_t rows, std::size_t features, const std::int32_t* labels, std::size_t clusters,
                        double* sums) noexcept
{
    // Sums in float stay short, and go on in double: how exact they are does not depend on the number of lanes, nor on that of rows.
    constexpr std::size_t together = 64;
    const std::size_t count = (rows + rowsInTile - 1) / rowsInTile;
    for (std::size_t i = 0; i < clusters * (features + 1); ++i)
        sums[i] = 0;
    for (std::size_t begin = 0; begin < count; begin += together) {
        const float* some = tiles + begin * tileSize(features);
        const std::int32_t* own = labels + begin * rowsInTile;
        const std::size_t size = count - begin < together ? count - begin : together;
        for (std::size_t first = 0; first < clusters; first += tileSumsTogether) {
            std::size_t j = 0;
            for (; j + 2 <= features; j += 2)
                sumTiles<2>(some, size, features, j, own, first, clusters, sums);
            if (j < features)
                sumTiles<1>(some, size, features, j, own, first, clusters, sums);
        }
    }
    countClusters(rows, features, labels, clusters, sums);
}

void modelariumFollowTiles(const float* tiles, std::size_t features, const std::uint32_t* changed, std::size_t count,
                           const std::int32_t* before, const std::int32_t* after, double scale, double* sums) noexcept
{
    const std::size_t width = features + 1;
    for (std::size_t c = 0; c < count; ++c) {
        const std::size_t row = changed[c];
        const float* x = tiles + row / rowsInTile * tileSize(features) + row % rowsInTile;
        double* from = sums + std::size_t(before[row]) * width;
        double* to = sums + std::size_t(after[row]) * width;
        for (std::size_t j = 0; j < features; ++j) {
            const double value = double(x[j * rowsInTile]) * scale;
            from[j] -= value;
            to[j] += value;
        }
        from[features] -= 1;
        to[features] += 1;
    }
}

void modelariumFillTiles(const double* X, std::size_t stride, std::size_t rows, std::size_t features, const double* mean, double unit,
                         float* tiles) noexcept
{
    const std::size_t size = tileSize(features), full = rows / rowsInTile, count = (rows + rowsInTile - 1) / rowsInTile;
    const auto squaresOf = [&](std::size_t t) { return tiles + t * size + features * rowsInTile; };
    for (std::size_t t = 0; t < count; ++t)
        for (std::size_t i = 0; i < rowsInTile; ++i)
            squaresOf(t)[i] = 0;
    // Column by column: long runs of memory are fetched ahead.
    for (std::size_t j = 0; j < features; ++j) {
        const double* x = X + j * stride;
        for (std::size_t t = 0; t < full; ++t)
            fillColumn(x + t * rowsInTile, mean[j], unit, tiles + t * size + j * rowsInTile, squaresOf(t));
        if (full < count) {
            double last[rowsInTile];
            for (std::size_t i = 0; i < rowsInTile; ++i)
                last[i] = full * rowsInTile + i < rows ? x[full * rowsInTile + i] : mean[j];
            fillColumn(last, mean[j], unit, tiles + full * size + j * rowsInTile, squaresOf(full));
        }
    }
    for (std::size_t t = 0; t < count; ++t)
        for (std::size_t i = 0; i < rowsInTile; ++i)
            squaresOf(t)[i] = __builtin_sqrtf(squaresOf(t)[i]);
}

std::size_t modelariumNearestCentres(const CentreTable* table, const float* tiles, std::size_t count, std::int32_t* nearest,
                                     std::uint32_t* doubtful) noexcept
{
    constexpr std::size_t together = 4;
    const std::size_t features = table->features, clusters = table->clusters;
    std::size_t doubts = 0;
    for (std::size_t row = 0; row < count * rowsInTile; row += floatLanes) {
        const float* rows = tiles + row / rowsInTile * tileSize(features) + row % rowsInTile;
        Race result;
        std::size_t c = 0;
        for (; c + together <= clusters; c += together)
            race<together>(*table, rows, c, result);
        for (; c < clusters; ++c)
            race<1>(*table, rows, c, result);
        stored(nearest + row, result.winner);
        const Floats length = loaded<Floats>(rows + features * rowsInTile);
        const FloatBits close = result.second - result.best <= length * table->slackPerLength + table->slack;
        std::int32_t any = 0;
        for (std::size_t i = 0; i < floatLanes; ++i)
            any |= close[i];
        for (std::size_t i = 0; any && i < floatLanes; ++i)
            if (close[i])
                doubtful[doubts++] = std::uint32_t(row + i);
    }
    return doubts;
}

std::size_t modelariumChangedLabels(const std::int32_t* before, const std::int32_t* after, std::size_t rows, std::uint32_t* changed) noexcept
{
    std::size_t count = 0, i = 0;
#if defined(__AVX512F__)
    __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (; i + 16 <= rows; i += 16) {
        const __mmask16 differ = _mm512_cmpneq_epi32_mask(_mm512_loadu_si512(before + i), _mm512_loadu_si512(after + i));
        // What stands behind the last one is written over, and ends where the rows do.
        _mm512_storeu_si512(changed + count, _mm512_maskz_compress_epi32(differ, places));
        count += std::size_t(__builtin_popcount(differ));
        places = _mm512_add_epi32(places, _mm512_set1_epi32(16));
    }
#endif
    // Without a branch: which of them differ is a coin toss.
    for (; i < rows; ++i) {
        changed[count] = std::uint32_t(i);
        count += before[i] != after[i];
    }
    return count;
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
    countClusters(rows, features, labels, clusters, sums);
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
        Floats sum[partsOfTile] = {};
        for (std::size_t t = 0; t < count; ++t) {
            for (std::size_t part = 0; part < partsOfTile; ++part) {
                const Floats before = loaded<Floats>(closest + t * rowsInTile + part * floatLanes);
                const Floats distance = squaredDistance(tiles + t * tileSize(features) + part * floatLanes, features, candidates + c * features);
                sum[part] += distance < before ? distance : before;
            }
        }
        sums[c] = 0;
        for (const Floats part : sum)
            sums[c] += sumOf(part);
    }
}

double modelariumTakeNearer(const float* tiles, std::size_t features, std::size_t count, const float* centre, float* closest) noexcept
{
    Floats sum[partsOfTile] = {};
    for (std::size_t t = 0; t < count; ++t) {
        for (std::size_t part = 0; part < partsOfTile; ++part) {
            float* const place = closest + t * rowsInTile + part * floatLanes;
            const Floats before = loaded<Floats>(place);
            const Floats distance = squaredDistance(tiles + t * tileSize(features) + part * floatLanes, features, centre);
            const Floats nearer = distance < before ? distance : before;
            stored(place, nearer);
            sum[part] += nearer;
        }
    }
    double total = 0;
    for (const Floats part : sum)
        total += sumOf(part);
    return total;
}

} // namespace modelarium::kernels
