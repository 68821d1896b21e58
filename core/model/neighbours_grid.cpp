#include "core/model/neighbours_grid.h"

#include "core/kernels/nearest_choice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace modelarium {

namespace {

constexpr std::size_t tileColumns = 32, tileRows = 16;
constexpr std::size_t lanes = 16;
constexpr std::size_t groupCells = kernels::groupCells, tileGroups = kernels::tileGroups, stride = kernels::candidateStride;
static_assert(tileColumns <= groupCells * tileGroups && tileRows <= groupCells * tileGroups);
constexpr double large = 1e140;
constexpr double unknown = std::numeric_limits<double>::infinity();
constexpr double floatRoundoff = 0x1p-24;

/// The power of two by which a length becomes one from 1 to 2; or nearly so.
double unitFor(double length)
{
    constexpr int most = 1000;
    return length > 0 ? std::ldexp(1.0, -std::clamp(std::ilogb(length), -most, most)) : 1;
}

/// What rounding may do, twice, to a distance in float of at most `largest`: places in it are rounded, differences of them, and sums of
/// squares; and what is lost where squares are too small for a double, on the other side.
double roomFor(double largest, std::size_t axes, double unit)
{
    const double lost = std::numeric_limits<double>::min() * unit * unit;
    return 4 * double(axes + 8) * floatRoundoff * largest + 1e-36 + 8 * lost;
}

} // namespace

NeighboursGrid::NeighboursGrid(const NeighboursPredictor& predictor, const SeparableGrid& grid) : m_predictor(predictor), m_grid(grid)
{
    for (std::size_t j = 0; j < grid.features(); ++j) {
        const std::vector<double>& values = grid.values(j);
        const bool changes = std::any_of(values.begin(), values.end(), [&](double value) { return value != values.front(); });
        (changes ? m_axes : m_held).push_back(j);
        m_featureAlongColumns.push_back(grid.isAlongColumns(j));
        if (changes)
            m_axisAlongColumns.push_back(grid.isAlongColumns(j));
    }
    m_bits = predictor.m_k < 1 << 8 ? 8 : 16;
    if (predictor.m_classes > 0)
        m_words = (std::size_t(predictor.m_classes) * m_bits + 31) / 32;
    if (predictor.m_search.samples() <= kernels::mostInTile && m_axes.size() <= kernels::mostAxes)
        placeSamples();
}

bool NeighboursGrid::isOrdinary() const
{
    // More neighbours than a tile may have candidates would be looked for in vain.
    bool ordinary = m_axes.size() <= kernels::mostAxes && (!m_slots.empty() || std::size_t(m_predictor.m_k) <= kernels::mostInTile);
    for (std::size_t j = 0; j < m_grid.features(); ++j)
        for (const double value : m_grid.values(j))
            ordinary &= std::abs(value) < large;
    for (const double y : m_predictor.m_y)
        ordinary &= std::abs(y) < large;
    // Distances whose squares overflow are told in another unit.
    const NeighbourSearch& search = m_predictor.m_search;
    for (std::uint32_t slot = 0; slot < search.slotCount(); ++slot)
        for (std::size_t j = 0; search.sampleOf(slot) < search.samples() && j < search.features(); ++j)
            ordinary &= std::abs(search.rowOf(slot)[j]) < large;
    return ordinary;
}

/// What the features that do not change add to the distance of a sample.
double NeighboursGrid::heldDistance(const double* row, double unit) const
{
    double sum = 0;
    for (const std::size_t j : m_held) {
        const double way = std::abs(row[j] - m_grid.values(j).front()) * unit;
        sum += m_predictor.m_search.isManhattan() ? way : way * way;
    }
    return sum;
}

