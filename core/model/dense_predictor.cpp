#include "core/model/dense_predictor.h"

#include "core/kernels/linear_scores.h"
#include "core/model/link.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

constexpr std::size_t rowsTogether = kernels::denseLanes;
constexpr std::size_t fewUnits = 256;               ///< the scratch of such networks is a few kilobytes of the stack

std::size_t roundedUp(std::size_t count) { return (count + rowsTogether - 1) / rowsTogether * rowsTogether; }

long double activated(long double z, Activation activation)
{
    switch (activation) {
    case Activation::Relu: return z > 0 ? z : 0;
    case Activation::Tanh: return std::tanh(z);
    case Activation::Logistic: return 1 / (1 + std::exp(-z));
    case Activation::Identity: break;
    }
    return z;
}

} // namespace

DensePredictor::DensePredictor(const DenseNetwork& parameters)
    : Predictor(featureCount(parameters), outputCount(parameters)), m_network(parameters)
{
    layOut();
    constexpr double sizes[] = {1e100, 1e50, 1e25, 1e12, 1e6, 1e3, 1};
    const auto found = std::find_if(std::begin(sizes), std::end(sizes), [this](double size) { return staysFinite(size); });
    m_nearest = found == std::end(sizes) ? -1 : *found;
}

void DensePredictor::layOut()
{
    std::size_t total = 0;
    for (const DenseLayer& layer : m_network.layers) {
        const auto outputs = std::size_t(layer.W.rows()), inputs = std::size_t(layer.W.cols());
        const bool dots = outputs < rowsTogether;
        m_layers.push_back({nullptr, nullptr, inputs, outputs, roundedUp(outputs), dots, kernels::DenseActivation(int(layer.activation))});
        total += roundedUp(dots ? outputs * inputs : inputs * roundedUp(outputs)) + roundedUp(outputs);
        m_widest = std::max(m_widest, roundedUp(outputs));
    }
    m_numbers = Vector::Zero(Eigen::Index(total));
    double* place = m_numbers.data();
    for (std::size_t l = 0; l < m_layers.size(); ++l) {
        kernels::DenseLayerView& view = m_layers[l];
        const DenseLayer& layer = m_network.layers[l];
        view.weights = place;
        for (std::size_t k = 0; k < view.outputs; ++k)
            for (std::size_t i = 0; i < view.inputs; ++i)
                place[view.dots ? k * view.inputs + i : i * view.padded + k] = layer.W(Eigen::Index(k), Eigen::Index(i));
        place += roundedUp(view.dots ? view.outputs * view.inputs : view.inputs * view.padded);
        view.bias = place;
        std::copy(layer.b.begin(), layer.b.end(), place);
        place += view.padded;
    }
}

/// Bounds every sum for features up to this size.
bool DensePredictor::staysFinite(double largestFeature) const
{
    double largest = largestFeature;
    for (const DenseLayer& layer : m_network.layers) {
        const double weights = layer.W.size() ? layer.W.cwiseAbs().rowwise().sum().maxCoeff() : 0;
        largest = weights * largest + layer.b.cwiseAbs().maxCoeff();
        if (!(largest < 1e300))
            return false;
        if (layer.activation == Activation::Tanh || layer.activation == Activation::Logistic)
            largest = 1;
    }
    return true;
}

bool DensePredictor::isFar(const double* x, Eigen::Index stride) const noexcept
{
    // Comparisons that wait for nothing, where a running maximum would wait for itself.
    bool far = false;
    for (Eigen::Index j = 0; j < Eigen::Index(features()); ++j)
        far |= std::abs(x[j * stride]) > m_nearest;
    return far;
}

void DensePredictor::answer(double* scores, double* out) const noexcept
{
    if (m_network.link == Link::Logistic) {
        logisticProbabilities(scores[0], out);
        return;
    }
    if (m_network.link == Link::Softmax)
        softmaxProbabilities(scores, outputs());
    std::copy_n(scores, outputs(), out);
}

template <std::size_t widest>
void DensePredictor::predictNearRow(const double* x, double* out) const noexcept
{
    alignas(64) double scratch[3 * widest];
    kernels::modelariumDenseRow(m_layers.data(), m_layers.size(), m_widest, x, scratch, scratch + 2 * m_widest);
    answer(scratch + 2 * m_widest, out);
}

void DensePredictor::predictRow(const double* x, double* out) const noexcept
{
    if (isFar(x, 1))
        predictFarRow(x, out);
    else if (m_widest <= fewUnits)
        predictNearRow<fewUnits>(x, out);
    else
        predictNearRow<mostUnitsInLayer + rowsTogether>(x, out);
}

/// Terms are at most 2^2048: with the exponents of long double no sum can overflow.
void DensePredictor::predictFarRow(const double* x, double* out) const noexcept
{
    constexpr long double largest = std::numeric_limits<double>::max();
    double scratch[2][mostUnitsInLayer + rowsTogether];
    std::size_t to = 0;
    for (const DenseLayer& layer : m_network.layers) {
        for (Eigen::Index k = 0; k < layer.W.rows(); ++k) {
            long double z = layer.b[k];
            for (Eigen::Index i = 0; i < layer.W.cols(); ++i)
                z += static_cast<long double>(layer.W(k, i)) * x[i];
            scratch[to][k] = double(std::clamp(activated(z, layer.activation), -largest, largest));
        }
        x = scratch[to];
        to = 1 - to;
    }
    answer(scratch[1 - to], out);
}

void DensePredictor::predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const
{
    const auto rows = std::size_t(X.rows());
    const std::size_t padded = roundedUp(rows);
    const std::size_t widest = std::max(m_widest, roundedUp(features()));
    Vector scratch(Eigen::Index(2 * widest * padded));
    kernels::modelariumDenseRows(m_layers.data(), m_layers.size(), widest, X.data(), std::size_t(X.outerStride()), rows,
                                 scratch.data(), out.data(), std::size_t(out.outerStride()));
    if (m_network.link == Link::Logistic)
        kernels::modelariumLogisticProbabilities(out.data(), rows, out.data(), out.col(1).data());
    else if (m_network.link == Link::Softmax)
        kernels::modelariumSoftmaxProbabilities(out.data(), std::size_t(out.outerStride()), rows, outputs());
    RowVector x(X.cols()), row(out.cols());
    for (Eigen::Index i = 0; i < X.rows(); ++i) {
        if (!isFar(X.data() + i, X.outerStride()))
            continue;
        x = X.row(i);
        predictFarRow(x.data(), row.data());
        out.row(i) = row;
    }
}

} // namespace modelarium
