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
            double largest = -std::numeric_limits<double>::infinity();
            for (std::size_t k = 0; k < m_clusters; ++k)
                largest = std::max(largest, bells.logDensity(x, k));
            if (!std::isfinite(largest))
                return largest;
            double sum = 0;
            for (std::size_t k = 0; k < m_clusters; ++k)
                sum += std::exp(bells.logDensity(x, k) - largest);
            return largest + std::log(sum);
        },
        m_bells);
}

} // namespace modelarium
