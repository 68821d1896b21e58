#include "core/model/neighbours_grid.h"

#include "core/kernels/nearest_choice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

namespace modelarium {

namespace {

constexpr std::size_t blockColumns = 8;             // the lanes of the kernel
constexpr std::size_t blockRows = 8;
constexpr std::size_t fewestColumns = 4;            // of which an own search is worth its while
/// Where more samples are in between, smaller blocks have fewer.
constexpr std::size_t mostOpen = kernels::mostCandidates;
constexpr std::size_t mostFound = 1024;
constexpr double unknown = std::numeric_limits<double>::infinity();

} // namespace

NeighboursGrid::NeighboursGrid(const NeighboursPredictor& predictor, const SeparableGrid& grid) : m_predictor(predictor), m_grid(grid) {}

bool NeighboursGrid::isOrdinary() const
{
    constexpr double large = 1e140;
    bool ordinary = true;
    for (std::size_t j = 0; j < m_grid.features(); ++j)
        for (const double value : m_grid.values(j))
            ordinary &= std::abs(value) < large;
    for (const double y : m_predictor.m_y)
        ordinary &= std::abs(y) < large;
    return ordinary;
}

/// A few columns and rows, and the samples that matter there. Made once, used for one block after the other.
class NeighboursGrid::Block {
public:
    Block(const NeighboursGrid& grid, std::size_t firstRow, Eigen::Ref<Matrix> out, Eigen::Ref<Matrix> error)
        : m_predictor(grid.m_predictor), m_search(grid.m_predictor.m_search), m_grid(grid.m_grid), m_firstRow(firstRow), m_out(out),
          m_error(error), m_nearest(std::size_t(m_predictor.m_k)), m_middle(m_grid.features()), m_found(mostFound),
          m_x(m_grid.features() * blockColumns), m_kth(m_grid.columns(), unknown)
    {
    }

    void answer(std::size_t row, std::size_t rows, std::size_t column, std::size_t columns)
    {
        if (!findSamples(row, rows, column, columns)) {
            for (std::size_t r = row; rows > 1 && r < row + rows; ++r)
                answer(r, 1, column, columns);
            const std::size_t half = columns / 2;
            if (rows == 1 && half >= fewestColumns) {
                answer(row, 1, column, half);
                answer(row, 1, column + half, columns - half);
            } else if (rows == 1) {
                leaveOpen(row, column, columns);
            }
            return;
        }
        sumValues();
        for (std::size_t r = row; r < row + rows; ++r)
            answerRow(r, column, columns);
        setError(row, rows, column, columns, m_largestError);
    }

private:
    double valueAt(std::size_t feature, std::size_t row, std::size_t column) const
    {
        return m_grid.values(feature)[m_grid.isAlongColumns(feature) ? column : row];
    }

    /// How far the cells of the block are from its middle, at most, in the metric of the search.
    double reach(std::size_t row, std::size_t rows, std::size_t column, std::size_t columns) const
    {
        double sum = 0;
        for (std::size_t j = 0; j < m_grid.features(); ++j) {
            const bool across = m_grid.isAlongColumns(j);
            const std::size_t first = across ? column : row, count = across ? columns : rows;
            double most = 0;
            for (std::size_t place = first; place < first + count; ++place)
                most = std::max(most, std::abs(m_grid.values(j)[place] - m_middle[j]));
            sum += m_search.isManhattan() ? most : most * most;
        }
        return m_search.isManhattan() ? sum : std::sqrt(sum);
    }

