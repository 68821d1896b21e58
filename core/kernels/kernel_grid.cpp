#include "core/kernels/kernel_grid.h"

#include "core/kernels/exponential.h"
#include "core/kernels/matrix_product.h"
#include "core/kernels/vectors.h"

namespace modelarium::kernels {

void modelariumRbfFactors(const double* const* x, const double* const* v, std::size_t features, double gamma, std::size_t places,
                          std::size_t vectors, double* factors, std::size_t stride) noexcept
{
    for (std::size_t s = 0; s < vectors; ++s, factors += stride) {
        for (std::size_t p = 0; p < places; p += nativeDoubles) {
            NativeDoubles sum{};
            for (std::size_t j = 0; j < features; ++j) {
                const NativeDoubles difference = loaded<NativeDoubles>(x[j] + p) - v[j][s];
                sum += difference * difference;
            }
            stored(factors + p, exponentialOfNegative<NativeDoubles, NativeWords>(sum * -gamma));
        }
    }
}

void modelariumGridSums(const double* left, std::size_t leftStride, const double* right, std::size_t rows, std::size_t width,
                        std::size_t depth, bool adds, double* sums) noexcept
{
    if (adds)
        product<double, true>(rows, width, depth, left, {1, leftStride}, right, width, sums, width);
    else
        product<double, false>(rows, width, depth, left, {1, leftStride}, right, width, sums, width);
}

} // namespace modelarium::kernels
