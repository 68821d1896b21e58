#include "core/model/mixture_density.h"

#include <cmath>
#include <limits>

namespace modelarium {

MixtureDensity::MixtureDensity(const Parameters& mixture)
    : m_bells(std::holds_alternative<GaussianClasses>(mixture) ? Bells(GaussianPredictor(std::get<GaussianClasses>(mixture)))
                                                               : Bells(FullGaussianPredictor(std::get<FullGaussianClasses>(mixture)))),
      m_clusters(outputCount(mixture))
{
}

double MixtureDensity::logDensity(const double* x) const noexcept
{
    return std::visit(
        [&](const auto& bells) {
            // The sum is of the terms beside the largest so far, and shrinks where a larger one comes: each bell is computed once.
            double largest = -std::numeric_limits<double>::infinity(), sum = 0;
            for (std::size_t k = 0; k < m_clusters; ++k) {
                const double density = bells.logDensity(x, k);
                if (density > largest) {
                    sum = sum * std::exp(largest - density) + 1;
                    largest = density;
                } else if (std::isfinite(density)) {
                    sum += std::exp(density - largest);
                }
            }
            return sum > 0 ? largest + std::log(sum) : largest;
        },
        m_bells);
}

} // namespace modelarium
