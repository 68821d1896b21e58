#include "core/kernels/dense_training.h"

#include "core/kernels/matrix_product.h"

#include <cstring>

namespace modelarium::kernels {

namespace {

/// Room for a layer's units and for the 1 behind them that the biases of the next layer are multiplied by.
template <class Real> std::size_t strideOf(const DenseTrainingLayer& layer) { return padded<Real>(layer.units + 1); }

// ---- layers

/// In place over the units of every row, and a 1 behind them.
template <class Real>
void activate(const DenseTrainingLayer& layer, std::size_t rows, Real* h)
{
    const std::size_t stride = strideOf<Real>(layer);
    for (std::size_t r = 0; r < rows; ++r, h += stride) {
        for (std::size_t k = 0; layer.activation != Identity && k < layer.padded; k += lanes<Real>)
            store<Real>(h + k, activated<Real>(layer.activation, load(h + k)));
        h[layer.units] = 1;
    }
}

template <class Real>
void multiplyBySlope(const DenseTrainingLayer& layer, std::size_t rows, const Real* h, Real* delta, std::size_t deltaStride)
{
    const std::size_t stride = strideOf<Real>(layer);
    for (std::size_t r = 0; r < rows; ++r, h += stride, delta += deltaStride)
        for (std::size_t k = 0; k < layer.padded; k += lanes<Real>)
            store<Real>(delta + k, timesSlope<Real>(layer.activation, load(delta + k), load(h + k)));
}

/// Scores to deltas in place; returns the sum of losses. Each loss works on as many rows at once as a vector has lanes.
template <class Real>
double squaredErrors(std::size_t rows, Real* z, std::size_t stride, const Real* y)
{
    double sum = 0;
    for (std::size_t r = 0; r < rows; ++r, z += stride) {
        *z -= y[r];
        sum += double(*z) * double(*z);
    }
    return sum / 2;
}

template <class Real>
double logLosses(std::size_t rows, Real* z, std::size_t stride, const Real* y)
{
    double sum = 0;
    LogSum logs;
    for (std::size_t first = 0; first < rows; first += lanes<Real>) {
        const std::size_t count = rows - first < lanes<Real> ? rows - first : lanes<Real>;
        Lanes<Real> score{}, label{};
        for (std::size_t i = 0; i < count; ++i) {
            score[i] = z[(first + i) * stride];
            label[i] = y[first + i];
        }
        // log(1 + exp(z)) - y z = max(z, 0) - y z + log(1 + exp(-|z|))
        const Lanes<Real> e = exponentialOfNegative<Real>(score > 0 ? -score : score);
        const Lanes<Real> likelier = 1 / (1 + e);
        const Lanes<Real> delta = (score > 0 ? likelier : e * likelier) - label;
        const Lanes<Real> linear = (score > 0 ? score : Lanes<Real>{}) - label * score;
        for (std::size_t i = 0; i < count; ++i) {
            z[(first + i) * stride] = delta[i];
            sum += double(linear[i]);
            logs.add(1 + double(e[i]));
        }
    }
    return sum + logs.value();
}

template <class Real>
double crossEntropies(std::size_t rows, std::size_t classes, Real* z, std::size_t stride, const Real* y)
{
    double sum = 0;
    LogSum logs;
    for (std::size_t first = 0; first < rows; first += lanes<Real>) {
        const std::size_t count = rows - first < lanes<Real> ? rows - first : lanes<Real>;
        Real* const place = z + first * stride;
        alignas(64) Real own[lanes<Real>], column[lanes<Real>] = {};
        Lanes<Real> largest{};
        for (std::size_t k = 0; k < classes; ++k) {
            for (std::size_t i = 0; i < count; ++i)
                column[i] = place[i * stride + k];
            const Lanes<Real> score = load(column);
            largest = k == 0 ? score : (score > largest ? score : largest);
        }
        for (std::size_t i = 0; i < count; ++i)
            own[i] = place[i * stride + std::size_t(y[first + i])];
        Lanes<Real> total{};
        for (std::size_t k = 0; k < classes; ++k) {
            for (std::size_t i = 0; i < count; ++i)
                column[i] = place[i * stride + k];
            const Lanes<Real> e = exponentialOfNegative<Real>(load(column) - largest);
            total += e;
            store<Real>(column, e);
            for (std::size_t i = 0; i < count; ++i)
                place[i * stride + k] = column[i];
        }
        const Lanes<Real> share = 1 / total;
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t k = 0; k < classes; ++k)
                place[i * stride + k] *= share[i];
            place[i * stride + std::size_t(y[first + i])] -= 1;
            sum += double(largest[i]) - double(own[i]);
            logs.add(double(total[i]));
        }
    }
    return sum + logs.value();
}

