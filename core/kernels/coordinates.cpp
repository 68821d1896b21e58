#include "core/kernels/coordinates.h"

#include "core/kernels/double_lanes.h"

#include <cmath>

namespace modelarium::kernels {

double modelariumDot(const double* a, const double* b, std::size_t count) noexcept
{
    Lanes sums[4] = {};
    std::size_t i = 0;
    for (; i + 4 * lanes <= count; i += 4 * lanes)
        for (std::size_t k = 0; k < 4; ++k)
            sums[k] += load(a + i + k * lanes) * load(b + i + k * lanes);
    for (; i + lanes <= count; i += lanes)
        sums[0] += load(a + i) * load(b + i);
    double sum = sumOf((sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (; i < count; ++i)
        sum += a[i] * b[i];
    return sum;
}

void modelariumAddMultiple(double factor, const double* x, double shift, std::size_t count, double* y) noexcept
{
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        store(y + i, load(y + i) + (load(x + i) - shift) * factor);
    for (; i < count; ++i)
        y[i] += (x[i] - shift) * factor;
}

double modelariumGramSweep(const double* G, std::size_t stride, std::size_t features, const double* diagonal, const double* l1,
                           const double* l2, double* w, double* g) noexcept
{
    double largest = 0;
    for (std::size_t j = 0; j < features; ++j) {
        const double slope = g[j] + diagonal[j] * w[j];
        const double excess = std::fabs(slope) - l1[j];
        const double next = excess > 0 ? std::copysign(excess, slope) / (diagonal[j] + l2[j]) : 0;
        const double change = next - w[j];
        if (change == 0)
            continue;
        w[j] = next;
        modelariumAddMultiple(-change, G + j * stride, 0, features, g);
        const double weight = diagonal[j] * change * change;
        largest = weight > largest ? weight : largest;
    }
    return largest;
}

} // namespace modelarium::kernels
