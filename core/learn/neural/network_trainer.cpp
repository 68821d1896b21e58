#include "core/learn/neural/network_trainer.h"

#include "core/base/buffer.h"
#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

using kernels::DenseLoss;
using kernels::DenseOptimiser;
using kernels::DenseStep;
using kernels::DenseTrainingLayer;
using kernels::DenseTrainingNetwork;

constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

/// The kernels by precision.
template <class Real> struct Kernel;
template <> struct Kernel<double> {
    static constexpr auto chunk = kernels::modelariumDenseChunkDouble;
    static constexpr auto loss = kernels::modelariumDenseLossDouble;
    static constexpr auto step = kernels::modelariumDenseStepDouble;
};
template <> struct Kernel<float> {
    static constexpr auto chunk = kernels::modelariumDenseChunkFloat;
    static constexpr auto loss = kernels::modelariumDenseLossFloat;
    static constexpr auto step = kernels::modelariumDenseStepFloat;
};

/// At addresses where vectors do not straddle cache lines.
template <class Real> using Numbers = std::vector<Real, Eigen::aligned_allocator<Real>>;

DenseLoss lossOf(Link link)
{
    return link == Link::Softmax ? DenseLoss::Softmax : link == Link::Logistic ? DenseLoss::Logistic : DenseLoss::Squares;
}

template <class Real>
class TrainerOf final : public NetworkTrainer {
public:
    TrainerOf(const DenseNetwork& start, const NetworkSettings& settings) : m_shape(start), m_settings(settings)
    {
        constexpr std::size_t padding = 64 / sizeof(Real);
        for (const DenseLayer& layer : start.layers) {
            const auto units = std::size_t(layer.W.rows());
            m_layers.push_back({std::size_t(layer.W.cols()), units, (units + padding - 1) / padding * padding, int(layer.activation)});
            m_size += (m_layers.back().inputs + 1) * m_layers.back().padded;
        }
        m_network = {m_layers.data(), m_layers.size(), lossOf(start.link)};
        m_parameters.assign(m_size, 0);
        m_first.assign(settings.optimiser == DenseOptimiser::Plain ? 0 : m_size, 0);
        m_second.assign(settings.optimiser == DenseOptimiser::Adam ? m_size : 0, 0);
        scatter(networkNumbers(start), m_parameters);
    }

    void setRows(const Matrix& X, const Vector& y) override
    {
        const auto n = std::size_t(X.rows()), features = std::size_t(X.cols());
        m_X.resize(n * (features + 1));
        m_y.resize(n);
        constexpr std::size_t block = 512;
        parallelFor((n + block - 1) / block, [&](std::size_t b) {
            for (std::size_t i = b * block; i < std::min(n, (b + 1) * block); ++i) {
                Real* row = m_X.data() + i * (features + 1);
                for (std::size_t j = 0; j < features; ++j)
                    row[j] = Real(X(Eigen::Index(i), Eigen::Index(j)));
                row[features] = 1;
                m_y[i] = Real(y[Eigen::Index(i)]);
            }
        });
    }

    double learn(const std::uint32_t* order, std::size_t rows, double learningRate) override
    {
        const double loss = addGradient(order, rows);
        ++m_batches;
        DenseStep step{m_settings.optimiser, learningRate, m_settings.momentum, beta1, beta2, epsilon, m_settings.l1, m_settings.l2,
                       double(rows)};
        if (step.optimiser == DenseOptimiser::Adam)
            step.rate *= std::sqrt(1 - std::pow(beta2, double(m_batches))) / (1 - std::pow(beta1, double(m_batches)));
        const double penalty = Kernel<Real>::step(&m_network, &step, m_parameters.data(), m_gradients[0].data(),
                                                  m_first.empty() ? nullptr : m_first.data(),
                                                  m_second.empty() ? nullptr : m_second.data());
        return loss + penalty;
    }

    double loss(const std::uint32_t* order, std::size_t rows, double* scores) override
    {
        const std::size_t units = m_layers.back().units;
        std::vector<double> sums(chunksOf(rows));
        std::vector<Real> outputs(scores ? rows * units : 0);
        forEachChunk(rows, [&](std::size_t chunk, std::size_t first, std::size_t count, Real* workspace) {
            sums[chunk] = Kernel<Real>::loss(&m_network, m_parameters.data(), m_X.data(), m_y.data(), order + first, count, workspace,
                                             scores ? outputs.data() + first * units : nullptr);
        });
        std::copy(outputs.begin(), outputs.end(), scores);
        double sum = 0;
        for (const double each : sums)
            sum += each;
        return sum;
    }

    std::vector<double> gradient(const std::uint32_t* order, std::size_t rows) override
    {
        addGradient(order, rows);
        const std::vector<double> numbers = gather(m_gradients[0]);
        std::fill(m_gradients[0].begin(), m_gradients[0].end(), Real(0));
        return numbers;
    }

    DenseNetwork network() const override
    {
        DenseNetwork network = m_shape;
        setNetworkNumbers(network, gather(m_parameters));
        return network;
    }

    bool isFinite() const override
    {
        // 0 times anything that is not finite is NaN.
        Real sum = 0;
        for (const Real number : m_parameters)
            sum += number * 0;
        return sum == 0;
    }

    OptimiserState state() const override { return {m_batches, gather(m_first), gather(m_second)}; }

    void setState(const OptimiserState& state) override
    {
        m_batches = state.batches;
        if (!m_first.empty())
            scatter(state.first, m_first);
        if (!m_second.empty())
            scatter(state.second, m_second);
    }

private:
    // Chunks and groups depend on the batch alone, never on the threads.
    static constexpr std::size_t mostRowsInChunk = 128;
    static constexpr std::size_t mostGroups = 8;

