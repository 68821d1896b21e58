#include "core/kernels/nearest_tile.h"

#include "core/kernels/lanes.h"
#include "core/kernels/nearest_choice.h"
#include "core/kernels/vectors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace modelarium::kernels {

namespace {

constexpr float infinite = std::numeric_limits<float>::infinity();
constexpr std::size_t lanes = 16, blockGroups = 2;
constexpr int mostLooks = 8;

struct Box {
    std::array<float, mostAxes> middle, half;
};

/// Candidates that are sure and that are open, as bits; sixteen a word.
struct Parts {
    std::array<std::uint32_t, mostInTile / lanes> sure, open;
    std::size_t sureCount = 0, openCount = 0;
};

inline std::size_t countOf(std::uint32_t bits) { return std::size_t(__builtin_popcount(bits)); }

inline float largestOf(Lanes a)
{
    alignas(64) std::array<float, lanes> each;
    a.store(each.data());
    for (std::size_t half = lanes / 2; half > 0; half /= 2)
        for (std::size_t i = 0; i < half; ++i)
            each[i] = each[i] > each[i + half] ? each[i] : each[i + half];
    return each[0];
}

/// a where x <= limit, elsewhere b.
inline Lanes whereAtMost(Lanes x, Lanes limit, Lanes a, Lanes b)
{
#if defined(__AVX512F__)
    return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(x.v, limit.v, _CMP_LE_OQ), b.v, a.v)};
#elif defined(__AVX2__)
    return {{_mm256_blendv_ps(b.v[0], a.v[0], _mm256_cmp_ps(x.v[0], limit.v[0], _CMP_LE_OQ)),
             _mm256_blendv_ps(b.v[1], a.v[1], _mm256_cmp_ps(x.v[1], limit.v[1], _CMP_LE_OQ))}};
#else
    for (std::size_t i = 0; i < lanes; ++i)
        b.v[i] = x.v[i] <= limit.v[i] ? a.v[i] : b.v[i];
    return b;
#endif
}

/// Between which distances from the middle the wanted-th is: `low` has no more than so many up to it, `high` no fewer.
struct Between {
    float low = -infinite, high = infinite;
};

inline Between findLast(const float* distances, std::size_t vectors, std::size_t count, std::size_t wanted, float& guess)
{
    Between between;
    std::size_t below = 0, upTo = count;
    float looked = guess;
    for (int look = 0; look < mostLooks; ++look) {
        const Lanes limit = Lanes::all(looked);
        std::size_t found = 0;
        for (std::size_t v = 0; v < vectors; ++v)
            found += countOf(lessOrEqual(Lanes::load(distances + lanes * v), limit));
        if (found <= wanted) {
            between.low = looked;
            below = found;
        }
        if (found >= wanted) {
            between.high = looked;
            upTo = found;
        }
        if (found == wanted)
            break;
        const float aim = float(wanted) + 0.5F;
        if (between.high == infinite)
            looked *= std::min(4.0F, aim / (float(below) + 0.5F));
        else if (between.low == -infinite)
            looked *= std::max(0.25F, aim / (float(upTo) + 0.5F));
        else
            looked = between.low + (between.high - between.low) * (aim - float(below)) / (float(upTo - below) + 1);
    }
    guess = std::max(between.high < infinite ? between.high : between.low, std::numeric_limits<float>::min());
    return between;
}

