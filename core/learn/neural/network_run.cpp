#include "core/learn/neural/network_run.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace modelarium {

namespace {

/// Weights times rows in one step: a few hundredths of a second, so that a person can stop at any time.
constexpr std::size_t workInStep = 400'000'000;

enum Stream : std::uint64_t { Weights = 1, Order = 2, HeldBack = 3 };

/// In a new order every epoch. Numbers below n by a product instead of a division (Lemire), without bias.
void shuffle(std::vector<std::uint32_t>& rows, Random& random)
{
    for (std::uint64_t left = rows.size(); left > 1; --left) {
        std::uint64_t product = (random.bits() >> 32) * left;
        if (std::uint32_t(product) < left) {
            const auto threshold = std::uint32_t((std::uint64_t(1) << 32) % left);
            while (std::uint32_t(product) < threshold)
                product = (random.bits() >> 32) * left;
        }
        std::swap(rows[left - 1], rows[product >> 32]);
    }
}

std::size_t weightCount(const DenseNetwork& network)
{
    std::size_t count = 1;
    for (const DenseLayer& layer : network.layers)
        count += std::size_t(layer.W.size());
    return count;
}

} // namespace

TargetScale targetScaleOf(const Dataset& data)
{
    if (data.task == Task::Classification || data.samples() == 0)
        return {};
    // Relative to the largest, so that no square leaves the range of double.
    const double largest = data.y.cwiseAbs().maxCoeff();
    if (largest == 0)
        return {};
    const Vector y = data.y / largest;
    const double mean = y.mean();
    const double deviation = std::sqrt((y.array() - mean).square().mean());
    const double scale = deviation * largest;
    return {mean * largest, scale >= std::numeric_limits<double>::min() ? scale : 1};
}

DenseNetwork startingNetwork(const NetworkSettings& settings, std::size_t features, Task task, std::size_t classes, Random random)
{
    DenseNetwork network;
    network.link = task == Task::Regression ? Link::Identity : classes == 2 ? Link::Logistic : Link::Softmax;
    std::size_t inputs = features;
    const auto add = [&](std::size_t units, Activation activation, double numerator) {
        const double bound = std::sqrt(numerator / double(inputs + units));
        DenseLayer layer{Matrix(Eigen::Index(units), Eigen::Index(inputs)), Vector(Eigen::Index(units)), activation};
        for (double& w : layer.W.reshaped<Eigen::RowMajor>())
            w = random.uniform(-bound, bound);
        for (double& b : layer.b)
            b = random.uniform(-bound, bound);
        network.layers.push_back(std::move(layer));
        inputs = units;
    };
    const double numerator = settings.activation == Activation::Logistic ? 2 : 6;
    for (const std::size_t units : settings.hidden)
        add(units, settings.activation, numerator);
    add(network.link == Link::Softmax ? classes : 1, Activation::Identity, numerator);
    return network;
}

DenseNetwork inTargetUnits(DenseNetwork network, const TargetScale& target)
{
    DenseLayer& last = network.layers.back();
    last.W *= target.scale;
    last.b = last.b * target.scale + Vector::Constant(last.b.size(), target.mean);
    return network;
}

DenseNetwork inScaledUnits(DenseNetwork network, const TargetScale& target)
{
    DenseLayer& last = network.layers.back();
    last.W /= target.scale;
    last.b = (last.b - Vector::Constant(last.b.size(), target.mean)) / target.scale;
    return network;
}

Result<void> checkNetworkRange(const Dataset& data, bool inDouble)
{
    const double largest = inDouble ? 1e100 : 1e15;
    for (Eigen::Index j = 0; j < data.X().cols(); ++j) {
        Eigen::Index i = 0;
        if (data.X().rows() == 0 || data.X().col(j).cwiseAbs().maxCoeff(&i) <= largest)
            continue;
        const std::size_t row = data.rowNumber(i);
        const std::string& name = data.featureNames[std::size_t(j)];
        return Error{ErrorCode::NotFinite,
                     "The value " + shortText(data.X()(i, j)) + " of \"" + name + "\" in row " + std::to_string(row)
                         + " is too large for a network: standardise the features, or leave the column out.",
                     Place{.row = row, .column = name}};
    }
    return {};
}

NetworkRun::NetworkRun(DatasetPtr data, const NetworkSettings& settings, std::uint64_t seed, const std::optional<DenseNetwork>& start)
    : m_data(std::move(data)), m_settings(settings), m_target(targetScaleOf(*m_data)), m_shuffling(Random(seed).split(Order))
{
    const DenseNetwork network = start ? *start
                                       : startingNetwork(settings, m_data->features(), m_data->task, m_data->classes(),
                                                         Random(seed).split(Weights));
    m_trainer = makeNetworkTrainer(network, settings);
    m_trainer->setRows(m_data->X(), (m_data->y.array() - m_target.mean) / m_target.scale);
    m_rows.resize(m_data->samples());
    std::iota(m_rows.begin(), m_rows.end(), 0u);
    if (settings.heldBack > 0)
        holdBack(Random(seed).split(HeldBack));
    m_settings.batchSize = std::min(settings.batchSize, m_rows.size());
    const std::size_t rows = workInStep / weightCount(network);
    m_rowsInStep = std::max<std::size_t>(1, rows / m_settings.batchSize) * m_settings.batchSize;
    m_best = std::numeric_limits<double>::infinity();
}