/// Where everything of one chunk lies in its workspace.
template <class Real>
class Chunk {
public:
    Chunk(const DenseTrainingNetwork& network, std::size_t rows, Real* workspace) : m_network(network), m_rows(rows)
    {
        const auto address = reinterpret_cast<std::uintptr_t>(workspace);
        m_y = reinterpret_cast<Real*>((address + 63) & ~std::uintptr_t(63));
        m_x = m_y + padded<Real>(rows);
        m_h = m_x + padded<Real>(rows * (network.layers[0].inputs + 1));
    }

    static std::size_t size(const DenseTrainingNetwork& network, std::size_t rows)
    {
        std::size_t total = padding<Real> + padded<Real>(rows) + padded<Real>(rows * (network.layers[0].inputs + 1));
        std::size_t transposed = 0;
        for (std::size_t l = 0; l < network.count; ++l) {
            // The layer's h, and its delta.
            total += 2 * rows * strideOf<Real>(network.layers[l]);
            const std::size_t weights = network.layers[l].units * padded<Real>(network.layers[l].inputs);
            transposed = transposed < weights ? weights : transposed;
        }
        return total + transposed;
    }

    void gather(const Real* X, const Real* y, const std::uint32_t* order)
    {
        const std::size_t width = m_network.layers[0].inputs + 1;
        Real* to = m_x;
        for (std::size_t r = 0; r < m_rows; ++r, to += width) {
            const Real* from = X + order[r] * width;
            if (width <= 16) {
                for (std::size_t j = 0; j < width; ++j)
                    to[j] = from[j];
            } else {
                std::memcpy(to, from, width * sizeof(Real));
            }
            m_y[r] = y[order[r]];
        }
    }

    /// Leaves the scores in the last h.
    void forward(const Real* parameters)
    {
        const Real* from = m_x;
        std::size_t fromStride = m_network.layers[0].inputs + 1;
        Real* h = m_h;
        for (std::size_t l = 0; l < m_network.count; ++l) {
            const DenseTrainingLayer& layer = m_network.layers[l];
            const std::size_t stride = strideOf<Real>(layer);
            product<Real, false>(m_rows, layer.padded, layer.inputs + 1, from, {fromStride, 1}, parameters, layer.padded, h, stride);
            if (l + 1 < m_network.count)
                activate(layer, m_rows, h);
            parameters += (layer.inputs + 1) * layer.padded;
            from = h;
            fromStride = stride;
            h += m_rows * stride;
        }
        m_deltas = h;
    }

    Real* scores() { return m_deltas - m_rows * strideOf<Real>(last()); }
    const DenseTrainingLayer& last() const { return m_network.layers[m_network.count - 1]; }

    /// The deltas of the last layer take the place of its scores.
    double loss()
    {
        const std::size_t stride = strideOf<Real>(last());
        if (m_network.loss == DenseLoss::Squares)
            return squaredErrors(m_rows, scores(), stride, m_y);
        if (m_network.loss == DenseLoss::Logistic)
            return logLosses(m_rows, scores(), stride, m_y);
        return crossEntropies(m_rows, last().units, scores(), stride, m_y);
    }

