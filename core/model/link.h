#pragma once

#include <cmath>
#include <cstddef>

namespace modelarium {

/// Scores to probabilities without overflow: the exponentials are of numbers <= 0, so the largest is 1 and the sum is at least 1.
///
/// Math     P(1) = 1 / (1 + exp(-z)); with e = exp(-|z|) the likelier class has 1 / (1 + e), the other e / (1 + e)
inline void logisticProbabilities(double z, double* out) noexcept
{
    const double e = std::exp(-std::abs(z));
    const double likelier = 1 / (1 + e);
    const double other = e / (1 + e);
    out[0] = z > 0 ? other : likelier;
    out[1] = z > 0 ? likelier : other;
}

/// Math     P(k) = exp(z_k - max z) / sum exp(z_l - max z), in place. Precondition: no z is NaN or +infinity, one is finite
template <class Real>
void softmaxProbabilities(const Real* z, double* out, std::size_t count) noexcept
{
    Real largest = z[0];
    for (std::size_t k = 1; k < count; ++k)
        largest = z[k] > largest ? z[k] : largest;
    double sum = 0;
    for (std::size_t k = 0; k < count; ++k) {
        out[k] = std::exp(double(z[k] - largest));
        sum += out[k];
    }
    for (std::size_t k = 0; k < count; ++k)
        out[k] /= sum;
}

} // namespace modelarium