template <bool manhattan, std::size_t Axes>
void part(const Candidates& candidates, const Box& box, std::size_t wanted, float room, float& guess, Parts& parts)
{
    const std::size_t axes = Axes ? Axes : candidates.axes, vectors = (candidates.count + lanes - 1) / lanes;
    alignas(64) std::array<float, mostInTile> distances;
    alignas(64) std::array<float, mostInTile> spreads;
    float reach = 0;
    for (std::size_t j = 0; j < axes; ++j)
        reach += box.half[j];
    for (std::size_t v = 0; v < vectors; ++v) {
        Lanes distance = Lanes::load(candidates.base + lanes * v), spread = manhattan ? Lanes::all(reach) : Lanes::zero();
        for (std::size_t j = 0; j < axes; ++j) {
            const Lanes way = absolute(Lanes::load(candidates.positions + j * candidateStride + lanes * v) - Lanes::all(box.middle[j]));
            distance = manhattan ? distance + way : multiplyAdd(way, way, distance);
            if (!manhattan)
                spread = multiplyAdd(way, Lanes::all(2 * box.half[j]), spread);
        }
        distance.store(&distances[lanes * v]);
        spread.store(&spreads[lanes * v]);
    }
    const Between between = findLast(distances.data(), vectors, candidates.count, wanted, guess);
    const Lanes low = Lanes::all(between.low), high = Lanes::all(between.high), never = Lanes::all(-infinite);
    // The largest upper bound, and the largest of the lower bounds taken negative.
    Lanes upper = never, lower = never;
    for (std::size_t v = 0; v < vectors; ++v) {
        const Lanes distance = Lanes::load(&distances[lanes * v]), spread = Lanes::load(&spreads[lanes * v]);
        upper = maximum(upper, whereAtMost(distance, high, distance + spread, never));
        lower = maximum(lower, whereAtMost(distance, low, never, spread - distance));
    }
    const Lanes farthest = Lanes::all(largestOf(upper) + room), nearest = Lanes::all(-largestOf(lower) - room);
    parts.sureCount = parts.openCount = 0;
    for (std::size_t v = 0; v < vectors; ++v) {
        const Lanes distance = Lanes::load(&distances[lanes * v]), spread = Lanes::load(&spreads[lanes * v]);
        const std::size_t rest = candidates.count - lanes * v;
        const std::uint32_t any = rest < lanes ? (1U << rest) - 1 : 0xFFFF;
        const std::uint32_t notSure = lessOrEqual(nearest, distance + spread);
        parts.sure[v] = any & ~notSure;
        parts.open[v] = any & notSure & lessOrEqual(distance - spread, farthest);
        parts.sureCount += countOf(parts.sure[v]);
        parts.openCount += countOf(parts.open[v]);
    }
}

template <class Work>
inline void forEach(const std::uint32_t* bits, std::size_t count, const Work& work)
{
    for (std::size_t v = 0; v * lanes < count; ++v)
        for (std::uint32_t rest = bits[v]; rest != 0; rest &= rest - 1)
            work(lanes * v + std::size_t(__builtin_ctz(rest)));
}

/// In every lane the Kept-th smallest of some numbers, or the Kept-th largest: the end of a sorted list that stays in registers.
template <int Kept, bool largest>
Lanes endOfList(const Lanes* numbers, std::size_t count)
{
    Lanes list[Kept];
    for (Lanes& each : list)
        each = Lanes::all(largest ? -infinite : infinite);
    for (std::size_t c = 0; c < count; ++c) {
        Lanes number = numbers[c];
#pragma GCC unroll 32
        for (int t = 0; t < Kept; ++t) {
            const Lanes low = minimum(list[t], number), high = maximum(list[t], number);
            list[t] = largest ? high : low;
            number = largest ? low : high;
        }
    }
    return list[Kept - 1];
}

template <bool largest, int Kept = 1>
Lanes endOfAnyList(const Lanes* numbers, std::size_t count, std::size_t kept)
{
    if constexpr (Kept < 32)
        if (kept > Kept)
            return endOfAnyList<largest, Kept + 1>(numbers, count, kept);
    return endOfList<Kept, largest>(numbers, count);
}

Lanes orderStatistic(const Lanes* numbers, std::size_t count, std::size_t wanted)
{
    const std::size_t fromAbove = count + 1 - wanted;
    return wanted <= fromAbove ? endOfAnyList<false>(numbers, count, wanted) : endOfAnyList<true>(numbers, count, fromAbove);
}

/// One tile: blocks of 8 x 8 cells, and in them groups of 4 x 4.
template <bool manhattan, std::size_t Axes>
class Answers {
public:
    explicit Answers(const NearestTile& tile) : m_tile(tile), m_axes(Axes ? Axes : tile.candidates->axes), m_guess(tile.guess) {}

    void answer()
    {
        for (std::size_t row = 0; row * groupCells < m_tile.rows; row += blockGroups)
            for (std::size_t column = 0; column * groupCells < m_tile.columns; column += blockGroups)
                answerBlock(row, column);
    }

private:
    std::size_t rowsOf(std::size_t group, std::size_t groups) const { return std::min(groups * groupCells, m_tile.rows - group * groupCells); }
    std::size_t columnsOf(std::size_t group, std::size_t groups) const
    {
        return std::min(groups * groupCells, m_tile.columns - group * groupCells);
    }

