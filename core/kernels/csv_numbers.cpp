#include "core/kernels/csv.h"

#include <algorithm>
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

/// Converts one cell after the other.
inline void convertColumn(CsvNumberColumn& column, std::size_t from, std::size_t rows, char decimal)
{
    const CsvCells& cells = column.cells;
    for (std::size_t row = from; row < rows; ++row) {
        const char* begin = cells.text + (cells.begins[row * cells.beginStride] + cells.bias);
        const char* end = cells.text + cells.ends[row * cells.endStride];
        if (!convertPlain(begin, end, decimal, column.values[row])) [[unlikely]]
            column.unusual[column.unusualCount++] = std::uint32_t(row);
    }
}

#if defined(__AVX512BW__) && defined(__AVX512CD__) && defined(__AVX512DQ__) && defined(__AVX512VL__)

/// Entry p, modulo 16, is what a number has to be divided by whose decimal point stands at byte p - 1 of 16; p = 0 where it has none.
alignas(64) constexpr double divisors[16] = {1e0, 1e15, 1e14, 1e13, 1e12, 1e11, 1e10, 1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1};
/// Entry n, modulo 16, is the least whole number of n digits that is written without redundant zeros. No number is without a digit, and one of
/// sixteen may be beyond 2^53: those are looked at one by one.
alignas(64) constexpr double leastOfDigits[16] = {1e300, 0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};

inline __m512d lookUp(const double table[16], __m512i index)
{
    return _mm512_permutex2var_pd(_mm512_load_pd(table), index, _mm512_load_pd(table + 8));
}

inline __m512i inEachLane(__m128i bytes) { return _mm512_broadcast_i32x4(bytes); }

/// What is known of the even and of the odd cells, in their 16 bytes each.
inline __m512i ofEvenCell() { return _mm512_setzero_si512(); }
inline __m512i ofOddCell() { return _mm512_set1_epi8(8); }

/// Four cells that end at every second of `ends`, each right-aligned in 16 bytes.
inline __m512i everySecond(const char* text, const std::uint32_t* ends)
{
    const auto load = [&](int i) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + ends[2 * i] - 16)); };
    const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(load(0)), load(1), 1);
    const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(load(2)), load(3), 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

/// A bit for each of four cells with a byte above nine among its 16.
inline unsigned cellsWithoutNumber(__m512i digits, unsigned cell)
{
    const std::uint64_t bad = _mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi8(9));
    unsigned cells = 0;
    for (unsigned i = 0; i < 4; ++i)
        cells |= (bad >> (16 * i) & 0xFFFFu) != 0 ? cell << (2 * i) : 0;
    return cells;
}

/// Eight cells on their way from text to numbers: the even ones in one vector and the odd ones in another, 16 bytes each, so that what is found
/// out about a cell comes to stand in the order of the cells.
struct EightCells {
    __m512i even, odd;              ///< digits, right-aligned; what is no digit is above nine
    __m512i point;                  ///< its place, from 1
    __m512i length;                 ///< without the sign
    __mmask8 negative;
    __mmask8 tooLong;
};