void NeighboursGrid::placeSamples()
{
    const NeighbourSearch& search = m_predictor.m_search;
    std::vector<std::uint32_t> slots(search.samples());
    for (std::size_t slot = 0; slot < search.slotCount(); ++slot)
        if (search.sampleOf(std::uint32_t(slot)) < slots.size())
            slots[search.sampleOf(std::uint32_t(slot))] = std::uint32_t(slot);
    double extent = 0, held = 0;
    for (const std::size_t j : m_axes) {
        const auto [low, high] = std::minmax_element(m_grid.values(j).begin(), m_grid.values(j).end());
        m_origin.push_back(*low / 2 + *high / 2);
        extent = std::max({extent, *high - m_origin.back(), m_origin.back() - *low});
        for (const std::uint32_t slot : slots)
            extent = std::max(extent, std::abs(search.rowOf(slot)[j] - m_origin.back()));
    }
    for (const std::size_t j : m_held)
        for (const std::uint32_t slot : slots)
            held = std::max(held, std::abs(search.rowOf(slot)[j] - m_grid.values(j).front()));
    if (!(std::max(extent, held) < large))
        return;
    m_unit = unitFor(std::max(extent, held));
    m_extent = extent * m_unit;
    m_positions.assign(m_axes.size() * stride, 0);
    m_base.assign(stride, std::numeric_limits<float>::infinity());
    for (std::size_t sample = 0; sample < slots.size(); ++sample) {
        const double* row = search.rowOf(slots[sample]);
        for (std::size_t axis = 0; axis < m_axes.size(); ++axis)
            m_positions[axis * stride + sample] = float((row[m_axes[axis]] - m_origin[axis]) * m_unit);
        m_base[sample] = float(heldDistance(row, m_unit));
    }
    m_slots = std::move(slots);
}

/// A few columns and rows, and the samples that matter there. Made once, used for one tile after the other.
class NeighboursGrid::Tile {
public:
    Tile(const NeighboursGrid& grid, std::size_t firstRow, Eigen::Ref<Matrix> out, Eigen::Ref<Matrix> error)
        : m_owner(grid), m_predictor(grid.m_predictor), m_search(grid.m_predictor.m_search), m_grid(grid.m_grid), m_firstRow(firstRow),
          m_out(out), m_error(error), m_nearest(std::size_t(m_predictor.m_k)), m_middle(m_grid.features()), m_half(m_grid.features()),
          m_found(kernels::mostInTile), m_sure(kernels::mostInTile), m_open(kernels::mostInTile),
          m_places(axes() * tileGroups * lanes), m_groupMiddle(axes() * tileGroups), m_groupHalf(m_groupMiddle), m_blockMiddle(m_groupMiddle),
          m_blockHalf(m_groupMiddle), m_positions(axes() * stride), m_base(stride),
          m_counts(grid.m_words * stride), m_startCounts(grid.m_words),
          m_blockCounts(grid.m_words),
          m_values(kernels::mostInTile), m_cells(m_grid.features()),
          m_scratch((kernels::mostCandidates + 8) * m_grid.features())
    {
    }

    void answer(std::size_t row, std::size_t rows, std::size_t column, std::size_t columns)
    {
        findBox(row, rows, column, columns);
        if (findSamples() && placeTile(rows, columns)) {
            answerTile(row, rows, column, columns);
        } else if (rows > groupCells && rows >= columns) {
            answer(row, rows / 2, column, columns);
            answer(row + rows / 2, rows - rows / 2, column, columns);
        } else if (columns > groupCells) {
            answer(row, rows, column, columns / 2);
            answer(row, rows, column + columns / 2, columns - columns / 2);
        } else {
            leaveOpen(row, rows, column, columns);
        }
    }

private:
    std::size_t axes() const { return m_owner.m_axes.size(); }

    /// The middle of the tile and how far its cells are from there, in each feature.
    void findBox(std::size_t row, std::size_t rows, std::size_t column, std::size_t columns)
    {
        for (std::size_t j = 0; j < m_middle.size(); ++j) {
            const bool across = m_grid.isAlongColumns(j);
            const double* values = &m_grid.values(j)[across ? column : row];
            const auto [low, high] = std::minmax_element(values, values + (across ? columns : rows));
            m_middle[j] = *low / 2 + *high / 2;
            m_half[j] = std::max(*high - m_middle[j], m_middle[j] - *low);
            m_cells[j] = values;
        }
    }

    /// Parts the samples around into those that are neighbours of every cell, and those that may be; false where these are too many.
    bool findSamples()
    {
        return m_owner.m_slots.empty() ? findInTree() : findAmongAll();
    }

