#include "core/kernels/statistics.h"

#include "core/kernels/double_lanes.h"

#include <limits>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace modelarium::kernels {

namespace {

#if defined(__AVX512F__)

/// Picks from eight numbers at once; what is stored behind the last one picked is written over later.
inline std::size_t pick(const double* values, const Lanes& low, const Lanes& high, double* picked, std::size_t& below)
{
    const __m512d eight = _mm512_loadu_pd(values);
    below += std::size_t(__builtin_popcount(_mm512_cmp_pd_mask(eight, low, _CMP_LT_OQ)));
    const __mmask8 between = __mmask8(_mm512_cmp_pd_mask(eight, low, _CMP_GE_OQ) & _mm512_cmp_pd_mask(eight, high, _CMP_LE_OQ));
    _mm512_storeu_pd(picked, _mm512_maskz_compress_pd(between, eight));
    return std::size_t(__builtin_popcount(between));
}

#elif defined(__AVX2__)

/// Of four numbers most often none is picked.
inline std::size_t pick(const double* values, const Lanes& low, const Lanes& high, double* picked, std::size_t& below)
{
    const __m256d four = _mm256_loadu_pd(values);
    const unsigned smaller = unsigned(_mm256_movemask_pd(_mm256_cmp_pd(four, low, _CMP_LT_OQ)));
    const unsigned larger = unsigned(_mm256_movemask_pd(_mm256_cmp_pd(four, high, _CMP_GT_OQ)));
    below += std::size_t(__builtin_popcount(smaller));
    std::size_t count = 0;
    for (unsigned between = ~(smaller | larger) & 15; between != 0; between &= between - 1)
        picked[count++] = values[__builtin_ctz(between)];
    return count;
}

#else

/// Every number is written, those between count: no branch depends on what is a coin toss.
inline std::size_t pick(const double* values, const Lanes& low, const Lanes& high, double* picked, std::size_t& below)
{
    std::size_t count = 0;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        picked[count] = values[lane];
        count += std::size_t(values[lane] >= low[lane]) & std::size_t(values[lane] <= high[lane]);
        below += values[lane] < low[lane];
    }
    return count;
}

#endif

} // namespace

void modelariumRange(const double* values, std::size_t count, double* range) noexcept
{
    // Several at a time, so that none waits for the one before.
    constexpr std::size_t ways = 4;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Lanes low[ways], high[ways];
    for (std::size_t way = 0; way < ways; ++way) {
        low[way] = all(infinity);
        high[way] = all(-infinity);
    }
    std::size_t i = 0;
    for (; i + ways * lanes <= count; i += ways * lanes) {
        for (std::size_t way = 0; way < ways; ++way) {
            const Lanes some = load(values + i + way * lanes);
            low[way] = smaller(some, low[way]);     // in this order a comparison with NaN leaves what there was
            high[way] = larger(some, high[way]);
        }
    }
    for (std::size_t way = 1; way < ways; ++way) {
        low[0] = smaller(low[0], low[way]);
        high[0] = larger(high[0], high[way]);
    }
    range[0] = low[0][0];
    range[1] = high[0][0];
    const auto widen = [&](double smallest, double largest) {
        range[0] = smallest < range[0] ? smallest : range[0];
        range[1] = largest > range[1] ? largest : range[1];
    };
    for (std::size_t lane = 1; lane < lanes; ++lane)
        widen(low[0][lane], high[0][lane]);
    for (; i < count; ++i)
        widen(values[i], values[i]);
}

double modelariumSumAbove(const double* values, std::size_t count, double origin) noexcept
{
    constexpr std::size_t ways = 32 / lanes;
    const Lanes origins = all(origin);
    Lanes sums[ways] = {};
    std::size_t i = 0;
    for (; i + ways * lanes <= count; i += ways * lanes)
        for (std::size_t way = 0; way < ways; ++way)
            sums[way] += load(values + i + way * lanes) - origins;
    double sum = 0;
    for (std::size_t way = 0; way < ways; ++way)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            sum += sums[way][lane];
    for (; i < count; ++i)
        sum += values[i] - origin;
    return sum;
}

std::size_t modelariumPickBetween(const double* values, std::size_t count, double low, double high, double* picked, std::size_t* below) noexcept
{
    const Lanes lows = all(low), highs = all(high);
    std::size_t kept = 0, smaller = 0, i = 0;
    for (; i + lanes <= count; i += lanes)
        kept += pick(values + i, lows, highs, picked + kept, smaller);
    for (; i < count; ++i) {
        picked[kept] = values[i];
        kept += std::size_t(values[i] >= low) & std::size_t(values[i] <= high);
        smaller += values[i] < low;
    }
    *below += smaller;
    return kept;
}

} // namespace modelarium::kernels
