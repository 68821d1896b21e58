#include "core/learn/linear/active_factor.h"

#include <Eigen/Cholesky>
#include <Eigen/Jacobi>

namespace modelarium {

using Eigen::Index;

bool ActiveFactor::append(const std::vector<Index>& added, Matrix cross, const Matrix& inner)
{
    const Index m = size();
    const Index k = Index(added.size());
    if (m + k > m_L.rows()) {
        const Index room = std::max<Index>(m + k, std::min<Index>(2 * m, m + 512));
        Matrix larger(room, room);
        larger.topLeftCorner(m, m) = m_L.topLeftCorner(m, m);
        m_L = std::move(larger);
    }
    Matrix rest = inner;
    if (m > 0) {
        m_L.topLeftCorner(m, m).triangularView<Eigen::Lower>().solveInPlace(cross);
        rest.selfadjointView<Eigen::Lower>().rankUpdate(cross.transpose(), -1);
    }
    const Eigen::LLT<Matrix> factor(rest);
    constexpr double nearlyDependent = 1e-12;
    if (factor.info() != Eigen::Success)
        return false;
    const Vector pivots = factor.matrixLLT().diagonal();
    if (!(pivots.array().square() > nearlyDependent * inner.diagonal().array()).all())
        return false;
    if (m > 0)
        m_L.block(m, 0, k, m) = cross.transpose();
    m_L.block(m, m, k, k) = factor.matrixL();
    m_columns.insert(m_columns.end(), added.begin(), added.end());
    return true;
}

/// Without its row the factor has one entry a row too many: rotations of neighbouring columns bring it back to a triangle.
void ActiveFactor::remove(Index position)
{
    const Index m = size();
    for (Index j = 0; j < m; ++j) {
        const Index first = std::max(position, j - 1);
        if (first + 1 < m)
            std::copy(&m_L(first + 1, j), &m_L(first + 1, j) + (m - 1 - first), &m_L(first, j));
    }
    for (Index i = position; i < m - 1; ++i) {
        Eigen::JacobiRotation<double> rotation;
        double length = 0;
        rotation.makeGivens(m_L(i, i), m_L(i, i + 1), &length);
        m_L.block(i, 0, m - 1 - i, m).applyOnTheRight(i, i + 1, rotation);
        m_L(i, i) = length;
        m_L(i, i + 1) = 0;
    }
    m_columns.erase(m_columns.begin() + position);
}

Vector ActiveFactor::solve(Vector right) const
{
    const auto L = m_L.topLeftCorner(size(), size());
    L.triangularView<Eigen::Lower>().solveInPlace(right);
    L.triangularView<Eigen::Lower>().transpose().solveInPlace(right);
    return right;
}

} // namespace modelarium
