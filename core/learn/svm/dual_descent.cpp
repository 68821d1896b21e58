#include "core/learn/svm/dual_descent.h"

#include <algorithm>
#include <numeric>

namespace modelarium {

using Eigen::Index;

MarginSamples::MarginSamples(const Matrix& given, Vector lengths)
    : features(given), X(given.rows(), given.cols() + 1), squaredLength(std::move(lengths))
{
    X.leftCols(given.cols()) = given;
    X.col(given.cols()).setOnes();
}

Vector MarginSamples::squaredLengths(const Matrix& features)
{
    Vector lengths = Vector::Ones(features.rows());
    for (Index j = 0; j < features.cols(); ++j)
        lengths += features.col(j).cwiseAbs2();
    return lengths;
}

DualDescent::DualDescent(const MarginSamples& samples, Vector sides, const MarginObjective& objective, Random random)
    : MarginBoundary(samples.X.cols()), m_samples(samples), m_sides(std::move(sides)), m_C(objective.C), m_squared(objective.squared),
      m_tolerance(objective.tolerance), m_spreadAllowed(objective.tolerance), m_random(random),
      m_upper(objective.squared ? infinity : objective.C), m_diagonal(objective.squared ? 1 / (2 * objective.C) : 0),
      m_alpha(Vector::Zero(m_sides.size())), m_order(std::size_t(m_sides.size())), m_active(m_order.size())
{
    std::iota(m_order.begin(), m_order.end(), Index(0));
}

void DualDescent::sweep()
{
    for (std::size_t i = m_active; i > 1; --i)
        std::swap(m_order[i - 1], m_order[m_random.below(i)]);
    Spread spread;
    for (std::size_t place = 0; place < m_active;) {
        if (visit(m_order[place], spread))
            ++place;
        else
            std::swap(m_order[place], m_order[--m_active]);
    }
    const bool settled = m_active == 0 || spread.largest - spread.smallest <= m_spreadAllowed;
    if (settled && m_active == m_order.size()) {
        m_converged = isNearMinimum();
        m_spreadAllowed /= m_converged ? 1 : 10;
    } else if (settled) {
        m_active = m_order.size();                  // look at those that were set aside once more
        m_setAsideAbove = infinity;
        m_setAsideBelow = -infinity;
    } else {
        m_setAsideAbove = spread.largest > 0 ? spread.largest : infinity;
        m_setAsideBelow = spread.smallest < 0 ? spread.smallest : -infinity;
    }
}

/// The objective is at most that of the dual above its minimum. A large C multiplies margins that are missed by little.
bool DualDescent::isNearMinimum() const
{
    constexpr double times = 10;
    const Vector inside = (1 - margins().array()).max(0.0);
    const double price = m_C * (m_squared ? inside.squaredNorm() : inside.sum());
    const double objective = m_w.squaredNorm() / 2 + price;
    const double dual = m_alpha.sum() - m_w.squaredNorm() / 2 - m_diagonal * m_alpha.squaredNorm() / 2;
    const double rounding = 64 * std::numeric_limits<double>::epsilon() * (m_alpha.sum() + m_C * double(m_alpha.size()));
    return !(objective - dual > times * m_tolerance * objective + rounding);
}

/// Minimises over one alpha. False where the sample is to be set aside: at its bound, and pressed against it.
bool DualDescent::visit(Index i, Spread& spread)
{
    const double gradient = m_sides[i] * m_samples.X.row(i).dot(m_w) - 1 + m_diagonal * m_alpha[i];
    double projected = gradient;
    if (m_alpha[i] == 0) {
        if (gradient > m_setAsideAbove)
            return false;
        projected = std::min(gradient, 0.0);
    } else if (m_alpha[i] == m_upper) {
        if (gradient < m_setAsideBelow)
            return false;
        projected = std::max(gradient, 0.0);
    }
    spread.largest = std::max(spread.largest, projected);
    spread.smallest = std::min(spread.smallest, projected);
    if (projected == 0)
        return true;
    const double before = m_alpha[i];
    m_alpha[i] = std::clamp(before - gradient / (m_samples.squaredLength[i] + m_diagonal), 0.0, m_upper);
    m_w += ((m_alpha[i] - before) * m_sides[i]) * m_samples.X.row(i).transpose();
    return true;
}

} // namespace modelarium