    static std::size_t chunksOf(std::size_t rows) { return (rows + mostRowsInChunk - 1) / mostRowsInChunk; }

    /// The sum of losses; the gradient of that sum is left in the first of the gradients.
    double addGradient(const std::uint32_t* order, std::size_t rows)
    {
        const std::size_t groups = std::min(chunksOf(rows), mostGroups);
        while (m_gradients.size() < std::max<std::size_t>(groups, 1))
            m_gradients.emplace_back(m_size, Real(0));
        m_losses.assign(chunksOf(rows), 0);
        forEachChunk(rows, [&](std::size_t chunk, std::size_t first, std::size_t count, Real* workspace) {
            m_losses[chunk] = Kernel<Real>::chunk(&m_network, m_parameters.data(), m_X.data(), m_y.data(), order + first, count,
                                                  workspace, m_gradients[chunk % mostGroups].data());
        });
        for (std::size_t g = 1; g < groups; ++g) {
            for (std::size_t i = 0; i < m_size; ++i) {
                m_gradients[0][i] += m_gradients[g][i];
                m_gradients[g][i] = 0;
            }
        }
        double sum = 0;
        for (const double loss : m_losses)
            sum += loss;
        return sum;
    }

    /// Chunks of nearly equal size; those of a group run one after the other, the groups in parallel.
    template <class Work>
    void forEachChunk(std::size_t rows, const Work& work)
    {
        const std::size_t chunks = chunksOf(rows), groups = std::min(chunks, mostGroups);
        const std::size_t size = chunks ? ((rows + chunks - 1) / chunks + 3) / 4 * 4 : 0;
        const std::size_t space = kernels::modelariumDenseWorkspace(&m_network, mostRowsInChunk);
        while (m_workspaces.size() < groups)
            m_workspaces.emplace_back(space);
        const auto group = [&](std::size_t g) {
            for (std::size_t chunk = g; chunk < chunks; chunk += mostGroups) {
                const std::size_t first = std::min(rows, chunk * size);
                work(chunk, first, std::min(size, rows - first), m_workspaces[g].data());
            }
        };
        // Less work than waking another thread takes is done here.
        if (rows * m_size < 500'000)
            for (std::size_t g = 0; g < groups; ++g)
                group(g);
        else
            parallelFor(groups, group);
    }

    std::vector<double> gather(const Numbers<Real>& padded) const
    {
        std::vector<double> numbers;
        if (padded.empty())
            return numbers;
        const Real* place = padded.data();
        for (const DenseTrainingLayer& layer : m_layers) {
            for (std::size_t k = 0; k < layer.units; ++k)
                for (std::size_t i = 0; i < layer.inputs; ++i)
                    numbers.push_back(place[i * layer.padded + k]);
            for (std::size_t k = 0; k < layer.units; ++k)
                numbers.push_back(place[layer.inputs * layer.padded + k]);
            place += (layer.inputs + 1) * layer.padded;
        }
        return numbers;
    }

    void scatter(const std::vector<double>& numbers, Numbers<Real>& padded) const
    {
        const double* number = numbers.data();
        Real* place = padded.data();
        for (const DenseTrainingLayer& layer : m_layers) {
            for (std::size_t k = 0; k < layer.units; ++k)
                for (std::size_t i = 0; i < layer.inputs; ++i)
                    place[i * layer.padded + k] = Real(*number++);
            for (std::size_t k = 0; k < layer.units; ++k)
                place[layer.inputs * layer.padded + k] = Real(*number++);
            place += (layer.inputs + 1) * layer.padded;
        }
    }

    DenseNetwork m_shape;
    NetworkSettings m_settings;
    std::vector<DenseTrainingLayer> m_layers;
    DenseTrainingNetwork m_network{};
    std::size_t m_size = 0;
    std::uint64_t m_batches = 0;
    Numbers<Real> m_parameters, m_first, m_second;
    std::vector<Numbers<Real>> m_gradients;     // one a group
    std::vector<Buffer<Real>> m_workspaces;
    std::vector<double> m_losses;
    Buffer<Real> m_X;                               // row by row, a 1 behind each
    Buffer<Real> m_y;
};

} // namespace

std::vector<double> networkNumbers(const DenseNetwork& network)
{
    std::vector<double> numbers;
    for (const DenseLayer& layer : network.layers) {
        for (Eigen::Index k = 0; k < layer.W.rows(); ++k)
            for (Eigen::Index i = 0; i < layer.W.cols(); ++i)
                numbers.push_back(layer.W(k, i));
        numbers.insert(numbers.end(), layer.b.begin(), layer.b.end());
    }
    return numbers;
}

void setNetworkNumbers(DenseNetwork& network, const std::vector<double>& numbers)
{
    const double* number = numbers.data();
    for (DenseLayer& layer : network.layers) {
        for (Eigen::Index k = 0; k < layer.W.rows(); ++k)
            for (Eigen::Index i = 0; i < layer.W.cols(); ++i)
                layer.W(k, i) = *number++;
        for (double& b : layer.b)
            b = *number++;
    }
}

std::unique_ptr<NetworkTrainer> makeNetworkTrainer(const DenseNetwork& start, const NetworkSettings& settings)
{
    if (settings.inDouble)
        return std::make_unique<TrainerOf<double>>(start, settings);
    return std::make_unique<TrainerOf<float>>(start, settings);
}

} // namespace modelarium
