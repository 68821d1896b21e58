#include "core/learn/svm/squared_hinge_newton.h"

#include "core/kernels/logistic.h"

#include <Eigen/Cholesky>

#include <cmath>
#include <memory>

namespace modelarium {

using Eigen::Index;

SquaredHinge::SquaredHinge(const Matrix& X, Vector sides, double C)
    : m_X(X), m_sides(std::move(sides)), m_C(C), m_blocks(X.rows(), (X.cols() + 1) * (X.cols() + 1))
{
}

double SquaredHinge::value(const Vector& w, const Vector& margins) const
{
    return w.squaredNorm() / 2 + m_C * (1 - margins.array()).max(0.0).square().sum();
}

Vector SquaredHinge::gradient(const Vector& w, const Vector& margins) const
{
    const Index p = m_X.cols();
    const Vector sums = m_blocks.sum(p + 1, [&](Index first, Index rows, double* result) {
        const Vector inside = m_sides.segment(first, rows).array() * (1 - margins.segment(first, rows).array()).max(0.0);
        Eigen::Map<Vector> sum(result, p + 1);
        sum.head(p) = m_X.middleRows(first, rows).transpose() * inside;
        sum[p] = inside.sum();
    });
    return w - 2 * m_C * sums;
}

Matrix SquaredHinge::hessian(const Vector& margins) const
{
    const Index p = m_X.cols(), m = p + 1;
    const Vector isInside = (margins.array() < 1).cast<double>();
    const Vector shift = Vector::Zero(p);
    const Vector sums = m_blocks.sum(m * m, [&](Index first, Index rows, double* result) {
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumWeightedGramWorkspace(std::size_t(p)));
        kernels::modelariumWeightedGram(m_X.data() + first, std::size_t(m_X.outerStride()), std::size_t(p), isInside.data() + first, shift.data(),
                                        std::size_t(rows), workspace.get(), result);
    });
    Matrix H = 2 * m_C * Eigen::Map<const Matrix>(sums.data(), m, m);
    H.diagonal().array() += 1;
    return H;
}

SquaredHingeNewton::SquaredHingeNewton(const Matrix& X, Vector sides, const MarginObjective& objective, double largestLength)
    : MarginBoundary(X.cols() + 1), m_objective(X, std::move(sides), objective.C), m_gradientTolerance(objective.tolerance / (2 * largestLength)),
      m_margins(Vector::Zero(X.rows())), m_value(m_objective.value(m_w, m_margins))
{
}

void SquaredHingeNewton::sweep()
{
    const Vector g = m_objective.gradient(m_w, m_margins);
    if (g.norm() <= m_gradientTolerance) {
        m_converged = true;
        return;
    }
    // Where rounding has bent the direction, the way straight down remains.
    if (!goAlong(direction(g), g) && !goAlong(g, g))
        m_converged = true;                         // it leaves no way down
}

/// Goes as far along -d as pays; false where that is nowhere. A step whose gain cannot be seen in the objective any more is the last one.
bool SquaredHingeNewton::goAlong(const Vector& d, const Vector& gradient)
{
    const double decrement = gradient.dot(d);
    if (!(decrement > 0))
        return false;
    constexpr double seen = 1e-14, enough = 1e-4;
    constexpr int mostHalvings = 40;
    m_converged = decrement <= seen * m_value;
    double t = 1;
    for (int halving = 0; halving < mostHalvings; ++halving, t /= 2) {
        const Vector w = m_w - t * d;
        Vector margins = m_objective.margins(w);
        const double value = m_objective.value(w, margins);
        if (value <= m_value - (m_converged ? 0 : enough * t * decrement)) {
            m_w = w;
            m_margins = std::move(margins);
            m_value = value;
            return true;
        }
        if (m_converged)
            return true;                            // where it is, it is good
    }
    return false;
}

/// H^-1 g, with H brought to a unit diagonal.
Vector SquaredHingeNewton::direction(const Vector& gradient) const
{
    Matrix H = m_objective.hessian(m_margins);
    const Vector D = H.diagonal().cwiseSqrt().cwiseInverse();
    H = D.asDiagonal() * H * D.asDiagonal();
    return D.cwiseProduct(Eigen::LDLT<Matrix>(H).solve(D.cwiseProduct(gradient)));
}

} // namespace modelarium
