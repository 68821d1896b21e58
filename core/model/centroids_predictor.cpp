#include "core/model/centroids_predictor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

template <class Real>
Real squaredDistance(const double* a, const double* b, std::size_t features) noexcept
{
    Real sum = 0;
    for (std::size_t j = 0; j < features; ++j) {
        const Real difference = Real(a[j]) - Real(b[j]);
        sum += difference * difference;
    }
    return sum;
}

template <class Real>
NearestCentre nearest(const double* centres, std::size_t clusters, std::size_t features, const double* x) noexcept
{
    std::size_t best = 0;
    Real smallest = std::numeric_limits<Real>::infinity();
    for (std::size_t k = 0; k < clusters; ++k) {
        const Real distance = squaredDistance<Real>(centres + k * features, x, features);
        if (distance < smallest) {
            smallest = distance;
            best = k;
        }
    }
    return {best, double(smallest)};
}

} // namespace

NearestCentre nearestCentre(const double* centres, std::size_t clusters, std::size_t features, const double* x) noexcept
{
    const NearestCentre found = nearest<double>(centres, clusters, features, x);
    return std::isfinite(found.squaredDistance) ? found : nearest<long double>(centres, clusters, features, x);
}

CentroidsPredictor::CentroidsPredictor(const Centroids& parameters) : Predictor(featureCount(parameters), outputCount(parameters))
{
    for (Eigen::Index k = 0; k < parameters.centres.rows(); ++k)
        for (Eigen::Index j = 0; j < parameters.centres.cols(); ++j)
            m_centres.push_back(parameters.centres(k, j));
}

void CentroidsPredictor::predictRow(const double* x, double* out) const noexcept
{
    std::fill(out, out + outputs(), 0.0);
    out[nearestCentre(m_centres.data(), outputs(), features(), x).cluster] = 1;
}

} // namespace modelarium
