#include "core/kernels/csv.h"

#include <cstring>

#if defined(__SSE2__)
#if defined(__GNUC__) && !defined(__clang__)
// gcc 12 takes the "undefined" vectors inside its own intrinsics for a mistake (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#endif

namespace modelarium::kernels {

namespace {

/// One bit for each of 64 bytes.
struct ByteMasks {
    std::uint64_t delimiter;
    std::uint64_t newline;
    std::uint64_t quote;
    std::uint64_t carriageReturn;
    std::uint64_t notAscii;
};

#if defined(__AVX512BW__)
inline ByteMasks masksOf(const char* p, char delimiter)
{
    const __m512i x = _mm512_loadu_si512(p);
    return {_mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(delimiter)), _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\n')),
            _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('"')), _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\r')),
            _mm512_movepi8_mask(x)};
}
#elif defined(__AVX2__)
inline std::uint64_t joined(__m256i low, __m256i high)
{
    return std::uint32_t(_mm256_movemask_epi8(low)) | (std::uint64_t(std::uint32_t(_mm256_movemask_epi8(high))) << 32);
}

inline ByteMasks masksOf(const char* p, char delimiter)
{
    const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    const __m256i y = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
    const auto equal = [&](char c) {
        const __m256i v = _mm256_set1_epi8(c);
        return joined(_mm256_cmpeq_epi8(x, v), _mm256_cmpeq_epi8(y, v));
    };
    return {equal(delimiter), equal('\n'), equal('"'), equal('\r'), joined(x, y)};
}
#elif defined(__SSE2__)
inline ByteMasks masksOf(const char* p, char delimiter)
{
    __m128i x[4];
    for (int i = 0; i < 4; ++i)
        x[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * i));
    const auto joined = [&](auto operation) {
        std::uint64_t mask = 0;
        for (int i = 0; i < 4; ++i)
            mask |= std::uint64_t(std::uint32_t(_mm_movemask_epi8(operation(x[i])))) << (16 * i);
        return mask;
    };
    const auto equal = [&](char c) { return joined([c](__m128i v) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(c)); }); };
    return {equal(delimiter), equal('\n'), equal('"'), equal('\r'), joined([](__m128i v) { return v; })};
}
#else
inline ByteMasks masksOf(const char* p, char delimiter)
{
    ByteMasks masks{};
    for (int i = 0; i < 64; ++i) {
        const std::uint64_t bit = std::uint64_t(1) << i;
        masks.delimiter |= p[i] == delimiter ? bit : 0;
        masks.newline |= p[i] == '\n' ? bit : 0;
        masks.quote |= p[i] == '"' ? bit : 0;
        masks.carriageReturn |= p[i] == '\r' ? bit : 0;
        masks.notAscii |= (p[i] & 0x80) ? bit : 0;
    }
    return masks;
}
#endif

