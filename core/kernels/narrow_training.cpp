#include "core/kernels/narrow_training.h"

#include "core/kernels/training_lanes.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace modelarium::kernels {

namespace {

#if defined(__AVX512F__)
constexpr std::size_t inputsAtOnce = 4;             // of a tile of gradients: with its four units, as many sums as registers allow
#elif defined(__AVX2__)
constexpr std::size_t inputsAtOnce = 2;
#else
constexpr std::size_t inputsAtOnce = 1;
#endif

// ---- sums along lanes

/// Lane i is a_i + a_j where bit `bit` of i is not set, otherwise b_i + b_j; j is i with that bit the other way round.
template <class Real, std::size_t bit, std::size_t... i>
Lanes<Real> halved(Lanes<Real> a, Lanes<Real> b, std::index_sequence<i...>)
{
    constexpr std::size_t other = lanes<Real>;      // of b, in the numbering of the two together
    return __builtin_shufflevector(a, b, int(i & bit ? i + other : i)...)
        + __builtin_shufflevector(a, b, int(i & bit ? (i ^ bit) + other : i ^ bit)...);
}

/// Lane i of the answer is the sum of all lanes of vector i.
template <class Real, std::size_t count>
Lanes<Real> sumsOf(const Lanes<Real>* vectors)
{
    if constexpr (count == 1)
        return *vectors;
    else
        return halved<Real, count / 2>(sumsOf<Real, count / 2>(vectors), sumsOf<Real, count / 2>(vectors + count / 2),
                                       std::make_index_sequence<lanes<Real>>());
}

template <class Real>
double sumOf(Lanes<Real> values)
{
    double sum = 0;
    for (std::size_t i = 0; i < lanes<Real>; ++i)
        sum += double(values[i]);
    return sum;
}

/// The product of all lanes, pair by pair: no factor waits for all those before it.
template <class Real>
double productOf(Lanes<Real> values)
{
    double factors[lanes<Real>];
    for (std::size_t i = 0; i < lanes<Real>; ++i)
        factors[i] = double(values[i]);
#pragma GCC unroll 4
    for (std::size_t half = lanes<Real> / 2; half > 0; half /= 2)
        for (std::size_t i = 0; i < half; ++i)
            factors[i] *= factors[i + half];
    return factors[0];
}

// ---- four units, or four inputs, of a layer; `vectors` of the batch

template <class Real, std::size_t vectors>
void scoresOfFour(std::size_t inputs, const Real* w, const Real* biases, const Real* h, std::size_t stride, Real* z)
{
    Lanes<Real> sums[narrowest][vectors];
#pragma GCC unroll 4
    for (std::size_t k = 0; k < narrowest; ++k)
#pragma GCC unroll 2
        for (std::size_t v = 0; v < vectors; ++v)
            sums[k][v] = Lanes<Real>{} + biases[k];
    for (std::size_t i = 0; i < inputs; ++i, h += stride, w += narrowest)
#pragma GCC unroll 2
        for (std::size_t v = 0; v < vectors; ++v) {
            const Lanes<Real> from = load(h + v * lanes<Real>);
#pragma GCC unroll 4
            for (std::size_t k = 0; k < narrowest; ++k)
                sums[k][v] += w[k] * from;
        }
#pragma GCC unroll 4
    for (std::size_t k = 0; k < narrowest; ++k)
#pragma GCC unroll 2
        for (std::size_t v = 0; v < vectors; ++v)
            store(z + k * stride + v * lanes<Real>, sums[k][v]);
}

template <class Real, std::size_t vectors>
void deltasOfFour(std::size_t units, const Real* w, std::size_t panel, const Real* delta, std::size_t stride, Real* to)
{
    Lanes<Real> sums[narrowest][vectors] = {};
    for (std::size_t first = 0; first < units; first += narrowest, w += panel)
#pragma GCC unroll 4
        for (std::size_t k = 0; k < narrowest; ++k, delta += stride)
#pragma GCC unroll 2
            for (std::size_t v = 0; v < vectors; ++v) {
                const Lanes<Real> d = load(delta + v * lanes<Real>);
#pragma GCC unroll 4
                for (std::size_t i = 0; i < narrowest; ++i)
                    sums[i][v] += w[i * narrowest + k] * d;
            }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < narrowest; ++i)
#pragma GCC unroll 2
        for (std::size_t v = 0; v < vectors; ++v)
            store(to + i * stride + v * lanes<Real>, sums[i][v]);
}