    bool findAmongAll()
    {
        const kernels::Candidates all{m_owner.m_slots.size(), axes(), m_search.isManhattan(), m_owner.m_positions.data(),
                                      m_owner.m_base.data()};
        m_unit = m_owner.m_unit;
        std::vector<float>& middle = m_boxMiddle;
        std::vector<float>& half = m_boxHalf;
        middle.clear();
        half.clear();
        const double extent = 2 * m_owner.m_extent;
        for (std::size_t axis = 0; axis < axes(); ++axis) {
            const std::size_t j = m_owner.m_axes[axis];
            middle.push_back(float((m_middle[j] - m_owner.m_origin[axis]) * m_unit));
            half.push_back(float((m_half[j] * m_unit) * (1 + 4 * floatRoundoff) + 4 * floatRoundoff * extent));
        }
        const double largest = (m_search.isManhattan() ? extent : extent * extent) * double(axes()) + 4 * double(m_owner.m_held.size());
        const auto room = float(roomFor(largest, axes(), m_unit));
        if (!(room < 1))
            return false;
        if (m_guess == 0)
            m_guess = float(largest * m_predictor.m_k / double(m_owner.m_slots.size()));
        std::size_t sure = 0, open = 0;
        m_sure.resize(kernels::mostInTile);
        m_open.resize(kernels::mostInTile);
        kernels::modelariumPartCandidates(&all, middle.data(), half.data(), std::size_t(m_predictor.m_k), room, &m_guess, m_sure.data(), &sure,
                                          m_open.data(), &open);
        m_sure.resize(sure);
        m_open.resize(open);
        for (std::uint32_t& each : m_sure)
            each = m_owner.m_slots[each];
        for (std::uint32_t& each : m_open)
            each = m_owner.m_slots[each];
        return areEnough();
    }

    /// Whether the nearest samples are among those that were found: anything else is left to those who search cell by cell.
    bool areEnough() const
    {
        const auto k = std::size_t(m_predictor.m_k);
        return m_sure.size() <= k && m_sure.size() + m_open.size() >= k;
    }

    bool findInTree()
    {
        // The middle of the tile before is not far away.
        const double most = m_last.empty() ? unknown : m_search.boundFrom(m_middle.data(), m_last.data(), m_nearest.back().distance);
        m_search.findNearest(m_middle.data(), m_predictor.m_k, m_nearest.data(), most);
        m_last = m_middle;
        const bool squared = !m_search.isManhattan();
        double reach = 0;
        for (const double half : m_half)
            reach += squared ? half * half : half;
        const double kth = squared ? std::sqrt(m_nearest.back().distance) : m_nearest.back().distance;
        const double twice = 2 * (squared ? std::sqrt(reach) : reach);
        // Wide room for what rounding does to distances.
        const double room = 1e-9 * (kth + twice);
        const double inner = kth - twice - room, outer = kth + twice + room;
        const double bound = (squared ? outer * outer : outer) + std::numeric_limits<double>::min();
        m_found.resize(kernels::mostInTile);
        const std::size_t found =
            outer < large ? m_search.findWithin(m_middle.data(), bound, m_found.size(), m_found.data()) : m_found.size() + 1;
        if (found > m_found.size())
            return false;
        m_sure.clear();
        m_open.clear();
        const double sure = inner > 0 ? (squared ? inner * inner : inner) : 0;
        for (const kernels::NeighbourSlot& each : std::span(m_found.data(), found)) {
            if (each.distance < sure)
                m_sure.push_back(each.slot);
            else if (each.distance <= bound)
                m_open.push_back(each.slot);
        }
        // Of equal distances the sample that comes first in the data is nearer.
        std::sort(m_open.begin(), m_open.end(),
                  [this](std::uint32_t a, std::uint32_t b) { return m_search.sampleOf(a) < m_search.sampleOf(b); });
        m_unit = unitFor(outer);
        m_guess = float(m_nearest.back().distance * (squared ? m_unit * m_unit : m_unit));
        return areEnough();
    }