/// From each class in proportion; what there is only once stays to be learned.
void NetworkRun::holdBack(Random random)
{
    shuffle(m_rows, random);
    std::vector<std::size_t> counts(std::max<std::size_t>(1, m_data->classes()), 0);
    const auto classOf = [&](std::uint32_t row) { return m_data->task == Task::Classification ? std::size_t(m_data->y[row]) : 0; };
    for (const std::uint32_t row : m_rows)
        ++counts[classOf(row)];
    for (std::size_t& count : counts)
        count = std::min(std::size_t(std::lround(m_settings.heldBack * double(count))), count > 0 ? count - 1 : 0);
    std::vector<std::uint32_t> kept;
    for (const std::uint32_t row : m_rows) {
        std::size_t& left = counts[classOf(row)];
        (left > 0 ? m_held : kept).push_back(row);
        left -= left > 0;
    }
    if (m_held.empty() && kept.size() > 1) {
        m_held.push_back(kept.back());
        kept.pop_back();
    }
    std::sort(kept.begin(), kept.end());
    m_rows = std::move(kept);
}

void NetworkRun::beginEpoch()
{
    shuffle(m_rows, m_shuffling);
    m_next = 0;
    m_sum = 0;
}

Result<Progress> NetworkRun::diverged() const
{
    Error error{ErrorCode::Diverged, "The loss became infinite in epoch " + std::to_string(m_epochs + 1) + ": the learning rate "
                                         + shortText(m_settings.learningRate, 6) + " is too large."};
    error.place.hyperparameter = "learning_rate";
    return error;
}

/// Weights that are numbers may be none in the units of a huge target. In single precision and usual units there is nothing to fear.
bool NetworkRun::fitsTarget() const
{
    constexpr double huge = 1e200;
    const bool isUsual = !m_settings.inDouble && m_target.scale < huge && std::abs(m_target.mean) < huge;
    return isUsual || m_data->task == Task::Classification || modelarium::isFinite(inTargetUnits(m_trainer->network(), m_target));
}

Result<Progress> NetworkRun::step()
{
    if (m_next == 0 || m_next == m_rows.size())
        beginEpoch();
    const std::size_t end = m_rows.size() - m_next <= m_rowsInStep ? m_rows.size() : m_next + m_rowsInStep;
    while (m_next < end) {
        const std::size_t count = std::min(m_settings.batchSize, end - m_next);
        m_sum += m_trainer->learn(m_rows.data() + m_next, count, m_settings.learningRate);
        m_next += count;
    }
    ++m_steps;
    const double loss = m_sum / double(m_next);
    if (!std::isfinite(loss) || !m_trainer->isFinite() || !fitsTarget())
        return diverged();
    std::string what = "epoch " + std::to_string(m_epochs + 1);
    if (m_next == m_rows.size())
        endEpoch();
    else
        what += ", " + countText(m_next) + " of " + countText(m_rows.size()) + " rows";
    return Progress{m_steps, loss, what};
}

double NetworkRun::heldBackLoss() { return m_trainer->loss(m_held.data(), m_held.size()) / double(m_held.size()); }

/// Whether this epoch was one of those that bring nothing any more.
void NetworkRun::endEpoch()
{
    ++m_epochs;
    m_loss = m_sum / double(m_rows.size());
    if (m_epochs == 1)
        m_firstLoss = m_loss;
    const double judged = m_held.empty() ? m_loss : heldBackLoss();
    m_withoutGain = judged > m_best - m_settings.tolerance ? m_withoutGain + 1 : 0;
    if (judged < m_best) {
        m_best = judged;
        m_bestEpoch = m_epochs;
        if (!m_held.empty())
            m_bestNetwork = m_trainer->network();
    }
    m_settled = m_withoutGain >= m_settings.patience;
    m_finished = m_settled || m_epochs >= m_settings.epochs;
}

Parameters NetworkRun::freeze() const
{
    return inTargetUnits(m_finished && m_bestNetwork ? *m_bestNetwork : m_trainer->network(), m_target);
}

std::vector<std::string> NetworkRun::notices() const
{
    const auto epochs = [](std::size_t count) { return counted(count, "epoch", "epochs"); };
    std::vector<std::string> notices;
    if (m_epochs == 0)
        return notices;
    if (!m_held.empty() && m_finished) {
        notices.push_back("The loss of the " + rowsText(m_held.size())
                          + " held back was smallest after epoch " + std::to_string(m_bestEpoch) + ", whose weights were kept.");
    }
    if (m_loss > m_firstLoss)
        notices.push_back("The loss grew: the learning rate " + shortText(m_settings.learningRate, 6) + " is too large.");
    else if (m_settled)
        notices.push_back("The training ended after " + epochs(m_epochs) + ": the loss had not fallen by more than the tolerance for "
                          + epochs(m_settings.patience) + ".");
    else if (m_finished && m_epochs > 1)
        notices.push_back("The loss was still falling after " + epochs(m_epochs) + ": allow more epochs, or a larger learning rate.");
    return notices;
}

} // namespace modelarium
