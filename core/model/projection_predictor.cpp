#include "core/model/projection_predictor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

ProjectionPredictor::ProjectionPredictor(const Projection& parameters)
    : Predictor(featureCount(parameters), outputCount(parameters)),
      m_mean(parameters.mean.begin(), parameters.mean.end()),
      m_scale(parameters.scale.begin(), parameters.scale.end())
{
    m_directions.reserve(std::size_t(parameters.directions.size()));
    for (Eigen::Index k = 0; k < parameters.directions.rows(); ++k)
        m_directions.insert(m_directions.end(), parameters.directions.row(k).begin(), parameters.directions.row(k).end());
}

double ProjectionPredictor::farCoordinate(const double* x, std::size_t component) const noexcept
{
    constexpr long double largest = std::numeric_limits<double>::max();
    const double* direction = &m_directions[component * features()];
    long double sum = 0;
    for (std::size_t j = 0; j < features(); ++j)
        sum += direction[j] * (static_cast<long double>(x[j]) - m_mean[j]);
    return double(std::clamp(sum / m_scale[component], -largest, largest));
}

void ProjectionPredictor::predictRow(const double* x, double* out) const noexcept
{
    for (std::size_t k = 0; k < outputs(); ++k) {
        const double* direction = &m_directions[k * features()];
        double sum = 0;
        for (std::size_t j = 0; j < features(); ++j)
            sum += direction[j] * (x[j] - m_mean[j]);
        out[k] = sum / m_scale[k];
        if (!std::isfinite(out[k]))
            out[k] = farCoordinate(x, k);
    }
}

} // namespace modelarium
