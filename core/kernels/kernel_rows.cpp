#include "core/kernels/kernel_rows.h"

#include "core/kernels/vectors.h"

#include <bit>
#include <utility>

namespace modelarium::kernels {

namespace {

typedef float Floats __attribute__((vector_size(nativeBytes)));
typedef std::int32_t FloatBits __attribute__((vector_size(nativeBytes)));
typedef float Narrowed __attribute__((vector_size(nativeBytes / 2)));

template <std::size_t... lane>
inline Floats together(Narrowed low, Narrowed high, std::index_sequence<lane...>)
{
    return __builtin_shufflevector(low, high, int(lane)...);
}

constexpr float toInteger = 12582912.0f;                // 1.5 2^23: adding it rounds to a whole number

/// exp(x) for x <= 0 in float, to about 1 unit in the last place; 0 below -87.
///
/// Math     x = n ln 2 + r, |r| <= ln(2) / 2; exp(x) = 2^n sum r^k / k!, k <= 7
inline Floats expOfNegative(Floats x)
{
    const Floats clamped = x < -87.0f ? Floats{} - 87.0f : x;
    const Floats shifted = clamped * 1.44269504f + toInteger;
    const Floats n = shifted - toInteger;
    const Floats r = (clamped - n * 0.693359375f) - n * -2.12194440e-4f;
    const Floats r2 = r * r;
    const Floats low = (r * (1.0f / 6) + 0.5f) + r2 * (r * (1.0f / 120) + 1.0f / 24);
    const Floats high = r * (1.0f / 5040) + 1.0f / 720;
    const Floats p = 1.0f + (r + r2 * (low + (r2 * r2) * high));
    const FloatBits bits = std::bit_cast<FloatBits>(p) + (std::bit_cast<FloatBits>(shifted) << 23);
    return x < -87.0f ? Floats{} : std::bit_cast<Floats>(bits);
}

/// 2^x for -126 <= x <= 0 in float, to about 1 unit in the last place; 1 for 0.
///
/// Math     x = n + r, |r| <= 1/2; 2^r = 1 + r q(r), q of degree 5 with the smallest largest relative error: 2e-9
inline Floats powerOfTwo(Floats x)
{
    const Floats shifted = x + toInteger;
    const Floats r = x - (shifted - toInteger);
    const Floats r2 = r * r;
    const Floats low = r * 0.240226479f + 0.693147203f, middle = r * 0.00961843736f + 0.0555033247f, high = r * 1.53533619e-4f + 0.00133988744f;
    const Floats p = 1.0f + r * (low + r2 * (middle + r2 * high));
    return std::bit_cast<Floats>(std::bit_cast<FloatBits>(p) + (std::bit_cast<FloatBits>(shifted) << 23));
}

constexpr std::size_t parts = kernelRowStep / nativeDoubles;

/// A number for each of sixteen samples.
struct SixteenDoubles {
    NativeDoubles part[parts] = {};
};

template <class Of>
inline SixteenDoubles each(const Of& of)
{
    SixteenDoubles result;
    for (std::size_t p = 0; p < parts; ++p)
        result.part[p] = of(p);
    return result;
}

/// Rounded to floats.
inline void storeNarrowed(float* to, const SixteenDoubles& numbers)
{
    for (std::size_t p = 0; p < parts; ++p)
        stored(to + p * nativeDoubles, __builtin_convertvector(numbers.part[p], Narrowed));
}

/// exp of numbers <= 0, in float.
inline void storeExponentials(float* to, const SixteenDoubles& numbers)
{
    for (std::size_t p = 0; p < parts; p += 2) {
        const Narrowed low = __builtin_convertvector(numbers.part[p], Narrowed), high = __builtin_convertvector(numbers.part[p + 1], Narrowed);
        // Put together in registers: through memory, the load would wait for both stores.
        stored(to + p * nativeDoubles, expOfNegative(together(low, high, std::make_index_sequence<2 * nativeDoubles>())));
    }
}

/// What is summed over the features for some rows and sixteen samples.
template <std::size_t Rows>
struct Sums {
    SixteenDoubles of[Rows];
};

template <std::size_t Rows>
inline Sums<Rows> squaredDifferences(const double* X, std::size_t stride, std::size_t features, const double* const* x)
{
    Sums<Rows> sums;
    for (std::size_t j = 0; j < features; ++j, X += stride)
        for (std::size_t p = 0; p < parts; ++p) {
            const NativeDoubles values = loaded<NativeDoubles>(X + p * nativeDoubles);
            for (std::size_t r = 0; r < Rows; ++r) {
                const NativeDoubles difference = values - x[r][j];
                sums.of[r].part[p] += difference * difference;
            }
        }
    return sums;
}

template <std::size_t Rows>
inline Sums<Rows> products(const double* X, std::size_t stride, std::size_t features, const double* const* x)
{
    Sums<Rows> sums;
    for (std::size_t j = 0; j < features; ++j, X += stride)
        for (std::size_t p = 0; p < parts; ++p) {
            const NativeDoubles values = loaded<NativeDoubles>(X + p * nativeDoubles);
            for (std::size_t r = 0; r < Rows; ++r)
                sums.of[r].part[p] += values * x[r][j];
        }
    return sums;
}

/// The squared length of a sample, in every lane; with the very roundings of lengths() and of products(), so that the distance of a
/// sample from itself is 0.
inline NativeDoubles lengthOf(const double* x, std::size_t features)
{
    NativeDoubles sum = {};
    for (std::size_t j = 0; j < features; ++j) {
        const NativeDoubles a = NativeDoubles{} + x[j];
        sum += a * a;
    }
    return sum;
}

inline SixteenDoubles lengths(const double* X, std::size_t stride, std::size_t features)
{
    SixteenDoubles sums;
    for (std::size_t j = 0; j < features; ++j, X += stride)
        for (std::size_t p = 0; p < parts; ++p) {
            const NativeDoubles values = loaded<NativeDoubles>(X + p * nativeDoubles);
            sums.part[p] += values * values;
        }
    return sums;
}

inline NativeDoubles power(NativeDoubles base, int degree)
{
    NativeDoubles result = base;
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
            storeExponentials(rows[r] + i, each([&](std::size_t p) { return sums.of[r].part[p] * -task.kernel.gamma; }));
    }
}

template <std::size_t Rows>
void rowsByProducts(const Task& task, const double* const* x, float* const* rows)
{
    const double gamma = task.kernel.gamma, twice = 2 * gamma;
    NativeDoubles own[Rows];
    for (std::size_t r = 0; r < Rows; ++r)
        own[r] = lengthOf(x[r], task.features) * gamma;
    for (std::size_t i = 0; i < task.samples; i += kernelRowStep) {
        SixteenDoubles length = lengths(task.X + i, task.stride, task.features);
        for (NativeDoubles& part : length.part)
            part *= gamma;
        const Sums<Rows> sums = products<Rows>(task.X + i, task.stride, task.features, x);
        for (std::size_t r = 0; r < Rows; ++r)
            storeExponentials(rows[r] + i, each([&](std::size_t p) { return sums.of[r].part[p] * twice - (length.part[p] + own[r]); }));
    }
}

constexpr std::size_t nativeFloats = nativeBytes / sizeof(float);
constexpr std::size_t floatParts = kernelRowStep / nativeFloats;

/// rows[r]_i = 2^(2 log2(e) (x_r X_i - |x_r|^2 / 2 - |X_i|^2 / 2))
template <std::size_t Rows>
void rowsInSingle(const float* X, std::size_t stride, std::size_t samples, std::size_t features, const float* const* x,
                  float* const* rows)
{
    constexpr float scale = 2 * 1.44269504f;
    for (std::size_t i = 0; i < samples; i += kernelRowStep) {
        const float* column = X + i;
        Floats products[Rows][floatParts] = {};
        for (std::size_t j = 0; j < features; ++j, column += stride)
            for (std::size_t p = 0; p < floatParts; ++p) {
                const Floats values = loaded<Floats>(column + p * nativeFloats);
                for (std::size_t r = 0; r < Rows; ++r)
                    products[r][p] += values * x[r][j];
            }
        for (std::size_t p = 0; p < floatParts; ++p) {
            const Floats half = loaded<Floats>(column + p * nativeFloats);
            for (std::size_t r = 0; r < Rows; ++r) {
                const Floats exponent = (products[r][p] - (half + x[r][features])) * scale;
                // Of two samples that nearly coincide, rounding may leave a little more than 0.
                stored(rows[r] + i + p * nativeFloats, powerOfTwo(exponent > 0.0f ? Floats{} : exponent));
            }
        }
    }
}

template <std::size_t Rows>
void rowsOfProducts(const Task& task, const double* const* x, float* const* rows)
{
    const KernelFunction& kernel = task.kernel;
    for (std::size_t i = 0; i < task.samples; i += kernelRowStep) {
        Sums<Rows> sums = products<Rows>(task.X + i, task.stride, task.features, x);
        for (std::size_t r = 0; r < Rows; ++r) {
            if (kernel.kind == KernelFunction::Polynomial)
                for (NativeDoubles& part : sums.of[r].part)
                    part = power(part * kernel.gamma + kernel.coef0, kernel.degree);
            storeNarrowed(rows[r] + i, sums.of[r]);
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
    constexpr std::size_t together = parts <= 2 ? 4 : 2; // as many sums as there are registers for
    std::size_t r = 0;
    for (; r + together <= count; r += together)
        someRows<together>(task, distance, x + r, rows + r);
    for (; r < count; ++r)
        someRows<1>(task, distance, x + r, rows + r);
}

void modelariumRbfRowsInSingle(const float* X, std::size_t stride, std::size_t samples, std::size_t features,
                               const float* const* x, std::size_t count, float* const* rows) noexcept
{
    constexpr std::size_t together = 8 / floatParts;    // as many sums as there are registers for
    std::size_t r = 0;
    for (; r + together <= count; r += together)
        rowsInSingle<together>(X, stride, samples, features, x + r, rows + r);
    for (; r < count; ++r)
        rowsInSingle<1>(X, stride, samples, features, x + r, rows + r);
}

void modelariumHalfLengths(const float* X, std::size_t stride, std::size_t samples, std::size_t features, float* halfLengths) noexcept
{
    for (std::size_t i = 0; i < samples; i += nativeFloats) {
        Floats sum = {};
        for (std::size_t j = 0; j < features; ++j) {
            const Floats values = loaded<Floats>(X + j * stride + i);
            sum += values * values;                     // with the very roundings of rowsInSingle
        }
        stored(halfLengths + i, sum / 2.0f);
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
