#pragma once

#include "core/kernels/level.h"

#include <cstddef>
#include <cstdint>

namespace modelarium::kernels {

/// Units of a layer are the lanes of vectors; a row of weights is padded to whole vectors of the widest kind.
///
/// Shape    parameters of a layer: (inputs + 1) rows of `padded` numbers: row i the weights from input i to every unit, the last
///          row the biases, zeros behind the last unit; the layers one after the other
struct DenseTrainingLayer {
    std::size_t inputs;
    std::size_t units;
    std::size_t padded;                             ///< units, up to a multiple of 64 bytes
    int activation;                                 ///< as in core/model/parameters.h
};

enum class DenseLoss : int { Squares, Logistic, Softmax };

struct DenseTrainingNetwork {
    const DenseTrainingLayer* layers;
    std::size_t count;
    DenseLoss loss;
};

/// What an optimiser does with the mean gradient g of a batch.
///
/// Math     Plain:    w -= rate g
///          Momentum: m <- momentum m - rate g; w += m
///          Adam:     m <- beta1 m + (1 - beta1) g; v <- beta2 v + (1 - beta2) g^2; w -= rate m / (sqrt(v) + epsilon), where
///                    `rate` already holds the correction sqrt(1 - beta2^t) / (1 - beta1^t)
/// Source   D. P. Kingma, J. Ba, Adam, ICLR 2015
enum class DenseOptimiser : int { Plain, Momentum, Adam };

struct DenseStep {
    DenseOptimiser optimiser;
    double rate;
    double momentum;
    double beta1;
    double beta2;
    double epsilon;
    double l1;                                      ///< divided by `rows` as the sum of losses is
    double l2;
    double rows;                                    ///< of the batch
};

/// How many numbers of workspace a chunk of rows needs.
MODELARIUM_KERNEL std::size_t modelariumDenseWorkspace(const DenseTrainingNetwork* network, std::size_t rows) noexcept;

/// Forward and backward through a chunk of rows: adds to the gradient of the sum of losses, and returns that sum.
///
/// Math     delta of the scores: z - y, p - y or P - [y = k]; delta_(l-1) = (W_l' delta_l) * activation'(h_(l-1));
///          gradient of W_l: delta_l h_(l-1)', of b_l: delta_l
/// Shape    X (n, features + 1) row by row, a 1 behind each row's features; order (rows): which rows of X and y;
///          y (n): values, 0 or 1, or class codes; gradient as the parameters
/// Source   D. E. Rumelhart, G. E. Hinton, R. J. Williams, Nature 323, 1986
MODELARIUM_KERNEL double modelariumDenseChunkDouble(const DenseTrainingNetwork* network, const double* parameters, const double* X,
                                                    const double* y, const std::uint32_t* order, std::size_t rows,
                                                    double* workspace, double* gradient) noexcept;
MODELARIUM_KERNEL double modelariumDenseChunkFloat(const DenseTrainingNetwork* network, const float* parameters, const float* X,
                                                   const float* y, const std::uint32_t* order, std::size_t rows, float* workspace,
                                                   float* gradient) noexcept;

/// The loss alone, and the scores of each row where `scores` (rows, units of the last layer), row by row, is not null.
MODELARIUM_KERNEL double modelariumDenseLossDouble(const DenseTrainingNetwork* network, const double* parameters, const double* X,
                                                   const double* y, const std::uint32_t* order, std::size_t rows,
                                                   double* workspace, double* scores) noexcept;
MODELARIUM_KERNEL double modelariumDenseLossFloat(const DenseTrainingNetwork* network, const float* parameters, const float* X,
                                                  const float* y, const std::uint32_t* order, std::size_t rows, float* workspace,
                                                  float* scores) noexcept;

/// One step of the optimiser for a run of numbers, of which the first `penalised` are weights and the rest biases; the gradient is zero
/// afterwards. Returns the penalty of those weights before the step: l1 sum |w| + l2 / 2 sum w^2.
///
/// Shape    parameters, gradient, m, v (count), m and v null where the optimiser has none; penalised and count in whole vectors
MODELARIUM_KERNEL double modelariumDenseStepDouble(const DenseStep* step, std::size_t penalised, std::size_t count, double* parameters,
                                                   double* gradient, double* m, double* v) noexcept;
MODELARIUM_KERNEL double modelariumDenseStepFloat(const DenseStep* step, std::size_t penalised, std::size_t count, float* parameters,
                                                  float* gradient, float* m, float* v) noexcept;

} // namespace modelarium::kernels
