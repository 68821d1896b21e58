#include "core/model/gaussian_predictor.h"

#include "core/model/link.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace modelarium {

GaussianPredictor::GaussianPredictor(const GaussianClasses& parameters)
    : Predictor(featureCount(parameters), outputCount(parameters))
{
    const Eigen::Index classes = parameters.mean.rows();
    for (Eigen::Index k = 0; k < classes; ++k) {
        double constant = parameters.logPrior[k];
        for (Eigen::Index j = 0; j < parameters.mean.cols(); ++j) {
            // A variance that is no positive normal number would make 1 / variance infinite.
            const double variance = std::max(parameters.variance(k, j), 4 * std::numeric_limits<double>::min());
            m_mean.push_back(parameters.mean(k, j));
            m_precision.push_back(1 / variance);
            constant -= 0.5 * std::log(2 * std::numbers::pi * variance);
        }
        m_constant.push_back(constant);
    }
}

template <class Real>
Real GaussianPredictor::density(const double* x, std::size_t k) const noexcept
{
    const double* mean = &m_mean[k * features()];
    const double* precision = &m_precision[k * features()];
    Real sum = 0;
    for (std::size_t j = 0; j < features(); ++j) {
        const Real deviation = Real(x[j]) - Real(mean[j]);
        sum += deviation * deviation * Real(precision[j]);
    }
    return Real(m_constant[k]) - sum / 2;
}

double GaussianPredictor::logDensity(const double* x, std::size_t k) const noexcept { return density<double>(x, k); }

void GaussianPredictor::predictRow(const double* x, double* out) const noexcept
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
