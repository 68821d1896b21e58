#include "core/kernels/kernel_rows.h"

#include "core/kernels/vectors.h"

#include <bit>

namespace modelarium::kernels {

namespace {

/// exp(x) for x <= 0 in float, to about 1 unit in the last place; 0 below -87.
///
/// Math     x = n ln 2 + r, |r| <= ln(2) / 2; exp(x) = 2^n sum r^k / k!, k <= 7
inline Sixteen expOfNegative(Sixteen x)
{
    const Sixteen clamped = x < -87.0f ? Sixteen{} - 87.0f : x;
    constexpr float toInteger = 12582912.0f;            // 1.5 2^23: adding it rounds to a whole number
    const Sixteen shifted = clamped * 1.44269504f + toInteger;
    const Sixteen n = shifted - toInteger;
    const Sixteen r = (clamped - n * 0.693359375f) - n * -2.12194440e-4f;
    const Sixteen r2 = r * r;
    const Sixteen low = (r * (1.0f / 6) + 0.5f) + r2 * (r * (1.0f / 120) + 1.0f / 24);
    const Sixteen high = r * (1.0f / 5040) + 1.0f / 720;
    const Sixteen p = 1.0f + (r + r2 * (low + (r2 * r2) * high));
    const SixteenBits bits = std::bit_cast<SixteenBits>(p) + (std::bit_cast<SixteenBits>(shifted) << 23);
    return x < -87.0f ? Sixteen{} : std::bit_cast<Sixteen>(bits);
}

/// Sums over features of squared differences or of products, for 16 samples.
template <bool Differences>
inline void sumFeatures(const double* X, std::size_t stride, std::size_t features, const double* x, Eight& low, Eight& high)
{
    low = Eight{};
    high = Eight{};
    for (std::size_t j = 0; j < features; ++j, X += stride) {
        if constexpr (Differences) {
            const Eight a = loaded<Eight>(X) - x[j], b = loaded<Eight>(X + 8) - x[j];
            low += a * a;
            high += b * b;
        } else {
            low += loaded<Eight>(X) * x[j];
            high += loaded<Eight>(X + 8) * x[j];
        }
    }
}

inline Eight power(const Eight& base, int degree)
{
    Eight result = base;
    for (int k = 1; k < degree; ++k)
        result *= base;
    return result;
}

} // namespace

void modelariumKernelRow(const KernelFunction* kernel, const double* X, std::size_t stride, std::size_t samples,
                         std::size_t features, const double* x, float* row) noexcept
{
    Eight low, high;
    if (kernel->kind == KernelFunction::Rbf) {
        for (std::size_t i = 0; i < samples; i += kernelRowStep) {
            sumFeatures<true>(X + i, stride, features, x, low, high);
            stored(row + i, expOfNegative(narrowed(low * -kernel->gamma, high * -kernel->gamma)));
        }
        return;
    }
    for (std::size_t i = 0; i < samples; i += kernelRowStep) {
        sumFeatures<false>(X + i, stride, features, x, low, high);
        if (kernel->kind == KernelFunction::Polynomial) {
            low = power(low * kernel->gamma + kernel->coef0, kernel->degree);
            high = power(high * kernel->gamma + kernel->coef0, kernel->degree);
        }
        stored(row + i, narrowed(low, high));
    }
}

void modelariumAddKernelRows(const float* const* rows, const double* weights, std::size_t count, std::size_t samples,
                             double* u) noexcept
{
    constexpr std::size_t block = 512, together = 8;    // u stays in the nearest cache while a few rows stream past it
    for (std::size_t first = 0; first < samples; first += block) {
        const std::size_t end = first + block < samples ? first + block : samples;
        std::size_t r = 0;
        for (; r + together <= count; r += together) {
            for (std::size_t i = first; i < end; i += 8) {
                Eight sum = loaded<Eight>(u + i);
                for (std::size_t k = 0; k < together; ++k)
                    sum += widened(rows[r + k] + i) * weights[r + k];
                stored(u + i, sum);
            }
        }
        for (; r < count; ++r)
            for (std::size_t i = first; i < end; i += 8)
                stored(u + i, loaded<Eight>(u + i) + widened(rows[r] + i) * weights[r]);
    }
}

} // namespace modelarium::kernels
