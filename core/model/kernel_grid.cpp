#include "core/model/kernel_grid.h"

#include "core/kernels/kernel_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

constexpr double notReckoned = std::numeric_limits<double>::infinity();

std::size_t wholeVectors(std::size_t count) { return (count + kernels::gridLanes - 1) / kernels::gridLanes * kernels::gridLanes; }

/// 1 for the class with the most votes, of equal ones the first; 0 for the others.
void keepMostVoted(Eigen::Ref<Matrix> votes)
{
    Vector most = votes.col(0);
    for (Eigen::Index k = 1; k < votes.cols(); ++k)
        most = most.cwiseMax(votes.col(k));
    for (Eigen::Index k = 0; k < votes.cols(); ++k)
        for (Eigen::Index cell = 0; cell < votes.rows(); ++cell) {
            const bool wins = votes(cell, k) == most[cell];
            votes(cell, k) = wins ? 1 : 0;
            most[cell] = wins ? notReckoned : most[cell];
        }
}

} // namespace

KernelGrid::KernelGrid(const KernelExpansion& expansion, const kernels::KernelVectors& view, const std::vector<std::size_t>& first,
                       const SeparableGrid& grid)
    : m_expansion(expansion), m_view(view), m_first(first), m_grid(grid), m_width(wholeVectors(grid.columns())),
      m_height(wholeVectors(grid.rows()))
{
    fillFactors(true, grid.columns(), m_width, m_byColumn);
    fillFactors(false, grid.rows(), m_height, m_byRow);
    // An exponent z is wrong by (features + 4) roundings at most, which makes exp(-z) wrong by as much of itself times z; no z beyond
    // 746 makes a difference. A sum over n terms adds n roundings. Twice, once for each of the two ways; and some for what is left.
    constexpr double largestExponent = 746;
    double exponent = 0;
    for (const Buffer<double>* factors : {&m_byColumn, &m_byRow}) {
        const double least = factors->empty() ? 1 : *std::min_element(factors->begin(), factors->end());
        exponent += least > 0 ? -std::log(least) : largestExponent;
    }
    m_roundings = 2 * (double(view.stride) + (double(view.features) + 4) * std::min(exponent, largestExponent) + 40);
}

/// The factors of the features along one direction; 1 where there are none.
void KernelGrid::fillFactors(bool alongColumns, std::size_t places, std::size_t padded, Buffer<double>& factors) const
{
    std::vector<std::vector<double>> values;
    std::vector<const double*> x, v;
    for (std::size_t j = 0; j < m_grid.features(); ++j) {
        if (m_grid.isAlongColumns(j) != alongColumns)
            continue;
        values.push_back(m_grid.values(j));
        values.back().resize(padded, values.back().at(places - 1));
        v.push_back(m_view.vectors + j * m_view.stride);
    }
    for (const std::vector<double>& each : values)
        x.push_back(each.data());
    factors.resize(m_view.stride * padded);
    kernels::modelariumRbfFactors(x.data(), v.data(), x.size(), m_view.kernel.gamma, padded, m_view.stride, factors.data(), padded);
}

/// Sums over the vectors of a class, or of two, for some rows of the grid; and the same of absolute values, an upper bound a column.
class KernelGrid::Tile {
public:
    Tile(const KernelGrid& grid, std::size_t firstRow, std::size_t rows)
        : m_grid(grid), m_firstRow(firstRow), m_rows(rows), m_left(grid.m_view.stride * (rows + 1)), m_sums((rows + 1) * grid.m_width)
    {
    }

    /// Coefficients of one row, over the vectors of one class.
    void add(std::size_t group, std::size_t row, bool toWhatIsThere)
    {
        const std::size_t begin = m_grid.m_first[group], end = m_grid.m_first[group + 1];
        for (std::size_t s = begin; s < end; ++s) {
            const double coefficient = m_grid.m_view.coefficients[row * m_grid.m_view.stride + s];
            const double* factors = &m_grid.m_byRow[s * m_grid.m_height + m_firstRow];
            double* left = &m_left[s * (m_rows + 1)];
            double largest = 0;
            for (std::size_t i = 0; i < m_rows; ++i) {
                left[i] = coefficient * factors[i];
                largest = std::max(largest, factors[i]);
            }
            left[m_rows] = std::abs(coefficient) * largest;
        }
        kernels::modelariumGridSums(m_left.data() + begin * (m_rows + 1), m_rows + 1, m_grid.m_byColumn.data() + begin * m_grid.m_width, m_rows + 1,
                                    m_grid.m_width, end - begin, toWhatIsThere, m_sums.data());
    }

    std::size_t rows() const { return m_rows; }
    const double* sums(std::size_t row) const { return &m_sums[row * m_grid.m_width]; }
    /// How far a sum of this column, with `intercept` added, may be from the predictor's.
    double error(std::size_t column, double intercept) const
    {
        // Numbers below the normal ones are rounded to nothing.
        constexpr double tiny = 1e-290;
        return m_grid.m_roundings * roundoff * (m_sums[m_rows * m_grid.m_width + column] + 4 * std::abs(intercept) + tiny);
    }

private:
    const KernelGrid& m_grid;
    std::size_t m_firstRow;
    std::size_t m_rows;
    Buffer<double> m_left;
    Buffer<double> m_sums;
};

void KernelGrid::answer(std::size_t firstRow, std::size_t rows, Eigen::Ref<Matrix> out, Eigen::Ref<Matrix> error) const
{
    Tile tile(*this, firstRow, rows);
    const std::size_t classes = m_expansion.vectorsOfClass.size(), columns = m_grid.columns();
    out.setZero();
    error.setZero();
    if (classes == 0) {
        tile.add(0, 0, false);
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t column = 0; column < columns; ++column) {
                const auto cell = Eigen::Index(row * columns + column);
                out(cell, 0) = tile.sums(row)[column] + m_expansion.intercepts[0];
                error(cell, 0) = std::isfinite(out(cell, 0)) ? tile.error(column, m_expansion.intercepts[0]) : notReckoned;
            }
        return;
    }
    const double* intercept = m_expansion.intercepts.data();
    std::vector<double> limits(columns);
    for (std::size_t k = 0; k < classes; ++k) {
        for (std::size_t l = k + 1; l < classes; ++l, ++intercept) {
            tile.add(k, l - 1, false);
            tile.add(l, k, true);
            for (std::size_t column = 0; column < columns; ++column)
                limits[column] = tile.error(column, *intercept);
            for (std::size_t row = 0; row < rows; ++row) {
                const double* sums = tile.sums(row);
                const std::size_t first = row * columns;
                double* forK = out.col(Eigen::Index(k)).data() + first;
                double* forL = out.col(Eigen::Index(l)).data() + first;
                double* open = error.col(0).data() + first;
                for (std::size_t column = 0; column < columns; ++column) {
                    const double z = sums[column] + *intercept;
                    forL[column] += z > 0 ? 1 : 0;
                    forK[column] += z > 0 ? 0 : 1;
                    // Not where a sum is infinite or not a number, either.
                    open[column] = std::abs(z) - limits[column] > 0 ? open[column] : notReckoned;
                }
            }
        }
    }
    keepMostVoted(out);
}

} // namespace modelarium
