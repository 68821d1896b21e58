#include "core/kernels/dense_prediction.h"

#include "core/kernels/exponential.h"

#include <cstdint>
#include <cstring>

// Built without fused products (see core/CMakeLists.txt): every level, a row alone and a row among many give the same bits.
namespace modelarium::kernels {

namespace {

typedef double Eight __attribute__((vector_size(64)));
typedef std::int64_t EightBits __attribute__((vector_size(64)));

template <class Real>
Real load(const double* p)
{
    Real value;
    std::memcpy(&value, p, sizeof value);
    return value;
}

template <class Real>
void store(double* p, Real value)
{
    std::memcpy(p, &value, sizeof value);
}

template <class Real, class Bits>
Real logistic(Real z)
{
    const Real e = exponentialOfNegative<Real, Bits>(z > 0 ? -z : z);
    const Real likelier = 1 / (1 + e);
    return z > 0 ? likelier : e * likelier;
}

template <class Real, class Bits>
Real activated(Real z, DenseActivation activation)
{
    switch (activation) {
    case DenseActivation::Relu: return z > 0 ? z : Real{};
    case DenseActivation::Tanh: return hyperbolicTangent<Real, Bits>(z);
    case DenseActivation::Logistic: return logistic<Real, Bits>(z);
    case DenseActivation::Identity: break;
    }
    return z;
}

/// Eight partial sums of one row with contiguous features (as a vector), or of eight rows in lanes.
double dotOfRow(const double* w, const double* x, std::size_t inputs)
{
    Eight sums{};
    std::size_t j = 0;
    for (; j + 8 <= inputs; j += 8)
        sums += load<Eight>(w + j) * load<Eight>(x + j);
    for (std::size_t lane = 0; j + lane < inputs; ++lane)
        sums[lane] += w[j + lane] * x[j + lane];
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

Eight dotOfRows(const double* w, const double* X, std::size_t stride, std::size_t inputs)
{
    Eight s0{}, s1{}, s2{}, s3{}, s4{}, s5{}, s6{}, s7{};
    std::size_t j = 0;
    for (; j + 8 <= inputs; j += 8, X += 8 * stride, w += 8) {
        s0 += w[0] * load<Eight>(X);
        s1 += w[1] * load<Eight>(X + stride);
        s2 += w[2] * load<Eight>(X + 2 * stride);
        s3 += w[3] * load<Eight>(X + 3 * stride);
        s4 += w[4] * load<Eight>(X + 4 * stride);
        s5 += w[5] * load<Eight>(X + 5 * stride);
        s6 += w[6] * load<Eight>(X + 6 * stride);
        s7 += w[7] * load<Eight>(X + 7 * stride);
    }
    Eight* const sums[] = {&s0, &s1, &s2, &s3, &s4, &s5, &s6};
    for (std::size_t lane = 0; j < inputs; ++j, ++lane)
        *sums[lane] += w[lane] * load<Eight>(X + lane * stride);
    return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
}

// ---- one row: the outputs are the lanes

template <std::size_t vectors>
void outputsOfRow(const DenseLayerView& layer, std::size_t first, const double* x, double* out)
{
    Eight sums[vectors];
    for (std::size_t v = 0; v < vectors; ++v)
        sums[v] = load<Eight>(layer.bias + first + v * denseLanes);
    const double* w = layer.weights + first;
    for (std::size_t i = 0; i < layer.inputs; ++i, w += layer.padded)
        for (std::size_t v = 0; v < vectors; ++v)
            sums[v] += load<Eight>(w + v * denseLanes) * x[i];
    for (std::size_t v = 0; v < vectors; ++v)
        store(out + first + v * denseLanes, activated<Eight, EightBits>(sums[v], layer.activation));
}

void layerOfRow(const DenseLayerView& layer, const double* x, double* out)
{
    if (layer.dots) {
        for (std::size_t k = 0; k < layer.outputs; ++k)
            out[k] = activated<double, std::int64_t>(layer.bias[k] + dotOfRow(layer.weights + k * layer.inputs, x, layer.inputs),
                                                     layer.activation);
        return;
    }
    std::size_t first = 0;
    for (; first + 8 * denseLanes <= layer.padded; first += 8 * denseLanes)
        outputsOfRow<8>(layer, first, x, out);
    for (; first + 4 * denseLanes <= layer.padded; first += 4 * denseLanes)
        outputsOfRow<4>(layer, first, x, out);
    for (; first + 2 * denseLanes <= layer.padded; first += 2 * denseLanes)
        outputsOfRow<2>(layer, first, x, out);
    for (; first < layer.padded; first += denseLanes)
        outputsOfRow<1>(layer, first, x, out);
}

// ---- many rows: the rows are the lanes, a unit is a column

template <std::size_t units, std::size_t vectors>
void unitsOfRows(const DenseLayerView& layer, std::size_t first, const double* X, std::size_t stride, double* out,
                 std::size_t outStride)
{
    Eight sums[units][vectors];
    for (std::size_t k = 0; k < units; ++k)
        for (std::size_t v = 0; v < vectors; ++v)
            sums[k][v] = Eight{} + layer.bias[first + k];
    const double* w = layer.weights + first;
    for (std::size_t i = 0; i < layer.inputs; ++i, w += layer.padded, X += stride) {
        Eight x[vectors];
        for (std::size_t v = 0; v < vectors; ++v)
            x[v] = load<Eight>(X + v * denseLanes);
        for (std::size_t k = 0; k < units; ++k)
            for (std::size_t v = 0; v < vectors; ++v)
                sums[k][v] += x[v] * w[k];
    }
    for (std::size_t k = 0; k < units; ++k)
        for (std::size_t v = 0; v < vectors; ++v)
            store(out + (first + k) * outStride + v * denseLanes, activated<Eight, EightBits>(sums[k][v], layer.activation));
}

#if defined(__AVX512F__)
constexpr std::size_t vectorsTogether = 2;
#else
constexpr std::size_t vectorsTogether = 1;          // eight doubles are already two or four registers
#endif

template <std::size_t vectors>
void groupOfRows(const DenseLayerView& layer, const double* X, std::size_t stride, double* out, std::size_t outStride)
{
    constexpr std::size_t together = vectorsTogether == 2 ? 8 : 4;
    std::size_t k = 0;
    for (; k + together <= layer.outputs; k += together)
        unitsOfRows<together, vectors>(layer, k, X, stride, out, outStride);
    for (; k < layer.outputs; ++k)
        unitsOfRows<1, vectors>(layer, k, X, stride, out, outStride);
}

/// `rows` is a multiple of eight.
void layerOfRows(const DenseLayerView& layer, const double* X, std::size_t stride, std::size_t rows, double* out,
                 std::size_t outStride)
{
    std::size_t row = 0;
    if (layer.dots) {
        for (; row < rows; row += denseLanes)
            for (std::size_t k = 0; k < layer.outputs; ++k) {
                const Eight z = layer.bias[k] + dotOfRows(layer.weights + k * layer.inputs, X + row, stride, layer.inputs);
                store(out + k * outStride + row, activated<Eight, EightBits>(z, layer.activation));
            }
        return;
    }
    for (; row + vectorsTogether * denseLanes <= rows; row += vectorsTogether * denseLanes)
        groupOfRows<vectorsTogether>(layer, X + row, stride, out + row, outStride);
    for (; row < rows; row += denseLanes)
        groupOfRows<1>(layer, X + row, stride, out + row, outStride);
}

} // namespace

void modelariumDenseRow(const DenseLayerView* layers, std::size_t count, std::size_t widest, const double* x, double* scratch,
                        double* scores) noexcept
{
    double* buffers[] = {scratch, scratch + widest};
    for (std::size_t l = 0; l < count; ++l) {
        double* out = l + 1 == count ? scores : buffers[l % 2];
        layerOfRow(layers[l], x, out);
        x = out;
    }
}

void modelariumDenseRows(const DenseLayerView* layers, std::size_t count, std::size_t widest, const double* X, std::size_t stride,
                         std::size_t rows, double* scratch, double* scores, std::size_t scoreStride) noexcept
{
    const std::size_t padded = (rows + 7) / 8 * 8;
    double* buffers[] = {scratch, scratch + widest * padded};
    // Whole vectors can be read from X itself only where there are whole vectors of rows.
    if (rows != padded) {
        double* copy = buffers[1];
        for (std::size_t j = 0; j < layers[0].inputs; ++j)
            for (std::size_t i = 0; i < padded; ++i)
                copy[j * padded + i] = i < rows ? X[j * stride + i] : 0;
        X = copy;
        stride = padded;
    }
    for (std::size_t l = 0; l < count; ++l) {
        layerOfRows(layers[l], X, stride, padded, buffers[l % 2], padded);
        X = buffers[l % 2];
        stride = padded;
    }
    for (std::size_t k = 0; k < layers[count - 1].outputs; ++k)
        std::memcpy(scores + k * scoreStride, X + k * padded, rows * sizeof(double));
}

} // namespace modelarium::kernels
