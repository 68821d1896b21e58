#pragma once

#include "core/kernels/exponential.h"

#include <cmath>
#include <cstddef>

namespace modelarium {

/// Scores to probabilities without overflow: the exponentials are of numbers <= 0, so the largest is 1 and the sum is at least 1.
///
/// Math     P(1) = 1 / (1 + exp(-z)); with e = exp(-|z|) the likelier class has 1 / (1 + e), the other e / (1 + e)
inline void logisticProbabilities(double z, double* out) noexcept
{
    const double e = kernels::exponentialOfNegative(z > 0 ? -z : z);
    const double likelier = 1 / (1 + e);
    const double other = e / (1 + e);
    out[0] = z > 0 ? other : likelier;
    out[1] = z > 0 ? likelier : other;
}

/// Math     P(k) = exp(z_k - max z) / sum exp(z_l - max z). `score(k)` may be of a wider type than double; it is finite.
template <class Score>
void softmaxProbabilities(const Score& score, double* out, std::size_t count) noexcept
{
    auto largest = score(0);
    for (std::size_t k = 1; k < count; ++k)
        largest = score(k) > largest ? score(k) : largest;
    double sum = 0;
    for (std::size_t k = 0; k < count; ++k) {
        out[k] = kernels::exponentialOfNegative(double(score(k) - largest));
        sum += out[k];
    }
    for (std::size_t k = 0; k < count; ++k)
        out[k] /= sum;
}

/// The same in place.
inline void softmaxProbabilities(double* out, std::size_t count) noexcept
{
    softmaxProbabilities([out](std::size_t k) { return out[k]; }, out, count);
}

/// 1 for the class with the largest score, of equal ones the first; 0 for the others. `out` may be where the scores are.
template <class Score>
void hardDecision(const Score& score, double* out, std::size_t count) noexcept
{
    std::size_t largest = 0;
    for (std::size_t k = 1; k < count; ++k)
        largest = score(k) > score(largest) ? k : largest;
    for (std::size_t k = 0; k < count; ++k)
        out[k] = k == largest ? 1 : 0;
}

/// Of two classes by one score: class 1 where it is above 0.
inline void hardDecision(double z, double* out) noexcept
{
    out[0] = z > 0 ? 0 : 1;
    out[1] = z > 0 ? 1 : 0;
}

} // namespace modelarium
