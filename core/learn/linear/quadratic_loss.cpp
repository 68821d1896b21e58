#include "core/learn/linear/quadratic_loss.h"

#include "core/base/parallel.h"
#include "core/kernels/coordinates.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

using Eigen::Index;

GramLoss::GramLoss(Matrix G, Vector c, double targetSquares) : m_G(std::move(G)), m_c(std::move(c)), m_slopes(m_c)
{
    m_diagonal = m_G.diagonal();
    m_targetSquares = targetSquares;
}

/// Weights change in blocks: within a block slopes are kept up to date with every change, everywhere else after the block, when its
/// columns can be read side by side, and on all cores.
double GramLoss::sweep(const WeightPenalty& penalty, Vector& w, bool)
{
    constexpr Index block = 128;
    const Index p = features();
    std::uint32_t weight[block];
    double change[block];
    kernels::WeightChanges changes{weight, change, 0, 0};
    for (Index first = 0; first < p; first += block) {
        const Index last = std::min(p, first + block);
        kernels::modelariumGramSweep(m_G.data(), std::size_t(p), std::size_t(first), std::size_t(last), m_diagonal.data(), penalty.l1.data(),
                                     penalty.l2.data(), w.data(), m_slopes.data(), &changes);
        subtractColumns(weight, change, changes.count, first, last);
    }
    return changes.largest;
}

/// From all slopes but those from `first` to `last`.
void GramLoss::subtractColumns(const std::uint32_t* columns, const double* factors, std::size_t count, Index first, Index last)
{
    constexpr double worthSharing = 16384;                  // multiplications
    constexpr Index fewest = 64;
    const Index p = features();
    const Index parts = std::clamp(Index(double(count) * double(p) / worthSharing), Index(1), (p + fewest - 1) / fewest);
    const auto subtract = [&](Index from, Index to) {
        if (from < to)
            kernels::modelariumSubtractColumns(m_G.data(), std::size_t(p), columns, factors, count, std::size_t(from), std::size_t(to),
                                               m_slopes.data());
    };
    parallelFor(count > 0 ? std::size_t(parts) : 0, [&](std::size_t part) {
        const Index from = p * Index(part) / parts, to = p * (Index(part) + 1) / parts;
        subtract(from, std::min(to, first));
        subtract(std::max(from, last), to);
    });
}

/// |v - Z w|^2 = v'v - w'(c + slopes), v'(v - Z w) = v'v - c'w.
std::pair<double, double> GramLoss::residualProducts(const Vector& w)
{
    return {std::max(0.0, m_targetSquares - w.dot(m_c + m_slopes)), m_targetSquares - m_c.dot(w)};
}

void GramLoss::standAt(const Vector& w)
{
    std::vector<std::uint32_t> used;
    std::vector<double> weights;
    for (Index j = 0; j < features(); ++j)
        if (w[j] != 0) {
            used.push_back(std::uint32_t(j));
            weights.push_back(w[j]);
        }
    m_slopes = m_c;
    subtractColumns(used.data(), weights.data(), used.size(), 0, 0);
}

Matrix GramLoss::products(const std::vector<Index>& i, const std::vector<Index>& j) const { return m_G(i, j); }

