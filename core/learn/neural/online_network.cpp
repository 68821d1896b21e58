#include "core/learn/neural/online_network.h"

#include "core/base/number_text.h"

#include <cmath>
#include <numeric>

namespace modelarium {

OnlineNetwork::OnlineNetwork(OnlineShape shape, const NetworkSettings& settings, std::uint64_t seed)
    : OnlineRun(std::move(shape)), m_settings(settings)
{
    if (this->shape().task == Task::Regression)
        m_target = {this->shape().targetMean, this->shape().targetScale};
    m_trainer = makeNetworkTrainer(startingNetwork(settings, this->shape().features, this->shape().task,
                                                   this->shape().classNames.size(), Random(seed).split(1)),
                                   settings);
    m_X.resize(Eigen::Index(settings.batchSize), Eigen::Index(this->shape().features));
    m_y.resize(Eigen::Index(settings.batchSize));
    m_order.resize(settings.batchSize);
    std::iota(m_order.begin(), m_order.end(), 0u);
    answerAnew();
}

void OnlineNetwork::answerAnew() { m_predictor = makePredictor(freeze()); }

Result<void> OnlineNetwork::learnRow(const double* x, double y)
{
    const double largest = m_settings.inDouble ? 1e100 : 1e15;
    for (Eigen::Index j = 0; j < m_X.cols(); ++j) {
        if (std::abs(x[j]) > largest) {
            return Error{ErrorCode::NotFinite, "the value " + shortText(x[j])
                                                   + " is too large for a network: standardise the features, or leave the column out."};
        }
        m_X(m_waiting, j) = x[j];
    }
    m_y[m_waiting++] = (y - m_target.mean) / m_target.scale;
    return m_waiting == m_X.rows() ? learnBatch() : Result<void>();
}

Result<void> OnlineNetwork::learnBatch()
{
    m_trainer->setRows(m_X, m_y);
    m_losses += m_trainer->learn(m_order.data(), m_order.size(), m_settings.learningRate);
    m_taught += m_order.size();
    m_waiting = 0;
    if (!std::isfinite(m_losses) || !m_trainer->isFinite() || !modelarium::isFinite(freeze())) {
        Error error{ErrorCode::Diverged, "the loss became infinite. The learning rate " + shortText(m_settings.learningRate, 6)
                                             + " is too large."};
        error.place.hyperparameter = "learning_rate";
        return error;
    }
    answerAnew();
    return {};
}

void OnlineNetwork::saveState(OnlineState& state) const
{
    const auto vector = [](const std::vector<double>& values) { return Vector(Eigen::Map<const Vector>(values.data(), Eigen::Index(values.size()))); };
    const OptimiserState optimiser = m_trainer->state();
    state.counts["batches"] = optimiser.batches;
    state.counts["taught"] = m_taught;
    state.counts["waiting"] = std::uint64_t(m_waiting);
    state.numbers["weights"] = vector(networkNumbers(m_trainer->network()));
    state.numbers["first_moments"] = vector(optimiser.first);
    state.numbers["second_moments"] = vector(optimiser.second);
    state.numbers["losses"] = Vector::Constant(1, m_losses);
    state.numbers["target"] = Vector{{m_target.mean, m_target.scale}};
    state.numbers["waiting_x"] = m_X.topRows(m_waiting).reshaped();
    state.numbers["waiting_y"] = m_y.head(m_waiting);
}

bool OnlineNetwork::takeState(const OnlineState& state)
{
    DenseNetwork network = m_trainer->network();
    const std::vector<double> numbers = networkNumbers(network);
    Vector weights(Eigen::Index(numbers.size()));
    Vector first(m_settings.optimiser == kernels::DenseOptimiser::Plain ? 0 : weights.size());
    Vector second(m_settings.optimiser == kernels::DenseOptimiser::Adam ? weights.size() : 0);
    Vector losses(1), target(2);
    std::uint64_t batches = 0, waiting = 0;
    if (!takeCount(state, "batches", batches) || !takeCount(state, "taught", m_taught) || !takeCount(state, "waiting", waiting)
        || waiting >= m_order.size() || !takeNumbers(state, "weights", weights) || !takeNumbers(state, "first_moments", first)
        || !takeNumbers(state, "second_moments", second) || !takeNumbers(state, "losses", losses) || !takeNumbers(state, "target", target)
        || (second.array() < 0).any() || !(target[1] > 0))
        return false;
    m_waiting = Eigen::Index(waiting);
    Vector X(m_waiting * m_X.cols()), y(m_waiting);
    if (!takeNumbers(state, "waiting_x", X) || !takeNumbers(state, "waiting_y", y))
        return false;
    m_X.topRows(m_waiting) = X.reshaped(m_waiting, m_X.cols());
    m_y.head(m_waiting) = y;
    m_losses = losses[0];
    m_target = {target[0], target[1]};
    setNetworkNumbers(network, {weights.begin(), weights.end()});
    m_trainer = makeNetworkTrainer(network, m_settings);
    m_trainer->setState({batches, {first.begin(), first.end()}, {second.begin(), second.end()}});
    answerAnew();
    return true;
}

} // namespace modelarium
