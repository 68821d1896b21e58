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

void modelariumSubtractColumns(const double* A, std::size_t stride, const std::uint32_t* columns, const double* factors, std::size_t count,
                               std::size_t first, std::size_t last, double* y) noexcept
{
    // Some columns side by side: y is loaded and stored once for all of them, and the memory has several streams to fetch ahead.
    constexpr std::size_t together = 8;
    std::size_t k = 0;
    for (; k + together <= count; k += together) {
        const double* column[together];
        for (std::size_t c = 0; c < together; ++c)
            column[c] = A + columns[k + c] * stride;
        std::size_t i = first;
        for (; i + lanes <= last; i += lanes) {
            Lanes value = load(y + i);
            for (std::size_t c = 0; c < together; ++c)
                value -= load(column[c] + i) * factors[k + c];
            store(y + i, value);
        }
        for (; i < last; ++i)
            for (std::size_t c = 0; c < together; ++c)
                y[i] -= column[c][i] * factors[k + c];
    }
    for (; k < count; ++k)
        modelariumAddMultiple(-factors[k], A + columns[k] * stride + first, 0, last - first, y + first);
}

void modelariumGramSweep(const double* G, std::size_t stride, std::size_t first, std::size_t last, const double* diagonal, const double* l1,
                         const double* l2, double* w, double* g, WeightChanges* changes) noexcept
{
    changes->count = 0;
    for (std::size_t j = first; j < last; ++j) {
        const double slope = g[j] + diagonal[j] * w[j];
        const double excess = std::fabs(slope) - l1[j];
        const double next = excess > 0 ? std::copysign(excess, slope) / (diagonal[j] + l2[j]) : 0;
        const double change = next - w[j];
        if (change == 0)
            continue;
        w[j] = next;
        modelariumAddMultiple(-change, G + j * stride + first, 0, last - first, g + first);
        changes->weight[changes->count] = std::uint32_t(j);
        changes->change[changes->count++] = change;
        const double weight = diagonal[j] * change * change;
        changes->largest = weight > changes->largest ? weight : changes->largest;
    }
}

} // namespace modelarium::kernels
