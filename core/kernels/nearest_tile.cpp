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
constexpr std::size_t lanes = 16, blockCells = 2 * groupCells;
/// Looks at how many candidates are nearer than a distance; halves of a span help where what is likely does not.
constexpr int likelyLooks = 4, mostLooks = 16;
/// Open candidates of a block that are not parted again for its groups.
constexpr std::size_t fewOpen = 8;

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
    for (int i = 0; i < 4; ++i)
        b.v[i] = x.v[i] <= limit.v[i] ? a.v[i] : b.v[i];
    return b;
#endif
}

/// Between which distances from the middle the wanted-th is: `low` has no more than so many up to it, `high` no fewer.
struct Between {
    float low = -infinite, high = infinite;
};

template <std::size_t Vectors>
inline Between findLast(const Lanes* distances, std::size_t vectors, std::size_t count, std::size_t wanted, float& guess)
{
    Between between;
    std::size_t below = 0, upTo = count;
    float looked = guess;
    for (int look = 0; look < mostLooks; ++look) {
        const Lanes limit = Lanes::all(looked);
        std::size_t found = 0;
        for (std::size_t v = 0; v < (Vectors ? Vectors : vectors); ++v)
            found += countOf(lessOrEqual(distances[v], limit));
        if (found <= wanted) {
            between.low = looked;
            below = found;
        }
        if (found >= wanted) {
            between.high = looked;
            upTo = found;
        }
        // Of equally far ones there may be no end between.
        if (found == wanted || (look > likelyLooks && upTo - below <= 2))
            break;
        const float aim = float(wanted) + 0.5F;
        if (between.high == infinite)
            looked *= std::min(4.0F, aim / (float(below) + 0.5F));
        else if (between.low == -infinite)
            looked *= std::max(0.25F, aim / (float(upTo) + 0.5F));
        else if (look > likelyLooks && look % 2 != 0)
            looked = between.low + (between.high - between.low) / 2;
        else
            looked = between.low + (between.high - between.low) * (aim - float(below)) / (float(upTo - below) + 1);
    }
    guess = std::max(between.high < infinite ? between.high : between.low, std::numeric_limits<float>::min());
    return between;
}

/// Of so many vectors of candidates, which then stay in registers; of any number where `Vectors` is 0.
template <bool manhattan, std::size_t Axes, std::size_t Vectors>
void partVectors(const Candidates& candidates, const Box& box, std::size_t wanted, float room, float& guess, Parts& parts)
{
    const std::size_t axes = Axes ? Axes : candidates.axes, vectors = Vectors ? Vectors : (candidates.count + lanes - 1) / lanes;
    Lanes distances[Vectors ? Vectors : mostInTile / lanes], spreads[Vectors ? Vectors : mostInTile / lanes];
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
        distances[v] = distance;
        spreads[v] = spread;
    }
    const Between between = findLast<Vectors>(distances, vectors, candidates.count, wanted, guess);
    const Lanes low = Lanes::all(between.low), high = Lanes::all(between.high), never = Lanes::all(-infinite);
    // The largest upper bound, and the largest of the lower bounds taken negative.
    Lanes upper = never, lower = never;
    for (std::size_t v = 0; v < vectors; ++v) {
        upper = maximum(upper, whereAtMost(distances[v], high, distances[v] + spreads[v], never));
        lower = maximum(lower, whereAtMost(distances[v], low, never, spreads[v] - distances[v]));
    }
    const Lanes farthest = Lanes::all(largestOf(upper) + room), nearest = Lanes::all(-largestOf(lower) - room);
    parts.sureCount = parts.openCount = 0;
    for (std::size_t v = 0; v < vectors; ++v) {
        const std::size_t rest = candidates.count - lanes * v;
        const std::uint32_t any = rest < lanes ? (1U << rest) - 1 : 0xFFFF;
        const std::uint32_t notSure = lessOrEqual(nearest, distances[v] + spreads[v]);
        parts.sure[v] = any & ~notSure;
        parts.open[v] = any & notSure & lessOrEqual(distances[v] - spreads[v], farthest);
        parts.sureCount += countOf(parts.sure[v]);
        parts.openCount += countOf(parts.open[v]);
    }
}

