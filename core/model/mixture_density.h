#pragma once

#include "core/model/full_gaussian_predictor.h"
#include "core/model/gaussian_predictor.h"

#include <variant>

namespace modelarium {

/// The density of a Gaussian mixture: the weighted sum of its bells.
///
/// Math     log sum_k weight_k N(x; mean_k, covariance_k), the largest term taken out before the sum
/// Errors   none: where a row is so far out that squares overflow it is -infinity
class MixtureDensity {
public:
    /// Precondition: the parameters are GaussianClasses or FullGaussianClasses.
    explicit MixtureDensity(const Parameters& mixture);

    double logDensity(const double* x) const noexcept;

private:
    using Bells = std::variant<GaussianPredictor, FullGaussianPredictor>;

    Bells m_bells;
    std::size_t m_clusters;
};

} // namespace modelarium
