#include "core/kernels/kernel_prediction.h"

#include "core/kernels/exponential.h"
#include "core/kernels/vectors.h"

namespace modelarium::kernels {

namespace {

constexpr std::size_t chunk = 256;                  ///< kernel values kept before they are weighed
constexpr double log2OfE = 1.4426950408889634;

inline NativeDoubles kernelOf(const KernelFunction& kernel, NativeDoubles sum)
{
    if (kernel.kind == KernelFunction::Rbf)
        return powerOfTwo<NativeDoubles, NativeWords>(sum * -(kernel.gamma * log2OfE));
    if (kernel.kind == KernelFunction::Linear)
        return sum;
    const NativeDoubles base = sum * kernel.gamma + kernel.coef0;
    NativeDoubles power = base;
    for (int k = 1; k < kernel.degree; ++k)
        power *= base;
    return power;
}

/// K of `Samples` samples with `Groups` times a vector of vectors: enough sums at once that none waits for the one before.
template <std::size_t Samples, std::size_t Groups, bool Differences>
inline void kernelValues(const KernelVectors& model, const double* vectors, const double* x, double (*values)[chunk], std::size_t place)
{
    NativeDoubles sums[Samples][Groups] = {};
    for (std::size_t j = 0; j < model.features; ++j, vectors += model.stride) {
        for (std::size_t g = 0; g < Groups; ++g) {
            const NativeDoubles s = loaded<NativeDoubles>(vectors + nativeDoubles * g);
            for (std::size_t i = 0; i < Samples; ++i) {
                if constexpr (Differences) {
                    const NativeDoubles d = s - x[i * model.features + j];
                    sums[i][g] += d * d;
                } else {
                    sums[i][g] += s * x[i * model.features + j];
                }
            }
        }
    }
    for (std::size_t i = 0; i < Samples; ++i)
        for (std::size_t g = 0; g < Groups; ++g)
            stored(values[i] + place + nativeDoubles * g, kernelOf(model.kernel, sums[i][g]));
}

template <std::size_t Samples, bool Differences>
void kernelSums(const KernelVectors& model, std::size_t first, std::size_t count, const double* x, double* sums, std::size_t sumStride)
{
    constexpr std::size_t groups = 4 / Samples;
    alignas(64) double values[Samples][chunk];
    Eight partial[Samples][mostCoefficientRows];
    for (std::size_t i = 0; i < Samples; ++i)
        for (std::size_t r = 0; r < model.rows; ++r)
            partial[i][r] = Eight{};
    for (std::size_t start = 0; start < count; start += chunk) {
        const std::size_t size = count - start < chunk ? count - start : chunk;
        std::size_t place = 0;
        for (; place + nativeDoubles * groups <= size; place += nativeDoubles * groups)
            kernelValues<Samples, groups, Differences>(model, model.vectors + first + start + place, x, values, place);
        for (; place < size; place += nativeDoubles)
            kernelValues<Samples, 1, Differences>(model, model.vectors + first + start + place, x, values, place);
        for (std::size_t r = 0; r < model.rows; ++r) {
            const double* coefficients = model.coefficients + r * model.stride + first + start;
            for (std::size_t i = 0; i < Samples; ++i)
                for (std::size_t k = 0; k < size; k += 8)
                    partial[i][r] += loaded<Eight>(coefficients + k) * loaded<Eight>(values[i] + k);
        }
    }
    for (std::size_t i = 0; i < Samples; ++i) {
        for (std::size_t r = 0; r < model.rows; ++r) {
            const Eight& s = partial[i][r];
            sums[i * sumStride + r] = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
        }
    }
}

} // namespace

void modelariumKernelSums(const KernelVectors* model, std::size_t first, std::size_t count, const double* x, std::size_t samples,
                          double* sums, std::size_t sumStride) noexcept
{
    const bool differences = model->kernel.kind == KernelFunction::Rbf;
    if (samples == 1)
        differences ? kernelSums<1, true>(*model, first, count, x, sums, sumStride) : kernelSums<1, false>(*model, first, count, x, sums, sumStride);
    else
        differences ? kernelSums<4, true>(*model, first, count, x, sums, sumStride) : kernelSums<4, false>(*model, first, count, x, sums, sumStride);
}

} // namespace modelarium::kernels
