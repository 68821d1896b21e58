#include "core/learn/linear/online_least_squares.h"

#include "core/base/number_text.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

OnlineLeastSquares::OnlineLeastSquares(OnlineShape shape, bool intercept) : OnlineRun(std::move(shape)), m_intercept(intercept)
{
    const auto columns = Eigen::Index(this->shape().features) + (intercept ? 1 : 0);
    m_D = m_theta = m_weights = m_row = Vector::Zero(columns);
    m_R = Matrix::Zero(columns, columns);
}

void OnlineLeastSquares::predictRow(const double* x, double* out) const
{
    const double* w = m_weights.data();
    double sum = m_intercept ? *w++ : 0;
    for (std::size_t j = 0; j < shape().features; ++j)
        sum += w[j] * x[j];
    *out = std::isfinite(sum) ? sum : 0;
}

/// AS 75: each column in turn takes its share of the row's weight; what is left of y is the row's own residual.
Result<void> OnlineLeastSquares::learnRow(const double* x, double y)
{
    constexpr double largest = 1e140;
    const Eigen::Index columns = m_D.size();
    const Eigen::Index first = m_intercept ? 1 : 0;
    const double far = std::max(std::abs(y), Eigen::Map<const Vector>(x, columns - first).cwiseAbs().maxCoeff());
    if (far > largest)
        return Error{ErrorCode::NotFinite, "a value as large as " + shortText(far) + " has no square within the range of numbers: leave the "
                                           "row or its column out."};
    if (m_intercept)
        m_row[0] = 1;
    for (Eigen::Index j = first; j < columns; ++j)
        m_row[j] = x[j - first];
    double weight = 1;
    for (Eigen::Index i = 0; i < columns && weight > 0; ++i) {
        const double xi = m_row[i];
        if (xi == 0)
            continue;
        const double d = m_D[i] + weight * xi * xi;
        const double c = m_D[i] / d, s = weight * xi / d;
        m_D[i] = d;
        weight *= c;
        double* R = m_R.col(i).data();
        for (Eigen::Index j = i + 1; j < columns; ++j) {
            const double xj = m_row[j];
            m_row[j] = xj - xi * R[j];
            R[j] = c * R[j] + s * xj;
        }
        const double rest = y;
        y = rest - xi * m_theta[i];
        m_theta[i] = c * m_theta[i] + s * rest;
    }
    m_squares += weight * y * y;
    solve();
    if (!std::isfinite(m_squares) || !m_weights.allFinite()) {
        return Error{ErrorCode::NotFinite, "the sums of squares left the range of numbers. Standardise the features, or leave out the column "
                                           "whose values are so large."};
    }
    return {};
}

void OnlineLeastSquares::solve()
{
    // Where so little of a column's squares is left, it is rounding: the column is a sum of the columns before it.
    constexpr double dependent = 1e-24;
    const Eigen::Index columns = m_D.size();
    for (Eigen::Index i = columns; i-- > 0;) {
        double squares = m_D[i];
        for (Eigen::Index k = 0; k < i; ++k)
            squares += m_D[k] * m_R(i, k) * m_R(i, k);
        m_weights[i] = 0;
        if (m_D[i] <= dependent * squares)
            continue;
        m_weights[i] = m_theta[i];
        for (Eigen::Index j = i + 1; j < columns; ++j)
            m_weights[i] -= m_R(j, i) * m_weights[j];
    }
}

Parameters OnlineLeastSquares::freeze() const
{
    Linear linear{Matrix(1, Eigen::Index(shape().features)), Vector::Zero(1), Link::Identity};
    linear.W.row(0) = m_weights.tail(linear.W.cols()).transpose();
    if (m_intercept)
        linear.b[0] = m_weights[0];
    return linear;
}

void OnlineLeastSquares::saveState(OnlineState& state) const
{
    state.numbers["D"] = m_D;
    state.numbers["R"] = m_R.reshaped();
    state.numbers["theta"] = m_theta;
    state.numbers["squares"] = Vector::Constant(1, m_squares);
}

bool OnlineLeastSquares::takeState(const OnlineState& state)
{
    Vector R(m_R.size()), squares(1);
    if (!takeNumbers(state, "D", m_D) || !takeNumbers(state, "R", R) || !takeNumbers(state, "theta", m_theta)
        || !takeNumbers(state, "squares", squares) || (m_D.array() < 0).any())
        return false;
    m_R = R.reshaped(m_D.size(), m_D.size());
    m_squares = squares[0];
    solve();
    return true;
}

} // namespace modelarium
