#include "core/kernels/nearest_choice.h"

#include "core/kernels/vectors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace modelarium::kernels {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// The smaller of each two goes to `low`, the larger to `high`.
inline void sortPair(NativeDoubles& low, NativeDoubles& high)
{
#if defined(__AVX512F__)
    const __m512d a = reinterpret_cast<const __m512d&>(low), b = reinterpret_cast<const __m512d&>(high);
    // Masked by nothing, as in lanes.h.
    low = reinterpret_cast<NativeDoubles>(_mm512_maskz_min_pd(0xFF, a, b));
    high = reinterpret_cast<NativeDoubles>(_mm512_maskz_max_pd(0xFF, a, b));
#else
    const auto isLess = high < low;
    const NativeDoubles larger = isLess ? low : high;
    low = isLess ? high : low;
    high = larger;
#endif
}

inline std::int64_t largestOf(NativeWords words)
{
    // By way of memory of their own: what is indexed in a loop does not stay in a register.
    std::array<std::int64_t, nativeDoubles> each;
    stored(each.data(), words);
    return *std::max_element(each.begin(), each.end());
}

inline bool isAny(NativeWords mask)
{
#if defined(__AVX512F__)
    return _mm512_movepi64_mask(__m512i(mask)) != 0;
#elif defined(__AVX2__)
    return _mm256_movemask_pd(__m256d(mask)) != 0;
#else
    return (mask[0] | mask[1]) != 0;
#endif
}

/// In every lane the `kept`-th smallest of sign * number: what stands at the end of a sorted list of so many. The list has room for
/// `Room` and stays in registers; places that are too many hold what nothing displaces.
template <std::int64_t Room>
NativeDoubles endOfList(const NativeDoubles* numbers, std::size_t count, NativeWords kept, double sign)
{
    NativeDoubles list[Room];
    for (std::int64_t t = 0; t < Room; ++t)
        list[t] = NativeWords{} + t < Room - kept ? NativeDoubles{} - infinite : NativeDoubles{} + infinite;
    for (std::size_t c = 0; c < count; ++c) {
        NativeDoubles number = numbers[c] * sign;
#pragma GCC unroll 32
        for (std::int64_t t = 0; t < Room; ++t)
            sortPair(list[t], number);
    }
    return list[Room - 1] * sign;
}

/// In every lane the `wanted`-th smallest of up to 64 numbers, by lists of the smallest or of the largest, whichever are shorter.
inline NativeDoubles orderStatistic(const NativeDoubles* numbers, std::size_t count, NativeWords wanted)
{
    const NativeWords fromAbove = std::int64_t(count) + 1 - wanted;
    const std::int64_t below = largestOf(wanted), above = largestOf(fromAbove);
    const NativeWords kept = below <= above ? wanted : fromAbove;
    const double sign = below <= above ? 1 : -1;
    const std::int64_t most = std::min(below, above);
    if (most <= 2)
        return endOfList<2>(numbers, count, kept, sign);
    if (most <= 4)
        return endOfList<4>(numbers, count, kept, sign);
    if (most <= 6)
        return endOfList<6>(numbers, count, kept, sign);
    if (most <= 8)
        return endOfList<8>(numbers, count, kept, sign);
    if (most <= 12)
        return endOfList<12>(numbers, count, kept, sign);
    if (most <= 16)
        return endOfList<16>(numbers, count, kept, sign);
    if (most <= 32)
        return endOfList<32>(numbers, count, kept, sign);
    return endOfList<64>(numbers, count, kept, sign);
}

/// Distances, in the unit that they are compared in, between which that of the last is; with wide room for what rounding does.
struct Between {
    NativeDoubles low, high;

    Between(const double* kth, double way, bool manhattan)
    {
        constexpr double tiny = 1e-300, share = 1e-9;
        for (std::size_t lane = 0; lane < nativeDoubles; ++lane) {
            const double last = manhattan ? kth[lane] : __builtin_sqrt(kth[lane]);
            const double room = share * (last + way), least = last - way - room, most = last + way + room;
            // An unknown one is infinite: `least` is no number then.
            low[lane] = (least > 0 ? (manhattan ? least : least * least) : 0) - tiny;
            high[lane] = (manhattan ? most : most * most) + tiny;
        }
    }
};

