#include "core/learn/linear/ridge_path.h"

#include "core/learn/linear/penalty_path.h"
#include "core/learn/linear/row_blocks.h"

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr double largestAlpha = 1e9;                // of the hyperparameter

/// Some rows about the means.
class CentredRows {
public:
    CentredRows(const ColumnView& X, const Vector& y, bool intercept) : m_X(X), m_mean(Vector::Zero(X.cols())), m_v(y)
    {
        if (!intercept)
            return;
        parallelFor(std::size_t(X.cols()), [&](std::size_t j) {
            // A mean is rounded by as much as the sum is long: what it misses is the mean of what is left.
            const auto column = X.col(Index(j));
            const double near = column.mean();
            m_mean[Index(j)] = near + (column.array() - near).mean();
        });
        const double near = y.mean();
        m_v.array() -= near + (y.array() - near).mean();
    }

    Matrix rows(Index first, Index count) const
    {
        Matrix scratch;
        return m_X.middleRows(first, count, scratch).rowwise() - m_mean.transpose();
    }
    const Vector& target() const { return m_v; }

private:
    const ColumnView& m_X;
    Vector m_mean;
    Vector m_v;
};

/// Q = Z V with the lengths of its columns, and Q'v.
class PrincipalRows {
public:
    PrincipalRows(const CentredRows& Z, Index n, Index p) : m_Z(Z)
    {
        p <= n ? byProducts(n, p) : bySingularValues(n);
    }

    bool isFinite() const { return m_products.size() > 0 && m_products.allFinite() && m_lengths.allFinite() && m_squares.allFinite(); }
    const Vector& squares() const { return m_squares; }         ///< of the columns of Z
    const Vector& lengths() const { return m_lengths; }         ///< squared, of the columns of Q
    const Vector& products() const { return m_products; }
    Matrix rows(Index first, Index count) const { return m_Q.size() > 0 ? Matrix(m_Q.middleRows(first, count)) : Matrix(m_Z.rows(first, count) * m_vectors); }

private:
    /// The eigenvectors of Z'Z turn Z so that its columns are at right angles. The small eigenvalues are rounding where features have unlike units:
    /// the lengths are measured on the columns themselves.
    void byProducts(Index n, Index p)
    {
        const Vector products = RowBlocks(n, p * p).sum(p * p, [&](Index first, Index count, double* result) {
            const Matrix rows = m_Z.rows(first, count);
            Eigen::Map<Matrix>(result, p, p).noalias() = rows.transpose() * rows;
        });
        const Eigen::Map<const Matrix> gram(products.data(), p, p);
        m_squares = gram.diagonal();
        if (!products.allFinite())
            return;
        m_vectors = Eigen::SelfAdjointEigenSolver<Matrix>(gram).eigenvectors();
        const Vector sums = RowBlocks(n, 2 * p).sum(2 * p, [&](Index first, Index count, double* result) {
            const Matrix turned = rows(first, count);
            Eigen::Map<Vector>(result, p) = turned.colwise().squaredNorm().transpose();
            Eigen::Map<Vector>(result + p, p).noalias() = turned.transpose() * m_Z.target().segment(first, count);
        });
        m_lengths = sums.head(p);
        m_products = sums.tail(p);
    }

    /// Of Z itself: products of its rows would lose all features beside one with large numbers.
    void bySingularValues(Index n)
    {
        const Matrix rows = m_Z.rows(0, n);
        m_squares = rows.colwise().squaredNorm().transpose();
        if (!m_squares.allFinite())
            return;
        const Eigen::BDCSVD<Matrix> solver(rows, Eigen::ComputeThinU);
        m_Q = solver.matrixU() * solver.singularValues().asDiagonal();
        m_lengths = solver.singularValues().cwiseAbs2();
        m_products = m_Q.transpose() * m_Z.target();
    }

    const CentredRows& m_Z;
    Vector m_squares, m_lengths, m_products;
    Matrix m_vectors;
    Matrix m_Q;                                     // where there are more features than rows
};

} // namespace

Result<PenaltyPath> leaveOneOutPath(const ColumnView& X, const Vector& y, bool intercept, Index count, double ratio)
{
    const Index n = X.rows(), p = X.cols();
    if (n < 2)
        return Error{ErrorCode::TooFewSamples, "Leaving out each row in turn needs at least two rows."};
    const CentredRows Z(X, y, intercept);
    const PrincipalRows principal(Z, n, p);
    const double mean = principal.squares().mean();
    if (!principal.isFinite() || !std::isfinite(Z.target().squaredNorm()) || !std::isfinite(100 * mean)) {
        return Error{ErrorCode::NotFinite, "Products of cells are too large for a number: bring the features and the target to comparable units."};
    }
    constexpr double tiny = 1e-280;                 // below it there is no room for a path
    const Vector alphas = alphaPath(mean > tiny ? std::min(100 * mean, largestAlpha) : 1, count, ratio);
    const Matrix G = (principal.lengths().replicate(1, count).rowwise() + alphas.transpose()).cwiseInverse();
    const Matrix weights = principal.products().asDiagonal() * G;
    const double share = intercept ? 1 / double(n) : 0;
    const Vector sums = RowBlocks(n, 2 * count).sum(2 * count, [&](Index first, Index rows, double* result) {
        const Matrix Q = principal.rows(first, rows);
        const Matrix leverage = (Q.cwiseAbs2() * G).array() + share;
        const Matrix missed = Z.target().segment(first, rows).replicate(1, count) - Q * weights;
        const Matrix squares = (missed.array() / (1 - leverage.array())).square();
        Eigen::Map<Vector>(result, count) = squares.colwise().sum().transpose();
        Eigen::Map<Vector>(result + count, count) = squares.colwise().squaredNorm().transpose();
    });
    PenaltyPath path;
    path.folds = std::size_t(n);
    path.alphas.assign(alphas.begin(), alphas.end());
    for (Index a = 0; a < count; ++a) {
        const double error = sums[a] / double(n);
        path.errors.push_back(error);
        const double variance = sums[count + a] / double(n) - error * error;
        path.standardErrors.push_back(std::sqrt((variance < 0 ? 0 : variance) / double(n - 1)));
    }
    return path;
}

} // namespace modelarium
