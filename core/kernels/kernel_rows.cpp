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

/// What is summed over the features for some rows and sixteen samples.
template <std::size_t Rows>
struct Sums {
    Eight low[Rows] = {};
    Eight high[Rows] = {};
};

template <std::size_t Rows>
inline Sums<Rows> squaredDifferences(const double* X, std::size_t stride, std::size_t features, const double* const* x)
{
    Sums<Rows> sums;
    for (std::size_t j = 0; j < features; ++j, X += stride) {
        const Eight low = loaded<Eight>(X), high = loaded<Eight>(X + 8);
        for (std::size_t r = 0; r < Rows; ++r) {
            const Eight a = low - x[r][j], b = high - x[r][j];
            sums.low[r] += a * a;
            sums.high[r] += b * b;
        }
    }
    return sums;
}

template <std::size_t Rows>
inline Sums<Rows> products(const double* X, std::size_t stride, std::size_t features, const double* const* x)
{
    Sums<Rows> sums;
    for (std::size_t j = 0; j < features; ++j, X += stride) {
        const Eight low = loaded<Eight>(X), high = loaded<Eight>(X + 8);
        for (std::size_t r = 0; r < Rows; ++r) {
            sums.low[r] += low * x[r][j];
            sums.high[r] += high * x[r][j];
        }
    }
    return sums;
}

/// The squared length of a sample, in every lane; with the very roundings of lengths() and of products(), so that the distance of a
/// sample from itself is 0.
inline Eight lengthOf(const double* x, std::size_t features)
{
    Eight sum = {};
    for (std::size_t j = 0; j < features; ++j) {
        const Eight a = Eight{} + x[j];
        sum += a * a;
    }
    return sum;
}

inline Sums<1> lengths(const double* X, std::size_t stride, std::size_t features)
{
    Sums<1> sums;
    for (std::size_t j = 0; j < features; ++j, X += stride) {
        const Eight low = loaded<Eight>(X), high = loaded<Eight>(X + 8);
        sums.low[0] += low * low;
        sums.high[0] += high * high;
    }
    return sums;
}

inline Eight power(const Eight& base, int degree)
{
    Eight result = base;
    for (int k = 1; k < degree; ++k)
        result *= base;
    return result;
}

/// The samples that some rows of K are taken of, and where they go.
struct Task {
    const KernelFunction& kernel;
    const double* X;
    std::size_t stride;
    std::size_t samples;
    std::size_t features;
};

template <std::size_t Rows>
void rowsByDifferences(const Task& task, const double* const* x, float* const* rows)
{
    for (std::size_t i = 0; i < task.samples; i += kernelRowStep) {
        const Sums<Rows> sums = squaredDifferences<Rows>(task.X + i, task.stride, task.features, x);
        for (std::size_t r = 0; r < Rows; ++r)
            stored(rows[r] + i, expOfNegative(narrowed(sums.low[r] * -task.kernel.gamma, sums.high[r] * -task.kernel.gamma)));
    }
}

template <std::size_t Rows>
void rowsByProducts(const Task& task, const double* const* x, float* const* rows)
{
    const double gamma = task.kernel.gamma, twice = 2 * gamma;
    Eight own[Rows];
    for (std::size_t r = 0; r < Rows; ++r)
        own[r] = lengthOf(x[r], task.features) * gamma;
    for (std::size_t i = 0; i < task.samples; i += kernelRowStep) {
        const Sums<1> length = lengths(task.X + i, task.stride, task.features);
        const Eight low = length.low[0] * gamma, high = length.high[0] * gamma;
        const Sums<Rows> sums = products<Rows>(task.X + i, task.stride, task.features, x);
        for (std::size_t r = 0; r < Rows; ++r)
            stored(rows[r] + i, expOfNegative(narrowed(sums.low[r] * twice - (low + own[r]), sums.high[r] * twice - (high + own[r]))));
    }
}

template <std::size_t Rows>
void rowsOfProducts(const Task& task, const double* const* x, float* const* rows)
{
    const KernelFunction& kernel = task.kernel;
    for (std::size_t i = 0; i < task.samples; i += kernelRowStep) {
        Sums<Rows> sums = products<Rows>(task.X + i, task.stride, task.features, x);
        for (std::size_t r = 0; r < Rows; ++r) {
            if (kernel.kind == KernelFunction::Polynomial) {
                sums.low[r] = power(sums.low[r] * kernel.gamma + kernel.coef0, kernel.degree);
                sums.high[r] = power(sums.high[r] * kernel.gamma + kernel.coef0, kernel.degree);
            }
            stored(rows[r] + i, narrowed(sums.low[r], sums.high[r]));
        }
    }
}

template <std::size_t Rows>
void someRows(const Task& task, Distance distance, const double* const* x, float* const* rows)
{
    if (task.kernel.kind != KernelFunction::Rbf)
        rowsOfProducts<Rows>(task, x, rows);
    else if (distance == Distance::ByProducts)
        rowsByProducts<Rows>(task, x, rows);
    else
        rowsByDifferences<Rows>(task, x, rows);
}

} // namespace

void modelariumKernelRows(const KernelFunction* kernel, Distance distance, const double* X, std::size_t stride, std::size_t samples,
                          std::size_t features, const double* const* x, std::size_t count, float* const* rows) noexcept
{
    const Task task{*kernel, X, stride, samples, features};
    constexpr std::size_t together = 4;                 // as many sums as there are registers for
    std::size_t r = 0;
    for (; r + together <= count; r += together)
        someRows<together>(task, distance, x + r, rows + r);
    for (; r < count; ++r)
        someRows<1>(task, distance, x + r, rows + r);
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