/// Adds the gradients of the weights from a few inputs to four units.
template <class Real>
void gradientsOfFour(const Real* h, const Real* delta, std::size_t stride, Real* gradient)
{
    Lanes<Real> sums[inputsAtOnce * narrowest] = {};
    for (std::size_t v = 0; v < stride; v += lanes<Real>) {
        Lanes<Real> d[narrowest];
#pragma GCC unroll 4
        for (std::size_t k = 0; k < narrowest; ++k)
            d[k] = load(delta + k * stride + v);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < inputsAtOnce; ++i) {
            const Lanes<Real> from = load(h + i * stride + v);
#pragma GCC unroll 4
            for (std::size_t k = 0; k < narrowest; ++k)
                sums[i * narrowest + k] += from * d[k];
        }
    }
#pragma GCC unroll 8
    for (std::size_t first = 0; first < inputsAtOnce * narrowest; first += lanes<Real>)
        store<Real>(gradient + first, load(gradient + first) + sumsOf<Real, lanes<Real>>(sums + first));
}

/// work.template operator()<vectors>(first number) over a batch, two vectors at a time and the odd one alone.
template <class Real, class Work>
void alongBatch(std::size_t stride, const Work& work)
{
    std::size_t v = 0;
    for (; v + 2 * lanes<Real> <= stride; v += 2 * lanes<Real>)
        work(std::integral_constant<std::size_t, 2>(), v);
    if (v < stride)
        work(std::integral_constant<std::size_t, 1>(), v);
}

// ---- the loss: scores to deltas in place, unit by unit; lanes without a row get the delta 0

template <class Real>
double squaredErrors(std::size_t rows, Real* z, const Real* y)
{
    double sum = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        z[r] -= y[r];
        sum += double(z[r]) * double(z[r]);
    }
    return sum / 2;
}

template <class Real>
double logLosses(std::size_t stride, Real* z, const Real* y, const Real* present)
{
    Lanes<Real> sum{};
    LogSum logs;
    for (std::size_t v = 0; v < stride; v += lanes<Real>) {
        // log(1 + exp(z)) - y z = max(z, 0) - y z + log(1 + exp(-|z|))
        const Lanes<Real> score = load(z + v), label = load(y + v), here = load(present + v);
        const Lanes<Real> e = exponentialOfNegative<Real>(score > 0 ? -score : score);
        const Lanes<Real> likelier = 1 / (1 + e);
        store<Real>(z + v, here > 0 ? (score > 0 ? likelier : e * likelier) - label : Lanes<Real>{});
        sum += here > 0 ? (score > 0 ? score : Lanes<Real>{}) - label * score : Lanes<Real>{};
        logs.add(productOf<Real>(here > 0 ? 1 + e : Lanes<Real>{} + 1));
    }
    return sumOf<Real>(sum) + logs.value();
}

template <class Real>
double crossEntropies(std::size_t classes, std::size_t stride, Real* z, const Real* y, const Real* present)
{
    Lanes<Real> sum{};
    LogSum logs;
    for (std::size_t v = 0; v < stride; v += lanes<Real>) {
        const Lanes<Real> label = load(y + v), here = load(present + v);
        Lanes<Real> largest = load(z + v), own = largest, total{};
        for (std::size_t k = 1; k < classes; ++k) {
            const Lanes<Real> score = load(z + k * stride + v);
            largest = score > largest ? score : largest;
            own = label == Real(k) ? score : own;
        }
        for (std::size_t k = 0; k < classes; ++k) {
            const Lanes<Real> e = exponentialOfNegative<Real>(load(z + k * stride + v) - largest);
            store<Real>(z + k * stride + v, e);
            total += e;
        }
        const Lanes<Real> share = here / total;
        for (std::size_t k = 0; k < classes; ++k)
            store<Real>(z + k * stride + v, load(z + k * stride + v) * share - (label == Real(k) ? here : Lanes<Real>{}));
        sum += here > 0 ? largest - own : Lanes<Real>{};
        logs.add(productOf<Real>(here > 0 ? total : Lanes<Real>{} + 1));
    }
    return sumOf<Real>(sum) + logs.value();
}

// ---- a chunk of rows

template <class Real>
class Chunk {
public:
    Chunk(const DenseTrainingNetwork& network, std::size_t rows, Real* workspace)
        : m_network(network), m_rows(rows), m_stride(padded<Real>(rows)), m_biases(weightCount(network))
    {
        const auto address = reinterpret_cast<std::uintptr_t>(workspace);
        m_y = reinterpret_cast<Real*>((address + 63) & ~std::uintptr_t(63));
        m_present = m_y + m_stride;
        m_x = m_present + m_stride;
        m_deltas = m_x + m_stride * inputCount(network);
    }

