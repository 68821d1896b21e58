#include "core/kernels/cuts.h"

#include "core/kernels/double_lanes.h"

#include <cstring>
#include <limits>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace modelarium::kernels {

namespace {

/// Counts that go left, some at a time: they are summed up one by one, and scored many at once.
constexpr std::size_t stripLength = 256;

/// Stands where a cut is not allowed.
constexpr double never = std::numeric_limits<double>::quiet_NaN();

/// The best score of each lane so far, and how many values go left there.
struct BestCuts {
    Lanes score = all(-std::numeric_limits<double>::infinity());
    Lanes left{};
};

/// One denominator for both sides: one division, and the same bits when the sides change places.
inline Lanes scoreOf(const Lanes& onesLeft, const Lanes& left, double ones, double count)
{
    const Lanes zerosLeft = left - onesLeft, onesRight = ones - onesLeft, right = count - left, zerosRight = right - onesRight;
    const Lanes squaresLeft = onesLeft * onesLeft + zerosLeft * zerosLeft;
    const Lanes squaresRight = onesRight * onesRight + zerosRight * zerosRight;
    return (squaresLeft * right + squaresRight * left) / (left * right);
}

/// Where a strip is not allowed to be cut its count is no number, and neither is the score: a comparison with it is false.
void scoreStrip(const double* onesLeft, std::size_t length, std::size_t firstLeft, double ones, double count, const Lanes& ramp, BestCuts& best)
{
    for (std::size_t i = 0; i < length; i += lanes) {
        const Lanes left = ramp + double(firstLeft + i);
        const Lanes score = scoreOf(load(onesLeft + i), left, ones, count);
        const LaneBits isBetter = score > best.score;
        best.score = isBetter ? score : best.score;
        best.left = isBetter ? left : best.left;
    }
}

#if defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512DQ__)

/// The bits of eight samples.
inline __mmask8 bitsOf(const std::uint32_t* bits, const __m512i& eight)
{
    const __m256i sample = _mm512_maskz_cvtepi64_epi32(0xff, _mm512_maskz_srli_epi64(0xff, eight, 32));
    const __m256i words = _mm256_i32gather_epi32(reinterpret_cast<const int*>(bits), _mm256_srli_epi32(sample, 5), 4);
    return _mm256_test_epi32_mask(words, _mm256_sllv_epi32(_mm256_set1_epi32(1), _mm256_and_si256(sample, _mm256_set1_epi32(31))));
}

/// For each byte, how many of its bits up to the first, second, ... are set: one byte each.
struct RunningCounts {
    std::uint64_t of[256];
    constexpr RunningCounts() : of{}
    {
        for (std::uint64_t byte = 0; byte < 256; ++byte)
            for (std::uint64_t last = 0, ones = 0; last < 8; ++last) {
                ones += byte >> last & 1;
                of[byte] |= ones << (8 * last);
            }
    }
};
constexpr RunningCounts runningCounts;

/// Counts eight values at a time, and says how many values are done. The value behind the last one exists.
std::size_t countOnes(const SortedValue* values, std::size_t length, const std::uint32_t* bits, std::uint32_t& onesLeft, double* strip)
{
    std::size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        const __m512i eight = _mm512_loadu_si512(values + i), next = _mm512_loadu_si512(values + i + 1);
        const __mmask8 ones = bitsOf(bits, eight);
        const __m256 value = _mm256_castsi256_ps(_mm512_maskz_cvtepi64_epi32(0xff, eight));
        const __mmask8 equal = _mm256_cmp_ps_mask(value, _mm256_castsi256_ps(_mm512_maskz_cvtepi64_epi32(0xff, next)), _CMP_EQ_OQ);
        const __m512i counts = _mm512_maskz_cvtepu8_epi64(0xff, _mm_cvtsi64_si128(std::int64_t(runningCounts.of[ones])));
        const __m512d before = _mm512_set1_pd(double(onesLeft));
        const __m512d left = _mm512_add_pd(before, _mm512_maskz_cvtepi64_pd(0xff, counts));
        _mm512_storeu_pd(strip + i, _mm512_mask_mov_pd(left, equal, _mm512_set1_pd(never)));
        onesLeft += std::uint32_t(__builtin_popcount(ones));
    }
    return i;
}

#else

std::size_t countOnes(const SortedValue*, std::size_t, const std::uint32_t*, std::uint32_t&, double*) { return 0; }

#endif

} // namespace

std::size_t modelariumBinaryGiniCut(const SortedValue* values, std::size_t count, const std::uint32_t* bits, std::size_t ones,
                                    std::size_t minimumLeaf, double* score) noexcept
{
    Lanes ramp{};
    for (std::size_t lane = 0; lane < lanes; ++lane)
        ramp[lane] = double(lane);
    std::uint32_t onesLeft = 0;
    std::size_t i = 0;
    for (; i + 1 < minimumLeaf; ++i)
        onesLeft += bitOf(bits, values[i].sample);
    BestCuts best;
    double strip[stripLength];
    const std::size_t end = count >= minimumLeaf ? count - minimumLeaf : 0;
    while (i < end) {
        const std::size_t begin = i, length = end - i < stripLength ? end - i : stripLength;
        i += countOnes(values + begin, length, bits, onesLeft, strip);
        for (; i < begin + length; ++i) {
            onesLeft += bitOf(bits, values[i].sample);
            strip[i - begin] = values[i].value == values[i + 1].value ? never : double(onesLeft);
        }
        std::size_t padded = length;
        for (; padded % lanes != 0; ++padded)
            strip[padded] = never;
        scoreStrip(strip, padded, begin + 1, double(ones), double(count), ramp, best);
    }
    double left = 0;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        if (!(best.left[lane] > 0))
            continue;
        if (left == 0 || best.score[lane] > *score || (best.score[lane] == *score && best.left[lane] < left)) {
            *score = best.score[lane];
            left = best.left[lane];
        }
    }
    return std::size_t(left);
}

void modelariumPartColumn(SortedValue* values, std::size_t count, const std::uint32_t* bits, SortedValue* scratch) noexcept
{
    std::size_t i = 0, l = 0, r = 0;
#if defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512DQ__)
    // Eight at a time; what is written behind the last one that counts is written over, and never reaches past what was read.
    for (; i + 8 <= count; i += 8) {
        const __m512i eight = _mm512_loadu_si512(values + i);
        const __mmask8 left = bitsOf(bits, eight);
        _mm512_storeu_si512(values + l, _mm512_maskz_compress_epi64(left, eight));
        _mm512_storeu_si512(scratch + r, _mm512_maskz_compress_epi64(__mmask8(~left), eight));
        const auto leftOnes = std::size_t(__builtin_popcount(left));
        l += leftOnes;
        r += 8 - leftOnes;
    }
#endif
    // Both sides are written, one of them counts: the side of a sample is a coin toss that no branch should depend on.
    for (; i < count; ++i) {
        const SortedValue value = values[i];
        const std::uint32_t left = bitOf(bits, value.sample);
        values[l] = value;
        scratch[r] = value;
        l += left;
        r += 1 - left;
    }
    std::memcpy(values + l, scratch, r * sizeof(SortedValue));
}

} // namespace modelarium::kernels
