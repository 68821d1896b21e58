#include "core/learn/linear/huber_interior_point.h"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

/// Which share of a change keeps a number above 0; at most 1.
double shareAboveZero(double value, double change) { return change < 0 ? std::min(1.0, -value / change) : 1; }

double shareAboveZero(const Vector& values, const Vector& changes)
{
    double share = 1;
    for (Index i = 0; i < values.size(); ++i)
        share = std::min(share, shareAboveZero(values[i], changes[i]));
    return share;
}

} // namespace

/// What is left of the equations that are not products.
struct HuberInteriorPoint::Residuals {
    Vector line;                                    ///< [X, 1]'u + alpha [w, 0]
    Vector rows;                                    ///< r - sigma u - up + down
    double slack = 0;                               ///< n - |u|^2 - slack
};

struct HuberInteriorPoint::Move {
    Vector theta, u, up, down;
    double slack = 0;
};

HuberInteriorPoint::HuberInteriorPoint(const HuberObjective& objective, const Vector& theta) : m_objective(objective), m_theta(theta)
{
    const Vector r = objective.residuals(theta);
    // Well inside all bounds: a start near one of them leaves no room for the first steps.
    constexpr double within = 0.9, off = 0.1, aboveRounding = 1e3;
    sigma() = std::max(r.cwiseAbs().mean(), aboveRounding * objective.leastSigma());
    m_u = (r / sigma()).cwiseMax(-within).cwiseMin(within);
    const Vector rest = r - sigma() * m_u;
    m_up = rest.cwiseMax(0).array() + off * sigma();
    m_down = (-rest).cwiseMax(0).array() + off * sigma();
    m_slack = double(r.size()) - m_u.squaredNorm();
}

HuberInteriorPoint::Residuals HuberInteriorPoint::residuals() const
{
    const Index p = m_objective.features();
    Residuals left;
    left.line = m_objective.transposed(m_u);
    left.line.head(p) += m_objective.price().cwiseProduct(m_theta.head(p)) / 2;
    left.rows = m_objective.residuals(m_theta) - sigma() * m_u - m_up + m_down;
    left.slack = double(m_u.size()) - m_u.squaredNorm() - m_slack;
    return left;
}

double HuberInteriorPoint::meanProduct() const
{
    const double epsilon = m_objective.epsilon();
    const double products = (m_up.array() * (epsilon - m_u.array()) + m_down.array() * (epsilon + m_u.array())).sum();
    return (products + sigma() * m_slack) / double(2 * m_u.size() + 1);
}

double HuberInteriorPoint::longestShare(const Move& move) const
{
    const double epsilon = m_objective.epsilon();
    const Index last = m_theta.size() - 1;
    return std::min({shareAboveZero(Vector(epsilon - m_u.array()), -move.u), shareAboveZero(Vector(epsilon + m_u.array()), move.u),
                     shareAboveZero(m_up, move.up), shareAboveZero(m_down, move.down), shareAboveZero(sigma(), move.theta[last]),
                     shareAboveZero(m_slack, move.slack)});
}

void HuberInteriorPoint::advance(const Move& move, double share)
{
    m_theta += share * move.theta;
    m_u += share * move.u;
    m_up += share * move.up;
    m_down += share * move.down;
    m_slack += share * move.slack;
}

/// The equations linearised and brought down to those of theta: with q = sigma + up / (epsilon - u) + down / (epsilon + u) and what is
/// left of a row in k, du = ([x, 1] d[w, b] - u dsigma + k) / q, and theta has the matrix sum_i [x, 1, -u]'[x, 1, -u] / q.
bool HuberInteriorPoint::step()
{
    const Index p = m_objective.features(), last = m_theta.size() - 1;
    const double epsilon = m_objective.epsilon();
    const Residuals left = residuals();
    const Vector toUpper = epsilon - m_u.array(), toLower = epsilon + m_u.array();
    const Vector weight = (sigma() + m_up.array() / toUpper.array() + m_down.array() / toLower.array()).inverse();

    Matrix H = m_objective.weightedProducts(weight, m_u);
    H.diagonal().head(p) += m_objective.price() / 2;
    H(last, last) += m_slack / (2 * sigma());
    const double least = std::numeric_limits<double>::min();
    const Vector D = H.diagonal().unaryExpr([least](double h) { return h > least ? 1 / std::sqrt(h) : 0.0; });
    Matrix K = D.asDiagonal() * H * D.asDiagonal();
    constexpr double floor = 1e-14;                     // columns that follow from others do not move
    K.diagonal().array() += floor;
    const Eigen::LDLT<Matrix> factor(K);

    // For what the products are to change by.
    const auto solve = [&](const Vector& upChange, const Vector& downChange, double slackChange) {
        const Vector up = upChange.cwiseQuotient(toUpper), down = downChange.cwiseQuotient(toLower);
        const Vector k = left.rows - up + down;
        const Vector weighted = k.cwiseProduct(weight);
        Vector right(last + 1);
        right.head(last) = -left.line - m_objective.transposed(weighted);
        right[last] = m_u.dot(weighted) + (slackChange / sigma() - left.slack) / 2;
        Move move;
        move.theta = D.cwiseProduct(factor.solve(D.cwiseProduct(right)));
        move.u = weight.cwiseProduct(m_objective.alongRows(move.theta) - move.theta[last] * m_u + k);
        move.up = up + m_up.cwiseQuotient(toUpper).cwiseProduct(move.u);
        move.down = down - m_down.cwiseQuotient(toLower).cwiseProduct(move.u);
        move.slack = (slackChange - m_slack * move.theta[last]) / sigma();
        return move;
    };
    // As far as all products would go to 0; how far that is says how much smaller they may be after this step.
    const Vector upProducts = m_up.cwiseProduct(toUpper), downProducts = m_down.cwiseProduct(toLower);
    const Move straight = solve(-upProducts, -downProducts, -sigma() * m_slack);
    const double mean = meanProduct();
    HuberInteriorPoint ahead = *this;
    ahead.advance(straight, longestShare(straight));
    const double target = mean * std::pow(std::clamp(ahead.meanProduct() / mean, 0.0, 1.0), 3);
    const Move move = solve((target - upProducts.array() + straight.up.array() * straight.u.array()).matrix(),
                            (target - downProducts.array() - straight.down.array() * straight.u.array()).matrix(),
                            target - sigma() * m_slack - straight.theta[last] * straight.slack);
    constexpr double shortOfTheBound = 0.995, noWay = 1e-10;
    const double share = std::min(1.0, shortOfTheBound * longestShare(move));
    if (!(share > noWay) || !move.theta.allFinite() || !move.u.allFinite())
        return false;
    advance(move, share);
    return true;
}

/// Any u within the bounds has a lowest loss of -2 u'y - |X'u|^2 / alpha if [1]'u = 0; here [X, 1]'u = -alpha [w, 0] but for what is left.
/// Where |u|^2 > n still, u is made shorter.
double HuberInteriorPoint::lowerBound() const
{
    const Index p = m_objective.features();
    const double length = m_u.norm(), longest = std::sqrt(double(m_u.size()));
    const double share = length > longest ? longest / length : 1;
    const auto w = m_theta.head(p).array();
    const double price = (m_objective.price().array() * w * w).sum() / 2;
    const Vector line = residuals().line;
    const double left = line.cwiseAbs().dot(m_theta.head(p + 1).cwiseAbs());
    return 2 * share * m_u.dot(m_objective.residuals(m_theta)) + share * (2 - share) * price - 2 * left;
}

} // namespace modelarium
