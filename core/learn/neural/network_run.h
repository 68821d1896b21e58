#pragma once

#include "core/base/random.h"
#include "core/data/dataset.h"
#include "core/learn/learner.h"
#include "core/learn/neural/network_trainer.h"

#include <optional>

namespace modelarium {

/// Centre and scale of the target of a regression while it is learned; a frozen network has them in its last layer.
struct TargetScale {
    double mean = 0;
    double scale = 1;
};

/// Mean and standard deviation (ddof 0), without overflow; scale 1 for classes and for a target that does not vary.
TargetScale targetScaleOf(const Dataset& data);

/// Random weights for these rows: a layer's are uniform in +-sqrt(6 / (inputs + outputs)), with 2 in place of 6 for sigmoid units.
///
/// Source   X. Glorot, Y. Bengio, AISTATS 2010
DenseNetwork startingNetwork(const NetworkSettings& settings, std::size_t features, Task task, std::size_t classes, Random random);

/// The network for the target as given: the last layer undoes the scaling.
DenseNetwork inTargetUnits(DenseNetwork network, const TargetScale& target);

/// The network for the scaled target: the inverse of inTargetUnits.
DenseNetwork inScaledUnits(DenseNetwork network, const TargetScale& target);

/// Features beyond this are no numbers to learn from in the precision of the kernels.
///
/// Errors   NotFinite (names row and column)
Result<void> checkNetworkRange(const Dataset& data, bool inDouble);

/// Training a neural network, an epoch a step; on large data a step is a part of an epoch.
///
/// Math     each epoch in a new order, batch after batch: W <- W - the optimiser's step along the batch's mean gradient
/// Errors   Diverged: "the loss became infinite in epoch 12: the learning rate 3 is too large"
/// Random   starting weights, the order of the rows, the rows held back
class NetworkRun final : public TrainingRun {
public:
    /// Starts from random weights, or from `start`.
    NetworkRun(DatasetPtr data, const NetworkSettings& settings, std::uint64_t seed, const std::optional<DenseNetwork>& start = {});

    Result<Progress> step() override;
    bool isFinished() const override { return m_finished; }
    Parameters freeze() const override;
    std::vector<std::string> notices() const override;

private:
    void holdBack(Random random);
    void beginEpoch();
    Result<Progress> diverged() const;
    bool fitsTarget() const;
    void endEpoch();
    double heldBackLoss();

    DatasetPtr m_data;
    NetworkSettings m_settings;
    TargetScale m_target;
    std::unique_ptr<NetworkTrainer> m_trainer;
    Random m_shuffling;
    std::vector<std::uint32_t> m_rows;              ///< to learn from, in the order of this epoch
    std::vector<std::uint32_t> m_held;              ///< to decide with when to stop
    std::size_t m_next = 0;                         ///< the first row of m_rows that this epoch has not seen
    std::size_t m_rowsInStep = 0;
    double m_sum = 0;                               ///< of losses of this epoch
    std::size_t m_steps = 0;
    std::size_t m_epochs = 0;
    double m_firstLoss = 0;
    double m_loss = 0;                              ///< of the last whole epoch
    double m_best = 0;
    std::size_t m_bestEpoch = 0;
    std::size_t m_withoutGain = 0;
    std::optional<DenseNetwork> m_bestNetwork;      ///< with rows held back: where their loss was least
    bool m_finished = false;
    bool m_settled = false;
};

} // namespace modelarium
