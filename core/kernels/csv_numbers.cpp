#include "core/kernels/csv.h"

#include <cstring>

#if defined(__SSE4_1__)
#if defined(__GNUC__) && !defined(__clang__)
// gcc 12 takes the "undefined" vectors inside its own intrinsics for a mistake (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#endif

namespace modelarium::kernels {

namespace {

/// Powers of ten that a double holds exactly.
constexpr double powersOfTen[16] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

inline double withSign(double value, bool negative)
{
    std::uint64_t bits;
    std::memcpy(&bits, &value, 8);
    bits |= std::uint64_t(negative) << 63;
    std::memcpy(&value, &bits, 8);
    return value;
}

#if defined(__SSE4_1__)

/// Row d moves the 16 bytes of a right-aligned number so that the decimal point at byte d drops out; row 16 moves nothing.
struct DropTable {
    alignas(64) std::uint8_t rows[17][16];

    constexpr DropTable() : rows()
    {
        for (int d = 0; d <= 16; ++d)
            for (int i = 0; i < 16; ++i)
                rows[d][i] = std::uint8_t(d == 16 || i > d ? i : i == 0 ? 0x80 : i - 1);
    }
};
constexpr DropTable dropPoint;

/// Sixteen bytes of which the last `length` are ones: read at offset `length`.
struct KeepTable {
    alignas(64) std::uint8_t bytes[32];

    constexpr KeepTable() : bytes()
    {
        for (int i = 16; i < 32; ++i)
            bytes[i] = 0xFF;
    }
};
constexpr KeepTable keepLast;

/// True when text[begin, end) is a plain number; `value` is written in any case.
inline bool convertPlain(const char* begin, const char* end, char decimal, double& value)
{
    const bool negative = *begin == '-';
    begin += negative;
    const std::ptrdiff_t length = end - begin;
    const bool fits = std::size_t(length - 1) < 16;
    __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(end - 16));
    const __m128i keep = _mm_loadu_si128(reinterpret_cast<const __m128i*>(keepLast.bytes + (fits ? length : 16)));
    v = _mm_and_si128(_mm_sub_epi8(v, _mm_set1_epi8('0')), keep);
    const unsigned points = unsigned(_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(char(decimal - '0'))))) | 0x10000u;
    const unsigned point = unsigned(__builtin_ctz(points));
    v = _mm_shuffle_epi8(v, _mm_load_si128(reinterpret_cast<const __m128i*>(dropPoint.rows[point])));
    // A byte of ten or more is no digit: a second point, a letter, a space.
    const int bad = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(v, _mm_set1_epi8(10)), v));
    const __m128i pairs = _mm_maddubs_epi16(v, _mm_set1_epi16(0x010A));
    const __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00010064));
    const __m128i eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours), _mm_set1_epi32(0x00012710));
    const std::uint64_t halves = std::uint64_t(_mm_cvtsi128_si64(eights));
    const std::uint64_t mantissa = (halves & 0xFFFFFFFFu) * 100000000u + (halves >> 32);
    const bool isIdentifier = (*begin == '0') & (length > 1) & (point == 16);
    const bool lonePoint = (length == 1) & (point != 16);
    value = withSign(double(std::int64_t(mantissa)) / powersOfTen[point == 16 ? 0 : 15 - point], negative);
    return fits & (bad == 0) & ((mantissa >> 53) == 0) & !isIdentifier & !lonePoint;
}

#else

inline bool convertPlain(const char* begin, const char* end, char decimal, double& value)
{
    const bool negative = *begin == '-';
    begin += negative;
    const std::ptrdiff_t length = end - begin;
    if (std::size_t(length - 1) >= 16)
        return false;
    std::uint64_t mantissa = 0;
    int decimals = -1;
    for (const char* p = begin; p < end; ++p) {
        const unsigned digit = unsigned(static_cast<unsigned char>(*p)) - '0';
        if (digit <= 9) {
            mantissa = mantissa * 10 + digit;
            decimals += decimals >= 0;
        } else if (*p == decimal && decimals < 0) {
            decimals = 0;
        } else {
            return false;
        }
    }
    const bool hasPoint = decimals >= 0;
    if ((mantissa >> 53) != 0 || (!hasPoint && length > 1 && *begin == '0') || (hasPoint && length == 1))
        return false;
    value = withSign(double(std::int64_t(mantissa)) / powersOfTen[hasPoint ? decimals : 0], negative);
    return true;
}

#endif

#if defined(__AVX512BW__) && defined(__AVX512CD__) && defined(__AVX512DQ__) && defined(__AVX512VL__)

constexpr std::uint64_t laneFirst = 0x0001000100010001u;    // the lowest of the 16 bits that belong to each cell
constexpr std::uint64_t laneLast = 0x8000800080008000u;

/// The last bit of each 16 that are not all zero.
inline std::uint64_t lanesWithBits(std::uint64_t bits) { return (((bits & ~laneLast) + ~laneLast) | bits) & laneLast; }

/// The lowest bit of a run that reaches up to the end of its lane.
inline std::uint64_t firstOfRun(std::uint64_t run) { return run & ~((run << 1) & ~laneFirst); }