    void backward(const Real* parameters, Real* gradient)
    {
        std::size_t total = 0;
        for (std::size_t l = 0; l < m_network.count; ++l)
            total += (m_network.layers[l].inputs + 1) * m_network.layers[l].padded;
        const Real* delta = scores();
        std::size_t deltaStride = strideOf<Real>(last());
        const Real* h = scores();
        Real* next = m_deltas;
        for (std::size_t l = m_network.count; l-- > 0;) {
            const DenseTrainingLayer& layer = m_network.layers[l];
            total -= (layer.inputs + 1) * layer.padded;
            const std::size_t fromStride = l == 0 ? layer.inputs + 1 : strideOf<Real>(m_network.layers[l - 1]);
            const Real* from = l == 0 ? m_x : h - m_rows * fromStride;
            product<Real, true>(layer.inputs + 1, layer.padded, m_rows, from, {1, fromStride}, delta, deltaStride, gradient + total,
                                layer.padded);
            if (l == 0)
                return;
            const std::size_t width = padded<Real>(layer.inputs);
            Real* transposed = next + m_rows * fromStride;
            transpose(layer, parameters + total, transposed, width);
            product<Real, false>(m_rows, width, layer.units, delta, {deltaStride, 1}, transposed, width, next, fromStride);
            multiplyBySlope(m_network.layers[l - 1], m_rows, from, next, fromStride);
            delta = next;
            deltaStride = fromStride;
            h = from;
            next += m_rows * fromStride;
        }
    }

private:
    /// Weights by unit, zeros behind the last input; without the biases.
    static void transpose(const DenseTrainingLayer& layer, const Real* weights, Real* to, std::size_t width)
    {
        for (std::size_t k = 0; k < layer.units; ++k, to += width) {
            for (std::size_t i = 0; i < layer.inputs; ++i)
                to[i] = weights[i * layer.padded + k];
            for (std::size_t i = layer.inputs; i < width; ++i)
                to[i] = 0;
        }
    }

    const DenseTrainingNetwork& m_network;
    std::size_t m_rows;
    Real* m_y;
    Real* m_x;
    Real* m_h;
    Real* m_deltas = nullptr;
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
        std::memcpy(scores + r * units, chunk.scores() + r * strideOf<Real>(chunk.last()), units * sizeof(Real));
    return chunk.loss();
}

// ---- the step

template <class Real>
Real sign(Real w) { return w > 0 ? Real(1) : w < 0 ? Real(-1) : Real(0); }

template <class Real, DenseOptimiser optimiser>
void update(const DenseStep& step, std::size_t count, bool penalised, Real* __restrict w, Real* __restrict g, Real* __restrict m,
            Real* __restrict v)
{
    const Real share = Real(1 / step.rows), rate = Real(step.rate), momentum = Real(step.momentum);
    const Real beta1 = Real(step.beta1), beta2 = Real(step.beta2), epsilon = Real(step.epsilon);
    const Real fresh1 = Real(1 - step.beta1), fresh2 = Real(1 - step.beta2);
    const Real l1 = penalised ? Real(step.l1) : 0, l2 = penalised ? Real(step.l2) : 0;
    for (std::size_t i = 0; i < count; ++i) {
        const Real gradient = (g[i] + l2 * w[i] + l1 * sign(w[i])) * share;
        g[i] = 0;
        if constexpr (optimiser == DenseOptimiser::Plain) {
            w[i] -= rate * gradient;
        } else if constexpr (optimiser == DenseOptimiser::Momentum) {
            m[i] = momentum * m[i] - rate * gradient;
            w[i] += m[i];
        } else {
            m[i] = beta1 * m[i] + fresh1 * gradient;
            v[i] = beta2 * v[i] + fresh2 * (gradient * gradient);
            w[i] -= rate * m[i] / (std::sqrt(v[i]) + epsilon);
        }
    }
}

