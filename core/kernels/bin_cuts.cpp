#include "core/kernels/bin_cuts.h"

#include "core/kernels/double_lanes.h"

#include <limits>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace modelarium::kernels {

namespace {

constexpr std::size_t mostBins = 256;
constexpr double never = -std::numeric_limits<double>::infinity();

/// Lanes `step` apart change places; a power of two.
inline Lanes swapped(const Lanes& value, std::size_t step)
{
    LaneBits place{};
    for (std::size_t lane = 0; lane < lanes; ++lane)
        place[lane] = std::int64_t(lane ^ step);
    return __builtin_shuffle(value, place);
}

/// The best score of each lane so far, and where it is; keys are compared where scores are equal, the lower one wins.
struct BestLanes {
    Lanes score;
    Lanes key;

    explicit BestLanes(double beaten) : score(all(beaten)), key(all(-1)) {}

    void offer(const Lanes& candidate, const Lanes& candidateKey)
    {
        const LaneBits better = (candidate > score) | ((candidate == score) & (candidateKey < key));
        score = better ? candidate : score;
        key = better ? candidateKey : key;
    }

    /// False where none is better than what was to be beaten.
    bool best(double& bestScore, double& bestKey)
    {
        for (std::size_t step = lanes / 2; step > 0; step /= 2)
            offer(swapped(score, step), swapped(key, step));
        bestScore = score[0];
        bestKey = key[0];
        return bestKey >= 0;
    }
};

/// (a^2 / l) + (b^2 / r) with one division, and the same bits when the sides change places; never where a side is too light.
inline Lanes scoreOf(const Lanes& leftSquares, const Lanes& left, const Lanes& rightSquares, const Lanes& right, double leastWeight)
{
    const Lanes score = (leftSquares * right + rightSquares * left) / (left * right);
    return (left >= leastWeight) & (right >= leastWeight) ? score : all(never);
}

inline Lanes ramp()
{
    Lanes first{};
    for (std::size_t lane = 0; lane < lanes; ++lane)
        first[lane] = double(lane);
    return first;
}

/// Numbers from 0 to 2^52 - 1.
inline Lanes toDouble(const LaneBits& numbers)
{
    constexpr std::int64_t twoTo52 = 0x4330000000000000;
    const LaneBits bits = numbers | twoTo52;
    return reinterpret_cast<const Lanes&>(bits) - 0x1p52;
}

inline LaneBits loadBits(const std::int64_t* from) { return *reinterpret_cast<const LaneBits*>(from); }

/// What goes left up to each of some places, in order: sums of deviations, and weights.
struct Prefixes {
    std::int64_t weight[mostBins + lanes];
    std::int64_t deviation[mostBins + lanes];
};

/// Scores all places; room behind the last one is filled with what is never cut.
bool bestPlace(Prefixes& sums, std::size_t places, std::int64_t deviation, const CutLimits& limits, double& score, std::size_t& best)
{
    for (std::size_t i = places; i < roundedUp(places, lanes); ++i)
        sums.weight[i] = sums.deviation[i] = 0;
    BestLanes found(limits.beaten);
    Lanes key = ramp();
    for (std::size_t i = 0; i < places; i += lanes, key += double(lanes)) {
        const Lanes left = toDouble(loadBits(sums.weight + i));
        const LaneBits whole = loadBits(sums.deviation + i);
        const Lanes l = __builtin_convertvector(whole, Lanes), r = __builtin_convertvector(deviation - whole, Lanes);
        found.offer(scoreOf(l * l, left, r * r, double(limits.weight) - left, double(limits.leastWeight)), key);
    }
    double bestKey = 0;
    if (!found.best(score, bestKey))
        return false;
    best = std::size_t(bestKey);
    return true;
}

/// The best cut of some features of a small node; Capacity: rows that there is room for. Words: of each row's cells that are summed.
/// scoreOfLeft: from those sums, of what goes left.
template <std::size_t Capacity, std::size_t Words, class Score>
BinLook bestOfFeatures(const SmallNode& node, const std::uint32_t* features, std::size_t featureCount, const CutLimits& limits,
                       const Score& scoreOfLeft, BinPlace& place)
{
    constexpr std::size_t vectors = Capacity / lanes;
    double bins[mostFeatures][Capacity];
    for (std::size_t f = 0; f < featureCount; ++f) {
        const std::uint8_t* first = node.bins + features[f] * node.featureStep;
        for (std::size_t i = 0; i < node.count; ++i)
            bins[f][i] = double(first[node.places[i] * node.stride]);
        for (std::size_t i = node.count; i < Capacity; ++i)
            bins[f][i] = -1;                        // has nothing on its left, and is never cut
    }
    BestLanes found(limits.beaten);
    for (std::size_t f = 0; f < featureCount; ++f) {
        Lanes bin[vectors];
        LaneBits sums[Words][vectors];
#pragma GCC unroll 16
        for (std::size_t v = 0; v < vectors; ++v) {
            bin[v] = load(&bins[f][v * lanes]);
            for (std::size_t word = 0; word < Words; ++word)
                sums[word][v] = LaneBits{};
        }
        for (std::size_t i = 0; i < node.count; ++i)
#pragma GCC unroll 16
            for (std::size_t v = 0; v < vectors; ++v) {
                const LaneBits counts = bin[v] >= bins[f][i];
                for (std::size_t word = 0; word < Words; ++word)
                    sums[word][v] += counts & node.cells[word][i];
            }
#pragma GCC unroll 16
        for (std::size_t v = 0; v < vectors; ++v) {
            LaneBits left[Words];
            for (std::size_t word = 0; word < Words; ++word)
                left[word] = sums[word][v];
            found.offer(scoreOfLeft(left), bin[v] + double(f * mostBins));
        }
    }
    double key = 0;
    if (!found.best(place.score, key)) {
        bool varies = false;
        for (std::size_t f = 0; f < featureCount; ++f)
            for (std::size_t i = 1; i < node.count; ++i)
                varies |= bins[f][i] != bins[f][0];
        return {varies, false};
    }
    place.feature = std::size_t(key) / mostBins;
    place.below = std::uint32_t(key) % mostBins;
    const double below = double(place.below);
    Lanes above = all(mostBins);
    for (std::size_t i = 0; i < Capacity; i += lanes) {
        const Lanes bin = load(&bins[place.feature][i]);
        above = smaller(above, bin > below ? bin : all(mostBins));
    }
    for (std::size_t step = lanes / 2; step > 0; step /= 2)
        above = smaller(above, swapped(above, step));
    place.above = std::uint32_t(above[0]);
    return {true, true};
}

template <std::size_t Words, class Score>
BinLook bestOfSmall(const SmallNode& node, const std::uint32_t* features, std::size_t featureCount, const CutLimits& limits, const Score& scoreOfLeft,
                    BinPlace& place)
{
    if (node.count <= 8)
        return bestOfFeatures<8, Words>(node, features, featureCount, limits, scoreOfLeft, place);
    if (node.count <= 16)
        return bestOfFeatures<16, Words>(node, features, featureCount, limits, scoreOfLeft, place);
    return bestOfFeatures<mostSmallRows, Words>(node, features, featureCount, limits, scoreOfLeft, place);
}

/// Gini from sums of weights in the 16 bits of each class.
template <std::size_t Classes>
struct GiniOfFields {
    std::int64_t total;
    const CutLimits& limits;

