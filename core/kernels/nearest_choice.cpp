#include "core/kernels/nearest_choice.h"

#include "core/kernels/vectors.h"

#include <algorithm>
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
template <std::size_t Room>
NativeDoubles endOfList(const NativeDoubles* numbers, std::size_t count, std::size_t kept, double sign)
{
    NativeDoubles list[Room];
    for (std::size_t t = 0; t < Room; ++t)
        list[t] = NativeDoubles{} + (t < Room - kept ? -infinite : infinite);
    for (std::size_t c = 0; c < count; ++c) {
        NativeDoubles number = numbers[c] * sign;
#pragma GCC unroll 32
        for (std::size_t t = 0; t < Room; ++t)
            sortPair(list[t], number);
    }
    return list[Room - 1] * sign;
}

/// In every lane the `wanted`-th smallest of up to 64 numbers, by lists of the smallest or of the largest, whichever are shorter.
inline NativeDoubles orderStatistic(const NativeDoubles* numbers, std::size_t count, std::size_t wanted)
{
    const std::size_t fromAbove = count + 1 - wanted, kept = std::min(wanted, fromAbove);
    const double sign = wanted <= fromAbove ? 1 : -1;
    if (kept <= 2)
        return endOfList<2>(numbers, count, kept, sign);
    if (kept <= 4)
        return endOfList<4>(numbers, count, kept, sign);
    if (kept <= 8)
        return endOfList<8>(numbers, count, kept, sign);
    if (kept <= 16)
        return endOfList<16>(numbers, count, kept, sign);
    return endOfList<32>(numbers, count, kept, sign);
}

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
void choose(const double* x, std::size_t givenFeatures, const double* rows, std::size_t candidates, std::size_t wanted, std::uint64_t* chosen)
{
    const std::size_t features = Features ? Features : givenFeatures;
    NativeDoubles distances[mostCandidates];
    for (std::size_t c = 0; c < candidates; ++c, rows += features) {
        NativeDoubles sum{};
        for (std::size_t j = 0; j < features; ++j) {
            const NativeDoubles difference = loaded<NativeDoubles>(x + 8 * j) - rows[j];
            sum += manhattan ? (difference < 0 ? -difference : difference) : difference * difference;
        }
        distances[c] = sum;
    }
    const NativeDoubles limit = orderStatistic(distances, candidates, wanted);
    NativeWords bits{}, room = NativeWords{} + std::int64_t(wanted);
    for (std::size_t c = 0; c < candidates; ++c) {
        const NativeWords isChosen = distances[c] <= limit;
        bits |= isChosen & std::int64_t(std::uint64_t(1) << c);
        room += isChosen;
    }
    stored(chosen, bits);
    if (!isAny(room < 0))
        return;
    for (std::size_t lane = 0; lane < nativeDoubles; ++lane)
        if (std::size_t(__builtin_popcountll(chosen[lane])) > wanted)
            chosen[lane] = withoutLast(chosen[lane], distances, lane, limit[lane], wanted);
}

} // namespace

void modelariumChooseNearest(const double* x, std::size_t features, bool manhattan, const double* rows, std::size_t candidates,
                             std::size_t wanted, std::uint64_t* chosen) noexcept
{
    for (std::size_t first = 0; first < 8; first += nativeDoubles) {
        if (manhattan)
            choose<true, 0>(x + first, features, rows, candidates, wanted, chosen + first);
        else if (features == 2)
            choose<false, 2>(x + first, features, rows, candidates, wanted, chosen + first);
        else
            choose<false, 0>(x + first, features, rows, candidates, wanted, chosen + first);
    }
}

} // namespace modelarium::kernels
