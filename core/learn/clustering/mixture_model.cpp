#include "core/learn/clustering/mixture_model.h"

#include "core/learn/bayes/covariance_factor.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace modelarium {

using Eigen::Index;

MixtureModel::MixtureModel(const Matrix& X, std::size_t clusters, bool full, double regCovar)
    : m_full(full), m_blocks(X.rows(), Index(clusters) * X.cols() * (full ? X.cols() : 1))
{
    const Index n = X.rows(), p = X.cols(), k = Index(clusters);
    m_mean.resize(p);
    m_scale.resize(p);
    m_Z.resize(n, p);
    parallelFor(std::size_t(p), [&](std::size_t column) {
        const Index j = Index(column);
        const double guess = X(0, j);               // so that means of large numbers lose no digits
        m_mean[j] = guess + (X.col(j).array() - guess).mean();
        m_scale[j] = std::sqrt((X.col(j).array() - m_mean[j]).square().mean());
        if (!(m_scale[j] >= std::numeric_limits<double>::min()))
            m_scale[j] = 1;
        m_Z.col(j) = (X.col(j).array() - m_mean[j]) / m_scale[j];
    });
    m_regularisation = regCovar / m_scale.array().square();
    m_responsibilities = Matrix::Constant(n, k, 1 / double(k));
    m_counts = Vector::Constant(k, double(n) / double(k));
    m_logWeight = Vector::Constant(k, -std::log(double(k)));
    m_means = Matrix::Zero(k, p);
    m_variances = Matrix::Ones(k, p);
    if (full)
        m_factors.assign(clusters, Matrix::Identity(p, p));
}

void MixtureModel::spread(const Matrix& centres)
{
    m_means = (centres.rowwise() - m_mean).array().rowwise() / m_scale.transpose().array();
}

void MixtureModel::setLabels(const std::vector<std::int32_t>& labels)
{
    m_responsibilities.setZero();
    for (std::size_t i = 0; i < labels.size(); ++i)
        m_responsibilities(Index(i), labels[i]) = 1;
}

void MixtureModel::maximise()
{
    m_widened = false;
    learnMeans();
    if (m_full)
        learnFullCovariances();
    else
        learnDiagonalCovariances();
}

void MixtureModel::learnMeans()
{
    const Index k = m_means.rows(), p = m_means.cols();
    const Vector sums = m_blocks.sum(k * (p + 1), [&](Index first, Index rows, double* out) {
        const auto R = m_responsibilities.middleRows(first, rows);
        Eigen::Map<Matrix> parts(out, k, p + 1);
        parts.leftCols(p).noalias() = R.transpose() * m_Z.middleRows(first, rows);
        parts.col(p) = R.colwise().sum().transpose();
    });
    const Eigen::Map<const Matrix> total(sums.data(), k, p + 1);
    // A bell that has lost all its rows keeps a weight that has a logarithm.
    m_counts = total.col(p).array() + 10 * std::numeric_limits<double>::epsilon();
    m_logWeight = (m_counts / m_counts.sum()).array().log();
    m_means = total.leftCols(p).array().colwise() / m_counts.array();
}

void MixtureModel::learnFullCovariances()
{
    const Index k = m_means.rows(), p = m_means.cols();
    const Vector sums = m_blocks.sum(k * p * p, [&](Index first, Index rows, double* out) {
        for (Index c = 0; c < k; ++c) {
            const Matrix D = (m_Z.middleRows(first, rows).rowwise() - m_means.row(c)).array().colwise()
                * m_responsibilities.col(c).segment(first, rows).array().sqrt();
            Eigen::Map<Matrix>(out + c * p * p, p, p).noalias() = D.transpose() * D;
        }
    });
    for (Index c = 0; c < k; ++c) {
        Matrix C = Eigen::Map<const Matrix>(sums.data() + c * p * p, p, p) / m_counts[c];
        C.diagonal() += m_regularisation;
        const CovarianceFactor factor = factorCovariance(C, Vector::Ones(p));
        m_factors[std::size_t(c)] = factor.L;
        m_widened = m_widened || factor.widened;
    }
}

void MixtureModel::learnDiagonalCovariances()
{
    const Index k = m_means.rows(), p = m_means.cols();
    const Vector sums = m_blocks.sum(k * p, [&](Index first, Index rows, double* out) {
        Eigen::Map<Matrix> parts(out, k, p);
        for (Index c = 0; c < k; ++c)
            for (Index j = 0; j < p; ++j)
                parts(c, j) = ((m_Z.col(j).segment(first, rows).array() - m_means(c, j)).square()
                               * m_responsibilities.col(c).segment(first, rows).array()).sum();
    });
    m_variances = Eigen::Map<const Matrix>(sums.data(), k, p).array().colwise() / m_counts.array();
    m_variances.rowwise() += m_regularisation.transpose();
    m_widened = (m_variances.array() < leastSpread).any();
    m_variances = m_variances.cwiseMax(leastSpread);
}

/// log (weight_k N(z; mean_k, covariance_k)) of some rows, in units of Z.
void MixtureModel::logDensities(Index first, Index rows, Matrix& out) const
{
    const Index k = m_means.rows(), p = m_means.cols();
    const double constant = double(p) / 2 * std::log(2 * std::numbers::pi);
    out.resize(rows, k);
    for (Index c = 0; c < k; ++c) {
        Matrix D = m_Z.middleRows(first, rows).rowwise() - m_means.row(c);
        double logDeterminant = 0;                  // of the factor: half that of the covariance
        if (m_full) {
            const Matrix& L = m_factors[std::size_t(c)];
            L.transpose().triangularView<Eigen::Upper>().solveInPlace<Eigen::OnTheRight>(D);
            logDeterminant = L.diagonal().array().log().sum();
        } else {
            D.array().rowwise() /= m_variances.row(c).array().sqrt();
            logDeterminant = m_variances.row(c).array().log().sum() / 2;
        }
        out.col(c) = (m_logWeight[c] - constant - logDeterminant) - D.rowwise().squaredNorm().array() / 2;
    }
}

double MixtureModel::expect()
{
    constexpr Index rowsAtOnce = 1024;
    const double sum = m_blocks.sum(1, [&](Index first, Index rows, double* likelihood) {
        Matrix scores;
        for (Index start = first; start < first + rows; start += rowsAtOnce) {
            const Index count = std::min(rowsAtOnce, first + rows - start);
            logDensities(start, count, scores);
            const Vector largest = scores.rowwise().maxCoeff();
            scores = (scores.colwise() - largest).array().exp();
            const Vector total = scores.rowwise().sum();
            m_responsibilities.middleRows(start, count) = scores.array().colwise() / total.array();
            *likelihood += (largest.array() + total.array().log()).sum();
        }
    })[0];
    return sum / double(m_Z.rows()) - m_scale.array().log().sum();
}

Parameters MixtureModel::parameters() const
{
    const Matrix means = (m_means.array().rowwise() * m_scale.transpose().array()).rowwise() + m_mean.array();
    if (!m_full) {
        const Matrix variances = m_variances.array().rowwise() * m_scale.transpose().array().square();
        return GaussianClasses{m_logWeight, means, variances.cwiseMax(std::numeric_limits<double>::min())};
    }
    FullGaussianClasses result{m_logWeight, means, {}};
    for (const Matrix& L : m_factors)
        result.factor.push_back(m_scale.asDiagonal() * L);
    return result;
}

} // namespace modelarium
