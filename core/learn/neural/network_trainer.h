#pragma once

#include "core/base/matrix.h"
#include "core/kernels/dense_training.h"
#include "core/model/parameters.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace modelarium {

/// How a network is built and taught; see neural_network.h for what each means.
struct NetworkSettings {
    std::vector<std::size_t> hidden = {8, 8};
    Activation activation = Activation::Tanh;
    kernels::DenseOptimiser optimiser = kernels::DenseOptimiser::Adam;
    double learningRate = 0.01;
    double momentum = 0.9;
    double l1 = 0;
    double l2 = 1e-4;
    std::size_t batchSize = 32;
    std::size_t epochs = 200;
    std::size_t patience = 10;
    double tolerance = 1e-4;
    double heldBack = 0;                            ///< share of the rows that only says when to stop; 0: none
    bool inDouble = false;
};

/// What the optimiser remembers from batch to batch, in the order of networkNumbers().
struct OptimiserState {
    std::uint64_t batches = 0;
    std::vector<double> first;                      ///< momentum, or Adam's mean gradient
    std::vector<double> second;                     ///< Adam's mean squared gradient
};

/// All numbers of a network in one run: layer by layer W row by row, then b. And back, into a network of the same shape.
std::vector<double> networkNumbers(const DenseNetwork& network);
void setNetworkNumbers(DenseNetwork& network, const std::vector<double>& numbers);

/// A network while it is taught: its numbers in the precision and the layout of the kernels, and one batch at a time.
///
/// Math     loss of a batch of B rows: [sum_i loss_i + l1 sum |W| + l2 / 2 sum W^2] / B; biases are not penalised
/// Cost     batches of more than 128 rows are worked on in parallel, in chunks whose sums are added in one fixed order
class NetworkTrainer {
public:
    virtual ~NetworkTrainer() = default;

    /// Rows to learn from; y in the units of the scores, or class codes.
    virtual void setRows(const Matrix& X, const Vector& y) = 0;
    /// The rows `order` names as one batch: their gradient, and one step of the optimiser. Returns the loss before the step, times B.
    virtual double learn(const std::uint32_t* order, std::size_t rows, double learningRate) = 0;
    /// The sum of losses of those rows, without penalty; their scores too, row by row, where `scores` is not null.
    virtual double loss(const std::uint32_t* order, std::size_t rows, double* scores = nullptr) = 0;
    /// The gradient of the sum of losses of those rows, in the order of networkNumbers().
    virtual std::vector<double> gradient(const std::uint32_t* order, std::size_t rows) = 0;

    virtual DenseNetwork network() const = 0;
    virtual bool isFinite() const = 0;
    virtual OptimiserState state() const = 0;
    virtual void setState(const OptimiserState& state) = 0;
};

std::unique_ptr<NetworkTrainer> makeNetworkTrainer(const DenseNetwork& start, const NetworkSettings& settings);

} // namespace modelarium