    Lanes operator()(const LaneBits (&left)[1]) const
    {
        Lanes weight{}, leftSquares{}, rightSquares{};
#pragma GCC unroll 4
        for (std::size_t k = 0; k < Classes; ++k) {
            const Lanes l = toDouble(left[0] >> (16 * k) & 0xffff), r = double(total >> (16 * k) & 0xffff) - l;
            weight += l;
            leftSquares += l * l;
            rightSquares += r * r;
        }
        return scoreOf(leftSquares, weight, rightSquares, double(limits.weight) - weight, double(limits.leastWeight));
    }
};

} // namespace

BinLook modelariumSmallGiniCut(const SmallNode* node, const std::uint32_t* features, std::size_t featureCount, std::int64_t total,
                               std::size_t classes, const CutLimits& limits, BinPlace* place) noexcept
{
    if (classes == 2)
        return bestOfSmall<1>(*node, features, featureCount, limits, GiniOfFields<2>{total, limits}, *place);
    if (classes == 3)
        return bestOfSmall<1>(*node, features, featureCount, limits, GiniOfFields<3>{total, limits}, *place);
    return bestOfSmall<1>(*node, features, featureCount, limits, GiniOfFields<4>{total, limits}, *place);
}

BinLook modelariumSmallSquaresCut(const SmallNode* node, const std::uint32_t* features, std::size_t featureCount, std::int64_t deviation,
                                  const CutLimits& limits, BinPlace* place) noexcept
{
    const auto score = [&](const LaneBits (&left)[2]) {
        const Lanes weight = toDouble(left[0]);
        const Lanes l = __builtin_convertvector(left[1], Lanes), r = __builtin_convertvector(deviation - left[1], Lanes);
        return scoreOf(l * l, weight, r * r, double(limits.weight) - weight, double(limits.leastWeight));
    };
    return bestOfSmall<2>(*node, features, featureCount, limits, score, *place);
}

