#include "core/kernels/csv.h"

#include <cstring>

#if defined(__SSE4_1__)
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

} // namespace

std::size_t modelariumCsvNumbers(const CsvCells* column, std::size_t rows, char decimal, double* values, std::uint32_t* unusual) noexcept
{
    const CsvCells cells = *column;
    const std::uint32_t* beginOf = cells.begins;
    const std::uint32_t* endOf = cells.ends;
    std::size_t count = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::uint32_t begin = *beginOf + cells.bias;
        const std::uint32_t end = *endOf;
        beginOf += cells.beginStride;
        endOf += cells.endStride;
        unusual[count] = std::uint32_t(row);
        count += !convertPlain(cells.text + begin, cells.text + end, decimal, values[row]);
    }
    return count;
}

} // namespace modelarium::kernels