    /// Samples and cells relative to the middle of the tile; false where floats have no room for them.
    bool placeTile(std::size_t rows, std::size_t columns)
    {
        const bool manhattan = m_search.isManhattan();
        double held = 0;
        std::fill_n(m_base.begin(), m_open.size(), 0.0F);
        for (std::size_t c = 0; !m_owner.m_held.empty() && c < m_open.size(); ++c) {
            const double base = m_owner.heldDistance(m_search.rowOf(m_open[c]), m_unit);
            held = std::max(held, base);
            m_base[c] = float(base);
        }
        std::fill_n(&m_base[m_open.size()], lanes, std::numeric_limits<float>::infinity());
        double largest = held, farthest = 0;
        for (std::size_t axis = 0; axis < axes(); ++axis) {
            const std::size_t j = m_owner.m_axes[axis];
            float* positions = &m_positions[axis * stride];
            double most = 0;
            for (std::size_t c = 0; c < m_open.size(); ++c) {
                const double way = (m_search.rowOf(m_open[c])[j] - m_middle[j]) * m_unit;
                most = std::max(most, std::abs(way));
                positions[c] = float(way);
            }
            std::fill_n(positions + m_open.size(), lanes, 0.0F);
            most += m_half[j] * m_unit;
            farthest = std::max(farthest, most);
            largest += manhattan ? most : most * most;
        }
        m_stretch = float(4 * floatRoundoff * farthest);
        for (std::size_t axis = 0; axis < axes(); ++axis)
            placeCells(axis, m_owner.m_axisAlongColumns[axis] ? columns : rows);
        m_room = roomFor(largest, axes(), manhattan ? 1 : m_unit);
        return largest < 1e30 && m_room < 1;
    }

    /// Where the cells are along one axis, for each group of 4 x 4 of them and each block of two groups.
    void placeCells(std::size_t axis, std::size_t count)
    {
        const std::size_t j = m_owner.m_axes[axis], first = axis * tileGroups;
        const bool across = m_grid.isAlongColumns(j);
        float blockLow = 0, blockHigh = 0;
        for (std::size_t group = 0; group * groupCells < count; ++group) {
            float* places = &m_places[(first + group) * lanes];
            float low = std::numeric_limits<float>::infinity(), high = -low;
            for (std::size_t i = 0; i < groupCells; ++i) {
                const auto place = float((m_cells[j][std::min(group * groupCells + i, count - 1)] - m_middle[j]) * m_unit);
                low = std::min(low, place);
                high = std::max(high, place);
                for (std::size_t k = 0; k < groupCells; ++k)
                    places[across ? groupCells * k + i : groupCells * i + k] = place;
            }
            setSpan(low, high, m_groupMiddle[first + group], m_groupHalf[first + group]);
            blockLow = group % 2 == 0 ? low : std::min(blockLow, low);
            blockHigh = group % 2 == 0 ? high : std::max(blockHigh, high);
            setSpan(blockLow, blockHigh, m_blockMiddle[first + group / 2], m_blockHalf[first + group / 2]);
        }
    }

    void setSpan(float low, float high, float& middle, float& half) const
    {
        middle = (low + high) / 2;
        half = std::max(high - middle, middle - low) + m_stretch;
    }

    double valueOf(std::uint32_t slot) const { return m_predictor.m_y[m_search.sampleOf(slot)]; }

    /// Where the class of a sample is counted: in which word, and what 1 is there.
    std::pair<std::size_t, std::uint32_t> countOf(std::uint32_t slot) const
    {
        const std::size_t bit = m_predictor.m_codes[m_search.sampleOf(slot)] * std::size_t(m_owner.m_bits);
        return {bit / 32, std::uint32_t(1) << bit % 32};
    }

    double sumStart()
    {
        double sum = 0, largest = 0;
        std::fill(m_startCounts.begin(), m_startCounts.end(), 0);
        for (std::size_t word = 0; word < m_owner.m_words; ++word)
            std::fill_n(&m_counts[word * stride], m_open.size(), 0);
        for (const std::uint32_t slot : m_sure) {
            if (m_owner.m_words > 0) {
                const auto [word, count] = countOf(slot);
                m_startCounts[word] += count;
            } else {
                sum += valueOf(slot);
                largest = std::max(largest, std::abs(valueOf(slot)));
            }
        }
        for (std::size_t c = 0; c < m_open.size(); ++c) {
            if (m_owner.m_words > 0) {
                const auto [word, count] = countOf(m_open[c]);
                m_counts[word * stride + c] = count;
            } else {
                m_values[c] = valueOf(m_open[c]);
                largest = std::max(largest, std::abs(m_values[c]));
            }
        }
        m_largestError = m_owner.m_words > 0 ? 0 : 2 * roundoff * (m_predictor.m_k + 2) * largest;
        return sum;
    }