    /// Sorts the samples around into those that are neighbours of every cell, and those that may be; false where these are too many.
    bool findSamples(std::size_t row, std::size_t rows, std::size_t column, std::size_t columns)
    {
        for (std::size_t j = 0; j < m_middle.size(); ++j)
            m_middle[j] = valueAt(j, row + rows / 2, column + columns / 2);
        // The middle of the block before is not far away.
        const double most = m_last.empty() ? unknown : m_search.boundFrom(m_middle.data(), m_last.data(), m_nearest.back().distance);
        m_search.findNearest(m_middle.data(), m_predictor.m_k, m_nearest.data(), most);
        m_last = m_middle;
        const bool squared = !m_search.isManhattan();
        const double kth = squared ? std::sqrt(m_nearest.back().distance) : m_nearest.back().distance;
        const double twice = 2 * reach(row, rows, column, columns);
        // Wide room for what rounding does to distances.
        const double room = 1e-9 * (kth + twice);
        const double inner = kth - twice - room, outer = kth + twice + room;
        const double bound = (squared ? outer * outer : outer) + std::numeric_limits<double>::min();
        const std::size_t found = outer < 1e140 ? m_search.findWithin(m_middle.data(), bound, mostFound, m_found.data()) : mostFound + 1;
        if (found > mostFound)
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
        const auto k = std::size_t(m_predictor.m_k);
        if (m_open.size() > mostOpen || m_sure.size() > k || m_sure.size() + m_open.size() < k)
            return false;
        m_wanted = k - m_sure.size();
        // Of equal distances the sample that comes first in the data is nearer.
        std::sort(m_open.begin(), m_open.end(),
                  [this](std::uint32_t a, std::uint32_t b) { return m_search.sampleOf(a) < m_search.sampleOf(b); });
        m_rows.clear();
        for (const std::uint32_t slot : m_open)
            m_rows.insert(m_rows.end(), m_search.rowOf(slot), m_search.rowOf(slot) + m_middle.size());
        return true;
    }

    Eigen::Index cellAt(std::size_t row, std::size_t column) const
    {
        return Eigen::Index((row - m_firstRow) * m_grid.columns() + column);
    }

    /// A class, for which each of its samples counts 1; or the only group, to which each adds its value.
    std::size_t groupOf(std::size_t sample) const { return m_predictor.m_classes > 0 ? m_predictor.m_codes[sample] : 0; }
    double valueOf(std::size_t sample) const { return m_predictor.m_classes > 0 ? 1 : m_predictor.m_y[sample]; }

    void sumValues()
    {
        const bool counts = m_predictor.m_classes > 0;
        m_start.assign(m_predictor.outputs(), 0);
        double sizes = 0;
        for (const std::uint32_t slot : m_sure) {
            const std::size_t sample = m_search.sampleOf(slot);
            m_start[groupOf(sample)] += valueOf(sample);
            sizes += std::abs(valueOf(sample));
        }
        m_members.assign(m_predictor.outputs(), 0);
        m_values.clear();
        for (std::size_t c = 0; c < m_open.size(); ++c) {
            const std::size_t sample = m_search.sampleOf(m_open[c]);
            m_members[groupOf(sample)] |= std::uint64_t(1) << c;
            m_values.push_back(valueOf(sample));
            sizes += std::abs(valueOf(sample));
        }
        m_largestError = counts ? 0 : 2 * roundoff * (m_predictor.m_k + 2) * sizes / m_predictor.m_k;
        // Which samples of one class are chosen makes no difference.
        const auto groups = std::count_if(m_members.begin(), m_members.end(), [](std::uint64_t members) { return members != 0; });
        m_needChoice = m_wanted > 0 && !(counts && groups == 1);
        if (!m_needChoice && m_wanted > 0)
            m_start[groupOf(m_search.sampleOf(m_open[0]))] += double(m_wanted);
    }

    void answerRow(std::size_t row, std::size_t column, std::size_t columns)
    {
        m_sums.resize(m_start.size() * blockColumns);
        for (std::size_t k = 0; k < m_start.size(); ++k)
            std::fill_n(&m_sums[k * blockColumns], blockColumns, m_start[k]);
        if (m_needChoice)
            addChosen(row, column, columns);
        else
            std::fill_n(&m_kth[column], columns, unknown);
        for (std::size_t k = 0; k < m_start.size(); ++k) {
            double* out = &m_out(cellAt(row, column), Eigen::Index(k));
            for (std::size_t c = 0; c < columns; ++c)
                out[c] = m_sums[k * blockColumns + c] / m_predictor.m_k;
        }
    }