    Box boxOf(std::size_t rowGroup, std::size_t columnGroup, std::size_t groups) const
    {
        Box box;
        for (std::size_t j = 0; j < m_axes; ++j) {
            const std::size_t first = m_tile.alongColumns[j] ? columnGroup : rowGroup;
            const std::size_t all = ((m_tile.alongColumns[j] ? m_tile.columns : m_tile.rows) + groupCells - 1) / groupCells;
            float low = m_tile.low[j * tileGroups + first], high = m_tile.high[j * tileGroups + first];
            for (std::size_t g = first + 1; g < std::min(first + groups, all); ++g) {
                low = std::min(low, m_tile.low[j * tileGroups + g]);
                high = std::max(high, m_tile.high[j * tileGroups + g]);
            }
            box.middle[j] = (low + high) / 2;
            box.half[j] = std::max(high - box.middle[j], box.middle[j] - low) + m_tile.stretch;
        }
        return box;
    }

    void answerBlock(std::size_t rowGroup, std::size_t columnGroup)
    {
        part<manhattan, Axes>(*m_tile.candidates, boxOf(rowGroup, columnGroup, blockGroups), m_tile.wanted, m_tile.room, m_guess, m_parts);
        m_sureCount = m_openCount = 0;
        const std::size_t count = m_tile.candidates->count;
        forEach(m_parts.sure.data(), count, [this](std::size_t c) { m_sure[m_sureCount++] = std::uint32_t(c); });
        forEach(m_parts.open.data(), count, [this](std::size_t c) { m_open[m_openCount++] = std::uint32_t(c); });
        if (isConstant(rowGroup, columnGroup, blockGroups))
            return;
        gatherOpen();
        const std::size_t sureCount = m_sureCount, wanted = m_tile.wanted - sureCount, openCount = m_openCount;
        const Candidates open{openCount, m_axes, manhattan, m_positions.data(), m_base.data()};
        std::copy_n(m_open.data(), openCount, m_blockOpen.data());
        for (std::size_t r = rowGroup; r < rowGroup + blockGroups && r * groupCells < m_tile.rows; ++r)
            for (std::size_t c = columnGroup; c < columnGroup + blockGroups && c * groupCells < m_tile.columns; ++c) {
                m_sureCount = sureCount;
                answerGroup(open, wanted, r, c);
            }
    }

    /// What is open in a block, as a list of its own.
    void gatherOpen()
    {
        const Candidates& from = *m_tile.candidates;
        for (std::size_t j = 0; j < m_axes; ++j)
            for (std::size_t c = 0; c < m_openCount; ++c)
                m_positions[j * candidateStride + c] = from.positions[j * candidateStride + m_open[c]];
        for (std::size_t c = 0; c < m_openCount; ++c)
            m_base[c] = from.base[m_open[c]];
        std::fill_n(&m_base[m_openCount], lanes, infinite);
        for (std::size_t j = 0; j < m_axes; ++j)
            std::fill_n(&m_positions[j * candidateStride + m_openCount], lanes, 0.0F);
    }

    void answerGroup(const Candidates& open, std::size_t wanted, std::size_t rowGroup, std::size_t columnGroup)
    {
        part<manhattan, Axes>(open, boxOf(rowGroup, columnGroup, 1), wanted, m_tile.room, m_guess, m_parts);
        forEach(m_parts.sure.data(), open.count, [this](std::size_t c) { m_sure[m_sureCount++] = m_blockOpen[c]; });
        m_openCount = 0;
        forEach(m_parts.open.data(), open.count, [this](std::size_t c) { m_open[m_openCount++] = m_blockOpen[c]; });
        if (!isConstant(rowGroup, columnGroup, 1))
            choose(rowGroup, columnGroup);
    }

    std::size_t wordOf(std::uint32_t candidate) const
    {
        std::size_t word = 0;
        while (m_tile.counts[word * candidateStride + candidate] == 0)
            ++word;
        return word;
    }

    /// Candidates of one group, of which it makes no difference which are chosen.
    bool areAlike() const
    {
        if (m_tile.words == 0)
            return false;
        const std::uint32_t* counts = m_tile.counts + wordOf(m_open[0]) * candidateStride;
        for (std::size_t c = 1; c < m_openCount; ++c)
            if (counts[m_open[c]] != counts[m_open[0]])
                return false;
        return true;
    }