/// Takes the cells [begins + bias, ends) apart.
inline EightCells takeApart(const char* text, const std::uint32_t* begins, const std::uint32_t* ends, __m256i bias, __m512i decimal)
{
    EightCells cells;
    const __m512i evenText = everySecond(text, ends);
    const __m512i oddText = everySecond(text, ends + 1);
    const __m256i allEnds = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(ends));
    const __m256i allBegins = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(begins));
    const __m256i written = _mm256_sub_epi32(_mm256_sub_epi32(allEnds, allBegins), bias);
    cells.tooLong = _mm256_cmp_epu32_mask(written, _mm256_set1_epi32(16), _MM_CMPINT_NLE);

    // The first byte of each cell; the other seven of its index take nothing, and all eight where the cell is empty: 0x80 alone of
    // 0x80 to 0x70 has bit 7 set. Otherwise a '-' 16 bytes before its end would be taken for its sign and make its length -1.
    const __m512i writtenWide = _mm512_cvtepu32_epi64(written);
    const __m512i firstPlace = _mm512_sub_epi64(_mm512_set1_epi64(-0x80), writtenWide);
    const __m512i first = _mm512_mask_shuffle_epi8(_mm512_shuffle_epi8(evenText, firstPlace), 0xFF00FF00FF00FF00u, oddText, firstPlace);
    cells.negative = _mm512_cmpeq_epi64_mask(first, _mm512_set1_epi64('-'));
    cells.length = _mm512_mask_sub_epi64(writtenWide, cells.negative, writtenWide, _mm512_set1_epi64(1));

    // How far each byte is from the end of its cell tells whether it belongs to it.
    const __m512i fromEnd = inEachLane(_mm_setr_epi8(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1));
    const auto withoutRest = [&](__m512i x, __m512i ofCell) {
        return _mm512_maskz_sub_epi8(_mm512_cmpge_epu8_mask(_mm512_shuffle_epi8(cells.length, ofCell), fromEnd), x, _mm512_set1_epi8('0'));
    };
    cells.even = withoutRest(evenText, ofEvenCell());
    cells.odd = withoutRest(oddText, ofOddCell());

    // Of several points all but one are left to be no digits.
    const __mmask64 pointInFirstHalf = _mm512_cmpeq_epi8_mask(_mm512_unpacklo_epi64(cells.even, cells.odd), decimal);
    const __mmask64 pointInLastHalf = _mm512_cmpeq_epi8_mask(_mm512_unpackhi_epi64(cells.even, cells.odd), decimal);
    const __m512i inFirstHalf = _mm512_maskz_mov_epi8(pointInFirstHalf, _mm512_set1_epi64(0x0807060504030201));
    const __m512i places = _mm512_mask_mov_epi8(inFirstHalf, pointInLastHalf, _mm512_set1_epi64(0x100F0E0D0C0B0A09));
    cells.point = _mm512_sad_epu8(places, _mm512_setzero_si512());
    return cells;
}