    /// Adds those of the open samples that are nearest.
    void addChosen(std::size_t row, std::size_t column, std::size_t columns)
    {
        std::array<double, blockColumns> kth;
        std::array<std::uint64_t, blockColumns> chosen;
        for (std::size_t c = 0; c < blockColumns; ++c) {
            const std::size_t place = column + std::min(c, columns - 1);
            for (std::size_t j = 0; j < m_middle.size(); ++j)
                m_x[j * blockColumns + c] = valueAt(j, row, place);
            kth[c] = m_kth[place];
        }
        kernels::modelariumChooseNearest(m_x.data(), m_middle.size(), m_search.isManhattan(), m_rows.data(), m_open.size(), m_wanted,
                                         wayFromRowBefore(row), kth.data(), chosen.data());
        std::copy_n(kth.begin(), columns, &m_kth[column]);
        if (m_predictor.m_classes > 0)
            kernels::modelariumCountChosen(chosen.data(), m_members.data(), m_members.size(), m_sums.data());
        else
            kernels::modelariumAddChosen(chosen.data(), m_values.data(), m_values.size(), m_sums.data());
    }

    double wayFromRowBefore(std::size_t row) const
    {
        double sum = 0;
        for (std::size_t j = 0; row > m_firstRow && j < m_grid.features(); ++j) {
            const double way = m_grid.isAlongColumns(j) ? 0 : std::abs(m_grid.values(j)[row] - m_grid.values(j)[row - 1]);
            sum += m_search.isManhattan() ? way : way * way;
        }
        return m_search.isManhattan() ? sum : std::sqrt(sum);
    }

    void setError(std::size_t row, std::size_t rows, std::size_t column, std::size_t columns, double error)
    {
        for (std::size_t r = row; r < row + rows; ++r)
            m_error.middleRows(cellAt(r, column), Eigen::Index(columns)).setConstant(error);
    }

    void leaveOpen(std::size_t row, std::size_t column, std::size_t columns)
    {
        m_out.middleRows(cellAt(row, column), Eigen::Index(columns)).setZero();
        std::fill_n(&m_kth[column], columns, unknown);
        setError(row, 1, column, columns, unknown);
    }

    const NeighboursPredictor& m_predictor;
    const NeighbourSearch& m_search;
    const SeparableGrid& m_grid;
    std::size_t m_firstRow;
    Eigen::Ref<Matrix> m_out;
    Eigen::Ref<Matrix> m_error;
    std::vector<Neighbour> m_nearest;               // of the middle
    std::vector<double> m_middle;
    std::vector<double> m_last;                     // of the block before
    std::vector<kernels::NeighbourSlot> m_found;
    std::vector<std::uint32_t> m_sure;              // slots of neighbours of every cell
    std::vector<std::uint32_t> m_open;              // and of those that may be, in the order of the data
    std::vector<double> m_rows;                     // the features of these
    std::size_t m_wanted = 0;                       // how many of these are neighbours
    std::vector<double> m_x;                        // eight cells, feature by feature
    std::vector<double> m_kth;                      // of the row before, column by column: the distance of the last neighbour
    std::vector<std::uint64_t> m_members;           // the open samples of each group, as bits
    std::vector<double> m_values;                   // of the open samples
    std::vector<double> m_start;                    // sums over the sure samples, group by group
    std::vector<double> m_sums;                     // of eight cells
    bool m_needChoice = true;
    double m_largestError = 0;
};

void NeighboursGrid::answer(std::size_t firstRow, std::size_t rows, Eigen::Ref<Matrix> out, Eigen::Ref<Matrix> error) const
{
    Block block(*this, firstRow, out, error);
    for (std::size_t row = firstRow; row < firstRow + rows; row += blockRows)
        for (std::size_t column = 0; column < m_grid.columns(); column += blockColumns)
            block.answer(row, std::min(blockRows, firstRow + rows - row), column, std::min(blockColumns, m_grid.columns() - column));
}

} // namespace modelarium