    /// Fills cells that all have the same answer.
    bool isConstant(std::size_t rowGroup, std::size_t columnGroup, std::size_t groups)
    {
        const std::size_t wanted = m_tile.wanted - m_sureCount;
        if (wanted > 0 && wanted < m_openCount && !areAlike())
            return false;
        const std::size_t chosen = std::min(wanted, m_openCount), rows = rowsOf(rowGroup, groups), columns = columnsOf(columnGroup, groups);
        const std::size_t place = rowGroup * groupCells * m_tile.rowStride + columnGroup * groupCells;
        const auto fill = [&](std::size_t group, double answer) {
            for (std::size_t r = 0; r < rows; ++r) {
                std::fill_n(m_tile.out + group * m_tile.groupStride + place + r * m_tile.rowStride, columns, answer);
                std::fill_n(m_tile.error + group * m_tile.groupStride + place + r * m_tile.rowStride, columns, m_tile.largestError);
            }
        };
        if (m_tile.words == 0) {
            double sum = startValue();
            for (std::size_t c = 0; c < chosen; ++c)
                sum += m_tile.values[m_open[c]];
            fill(0, sum / m_tile.divisor);
        }
        for (std::size_t word = 0; word < m_tile.words; ++word) {
            std::uint32_t counts = startCounts(word);
            for (std::size_t c = 0; c < chosen; ++c)
                counts += m_tile.counts[word * candidateStride + m_open[c]];
            for (std::size_t group = firstGroup(word); group < firstGroup(word + 1); ++group)
                fill(group, double(countIn(counts, group)) / m_tile.divisor);
        }
        return true;
    }

    std::size_t firstGroup(std::size_t word) const { return std::min(m_tile.groups, word * (32 / m_tile.bits)); }
    std::uint32_t countIn(std::uint32_t counts, std::size_t group) const
    {
        return counts >> (group % (32 / m_tile.bits) * m_tile.bits) & ((1U << m_tile.bits) - 1);
    }

    double startValue() const
    {
        double sum = m_tile.startValue;
        for (std::size_t c = 0; c < m_sureCount; ++c)
            sum += m_tile.values[m_sure[c]];
        return sum;
    }

    std::uint32_t startCounts(std::size_t word) const
    {
        std::uint32_t counts = m_tile.startCounts[word];
        for (std::size_t c = 0; c < m_sureCount; ++c)
            counts += m_tile.counts[word * candidateStride + m_sure[c]];
        return counts;
    }

    Lanes placesOf(std::size_t axis, std::size_t rowGroup, std::size_t columnGroup) const
    {
        return Lanes::load(m_tile.places + (axis * tileGroups + (m_tile.alongColumns[axis] ? columnGroup : rowGroup)) * lanes);
    }

    /// For each cell the nearest of the open ones.
    void choose(std::size_t rowGroup, std::size_t columnGroup)
    {
        if (m_openCount > mostCandidates) {
            leaveOpen(rowGroup, columnGroup);
            return;
        }
        const Candidates& from = *m_tile.candidates;
        Lanes places[Axes ? Axes : mostAxes];
        for (std::size_t j = 0; j < m_axes; ++j)
            places[j] = placesOf(j, rowGroup, columnGroup);
        Lanes distances[mostCandidates];
        for (std::size_t c = 0; c < m_openCount; ++c) {
            Lanes distance = Lanes::all(from.base[m_open[c]]);
            for (std::size_t j = 0; j < m_axes; ++j) {
                const Lanes way = places[j] - Lanes::all(from.positions[j * candidateStride + m_open[c]]);
                distance = manhattan ? distance + absolute(way) : multiplyAdd(way, way, distance);
            }
            distances[c] = distance;
        }
        const std::size_t wanted = m_tile.wanted - m_sureCount;
        const Lanes limit = orderStatistic(distances, m_openCount, wanted) + Lanes::all(m_tile.room);
        SixteenBits number{};
        for (std::size_t c = 0; c < m_openCount; ++c)
            number -= isAtMost(distances[c], limit);
        if (m_tile.words == 0)
            addValues(distances, limit);
        std::array<SixteenBits, 1> counts;
        for (std::size_t word = 0; word < m_tile.words; ++word) {
            counts[0] = SixteenBits{} + std::int32_t(startCounts(word));
            for (std::size_t c = 0; c < m_openCount; ++c)
                counts[0] += isAtMost(distances[c], limit) & std::int32_t(m_tile.counts[word * candidateStride + m_open[c]]);
            writeCounts(rowGroup, columnGroup, word, counts[0]);
        }
        if (m_tile.words == 0)
            write(rowGroup, columnGroup, 0, m_sums.data());
        if (isAnyOther(number, std::int32_t(wanted)))
            chooseExactly(rowGroup, columnGroup);
    }

