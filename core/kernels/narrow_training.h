#pragma once

#include "core/kernels/dense_training.h"

namespace modelarium::kernels {

/// Training of networks whose layers are narrow: the rows of a batch are the lanes of vectors, so that neither a layer of three units
/// nor its loss leaves lanes empty. The functions do what their namesakes in dense_training.h do, with sums in another order.
///
/// Shape    parameters: the weights of each layer, then the biases of each layer, then zeros up to 64 bytes. The weights of a layer
///          are panels of four units: for each input (their number rounded up to four) the weights to the four. Biases by unit, the
///          units of a layer rounded up to four. Zeros stand for what the rounding up adds.
constexpr std::size_t narrowest = 4;

/// How many units or inputs the layout has room for.
constexpr std::size_t narrowRoom(std::size_t count) { return (count + narrowest - 1) / narrowest * narrowest; }

MODELARIUM_KERNEL std::size_t modelariumNarrowWorkspace(const DenseTrainingNetwork* network, std::size_t rows) noexcept;

MODELARIUM_KERNEL double modelariumNarrowChunkDouble(const DenseTrainingNetwork* network, const double* parameters, const double* X,
                                                     const double* y, const std::uint32_t* order, std::size_t rows,
                                                     double* workspace, double* gradient) noexcept;
MODELARIUM_KERNEL double modelariumNarrowChunkFloat(const DenseTrainingNetwork* network, const float* parameters, const float* X,
                                                    const float* y, const std::uint32_t* order, std::size_t rows, float* workspace,
                                                    float* gradient) noexcept;
MODELARIUM_KERNEL double modelariumNarrowLossDouble(const DenseTrainingNetwork* network, const double* parameters, const double* X,
                                                    const double* y, const std::uint32_t* order, std::size_t rows, double* workspace,
                                                    double* scores) noexcept;
MODELARIUM_KERNEL double modelariumNarrowLossFloat(const DenseTrainingNetwork* network, const float* parameters, const float* X,
                                                   const float* y, const std::uint32_t* order, std::size_t rows, float* workspace,
                                                   float* scores) noexcept;

} // namespace modelarium::kernels
