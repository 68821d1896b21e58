#include "core/model/full_gaussian_predictor.h"

#include "core/model/link.h"

#include <cmath>
#include <numbers>

namespace modelarium {

Matrix inverseOfFactor(const Matrix& L)
{
    return L.triangularView<Eigen::Lower>().solve(Matrix::Identity(L.rows(), L.cols()));
}

FullGaussianPredictor::FullGaussianPredictor(const FullGaussianClasses& parameters)
    : Predictor(featureCount(parameters), outputCount(parameters))
{
    for (Eigen::Index k = 0; k < parameters.mean.rows(); ++k) {
        const Matrix& L = parameters.factor[std::size_t(k)];
        const Matrix inverse = inverseOfFactor(L);
        for (Eigen::Index i = 0; i < L.rows(); ++i)
            for (Eigen::Index j = 0; j <= i; ++j)
                m_inverse.push_back(inverse(i, j));
        for (Eigen::Index j = 0; j < L.cols(); ++j)
            m_mean.push_back(parameters.mean(k, j));
        m_constant.push_back(parameters.logPrior[k] - L.diagonal().array().log().sum()
                             - double(L.cols()) / 2 * std::log(2 * std::numbers::pi));
    }
}

template <class Real>
Real FullGaussianPredictor::density(const double* x, std::size_t k) const noexcept
{
    const double* mean = &m_mean[k * features()];
    const double* inverse = &m_inverse[k * (features() * (features() + 1) / 2)];
    Real length = 0;
    for (std::size_t i = 0; i < features(); ++i) {
        Real z = 0;
        for (std::size_t j = 0; j <= i; ++j)
            z += Real(*inverse++) * (Real(x[j]) - Real(mean[j]));
        length += z * z;
    }
    return Real(m_constant[k]) - length / 2;
}

double FullGaussianPredictor::logDensity(const double* x, std::size_t k) const noexcept { return density<double>(x, k); }

void FullGaussianPredictor::predictRow(const double* x, double* out) const noexcept
{
    bool finite = true;
    for (std::size_t k = 0; k < outputs(); ++k) {
        out[k] = density<double>(x, k);
        finite = finite && std::isfinite(out[k]);
    }
    if (finite)
        softmaxProbabilities(out, outputs());
    else
        softmaxProbabilities([&](std::size_t k) { return density<long double>(x, k); }, out, outputs());
}

} // namespace modelarium
