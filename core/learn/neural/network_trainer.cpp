#include "core/learn/neural/network_trainer.h"

#include "core/base/buffer.h"
#include "core/base/parallel.h"
#include "core/kernels/narrow_training.h"

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

/// Networks with no wider layer are taught by the kernels for narrow ones.
constexpr std::size_t widestNarrow = 24;

/// The kernels by precision, and by how wide the layers are.
template <class Real>
struct Kernels {
    double (*chunk)(const DenseTrainingNetwork*, const Real*, const Real*, const Real*, const std::uint32_t*, std::size_t, Real*,
                    Real*) noexcept;
    double (*loss)(const DenseTrainingNetwork*, const Real*, const Real*, const Real*, const std::uint32_t*, std::size_t, Real*,
                   Real*) noexcept;
    double (*step)(const DenseStep*, std::size_t, std::size_t, Real*, Real*, Real*, Real*) noexcept;
    std::size_t (*workspace)(const DenseTrainingNetwork*, std::size_t) noexcept;
};

template <class Real> Kernels<Real> kernelsFor(bool narrow);
template <> Kernels<double> kernelsFor(bool narrow)
{
    if (narrow)
        return {kernels::modelariumNarrowChunkDouble, kernels::modelariumNarrowLossDouble, kernels::modelariumDenseStepDouble,
                kernels::modelariumNarrowWorkspace};
    return {kernels::modelariumDenseChunkDouble, kernels::modelariumDenseLossDouble, kernels::modelariumDenseStepDouble,
            kernels::modelariumDenseWorkspace};
}
template <> Kernels<float> kernelsFor(bool narrow)
{
    if (narrow)
        return {kernels::modelariumNarrowChunkFloat, kernels::modelariumNarrowLossFloat, kernels::modelariumDenseStepFloat,
                kernels::modelariumNarrowWorkspace};
    return {kernels::modelariumDenseChunkFloat, kernels::modelariumDenseLossFloat, kernels::modelariumDenseStepFloat,
            kernels::modelariumDenseWorkspace};
}

bool isNarrow(const DenseNetwork& network)
{
    return std::all_of(network.layers.begin(), network.layers.end(), [](const DenseLayer& layer) {
        return std::size_t(std::max(layer.W.rows(), layer.W.cols())) <= widestNarrow;
    });
}

/// Numbers of which the first `penalised` are weights, and the rest biases.
struct Stretch {
    std::size_t penalised;
    std::size_t count;
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
    TrainerOf(const DenseNetwork& start, const NetworkSettings& settings)
        : m_shape(start), m_settings(settings), m_kernels(kernelsFor<Real>(isNarrow(start)))
    {
        for (const DenseLayer& layer : start.layers) {
            const auto units = std::size_t(layer.W.rows());
            m_layers.push_back({std::size_t(layer.W.cols()), units, padded(units), int(layer.activation)});
        }
        m_network = {m_layers.data(), m_layers.size(), lossOf(start.link)};
        if (isNarrow(start))
            placeNarrow();
        else
            placeWide();
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
        // Fewer rows are copied in less time than it takes to wake another thread.
        constexpr std::size_t block = 16'384;
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
        double penalty = 0;
        std::size_t first = 0;
        for (const Stretch& stretch : m_stretches) {
            penalty += m_kernels.step(&step, stretch.penalised, stretch.count, m_parameters.data() + first, m_gradients[0].data() + first,
                                      m_first.empty() ? nullptr : m_first.data() + first,
                                      m_second.empty() ? nullptr : m_second.data() + first);
            first += stretch.count;
        }
        return loss + penalty;
    }

    double loss(const std::uint32_t* order, std::size_t rows, double* scores) override
    {
        const std::size_t units = m_layers.back().units;
        std::vector<double> sums(chunksOf(rows));
        std::vector<Real> outputs(scores ? rows * units : 0);
        forEachChunk(rows, [&](std::size_t chunk, std::size_t first, std::size_t count, Real* workspace) {
            sums[chunk] = m_kernels.loss(&m_network, m_parameters.data(), m_X.data(), m_y.data(), order + first, count, workspace,
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

    OptimiserState state() const override
    {
        return {m_batches, m_first.empty() ? std::vector<double>() : gather(m_first),
                m_second.empty() ? std::vector<double>() : gather(m_second)};
    }

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
            m_losses[chunk] = m_kernels.chunk(&m_network, m_parameters.data(), m_X.data(), m_y.data(), order + first, count,
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
        const std::size_t space = m_kernels.workspace(&m_network, mostRowsInChunk);
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

    static constexpr std::size_t padded(std::size_t count)
    {
        constexpr std::size_t padding = 64 / sizeof(Real);
        return (count + padding - 1) / padding * padding;
    }

    /// The layout of dense_training.h.
    void placeWide()
    {
        for (const DenseTrainingLayer& layer : m_layers) {
            for (std::size_t k = 0; k < layer.units; ++k)
                for (std::size_t i = 0; i < layer.inputs; ++i)
                    m_places.push_back(m_size + i * layer.padded + k);
            for (std::size_t k = 0; k < layer.units; ++k)
                m_places.push_back(m_size + layer.inputs * layer.padded + k);
            m_stretches.push_back({layer.inputs * layer.padded, (layer.inputs + 1) * layer.padded});
            m_size += m_stretches.back().count;
        }
    }

    /// The layout of narrow_training.h.
    void placeNarrow()
    {
        using kernels::narrowest, kernels::narrowRoom;
        std::size_t biases = 0, weights = 0;
        for (const DenseTrainingLayer& layer : m_layers)
            biases += narrowRoom(layer.inputs) * narrowRoom(layer.units);
        const std::size_t penalised = biases;
        for (const DenseTrainingLayer& layer : m_layers) {
            const std::size_t room = narrowRoom(layer.inputs);
            for (std::size_t k = 0; k < layer.units; ++k)
                for (std::size_t i = 0; i < layer.inputs; ++i)
                    m_places.push_back(weights + k / narrowest * room * narrowest + i * narrowest + k % narrowest);
            for (std::size_t k = 0; k < layer.units; ++k)
                m_places.push_back(biases + k);
            weights += room * narrowRoom(layer.units);
            biases += narrowRoom(layer.units);
        }
        m_size = padded(biases);
        m_stretches = {{penalised, m_size}};
    }

    std::vector<double> gather(const Numbers<Real>& placed) const
    {
        std::vector<double> numbers;
        for (const std::size_t place : m_places)
            numbers.push_back(placed[place]);
        return numbers;
    }

    void scatter(const std::vector<double>& numbers, Numbers<Real>& placed) const
    {
        for (std::size_t i = 0; i < m_places.size(); ++i)
            placed[m_places[i]] = Real(numbers[i]);
    }

    DenseNetwork m_shape;
    NetworkSettings m_settings;
    Kernels<Real> m_kernels;
    std::vector<DenseTrainingLayer> m_layers;
    DenseTrainingNetwork m_network{};
    std::size_t m_size = 0;
    std::vector<std::size_t> m_places;              // of each of networkNumbers() among the parameters
    std::vector<Stretch> m_stretches;
    std::uint64_t m_batches = 0;
    Numbers<Real> m_parameters, m_first, m_second;
    std::vector<Numbers<Real>> m_gradients;         // one a group
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