namespace {

/// Filled bins side by side, and which they are; the histogram is emptied.
#if defined(__AVX512F__) && defined(__AVX512VL__)
std::size_t takeFilled(std::int64_t* weights, std::int64_t* others, std::size_t bins, std::int64_t* filledWeights, std::int64_t* filledOthers,
                       std::int32_t* filledBins)
{
    std::size_t filled = 0;
    __m256i bin = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (std::size_t i = 0; i < bins; i += 8) {
        const __m512i eight = _mm512_loadu_si512(weights + i);
        const __mmask8 isFilled = _mm512_test_epi64_mask(eight, eight);
        _mm512_storeu_si512(filledWeights + filled, _mm512_maskz_compress_epi64(isFilled, eight));
        _mm512_storeu_si512(weights + i, _mm512_setzero_si512());
        if (others) {
            _mm512_storeu_si512(filledOthers + filled, _mm512_maskz_compress_epi64(isFilled, _mm512_loadu_si512(others + i)));
            _mm512_storeu_si512(others + i, _mm512_setzero_si512());
        }
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(filledBins + filled), _mm256_maskz_compress_epi32(isFilled, bin));
        bin = _mm256_add_epi32(bin, _mm256_set1_epi32(8));
        filled += std::size_t(__builtin_popcount(isFilled));
    }
    return filled;
}
#else
std::size_t takeFilled(std::int64_t* weights, std::int64_t* others, std::size_t bins, std::int64_t* filledWeights, std::int64_t* filledOthers,
                       std::int32_t* filledBins)
{
    std::size_t filled = 0;
    for (std::size_t bin = 0; bin < bins; ++bin) {
        const std::int64_t weight = weights[bin];
        filledWeights[filled] = weight;
        weights[bin] = 0;
        if (others) {
            filledOthers[filled] = others[bin];
            others[bin] = 0;
        }
        filledBins[filled] = std::int32_t(bin);
        filled += weight != 0;
    }
    return filled;
}
#endif

/// Cells of one word: what goes left is summed bin by bin, and scored many bins at once.
template <class Score>
BinLook bestOfHistogram(std::int64_t* cells, std::size_t bins, const CutLimits& limits, const Score& scoreOfLeft, BinPlace& place)
{
    std::int64_t sums[mostBins + lanes];
    std::int32_t binAt[mostBins + 8];
    const std::size_t filled = takeFilled(cells, nullptr, bins, sums, nullptr, binAt);
    if (filled < 2)
        return {false, false};
    for (std::size_t i = 1; i < filled; ++i)
        sums[i] += sums[i - 1];
    for (std::size_t i = filled; i < roundedUp(filled, lanes); ++i)
        sums[i] = 0;
    BestLanes found(limits.beaten);
    Lanes key = ramp();
    for (std::size_t i = 0; i < filled; i += lanes, key += double(lanes)) {
        const LaneBits left[1] = {loadBits(sums + i)};
        found.offer(scoreOfLeft(left), key);
    }
    double best = 0;
    if (!found.best(place.score, best))
        return {true, false};
    place.below = std::uint32_t(binAt[std::size_t(best)]);
    place.above = std::uint32_t(binAt[std::size_t(best) + 1]);
    return {true, true};
}

} // namespace

BinLook modelariumBinaryHistogramCut(std::uint64_t* cells, std::size_t bins, std::int64_t ones, const CutLimits& limits, BinPlace* place) noexcept
{
    const auto score = [&](const LaneBits (&both)[1]) {
        const Lanes left = toDouble((both[0] >> 32) & 0xffffffff), l = toDouble(both[0] & 0xffffffff), r = double(ones) - l;
        return scoreOf(l * l, left, r * r, double(limits.weight) - left, double(limits.leastWeight));
    };
    return bestOfHistogram(reinterpret_cast<std::int64_t*>(cells), bins, limits, score, *place);
}

BinLook modelariumGiniHistogramCut(std::int64_t* cells, std::size_t bins, std::int64_t total, std::size_t classes, const CutLimits& limits,
                                   BinPlace* place) noexcept
{
    if (classes == 2)
        return bestOfHistogram(cells, bins, limits, GiniOfFields<2>{total, limits}, *place);
    if (classes == 3)
        return bestOfHistogram(cells, bins, limits, GiniOfFields<3>{total, limits}, *place);
    return bestOfHistogram(cells, bins, limits, GiniOfFields<4>{total, limits}, *place);
}

BinLook modelariumSquaresHistogramCut(std::int64_t* weights, std::int64_t* deviations, std::size_t bins, std::int64_t deviation,
                                      const CutLimits& limits, BinPlace* place) noexcept
{
    Prefixes sums;
    std::int32_t binAt[mostBins + 8];
    const std::size_t filled = takeFilled(weights, deviations, bins, sums.weight, sums.deviation, binAt);
    if (filled < 2)
        return {false, false};
    for (std::size_t i = 1; i < filled; ++i) {
        sums.weight[i] += sums.weight[i - 1];
        sums.deviation[i] += sums.deviation[i - 1];
    }
    std::size_t best = 0;
    if (!bestPlace(sums, filled, deviation, limits, place->score, best))
        return {true, false};
    place->below = std::uint32_t(binAt[best]);
    place->above = std::uint32_t(binAt[best + 1]);
    return {true, true};
}

} // namespace modelarium::kernels