/// Takes the last of equally near candidates out of a choice of too many.
std::uint64_t withoutLast(std::uint64_t chosen, const NativeDoubles* distances, std::size_t lane, double limit, std::size_t wanted)
{
    for (std::size_t c = mostCandidates; c-- > 0 && std::size_t(__builtin_popcountll(chosen)) > wanted;)
        if ((chosen >> c & 1) && distances[c][lane] == limit)
            chosen &= ~(std::uint64_t(1) << c);
    return chosen;
}

/// As many of the eight queries as a vector has lanes; of a fixed number of features where `Features` is not 0.
template <bool manhattan, std::size_t Features>
void choose(const double* x, std::size_t givenFeatures, const double* rows, std::size_t candidates, std::size_t wanted, double way, double* kth,
            std::uint64_t* chosen)
{
    const std::size_t features = Features ? Features : givenFeatures;
    const Between between(kth, way, manhattan);
    NativeDoubles distances[mostCandidates], open[mostCandidates];
    NativeWords left = NativeWords{} + std::int64_t(wanted);
    std::size_t opens = 0;
    for (std::size_t c = 0; c < candidates; ++c, rows += features) {
        NativeDoubles sum{};
        for (std::size_t j = 0; j < features; ++j) {
            const NativeDoubles difference = loaded<NativeDoubles>(x + 8 * j) - rows[j];
            sum += manhattan ? (difference < 0 ? -difference : difference) : difference * difference;
        }
        distances[c] = sum;
        const NativeWords isNear = sum < between.low;
        left += isNear;
        open[opens] = isNear ? NativeDoubles{} + infinite : sum;
        opens += isAny(~isNear & (sum <= between.high));
    }
    const NativeDoubles limit = orderStatistic(open, opens, left);
    NativeWords bits{}, room = NativeWords{} + std::int64_t(wanted);
    for (std::size_t c = 0; c < candidates; ++c) {
        const NativeWords isChosen = distances[c] <= limit;
        bits |= isChosen & std::int64_t(std::uint64_t(1) << c);
        room += isChosen;
    }
    stored(kth, limit);
    stored(chosen, bits);
    if (!isAny(room < 0))
        return;
    for (std::size_t lane = 0; lane < nativeDoubles; ++lane)
        if (std::size_t(__builtin_popcountll(chosen[lane])) > wanted)
            chosen[lane] = withoutLast(chosen[lane], distances, lane, kth[lane], wanted);
}

} // namespace

void modelariumChooseNearest(const double* x, std::size_t features, bool manhattan, const double* rows, std::size_t candidates,
                             std::size_t wanted, double way, double* kth, std::uint64_t* chosen) noexcept
{
    for (std::size_t first = 0; first < 8; first += nativeDoubles) {
        if (manhattan)
            choose<true, 0>(x + first, features, rows, candidates, wanted, way, kth + first, chosen + first);
        else if (features == 2)
            choose<false, 2>(x + first, features, rows, candidates, wanted, way, kth + first, chosen + first);
        else
            choose<false, 0>(x + first, features, rows, candidates, wanted, way, kth + first, chosen + first);
    }
}

void modelariumCountChosen(const std::uint64_t* chosen, const std::uint64_t* members, std::size_t groups, double* sums) noexcept
{
    for (std::size_t group = 0; group < groups; ++group)
        for (std::size_t query = 0; members[group] != 0 && query < 8; ++query)
            sums[8 * group + query] += double(__builtin_popcountll(chosen[query] & members[group]));
}

void modelariumAddChosen(const std::uint64_t* chosen, const double* values, std::size_t candidates, double* sums) noexcept
{
    for (std::size_t first = 0; first < 8; first += nativeDoubles) {
        const auto bits = loaded<NativeWords>(chosen + first);
        auto sum = loaded<NativeDoubles>(sums + first);
        for (std::size_t c = 0; c < candidates; ++c)
            sum += (bits & std::int64_t(std::uint64_t(1) << c)) != 0 ? NativeDoubles{} + values[c] : NativeDoubles{};
        stored(sums + first, sum);
    }
}

} // namespace modelarium::kernels