    static SixteenBits isAtMost(Lanes a, Lanes limit) { return loaded<Sixteen>(&a) <= loaded<Sixteen>(&limit); }

    static bool isAnyOther(SixteenBits numbers, std::int32_t number)
    {
        std::array<std::int32_t, lanes> each;
        stored(each.data(), numbers);
        bool any = false;
        for (const std::int32_t n : each)
            any |= n != number;
        return any;
    }

    void addValues(const Lanes* distances, const Lanes& limit)
    {
        const double start = startValue();
#if defined(__AVX512F__)
        __m512d first = _mm512_set1_pd(start), second = first;
        for (std::size_t c = 0; c < m_openCount; ++c) {
            const __m512d value = _mm512_set1_pd(m_tile.values[m_open[c]]);
            const __mmask16 chosen = _mm512_cmp_ps_mask(distances[c].v, limit.v, _CMP_LE_OQ);
            first = _mm512_mask_add_pd(first, __mmask8(chosen), first, value);
            second = _mm512_mask_add_pd(second, __mmask8(chosen >> 8), second, value);
        }
        _mm512_storeu_pd(&m_sums[0], first);
        _mm512_storeu_pd(&m_sums[8], second);
#else
        m_sums.fill(start);
        for (std::size_t c = 0; c < m_openCount; ++c) {
            std::array<float, lanes> each, most;
            distances[c].store(each.data());
            limit.store(most.data());
            const double value = m_tile.values[m_open[c]];
            for (std::size_t i = 0; i < lanes; ++i)
                m_sums[i] += each[i] <= most[i] ? value : 0;
        }
#endif
    }

    void writeCounts(std::size_t rowGroup, std::size_t columnGroup, std::size_t word, const SixteenBits& counts)
    {
        std::array<std::int32_t, lanes> each;
        stored(each.data(), counts);
        const std::uint32_t most = (1U << m_tile.bits) - 1;
        for (std::size_t group = firstGroup(word); group < firstGroup(word + 1); ++group) {
            const unsigned shift = unsigned(group - firstGroup(word)) * m_tile.bits;
            for (std::size_t i = 0; i < lanes; ++i)
                m_sums[i] = double(std::int32_t(std::uint32_t(each[i]) >> shift & most));
            write(rowGroup, columnGroup, group, m_sums.data());
        }
    }

    void write(std::size_t rowGroup, std::size_t columnGroup, std::size_t group, const double* sums)
    {
        const std::size_t rows = rowsOf(rowGroup, 1), columns = columnsOf(columnGroup, 1);
        const std::size_t place = group * m_tile.groupStride + rowGroup * groupCells * m_tile.rowStride + columnGroup * groupCells;
        alignas(64) std::array<double, lanes> answers;
        for (std::size_t i = 0; i < lanes; ++i)
            answers[i] = sums[i] / m_tile.divisor;
        for (std::size_t r = 0; r < rows; ++r) {
            double* out = m_tile.out + place + r * m_tile.rowStride;
            double* error = m_tile.error + place + r * m_tile.rowStride;
            if (columns == groupCells) {
                std::memcpy(out, &answers[r * groupCells], groupCells * sizeof(double));
                std::fill_n(error, groupCells, m_tile.largestError);
            } else {
                std::copy_n(&answers[r * groupCells], columns, out);
                std::fill_n(error, columns, m_tile.largestError);
            }
        }
    }

    void leaveOpen(std::size_t rowGroup, std::size_t columnGroup)
    {
        for (std::size_t group = 0; group < m_tile.groups; ++group)
            for (std::size_t r = 0; r < rowsOf(rowGroup, 1); ++r) {
                const std::size_t place =
                    group * m_tile.groupStride + (rowGroup * groupCells + r) * m_tile.rowStride + columnGroup * groupCells;
                std::fill_n(m_tile.out + place, columnsOf(columnGroup, 1), 0.0);
                std::fill_n(m_tile.error + place, columnsOf(columnGroup, 1), std::numeric_limits<double>::infinity());
            }
    }