/// Bit i is the parity of the bits 0..i: inside quotes from an opening quote up to the one before the closing quote.
inline std::uint64_t prefixParity(std::uint64_t bits)
{
    for (int shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

/// Writes `base` plus the place of each set bit.
struct Places {
    static std::uint32_t* write(std::uint64_t bits, std::uint32_t base, std::uint32_t* out)
    {
        const int count = __builtin_popcountll(bits);
        // Eight at a time without asking how many are left: one branch that is guessed right instead of one a field.
        for (int written = 0; written < count; written += 8)
            for (int i = 0; i < 8; ++i) {
                out[written + i] = base + std::uint32_t(bits ? __builtin_ctzll(bits) : 0);
                bits &= bits - 1;
            }
        return out + count;
    }
};

#if defined(__AVX512BW__)
#define MODELARIUM_COMPRESSED_BYTES __attribute__((target("avx512vbmi2")))

struct CountingBytes {
    alignas(64) std::uint8_t bytes[64];

    constexpr CountingBytes() : bytes()
    {
        for (int i = 0; i < 64; ++i)
            bytes[i] = std::uint8_t(i);
    }
};
constexpr CountingBytes countingBytes;

/// The same where all 64 places are compressed at once: seldom are there more than sixteen.
struct CompressedPlaces {
    MODELARIUM_COMPRESSED_BYTES static std::uint32_t* write(std::uint64_t bits, std::uint32_t base, std::uint32_t* out)
    {
        const int count = __builtin_popcountll(bits);
        const __m512i places = _mm512_maskz_compress_epi8(bits, _mm512_load_si512(countingBytes.bytes));
        const __m512i bases = _mm512_set1_epi32(int(base));
        const auto store = [&](int quarter, __m128i sixteen) MODELARIUM_COMPRESSED_BYTES {
            _mm512_storeu_si512(out + 16 * quarter, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(sixteen)));
        };
        store(0, _mm512_castsi512_si128(places));
        if (count > 16) [[unlikely]] {
            store(1, _mm512_extracti32x4_epi32(places, 1));
            if (count > 32) {
                store(2, _mm512_extracti32x4_epi32(places, 2));
                store(3, _mm512_extracti32x4_epi32(places, 3));
            }
        }
        return out + count;
    }
};
#endif

/// Moves a mask to the following byte; the last bit waits in `carry`.
inline std::uint64_t following(std::uint64_t mask, std::uint64_t& carry)
{
    const std::uint64_t moved = (mask << 1) | carry;
    carry = mask >> 63;
    return moved;
}

/// Inside and the structural bits of 64 bytes; `used` are the bytes that belong to the piece.
inline std::uint64_t structureOf(const ByteMasks& m, std::uint64_t used, CsvScanState& state)
{
    const std::uint64_t quote = m.quote & used;
    const std::uint64_t newline = m.newline & used;
    const std::uint64_t ends = (m.delimiter & used) | newline;
    const std::uint64_t carriageReturn = m.carriageReturn & used;
    state.lines += std::size_t(__builtin_popcountll(newline));
    state.notAscii |= m.notAscii & used;
    std::uint64_t inside = state.inside;
    if (quote | state.quoteClosed) {
        state.quotes |= quote;
        inside ^= prefixParity(quote);
        state.inside = std::uint64_t(std::int64_t(inside) >> 63);
        const std::uint64_t afterClosing = following(quote & ~inside, state.quoteClosed);
        state.unusual |= afterClosing & used & ~(ends | quote | carriageReturn);
    }
    std::uint64_t begin = state.fieldMayBegin;
    state.unusual |= quote & inside & ~following(ends | quote, begin);
    state.fieldMayBegin = begin;
    if (carriageReturn | state.carriageReturn) {
        state.carriageReturns |= carriageReturn;
        state.unusual |= following(carriageReturn & ~inside, state.carriageReturn) & used & ~newline;
    }
    return ends & ~inside;
}

/// Inlined into functions for processors that can do more than this file is compiled for.
template <class Writer>
[[gnu::always_inline]] inline std::size_t scan(const char* text, std::size_t begin, std::size_t end, char delimiter, std::uint32_t* positions,
                                               CsvScanState* carried)
{
    CsvScanState state = *carried;
    std::uint32_t* out = positions;
    std::size_t i = begin;
    for (; i + 64 <= end; i += 64)
        out = Writer::write(structureOf(masksOf(text + i, delimiter), ~std::uint64_t(0), state), std::uint32_t(i), out);
    if (i < end) {
        // The carries of a piece that is not a multiple of 64 bytes stand behind its last byte, not behind byte 63.
        const unsigned rest = unsigned(end - i);
        const std::uint64_t used = (std::uint64_t(1) << rest) - 1;
        const ByteMasks m = masksOf(text + i, delimiter);
        out = Writer::write(structureOf(m, used, state), std::uint32_t(i), out);
        const std::uint64_t last = std::uint64_t(1) << (rest - 1);
        state.fieldMayBegin = ((m.delimiter | m.newline | m.quote) & last) != 0;
        state.quoteClosed = (m.quote & last) != 0 && state.inside == 0;
        state.carriageReturn = (m.carriageReturn & last) != 0 && state.inside == 0;
    }
    *carried = state;
    return std::size_t(out - positions);
}

#if defined(MODELARIUM_COMPRESSED_BYTES)
MODELARIUM_COMPRESSED_BYTES std::size_t scanCompressing(const char* text, std::size_t begin, std::size_t end, char delimiter,
                                                        std::uint32_t* positions, CsvScanState* state)
{
    return scan<CompressedPlaces>(text, begin, end, delimiter, positions, state);
}

bool canCompressBytes()
{
    static const bool can = __builtin_cpu_supports("avx512vbmi2");
    return can;
}
#endif

} // namespace

std::size_t modelariumCsvStructureWithoutVbmi2(const char* text, std::size_t begin, std::size_t end, char delimiter, std::uint32_t* positions,
                                               CsvScanState* state) noexcept
{
    return scan<Places>(text, begin, end, delimiter, positions, state);
}

std::size_t modelariumCsvStructure(const char* text, std::size_t begin, std::size_t end, char delimiter, std::uint32_t* positions,
                                   CsvScanState* state) noexcept
{
#if defined(MODELARIUM_COMPRESSED_BYTES)
    if (canCompressBytes())
        return scanCompressing(text, begin, end, delimiter, positions, state);
#endif
    return modelariumCsvStructureWithoutVbmi2(text, begin, end, delimiter, positions, state);
}

} // namespace modelarium::kernels
