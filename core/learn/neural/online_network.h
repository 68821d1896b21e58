#pragma once

#include "core/learn/neural/network_run.h"
#include "core/learn/online.h"
#include "core/model/predictor.h"

namespace modelarium {

/// A neural network that sees each row once: rows wait until there are as many as a batch has, then the batch is one step.
///
/// Epochs, rows held back, patience and tolerance play no part; everything else is as in neural_network.h. A numeric target is
/// standardised by the mean and the scale of the rows that the preparation was learned from.
/// Random   starting weights only
class OnlineNetwork final : public OnlineRun {
public:
    OnlineNetwork(OnlineShape shape, const NetworkSettings& settings, std::uint64_t seed);
    Parameters freeze() const override { return inTargetUnits(m_trainer->network(), m_target); }

protected:
    void predictRow(const double* x, double* out) const override { m_predictor->predictRow(x, out); }
    Result<void> learnRow(const double* x, double y) override;
    double loss() const override { return m_taught ? m_losses / double(m_taught) : 0; }
    void saveState(OnlineState& state) const override;
    bool takeState(const OnlineState& state) override;

private:
    Result<void> learnBatch();
    void answerAnew();

    NetworkSettings m_settings;
    TargetScale m_target;
    std::unique_ptr<NetworkTrainer> m_trainer;
    PredictorPtr m_predictor;
    Matrix m_X;                                     ///< rows that wait for their batch to be full
    Vector m_y;
    std::vector<std::uint32_t> m_order;
    Eigen::Index m_waiting = 0;
    std::uint64_t m_taught = 0;                     ///< rows of the batches so far
    double m_losses = 0;
};

} // namespace modelarium