template <bool manhattan, std::size_t Axes>
void part(const Candidates& candidates, const Box& box, std::size_t wanted, float room, float& guess, Parts& parts)
{
    if (candidates.count <= lanes)
        partVectors<manhattan, Axes, 1>(candidates, box, wanted, room, guess, parts);
    else if (candidates.count <= 2 * lanes)
        partVectors<manhattan, Axes, 2>(candidates, box, wanted, room, guess, parts);
    else
        partVectors<manhattan, Axes, 0>(candidates, box, wanted, room, guess, parts);
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

/// The nearest number to count / divisor, both whole and less than 2^16.
inline double quotientOf(double count, double divisor, double inverse)
{
#if defined(__FMA__)
    // A product with the inverse, which is less than a unit wrong, and what is left over (P. Markstein, IBM J. Res. Dev. 34(1), 1990).
    const double near = count * inverse;
    return __builtin_fma(__builtin_fma(-near, divisor, count), inverse, near);
#else
    (void)inverse;
    return count / divisor;
#endif
}

/// Some candidates of a block, by their places in its list.
struct Choice {
    const std::uint32_t* places;
    std::size_t count;
    std::size_t wanted;
};

/// One tile: blocks of 8 x 8 cells, and in them groups of 4 x 4.
template <bool manhattan, std::size_t Axes>
class Answers {
public:
    explicit Answers(const NearestTile& tile)
        : m_tile(tile), m_all(*tile.candidates), m_axes(Axes ? Axes : m_all.axes), m_inverse(1 / tile.divisor), m_guess(tile.guess)
    {
    }

    void answer()
    {
        for (std::size_t row = 0; row < m_tile.rows; row += blockCells)
            for (std::size_t column = 0; column < m_tile.columns; column += blockCells)
                answerBlock(placeOf(row, column, blockCells));
    }

private:
    /// Some cells of the tile: a block, a group or one alone.
    struct Place {
        std::size_t row, column, rows, columns;
    };

    Place placeOf(std::size_t row, std::size_t column, std::size_t cells) const
    {
        return {row, column, std::min(cells, m_tile.rows - row), std::min(cells, m_tile.columns - column)};
    }

    std::size_t firstCell(const Place& place) const { return place.row * m_tile.rowStride + place.column; }

    Box boxOf(const Place& place, std::size_t cells, const float* middle, const float* half) const
    {
        Box box;
        for (std::size_t j = 0; j < m_axes; ++j) {
            const std::size_t at = j * tileGroups + (m_tile.alongColumns[j] ? place.column : place.row) / cells;
            box.middle[j] = middle[at];
            box.half[j] = half[at];
        }
        return box;
    }

    const float* placesOf(std::size_t axis, const Place& place) const
    {
        return m_tile.places + (axis * tileGroups + (m_tile.alongColumns[axis] ? place.column : place.row) / groupCells) * lanes;
    }

    void answerBlock(const Place& block)
    {
        part<manhattan, Axes>(m_all, boxOf(block, blockCells, m_tile.blockMiddle, m_tile.blockHalf), m_tile.wanted, m_tile.room, m_guess,
                              m_parts);
        startSums();
        m_openCount = m_parts.openCount;
        m_sureCount = 0;
        std::size_t count = 0;
        forEach(m_parts.open.data(), m_all.count, [this, &count](std::size_t c) {
            m_every[count] = std::uint32_t(count);
            m_open[count++] = std::uint32_t(c);
        });
        const Choice every{m_every.data(), m_openCount, m_tile.wanted - m_parts.sureCount};
        if (isConstant(block, every))
            return;
        gatherOpen();
        for (std::size_t row = block.row; row < block.row + block.rows; row += groupCells)
            for (std::size_t column = block.column; column < block.column + block.columns; column += groupCells) {
                const Place group = placeOf(row, column, groupCells);
                if (m_openCount > fewOpen)
                    answerGroup(group, every.wanted);
                else
                    choose(group, every);
            }
    }

    /// Sums over the neighbours of all cells of a block.
    void startSums()
    {
        m_value = m_tile.startValue;
        if (m_tile.words == 0)
            forEach(m_parts.sure.data(), m_all.count, [this](std::size_t c) { m_value += m_tile.values[c]; });
        for (std::size_t word = 0; word < m_tile.words; ++word) {
            std::uint32_t counts = m_tile.startCounts[word];
            const std::uint32_t* each = m_tile.counts + word * candidateStride;
            forEach(m_parts.sure.data(), m_all.count, [each, &counts](std::size_t c) { counts += each[c]; });
            m_tile.blockCounts[word] = counts;
        }
    }

    /// What is open in a block, as a list of its own.
    void gatherOpen()
    {
        for (std::size_t j = 0; j < m_axes; ++j) {
            float* positions = &m_positions[j * candidateStride];
            for (std::size_t c = 0; c < m_openCount; ++c)
                positions[c] = m_all.positions[j * candidateStride + m_open[c]];
            std::fill_n(positions + m_openCount, lanes, 0.0F);
        }
        for (std::size_t c = 0; c < m_openCount; ++c)
            m_base[c] = m_all.base[m_open[c]];
        std::fill_n(&m_base[m_openCount], lanes, infinite);
    }

    void answerGroup(const Place& group, std::size_t wanted)
    {
        const Choice choice = partOpen(boxOf(group, groupCells, m_tile.groupMiddle, m_tile.groupHalf), wanted);
        if (isConstant(group, choice))
            return;
        if (choice.count <= mostCandidates) {
            choose(group, choice);
            return;
        }
        for (std::size_t row = group.row; row < group.row + group.rows; ++row)
            for (std::size_t column = group.column; column < group.column + group.columns; ++column)
                answerCell(placeOf(row, column, 1), wanted);
    }

    /// One cell alone, for which nothing is open but what rounding might have changed.
    void answerCell(const Place& cell, std::size_t wanted)
    {
        Box box;
        for (std::size_t j = 0; j < m_axes; ++j) {
            box.middle[j] = placesOf(j, cell)[cell.row % groupCells * groupCells + cell.column % groupCells];
            box.half[j] = m_tile.stretch;
        }
        const Choice choice = partOpen(box, wanted);
        if (isConstant(cell, choice))
            return;
        if (choice.count <= mostCandidates)
            chooseExactly(cell, choice);
        else
            leaveOpen(cell);
    }

    /// Parts what is open in the block.
    Choice partOpen(const Box& box, std::size_t wanted)
    {
        const Candidates open{m_openCount, m_axes, manhattan, m_positions.data(), m_base.data()};
        part<manhattan, Axes>(open, box, wanted, m_tile.room, m_guess, m_parts);
        std::size_t count = 0;
        m_sureCount = 0;
        forEach(m_parts.sure.data(), m_openCount, [this](std::size_t c) { m_sure[m_sureCount++] = std::uint32_t(c); });
        forEach(m_parts.open.data(), m_openCount, [this, &count](std::size_t c) { m_some[count++] = std::uint32_t(c); });
        return {m_some.data(), count, wanted - m_sureCount};
    }

    std::uint32_t countsOf(std::size_t word, std::uint32_t place) const { return m_tile.counts[word * candidateStride + m_open[place]]; }

    /// Candidates of one group, of which it makes no difference which are chosen.
    bool areAlike(const Choice& choice) const
    {
        if (m_tile.words == 0)
            return false;
        std::size_t word = 0;
        while (countsOf(word, choice.places[0]) == 0)
            ++word;
        const std::uint32_t counts = countsOf(word, choice.places[0]);
        for (std::size_t c = 1; c < choice.count; ++c)
            if (countsOf(word, choice.places[c]) != counts)
                return false;
        return true;
    }

    double startValue() const
    {
        double sum = m_value;
        for (std::size_t c = 0; c < m_sureCount; ++c)
            sum += m_tile.values[m_open[m_sure[c]]];
        return sum;
    }

    std::uint32_t startCounts(std::size_t word) const
    {
        std::uint32_t counts = m_tile.blockCounts[word];
        for (std::size_t c = 0; c < m_sureCount; ++c)
            counts += countsOf(word, m_sure[c]);
        return counts;
    }

    std::size_t firstGroup(std::size_t word) const { return std::min(m_tile.groups, word * (32 / m_tile.bits)); }

    /// Fills cells that all have the same answer, if they have.
    bool isConstant(const Place& place, const Choice& choice)
    {
        if (choice.wanted > 0 && choice.wanted < choice.count && !areAlike(choice))
            return false;
        const std::size_t chosen = std::min(choice.wanted, choice.count);
        const auto fill = [&](std::size_t group, double answer) {
            double* out = m_tile.out + group * m_tile.groupStride + firstCell(place);
            for (std::size_t r = 0; r < place.rows; ++r)
                std::fill_n(out + r * m_tile.rowStride, place.columns, answer);
        };
        if (m_tile.words == 0) {
            double sum = startValue();
            for (std::size_t c = 0; c < chosen; ++c)
                sum += m_tile.values[m_open[choice.places[c]]];
            fill(0, sum / m_tile.divisor);
        }
        for (std::size_t word = 0; word < m_tile.words; ++word) {
            std::uint32_t counts = startCounts(word);
            for (std::size_t c = 0; c < chosen; ++c)
                counts += countsOf(word, choice.places[c]);
            for (std::size_t group = firstGroup(word); group < firstGroup(word + 1); ++group, counts >>= m_tile.bits)
                fill(group, double(counts & ((1U << m_tile.bits) - 1)) / m_tile.divisor);
        }
        return true;
    }

    /// For each cell of a group the nearest of the open ones.
    void choose(const Place& group, const Choice& choice)
    {
        Lanes places[Axes ? Axes : mostAxes];
        for (std::size_t j = 0; j < m_axes; ++j)
            places[j] = Lanes::load(placesOf(j, group));
        Lanes distances[mostCandidates];
        for (std::size_t c = 0; c < choice.count; ++c) {
            const std::uint32_t place = choice.places[c];
            Lanes distance = Lanes::all(m_base[place]);
            for (std::size_t j = 0; j < m_axes; ++j) {
                const Lanes way = places[j] - Lanes::all(m_positions[j * candidateStride + place]);
                distance = manhattan ? distance + absolute(way) : multiplyAdd(way, way, distance);
            }
            distances[c] = distance;
        }
        // As many as are wanted, unless rounding might have changed their order.
        const Lanes limit = orderStatistic(distances, choice.count, choice.wanted) + Lanes::all(m_tile.room);
        SixteenBits number{};
        for (std::size_t c = 0; c < choice.count; ++c)
            number -= isAtMost(distances[c], limit);
        if (isAnyOther(number, std::int32_t(choice.wanted))) {
            chooseExactly(group, choice);
            return;
        }
        if (m_tile.words == 0) {
            addValues(choice, distances, limit);
            writeValues(group);
        }
        for (std::size_t word = 0; word < m_tile.words; ++word) {
            SixteenBits counts = SixteenBits{} + std::int32_t(startCounts(word));
            for (std::size_t c = 0; c < choice.count; ++c)
                counts += isAtMost(distances[c], limit) & std::int32_t(countsOf(word, choice.places[c]));
            writeCounts(group, word, counts);
        }
    }

    static SixteenBits isAtMost(const Lanes& a, const Lanes& limit) { return loaded<Sixteen>(&a) <= loaded<Sixteen>(&limit); }

    static bool isAnyOther(const SixteenBits& numbers, std::int32_t number)
    {
#if defined(__AVX512F__)
        return _mm512_cmpneq_epi32_mask(__m512i(numbers), _mm512_set1_epi32(number)) != 0;
#else
        std::array<std::int32_t, lanes> each;
        stored(each.data(), numbers);
        std::int32_t other = 0;
        for (const std::int32_t n : each)
            other |= n ^ number;
        return other != 0;
#endif
    }

    void addValues(const Choice& choice, const Lanes* distances, const Lanes& limit)
    {
        const double start = startValue();
#if defined(__AVX512F__)
        __m512d first = _mm512_set1_pd(start), second = first;
        for (std::size_t c = 0; c < choice.count; ++c) {
            const __m512d value = _mm512_set1_pd(m_tile.values[m_open[choice.places[c]]]);
            const __mmask16 chosen = _mm512_cmp_ps_mask(distances[c].v, limit.v, _CMP_LE_OQ);
            first = _mm512_mask_add_pd(first, __mmask8(chosen), first, value);
            second = _mm512_mask_add_pd(second, __mmask8(chosen >> 8), second, value);
        }
        _mm512_store_pd(&m_sums[0], first);
        _mm512_store_pd(&m_sums[8], second);
#else
        alignas(64) std::array<float, lanes> most;
        limit.store(most.data());
        m_sums.fill(start);
        for (std::size_t c = 0; c < choice.count; ++c) {
            alignas(64) std::array<float, lanes> each;
            distances[c].store(each.data());
            const double value = m_tile.values[m_open[choice.places[c]]];
            for (std::size_t i = 0; i < lanes; ++i)
                m_sums[i] += each[i] <= most[i] ? value : 0;
        }
#endif
    }

    void writeValues(const Place& group)
    {
        for (double& sum : m_sums)
            sum /= m_tile.divisor;
        write(group, m_tile.out);
    }

    void writeCounts(const Place& place, std::size_t word, const SixteenBits& counts)
    {
        alignas(64) std::array<std::int32_t, lanes> each;
        stored(each.data(), counts);
        const std::uint32_t most = (1U << m_tile.bits) - 1;
        for (std::size_t group = firstGroup(word); group < firstGroup(word + 1); ++group) {
            const unsigned shift = unsigned(group - firstGroup(word)) * m_tile.bits;
            for (std::size_t i = 0; i < lanes; ++i)
                m_sums[i] = quotientOf(double(std::int32_t(std::uint32_t(each[i]) >> shift & most)), m_tile.divisor, m_inverse);
            write(place, m_tile.out + group * m_tile.groupStride);
        }
    }

    void write(const Place& group, double* out) const
    {
        out += firstCell(group);
        for (std::size_t r = 0; r < group.rows; ++r, out += m_tile.rowStride) {
            if (group.columns == groupCells)
                std::memcpy(out, &m_sums[r * groupCells], groupCells * sizeof(double));
            else
                std::copy_n(&m_sums[r * groupCells], group.columns, out);
        }
    }

    void leaveOpen(const Place& place)
    {
        for (std::size_t group = 0; group < m_tile.groups; ++group)
            for (std::size_t r = 0; r < place.rows; ++r) {
                const std::size_t first = group * m_tile.groupStride + firstCell(place) + r * m_tile.rowStride;
                std::fill_n(m_tile.out + first, place.columns, 0.0);
                std::fill_n(m_tile.error + first, place.columns, std::numeric_limits<double>::infinity());
            }
    }

    /// By all distances in double, eight cells at a time.
    void chooseExactly(const Place& group, const Choice& choice)
    {
        const std::size_t features = m_tile.features;
        double* samples = m_tile.scratch;
        double* x = samples + mostCandidates * features;
        for (std::size_t c = 0; c < choice.count; ++c)
            std::copy_n(m_tile.rowsOfSlots + m_tile.slotOf[m_open[choice.places[c]]] * features, features, samples + c * features);
        std::array<std::uint64_t, lanes> chosen;
        for (std::size_t half = 0; half < lanes; half += 8) {
            for (std::size_t j = 0; j < features; ++j)
                for (std::size_t q = 0; q < 8; ++q) {
                    const std::size_t r = group.row + std::min((half + q) / groupCells, group.rows - 1);
                    const std::size_t c = group.column + std::min(q % groupCells, group.columns - 1);
                    x[8 * j + q] = m_tile.cells[j][m_tile.featureAlongColumns[j] ? c : r];
                }
            modelariumChooseNearest(x, features, manhattan, samples, choice.count, choice.wanted, &chosen[half]);
        }
        const auto forEachChosen = [&](std::size_t cell, const auto& work) {
            for (std::uint64_t rest = chosen[cell]; rest != 0; rest &= rest - 1)
                work(choice.places[__builtin_ctzll(rest)]);
        };
        if (m_tile.words == 0) {
            m_sums.fill(startValue());
            for (std::size_t i = 0; i < lanes; ++i)
                forEachChosen(i, [&](std::uint32_t place) { m_sums[i] += m_tile.values[m_open[place]]; });
            writeValues(group);
        }
        for (std::size_t word = 0; word < m_tile.words; ++word) {
            std::array<std::uint32_t, lanes> counts;
            counts.fill(startCounts(word));
            for (std::size_t i = 0; i < lanes; ++i)
                forEachChosen(i, [&](std::uint32_t place) { counts[i] += countsOf(word, place); });
            writeCounts(group, word, loaded<SixteenBits>(counts.data()));
        }
    }

    const NearestTile& m_tile;
    const Candidates& m_all;
    std::size_t m_axes;
    double m_inverse;
    float m_guess;
    Parts m_parts;

    // Of a block: candidates that are open, and sums over those that are sure.
    std::size_t m_openCount = 0;
    std::array<std::uint32_t, mostInTile> m_open, m_every;
    alignas(64) std::array<float, candidateStride> m_base;
    alignas(64) std::array<float, (Axes ? Axes : mostAxes) * candidateStride> m_positions;
    double m_value = 0;

    // Of a group: which of the block's open ones are sure, and which are open still.
    std::size_t m_sureCount = 0;
    std::array<std::uint32_t, mostInTile> m_sure, m_some;
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