    static std::size_t size(const DenseTrainingNetwork& network, std::size_t rows)
    {
        return padding<Real> + padded<Real>(rows) * (2 + inputCount(network) + padded<Real>(unitCount(network)));
    }

    void gather(const Real* X, const Real* y, const std::uint32_t* order)
    {
        const std::size_t inputs = m_network.layers[0].inputs;
        for (std::size_t j = 0; j < inputs; ++j) {
            Real* const to = m_x + j * m_stride;
            for (std::size_t r = 0; r < m_rows; ++r)
                to[r] = X[order[r] * (inputs + 1) + j];
            std::fill(to + m_rows, to + m_stride, Real(0));
        }
        for (std::size_t r = 0; r < m_rows; ++r)
            m_y[r] = y[order[r]];
        std::fill(m_y + m_rows, m_y + m_stride, Real(0));
        std::fill(m_present, m_present + m_rows, Real(1));
        std::fill(m_present + m_rows, m_present + m_stride, Real(0));
        std::fill(m_x + inputs * m_stride, m_x + narrowRoom(inputs) * m_stride, Real(0));
        const std::size_t units = unitCount(m_network);
        std::fill(m_deltas + units * m_stride, m_deltas + padded<Real>(units) * m_stride, Real(0));
    }

    /// Leaves the scores where the deltas of the last layer will be.
    void forward(const Real* parameters)
    {
        const Real* from = m_x;
        const Real* w = parameters;
        const Real* biases = parameters + m_biases;
        for (std::size_t l = 0; l < m_network.count; ++l) {
            const DenseTrainingLayer& layer = m_network.layers[l];
            const bool isLast = l + 1 == m_network.count;
            const std::size_t panel = narrowRoom(layer.inputs) * narrowest;
            Real* z = isLast ? scores() : const_cast<Real*>(from) + narrowRoom(layer.inputs) * m_stride;
            for (std::size_t k = 0; k < layer.units; k += narrowest, w += panel, biases += narrowest)
                alongBatch<Real>(m_stride, [&](auto vectors, std::size_t v) {
                    scoresOfFour<Real, vectors>(layer.inputs, w, biases, from + v, m_stride, z + k * m_stride + v);
                });
            if (!isLast && layer.activation != Identity)
                for (std::size_t i = 0; i < layer.units * m_stride; i += lanes<Real>)
                    store<Real>(z + i, activated<Real>(layer.activation, load(z + i)));
            from = z;
        }
    }

    const DenseTrainingLayer& last() const { return m_network.layers[m_network.count - 1]; }
    /// Unit by unit.
    Real* scores() { return m_deltas + (unitCount(m_network) - narrowRoom(last().units)) * m_stride; }
    std::size_t stride() const { return m_stride; }

    double loss()
    {
        if (m_network.loss == DenseLoss::Softmax)
            return crossEntropies(last().units, m_stride, scores(), m_y, m_present);
        if (m_network.loss == DenseLoss::Logistic)
            return logLosses(m_stride, scores(), m_y, m_present);
        std::fill(scores() + m_rows, scores() + m_stride, Real(0));
        return squaredErrors(m_rows, scores(), m_y);
    }

    void backward(const Real* parameters, Real* gradient)
    {
        const Real* h = m_deltas;                   // the last h is in front of the deltas, as every h is behind the one before
        Real* delta = m_deltas + unitCount(m_network) * m_stride;
        std::size_t weights = m_biases;
        for (std::size_t l = m_network.count; l-- > 0;) {
            const DenseTrainingLayer& layer = m_network.layers[l];
            const std::size_t inputs = narrowRoom(layer.inputs), units = narrowRoom(layer.units), panel = inputs * narrowest;
            h -= inputs * m_stride;
            delta -= units * m_stride;
            weights -= inputs * units;
            for (std::size_t k = 0; k < units; k += narrowest)
                for (std::size_t i = 0; i < inputs; i += inputsAtOnce)
                    gradientsOfFour(h + i * m_stride, delta + k * m_stride, m_stride, gradient + weights + k * inputs + i * narrowest);
            if (l == 0)
                break;
            Real* to = delta - inputs * m_stride;
            for (std::size_t i = 0; i < inputs; i += narrowest)
                alongBatch<Real>(m_stride, [&](auto vectors, std::size_t v) {
                    deltasOfFour<Real, vectors>(units, parameters + weights + i * narrowest, panel, delta + v, m_stride,
                                                to + i * m_stride + v);
                });
            const int activation = m_network.layers[l - 1].activation;
            for (std::size_t i = 0; activation != Identity && i < layer.inputs * m_stride; i += lanes<Real>)
                store<Real>(to + i, timesSlope<Real>(activation, load(to + i), load(h + i)));
        }
        addBiases(gradient + m_biases);
    }

private:
    /// The gradient of a bias is the sum of its unit's deltas.
    void addBiases(Real* gradient) const
    {
        const std::size_t units = unitCount(m_network);
        for (std::size_t first = 0; first < units; first += lanes<Real>) {
            Lanes<Real> sums[lanes<Real>] = {};
            for (std::size_t v = 0; v < m_stride; v += lanes<Real>)
#pragma GCC unroll 16
                for (std::size_t k = 0; k < lanes<Real>; ++k)
                    sums[k] += load(m_deltas + (first + k) * m_stride + v);
            store<Real>(gradient + first, load(gradient + first) + sumsOf<Real, lanes<Real>>(sums));
        }
    }