    void answerTile(std::size_t row, std::size_t rows, std::size_t column, std::size_t columns)
    {
        const double startValue = sumStart();
        const kernels::Candidates open{m_open.size(), axes(), m_search.isManhattan(), m_positions.data(), m_base.data()};
        const std::size_t first = cellAt(row, column);
        kernels::NearestTile tile{};
        tile.columns = columns;
        tile.rows = rows;
        tile.alongColumns = m_owner.m_axisAlongColumns.data();
        tile.places = m_places.data();
        tile.groupMiddle = m_groupMiddle.data();
        tile.groupHalf = m_groupHalf.data();
        tile.blockMiddle = m_blockMiddle.data();
        tile.blockHalf = m_blockHalf.data();
        tile.stretch = m_stretch;
        tile.room = float(m_room);
        tile.guess = m_guess;
        tile.candidates = &open;
        tile.wanted = std::size_t(m_predictor.m_k) - m_sure.size();
        tile.words = m_owner.m_words;
        tile.groups = m_predictor.outputs();
        tile.bits = m_owner.m_bits;
        tile.counts = m_counts.data();
        tile.startCounts = m_startCounts.data();
        tile.blockCounts = m_blockCounts.data();
        tile.values = m_values.data();
        tile.startValue = startValue;
        tile.divisor = m_predictor.m_k;
        tile.features = m_middle.size();
        tile.rowsOfSlots = m_search.rowOf(0);
        tile.slotOf = m_open.data();
        tile.cells = m_cells.data();
        tile.featureAlongColumns = m_owner.m_featureAlongColumns.data();
        tile.scratch = m_scratch.data();
        tile.out = m_out.data() + first;
        tile.error = m_error.data() + first;
        tile.rowStride = m_grid.columns();
        tile.groupStride = std::size_t(m_out.outerStride());
        setError(row, rows, column, columns, m_largestError);
        kernels::modelariumAnswerTile(&tile);
    }

    std::size_t cellAt(std::size_t row, std::size_t column) const { return (row - m_firstRow) * m_grid.columns() + column; }

    void setError(std::size_t row, std::size_t rows, std::size_t column, std::size_t columns, double error)
    {
        for (Eigen::Index k = 0; k < m_error.cols(); ++k)
            for (std::size_t r = row; r < row + rows; ++r)
                std::fill_n(&m_error(Eigen::Index(cellAt(r, column)), k), columns, error);
    }

    void leaveOpen(std::size_t row, std::size_t rows, std::size_t column, std::size_t columns)
    {
        for (std::size_t r = row; r < row + rows; ++r) {
            m_out.middleRows(Eigen::Index(cellAt(r, column)), Eigen::Index(columns)).setZero();
        }
        setError(row, rows, column, columns, unknown);
    }

    const NeighboursGrid& m_owner;
    const NeighboursPredictor& m_predictor;
    const NeighbourSearch& m_search;
    const SeparableGrid& m_grid;
    std::size_t m_firstRow;
    Eigen::Ref<Matrix> m_out;
    Eigen::Ref<Matrix> m_error;
    std::vector<Neighbour> m_nearest;               // of the middle
    std::vector<double> m_middle, m_half;
    std::vector<double> m_last;                     // the middle of the tile before
    std::vector<kernels::NeighbourSlot> m_found;
    std::vector<std::uint32_t> m_sure;              // slots of neighbours of every cell
    std::vector<std::uint32_t> m_open;              // and of those that may be, in the order of the data
    std::vector<float> m_boxMiddle, m_boxHalf;
    double m_unit = 1;
    float m_guess = 0;
    float m_stretch = 0;
    double m_room = 0, m_largestError = 0;
    std::vector<float> m_places, m_groupMiddle, m_groupHalf, m_blockMiddle, m_blockHalf, m_positions, m_base;
    std::vector<std::uint32_t> m_counts, m_startCounts, m_blockCounts;
    std::vector<double> m_values;
    std::vector<const double*> m_cells;
    std::vector<double> m_scratch;
};

void NeighboursGrid::answer(std::size_t firstRow, std::size_t rows, Eigen::Ref<Matrix> out, Eigen::Ref<Matrix> error) const
{
    Tile tile(*this, firstRow, out, error);
    for (std::size_t row = firstRow; row < firstRow + rows; row += tileRows)
        for (std::size_t column = 0; column < m_grid.columns(); column += tileColumns)
            tile.answer(row, std::min(tileRows, firstRow + rows - row), column, std::min(tileColumns, m_grid.columns() - column));
}

} // namespace modelarium