    /// By all distances in double, eight cells at a time.
    void chooseExactly(std::size_t rowGroup, std::size_t columnGroup)
    {
        const std::size_t features = m_tile.features, rows = rowsOf(rowGroup, 1), columns = columnsOf(columnGroup, 1);
        double* chosenRows = m_tile.scratch;
        double* x = chosenRows + mostCandidates * features;
        for (std::size_t c = 0; c < m_openCount; ++c)
            std::copy_n(m_tile.samples + m_open[c] * features, features, chosenRows + c * features);
        std::array<std::uint64_t, lanes> chosen;
        for (std::size_t half = 0; half < lanes; half += 8) {
            for (std::size_t j = 0; j < features; ++j)
                for (std::size_t q = 0; q < 8; ++q) {
                    const std::size_t r = std::min((half + q) / groupCells, rows - 1), c = std::min(q % groupCells, columns - 1);
                    x[8 * j + q] = m_tile.cells[j][m_tile.featureAlongColumns[j] ? columnGroup * groupCells + c : rowGroup * groupCells + r];
                }
            modelariumChooseNearest(x, features, manhattan, chosenRows, m_openCount, m_tile.wanted - m_sureCount, &chosen[half]);
        }
        if (m_tile.words == 0) {
            m_sums.fill(startValue());
            for (std::size_t i = 0; i < lanes; ++i)
                for (std::uint64_t rest = chosen[i]; rest != 0; rest &= rest - 1)
                    m_sums[i] += m_tile.values[m_open[std::size_t(__builtin_ctzll(rest))]];
            write(rowGroup, columnGroup, 0, m_sums.data());
        }
        for (std::size_t word = 0; word < m_tile.words; ++word) {
            std::array<std::uint32_t, lanes> counts;
            counts.fill(startCounts(word));
            for (std::size_t i = 0; i < lanes; ++i)
                for (std::uint64_t rest = chosen[i]; rest != 0; rest &= rest - 1)
                    counts[i] += m_tile.counts[word * candidateStride + m_open[std::size_t(__builtin_ctzll(rest))]];
            writeCounts(rowGroup, columnGroup, word, loaded<SixteenBits>(counts.data()));
        }
    }

    const NearestTile& m_tile;
    std::size_t m_axes;
    float m_guess;
    Parts m_parts;
    std::size_t m_sureCount = 0, m_openCount = 0;
    std::array<std::uint32_t, mostInTile> m_sure, m_open, m_blockOpen;
    alignas(64) std::array<float, candidateStride> m_base;
    alignas(64) std::array<float, (Axes ? Axes : mostAxes) * candidateStride> m_positions;
    alignas(64) std::array<double, lanes> m_sums;
};

template <class Work>
void byShape(const Candidates& candidates, const Work& work)
{
    if (candidates.manhattan)
        work.template operator()<true, 0>();
    else if (candidates.axes == 2)
        work.template operator()<false, 2>();
    else
        work.template operator()<false, 0>();
}

} // namespace

void modelariumPartCandidates(const Candidates* candidates, const float* middle, const float* half, std::size_t wanted, float room,
                              float* guess, std::uint32_t* sure, std::size_t* sureCount, std::uint32_t* open,
                              std::size_t* openCount) noexcept
{
    Box box;
    std::copy_n(middle, candidates->axes, box.middle.begin());
    std::copy_n(half, candidates->axes, box.half.begin());
    Parts parts;
    byShape(*candidates, [&]<bool manhattan, std::size_t Axes>() { part<manhattan, Axes>(*candidates, box, wanted, room, *guess, parts); });
    *sureCount = parts.sureCount;
    *openCount = parts.openCount;
    forEach(parts.sure.data(), candidates->count, [&](std::size_t c) { *sure++ = std::uint32_t(c); });
    forEach(parts.open.data(), candidates->count, [&](std::size_t c) { *open++ = std::uint32_t(c); });
}

void modelariumAnswerTile(const NearestTile* tile) noexcept
{
    byShape(*tile->candidates, [&]<bool manhattan, std::size_t Axes>() { Answers<manhattan, Axes>(*tile).answer(); });
}

} // namespace modelarium::kernels