/// Four cells at once, each right-aligned in 16 bytes: the same steps as for one. False where any of them is unusual.
inline bool convertFour(const char* text, const std::uint32_t begins[4], const std::uint32_t ends[4], char decimal, double* values)
{
    std::uint64_t cells = 0;
    std::uint32_t lengths = 0;
    for (int i = 0; i < 4; ++i) {
        const std::uint32_t length = ends[i] - begins[i];
        lengths |= length - 1;
        cells |= std::uint64_t((0xFFFF0000u >> (length & 31)) & 0xFFFFu) << (16 * i);
    }
    const auto load = [&](int i) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + ends[i] - 16)); };
    __m512i x = _mm512_castsi128_si512(load(0));
    x = _mm512_inserti32x4(x, load(1), 1);
    x = _mm512_inserti32x4(x, load(2), 2);
    x = _mm512_inserti32x4(x, load(3), 3);

    const std::uint64_t minus = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('-')) & firstOfRun(cells);
    const std::uint64_t body = cells & ~minus;
    const __m512i v = _mm512_maskz_sub_epi8(body, x, _mm512_set1_epi8('0'));
    const std::uint64_t point = _mm512_mask_cmpeq_epi8_mask(body, x, _mm512_set1_epi8(decimal));
    const std::uint64_t noDigit = _mm512_mask_cmpgt_epu8_mask(body, v, _mm512_set1_epi8(9));
    const std::uint64_t withPoint = lanesWithBits(point);
    const std::uint64_t beforePoint = point - (withPoint >> 15);
    const std::uint64_t zeros = _mm512_mask_cmpeq_epi8_mask(body, v, _mm512_setzero_si512());
    const std::uint64_t identifiers = lanesWithBits(zeros & firstOfRun(body) & ~laneLast) & ~withPoint;
    const std::uint64_t bad = (noDigit & ~point) | (point & beforePoint) | identifiers | (lanesWithBits(body & ~point) ^ laneLast);

    const __m512i digits = _mm512_mask_blend_epi8(point | beforePoint, v, _mm512_bslli_epi128(v, 1));
    const __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A));
    const __m512i fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00010064));
    const __m512i eights = _mm512_madd_epi16(_mm512_packus_epi32(fours, fours), _mm512_set1_epi32(0x00012710));
    const __m512i sixteens = _mm512_add_epi64(_mm512_mul_epu32(eights, _mm512_set1_epi64(100000000)), _mm512_srli_epi64(eights, 32));
    const __m256i mantissas = _mm512_castsi512_si256(_mm512_maskz_compress_epi64(0x55, sixteens));
    const unsigned tooLong = _mm256_cmpgt_epu64_mask(mantissas, _mm256_set1_epi64x((std::int64_t(1) << 53) - 1));

    // 15 minus the place of the point; without one 16, of which the table look-up takes the lower four bits: 10^0.
    const __m256i points = _mm256_cvtepu16_epi64(_mm_cvtsi64_si128(std::int64_t(point)));
    const __m256i decimals = _mm256_sub_epi64(_mm256_lzcnt_epi64(points), _mm256_set1_epi64x(48));
    const __m512d powers = _mm512_permutex2var_pd(_mm512_loadu_pd(powersOfTen), _mm512_castsi256_si512(decimals), _mm512_loadu_pd(powersOfTen + 8));
    const __m256d unsignedValues = _mm256_div_pd(_mm256_cvtepi64_pd(mantissas), _mm512_castpd512_pd256(powers));
    const __m256i minuses = _mm256_cvtepu16_epi64(_mm_cvtsi64_si128(std::int64_t(minus)));
    const __mmask8 negative = _mm256_test_epi64_mask(minuses, minuses);
    _mm256_storeu_pd(values, _mm256_mask_xor_pd(unsignedValues, negative, unsignedValues, _mm256_set1_pd(-0.0)));
    return (lengths <= 15) & (bad == 0) & (tooLong == 0);
}

#define MODELARIUM_FOUR_NUMBERS
#endif

/// The cells of a column one after the other.
struct CellWalk {
    explicit CellWalk(const CsvCells& cells) : begins(cells.begins), ends(cells.ends), beginStride(cells.beginStride), endStride(cells.endStride), bias(cells.bias) {}

    void next(std::uint32_t& begin, std::uint32_t& end)
    {
        begin = *begins + bias;
        end = *ends;
        begins += beginStride;
        ends += endStride;
    }

    const std::uint32_t* begins;
    const std::uint32_t* ends;
    std::size_t beginStride;
    std::size_t endStride;
    std::uint32_t bias;
};

} // namespace

std::size_t modelariumCsvNumbers(const CsvCells* column, std::size_t rows, char decimal, double* values, std::uint32_t* unusual) noexcept
{
    const char* text = column->text;
    CellWalk walk(*column);
    std::size_t count = 0;
    std::size_t row = 0;
    std::uint32_t begin, end;
#if defined(MODELARIUM_FOUR_NUMBERS)
    for (; row + 4 <= rows; row += 4) {
        std::uint32_t begins[4], ends[4];
        for (int i = 0; i < 4; ++i)
            walk.next(begins[i], ends[i]);
        if (convertFour(text, begins, ends, decimal, values + row)) [[likely]]
            continue;
        for (std::size_t i = 0; i < 4; ++i) {
            unusual[count] = std::uint32_t(row + i);
            count += !convertPlain(text + begins[i], text + ends[i], decimal, values[row + i]);
        }
    }
#endif
    for (; row < rows; ++row) {
        walk.next(begin, end);
        if (!convertPlain(text + begin, text + end, decimal, values[row])) [[unlikely]]
            unusual[count++] = std::uint32_t(row);
    }
    return count;
}

} // namespace modelarium::kernels