template <class Real>
double penaltyOf(const DenseStep& step, std::size_t count, const Real* w)
{
    Lanes<Real> squares{}, sizes{};
    for (std::size_t i = 0; i < count; i += lanes<Real>) {
        const Lanes<Real> weight = load(w + i);
        squares += weight * weight;
        sizes += weight < 0 ? -weight : weight;
    }
    double sumOfSquares = 0, sumOfSizes = 0;
    for (std::size_t i = 0; i < lanes<Real>; ++i) {
        sumOfSquares += double(squares[i]);
        sumOfSizes += double(sizes[i]);
    }
    return step.l1 * sumOfSizes + step.l2 / 2 * sumOfSquares;
}

template <class Real>
double takeStep(const DenseStep& step, std::size_t penalised, std::size_t count, Real* w, Real* g, Real* m, Real* v)
{
    const double penalty = step.l1 > 0 || step.l2 > 0 ? penaltyOf(step, penalised, w) : 0;
    for (int part = 0; part < 2; ++part) {
        const bool isBias = part == 1;
        const std::size_t first = isBias ? penalised : 0, here = isBias ? count - penalised : penalised;
        Real* const own1 = m ? m + first : nullptr;
        Real* const own2 = v ? v + first : nullptr;
        switch (step.optimiser) {
        case DenseOptimiser::Plain: update<Real, DenseOptimiser::Plain>(step, here, !isBias, w + first, g + first, own1, own2); break;
        case DenseOptimiser::Momentum: update<Real, DenseOptimiser::Momentum>(step, here, !isBias, w + first, g + first, own1, own2); break;
        case DenseOptimiser::Adam: update<Real, DenseOptimiser::Adam>(step, here, !isBias, w + first, g + first, own1, own2); break;
        }
    }
    return penalty;
}

} // namespace

std::size_t modelariumDenseWorkspace(const DenseTrainingNetwork* network, std::size_t rows) noexcept
{
    const std::size_t floats = Chunk<float>::size(*network, rows), doubles = Chunk<double>::size(*network, rows);
    return floats < doubles ? doubles : floats;
}

double modelariumDenseChunkDouble(const DenseTrainingNetwork* network, const double* parameters, const double* X, const double* y,
                                  const std::uint32_t* order, std::size_t rows, double* workspace, double* gradient) noexcept
{
    return learnChunk(Chunk(*network, rows, workspace), parameters, X, y, order, gradient);
}

double modelariumDenseChunkFloat(const DenseTrainingNetwork* network, const float* parameters, const float* X, const float* y,
                                 const std::uint32_t* order, std::size_t rows, float* workspace, float* gradient) noexcept
{
    return learnChunk(Chunk(*network, rows, workspace), parameters, X, y, order, gradient);
}

double modelariumDenseLossDouble(const DenseTrainingNetwork* network, const double* parameters, const double* X, const double* y,
                                 const std::uint32_t* order, std::size_t rows, double* workspace, double* scores) noexcept
{
    return lossOfChunk(*network, parameters, X, y, order, rows, workspace, scores);
}

double modelariumDenseLossFloat(const DenseTrainingNetwork* network, const float* parameters, const float* X, const float* y,
                                const std::uint32_t* order, std::size_t rows, float* workspace, float* scores) noexcept
{
    return lossOfChunk(*network, parameters, X, y, order, rows, workspace, scores);
}

double modelariumDenseStepDouble(const DenseStep* step, std::size_t penalised, std::size_t count, double* parameters, double* gradient,
                                 double* m, double* v) noexcept
{
    return takeStep(*step, penalised, count, parameters, gradient, m, v);
}

double modelariumDenseStepFloat(const DenseStep* step, std::size_t penalised, std::size_t count, float* parameters, float* gradient,
                                float* m, float* v) noexcept
{
    return takeStep(*step, penalised, count, parameters, gradient, m, v);
}

} // namespace modelarium::kernels