    static std::size_t weightCount(const DenseTrainingNetwork& network)
    {
        std::size_t count = 0;
        for (std::size_t l = 0; l < network.count; ++l)
            count += narrowRoom(network.layers[l].inputs) * narrowRoom(network.layers[l].units);
        return count;
    }

    /// Of all layers: rows of h.
    static std::size_t inputCount(const DenseTrainingNetwork& network)
    {
        std::size_t count = 0;
        for (std::size_t l = 0; l < network.count; ++l)
            count += narrowRoom(network.layers[l].inputs);
        return count;
    }

    /// Of all layers: rows of deltas, and biases.
    static std::size_t unitCount(const DenseTrainingNetwork& network)
    {
        std::size_t count = 0;
        for (std::size_t l = 0; l < network.count; ++l)
            count += narrowRoom(network.layers[l].units);
        return count;
    }

    const DenseTrainingNetwork& m_network;
    std::size_t m_rows;
    std::size_t m_stride;                           // of rows, in whole vectors
    std::size_t m_biases;                           // where they begin in the parameters
    Real* m_y;
    Real* m_present;                                // 1 in lanes with a row, 0 behind them
    Real* m_x;                                      // the features, and then the h of each hidden layer
    Real* m_deltas;                                 // layer by layer; zeros in the last rows, up to whole vectors of units
};

template <class Real>
double lossOfChunk(const DenseTrainingNetwork& network, const Real* parameters, const Real* X, const Real* y,
                   const std::uint32_t* order, std::size_t rows, Real* workspace, Real* scores)
{
    Chunk<Real> chunk(network, rows, workspace);
    chunk.gather(X, y, order);
    chunk.forward(parameters);
    const std::size_t units = chunk.last().units;
    for (std::size_t r = 0; scores && r < rows; ++r)
        for (std::size_t k = 0; k < units; ++k)
            scores[r * units + k] = chunk.scores()[k * chunk.stride() + r];
    return chunk.loss();
}

} // namespace

std::size_t modelariumNarrowWorkspace(const DenseTrainingNetwork* network, std::size_t rows) noexcept
{
    return std::max(Chunk<float>::size(*network, rows), Chunk<double>::size(*network, rows));
}

double modelariumNarrowChunkDouble(const DenseTrainingNetwork* network, const double* parameters, const double* X, const double* y,
                                   const std::uint32_t* order, std::size_t rows, double* workspace, double* gradient) noexcept
{
    return learnChunk(Chunk(*network, rows, workspace), parameters, X, y, order, gradient);
}

double modelariumNarrowChunkFloat(const DenseTrainingNetwork* network, const float* parameters, const float* X, const float* y,
                                  const std::uint32_t* order, std::size_t rows, float* workspace, float* gradient) noexcept
{
    return learnChunk(Chunk(*network, rows, workspace), parameters, X, y, order, gradient);
}

double modelariumNarrowLossDouble(const DenseTrainingNetwork* network, const double* parameters, const double* X, const double* y,
                                  const std::uint32_t* order, std::size_t rows, double* workspace, double* scores) noexcept
{
    return lossOfChunk(*network, parameters, X, y, order, rows, workspace, scores);
}

double modelariumNarrowLossFloat(const DenseTrainingNetwork* network, const float* parameters, const float* X, const float* y,
                                 const std::uint32_t* order, std::size_t rows, float* workspace, float* scores) noexcept
{
    return lossOfChunk(*network, parameters, X, y, order, rows, workspace, scores);
}

} // namespace modelarium::kernels