/// Makes numbers of them; gives a bit for each that is unusual.
inline unsigned putTogether(const EightCells& cells, double* values)
{
    const __m512i place = inEachLane(_mm_setr_epi8(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
    const __m512i before = inEachLane(_mm_setr_epi8(char(0x80), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
    const auto withoutPoint = [&](__m512i digits, __m512i ofCell) {
        const __mmask64 moved = _mm512_cmple_epu8_mask(place, _mm512_shuffle_epi8(cells.point, ofCell));
        return _mm512_mask_shuffle_epi8(digits, moved, digits, before);
    };
    const __m512i even = withoutPoint(cells.even, ofEvenCell());
    const __m512i odd = withoutPoint(cells.odd, ofOddCell());
    const __mmask64 noDigits = _mm512_cmpgt_epu8_mask(_mm512_max_epu8(even, odd), _mm512_set1_epi8(9));

    const auto fours = [](__m512i digits) {
        return _mm512_madd_epi16(_mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A)), _mm512_set1_epi32(0x00010064));
    };
    const __m512i eights = _mm512_madd_epi16(_mm512_packus_epi32(fours(even), fours(odd)), _mm512_set1_epi32(0x00012710));
    const __m512i mantissas = _mm512_add_epi64(_mm512_mul_epu32(eights, _mm512_set1_epi64(100000000)), _mm512_srli_epi64(eights, 32));
    const __m512d whole = _mm512_cvtepi64_pd(mantissas);
    const __m512d quotient = _mm512_div_pd(whole, lookUp(divisors, cells.point));
    _mm512_storeu_pd(values, _mm512_mask_xor_pd(quotient, cells.negative, quotient, _mm512_set1_pd(-0.0)));

    const __mmask8 noPoint = _mm512_testn_epi64_mask(cells.point, cells.point);
    const __mmask8 identifier = _mm512_mask_cmp_pd_mask(noPoint, whole, lookUp(leastOfDigits, cells.length), _CMP_LT_OQ);
    const __mmask8 lonePoint = _mm512_mask_cmpeq_epi64_mask(_knot_mask8(noPoint), cells.length, _mm512_set1_epi64(1));
    const unsigned unusual = _cvtmask8_u32(_kor_mask8(_kor_mask8(cells.tooLong, identifier), lonePoint));
    if (noDigits == 0) [[likely]]
        return unusual;
    return unusual | cellsWithoutNumber(even, 1) | cellsWithoutNumber(odd, 2);
}

/// A few columns side by side, some rows at a time: the text of these rows stays in the first cache, and the cells of one row stand next to each other.
class NumberTiles {
public:
    NumberTiles(CsvNumberColumn* columns, std::size_t count, char decimal)
        : m_columns(columns), m_count(count), m_first(columns[0].cells), m_decimal(decimal)
    {
        m_adjoin = m_first.beginStride == count;
        for (std::size_t k = 0; k < count; ++k) {
            const CsvCells& cells = columns[k].cells;
            m_offsets[k] = std::uint32_t(cells.begins - m_first.begins);
            m_endsApart = m_endsApart || cells.endStride != cells.beginStride;
        }
        m_adjoin = m_adjoin && !m_endsApart;
        for (std::size_t k = 0; k < count;) {
            Window& window = m_windows[m_windowCount++];
            window = {m_offsets[k], 0, 0};
            for (; k < count && m_offsets[k] - window.offset < 16; ++k, ++window.cells)
                window.mask = __mmask16(window.mask | 1u << (m_offsets[k] - window.offset));
        }
    }

    static constexpr std::size_t mostColumns = 64;

    /// How many rows are converted at a time; a multiple of eight.
    std::size_t tileRows() const { return most / m_count / 8 * 8; }

    void convert(std::size_t row, std::size_t rows)
    {
        const std::uint32_t* begins = m_first.begins + row * m_first.beginStride;
        const std::uint32_t* ends = m_first.ends + row * m_first.endStride;
        if (!m_adjoin) {
            gather(row, rows);
            begins = m_begins;
            ends = m_ends;
        }
        const char* const text = m_first.text;
        const std::uint32_t bias = m_first.bias;
        const std::size_t cells = rows * m_count;
        const __m256i biases = _mm256_set1_epi32(int(bias));
        const __m512i decimal = _mm512_set1_epi8(char(m_decimal - '0'));
        double* const values = m_count == 1 ? m_columns[0].values + row : m_values;
        // The next ones are taken apart while these are put together: what waits for one another is half as long.
        EightCells next = takeApart(text, begins, ends, biases, decimal);
        for (std::size_t cell = 0; cell < cells; cell += 8) {
            const EightCells eight = next;
            const std::size_t ahead = std::min(cell + 8, cells - 8);
            next = takeApart(text, begins + ahead, ends + ahead, biases, decimal);
            unsigned unusual = putTogether(eight, values + cell);
            for (; unusual != 0; unusual &= unusual - 1) [[unlikely]] {
                const std::size_t each = cell + std::size_t(__builtin_ctz(unusual));
                if (!convertPlain(text + (begins[each] + bias), text + ends[each], m_decimal, values[each])) {
                    CsvNumberColumn& column = m_columns[each % m_count];
                    column.unusual[column.unusualCount++] = std::uint32_t(row + each / m_count);
                }
            }
        }
        if (m_count > 1)
            spread(row, rows);
    }

private:
    static constexpr std::size_t most = 1024;       // cells

    /// Sixteen columns next to each other, of which some are of numbers.
    struct Window {
        std::uint32_t offset;
        __mmask16 mask;
        std::uint32_t cells;
    };

    /// The begins and ends of the cells, row by row.
    void gather(std::size_t row, std::size_t rows)
    {
        std::size_t cell = 0;
        for (std::size_t r = row; r < row + rows; ++r)
            for (std::size_t w = 0; w < m_windowCount; ++w) {
                const Window& window = m_windows[w];
                const std::size_t at = r * m_first.beginStride + window.offset;
                _mm512_storeu_si512(m_begins + cell, _mm512_maskz_compress_epi32(window.mask, _mm512_maskz_loadu_epi32(window.mask, m_first.begins + at)));
                if (!m_endsApart)
                    _mm512_storeu_si512(m_ends + cell, _mm512_maskz_compress_epi32(window.mask, _mm512_maskz_loadu_epi32(window.mask, m_first.ends + at)));
                cell += window.cells;
            }
        for (std::size_t k = 0; m_endsApart && k < m_count; ++k) {
            const CsvCells& cells = m_columns[k].cells;
            for (std::size_t r = 0; r < rows; ++r)
                m_ends[r * m_count + k] = cells.ends[(row + r) * cells.endStride];
        }
    }

    /// From rows to columns.
    void spread(std::size_t row, std::size_t rows)
    {
        std::size_t k = 0;
        for (; k + 8 <= m_count; k += 8)
            for (std::size_t r = 0; r < rows; r += 8)
                transposeEight(m_values + r * m_count + k, k, row + r);
        for (; k < m_count; ++k) {
            double* const out = m_columns[k].values + row;
            for (std::size_t r = 0; r < rows; ++r)
                out[r] = m_values[r * m_count + k];
        }
    }

    void transposeEight(const double* from, std::size_t column, std::size_t row)
    {
        __m512d x[8], y[8];
        for (std::size_t i = 0; i < 8; ++i)
            x[i] = _mm512_loadu_pd(from + i * m_count);
        for (int i = 0; i < 8; i += 2) {
            y[i] = _mm512_unpacklo_pd(x[i], x[i + 1]);
            y[i + 1] = _mm512_unpackhi_pd(x[i], x[i + 1]);
        }
        for (int i = 0; i < 2; ++i) {
            // Rows in pairs, of columns i, i + 2, i + 4 and i + 6.
            const __m512d low02 = _mm512_shuffle_f64x2(y[i], y[i + 2], 0x88), low13 = _mm512_shuffle_f64x2(y[i], y[i + 2], 0xDD);
            const __m512d high02 = _mm512_shuffle_f64x2(y[i + 4], y[i + 6], 0x88), high13 = _mm512_shuffle_f64x2(y[i + 4], y[i + 6], 0xDD);
            x[i] = _mm512_shuffle_f64x2(low02, high02, 0x88);
            x[i + 4] = _mm512_shuffle_f64x2(low02, high02, 0xDD);
            x[i + 2] = _mm512_shuffle_f64x2(low13, high13, 0x88);
            x[i + 6] = _mm512_shuffle_f64x2(low13, high13, 0xDD);
        }
        for (std::size_t i = 0; i < 8; ++i)
            _mm512_storeu_pd(m_columns[column + i].values + row, x[i]);
    }

    CsvNumberColumn* m_columns;
    std::size_t m_count;
    CsvCells m_first;
    char m_decimal;
    bool m_adjoin;                                  // every column of the rows is one of these
    bool m_endsApart = false;                       // the ends of some stand elsewhere
    std::size_t m_windowCount = 0;
    Window m_windows[mostColumns];
    std::uint32_t m_offsets[mostColumns];
    std::uint32_t m_begins[most + 16];
    std::uint32_t m_ends[most + 16];
    alignas(64) double m_values[most];
};

/// Whole eights of rows; gives how many those are.
std::size_t convertInTiles(CsvNumberColumn* columns, std::size_t count, std::size_t rows, char decimal)
{
    const std::size_t whole = rows / 8 * 8;
    for (std::size_t first = 0; first < count; first += NumberTiles::mostColumns) {
        NumberTiles tiles(columns + first, std::min(count - first, NumberTiles::mostColumns), decimal);
        for (std::size_t row = 0; row < whole; row += tiles.tileRows())
            tiles.convert(row, std::min(tiles.tileRows(), whole - row));
    }
    return whole;
}

#else

std::size_t convertInTiles(CsvNumberColumn*, std::size_t, std::size_t, char) { return 0; }

#endif

} // namespace

void modelariumCsvNumbers(CsvNumberColumn* columns, std::size_t count, std::size_t rows, char decimal) noexcept
{
    for (std::size_t k = 0; k < count; ++k)
        columns[k].unusualCount = 0;
    const std::size_t done = convertInTiles(columns, count, rows, decimal);
    for (std::size_t k = 0; k < count; ++k)
        convertColumn(columns[k], done, rows, decimal);
}

} // namespace modelarium::kernels