ResidualLoss::ResidualLoss(std::shared_ptr<const CentredColumns> columns, Index firstOut, Index rowsOut, bool intercept)
    : m_columns(std::move(columns)), m_means(Vector::Zero(m_columns->Z.cols()))
{
    const Index n = m_columns->v.size();
    const Index p = m_columns->Z.cols();
    if (firstOut > 0)
        m_runs.emplace_back(0, firstOut);
    if (firstOut + rowsOut < n)
        m_runs.emplace_back(firstOut + rowsOut, n - firstOut - rowsOut);
    const double rows = double(n - rowsOut);
    m_diagonal.resize(p);
    parallelFor(std::size_t(p), [&](std::size_t column) {
        const Index j = Index(column);
        double sum = 0, squares = 0;
        for (const auto& [first, count] : m_runs) {
            sum += m_columns->Z.col(j).segment(first, count).sum();
            squares += m_columns->Z.col(j).segment(first, count).squaredNorm();
        }
        if (intercept && rowsOut > 0)
            m_means[j] = sum / rows;
        m_diagonal[j] = squares - rows * m_means[j] * m_means[j];
        // Rounding of what was left out of a column that is constant in the other rows.
        if (m_diagonal[j] <= 1e-13 * (squares + m_columns->Z.col(j).segment(firstOut, rowsOut).squaredNorm()))
            m_diagonal[j] = 0;
    });
    double sum = 0;
    for (const auto& [first, count] : m_runs)
        sum += m_columns->v.segment(first, count).sum();
    m_targetMean = intercept ? sum / rows : 0;
    m_target = Vector::Zero(n);
    for (const auto& [first, count] : m_runs)
        m_target.segment(first, count) = m_columns->v.segment(first, count).array() - m_targetMean;
    m_targetSquares = m_target.squaredNorm();
    m_residuals = m_target;
    m_slopes.resize(p);
}

/// z_j'r; the residuals sum to 0, so the mean of the column makes no difference.
double ResidualLoss::dot(Index j, const Vector& r) const
{
    double sum = 0;
    for (const auto& [first, count] : m_runs)
        sum += kernels::modelariumDot(m_columns->Z.col(j).data() + first, r.data() + first, std::size_t(count));
    return sum;
}

double ResidualLoss::sweep(const WeightPenalty& penalty, Vector& w, bool used)
{
    double largest = 0;
    for (Index j = 0; j < features(); ++j) {
        if ((used && w[j] == 0) || m_diagonal[j] == 0 || std::isinf(penalty.l1[j]))
            continue;
        const double slope = dot(j, m_residuals) + m_diagonal[j] * w[j];
        const double excess = std::abs(slope) - penalty.l1[j];
        const double next = excess > 0 ? std::copysign(excess, slope) / (m_diagonal[j] + penalty.l2[j]) : 0;
        const double change = next - w[j];
        if (change == 0)
            continue;
        w[j] = next;
        for (const auto& [first, count] : m_runs)
            kernels::modelariumAddMultiple(-change, m_columns->Z.col(j).data() + first, m_means[j], std::size_t(count),
                                           m_residuals.data() + first);
        largest = std::max(largest, m_diagonal[j] * change * change);
    }
    return largest;
}

const Vector& ResidualLoss::slopes()
{
    constexpr Index together = 64;
    parallelFor(std::size_t((features() + together - 1) / together), [&](std::size_t block) {
        const Index first = Index(block) * together;
        for (Index j = first; j < std::min(features(), first + together); ++j)
            m_slopes[j] = dot(j, m_residuals);
    });
    return m_slopes;
}

std::pair<double, double> ResidualLoss::residualProducts(const Vector&)
{
    return {m_residuals.squaredNorm(), m_target.dot(m_residuals)};
}

void ResidualLoss::standAt(const Vector& w)
{
    m_residuals = m_target;
    for (Index j = 0; j < features(); ++j) {
        if (w[j] == 0)
            continue;
        for (const auto& [first, count] : m_runs)
            kernels::modelariumAddMultiple(-w[j], m_columns->Z.col(j).data() + first, m_means[j], std::size_t(count),
                                           m_residuals.data() + first);
    }
}

Matrix ResidualLoss::products(const std::vector<Index>& i, const std::vector<Index>& j) const
{
    double rows = 0;
    for (const auto& run : m_runs)
        rows += double(run.second);
    Matrix products{Index(i.size()), Index(j.size())};
    parallelFor(j.size(), [&](std::size_t column) {
        const Vector z = m_columns->Z.col(j[column]);
        for (std::size_t row = 0; row < i.size(); ++row)
            products(Index(row), Index(column)) = dot(i[row], z) - rows * m_means[i[row]] * m_means[j[column]];
    });
    return products;
}

} // namespace modelarium
