#pragma once

#include "core/kernels/level.h"

#include <cstddef>

namespace modelarium::kernels {

/// What a layer does with its sums, in the order of the enumeration in core/model/parameters.h.
enum class DenseActivation : int { Identity, Relu, Tanh, Logistic };

/// One layer of a frozen network.
///
/// Shape    few outputs (`dots`): weights (outputs, inputs) row by row. Otherwise weights (inputs, padded outputs): the weights of
///          one input lie side by side, `padded` a multiple of 8 and zeros behind the last output; bias (padded)
struct DenseLayerView {
    const double* weights;
    const double* bias;
    std::size_t inputs;
    std::size_t outputs;
    std::size_t padded;
    bool dots;
    DenseActivation activation;
};

/// A layer with fewer outputs than this is a handful of dot products; with more, its outputs are the lanes of vectors.
inline constexpr std::size_t denseLanes = 8;

/// The last layer's numbers for one row.
///
/// Math     dots: eight partial sums, input j into the sum j mod 8, added in one fixed order, then the bias;
///          otherwise z_k = b_k + w_k1 x_1 + w_k2 x_2 + ... from left to right
/// Shape    x (inputs of the first layer); scratch (2 * widest), widest the largest `padded` of all layers;
///          scores (padded outputs of the last layer)
MODELARIUM_KERNEL void modelariumDenseRow(const DenseLayerView* layers, std::size_t count, std::size_t widest, const double* x,
                                          double* scratch, double* scores) noexcept;

/// The same bits for many rows of a matrix that is stored column by column.
///
/// Shape    X (rows, inputs), `stride` apart; scratch (2 * widest * rows rounded up to 8);
///          scores (rows, outputs), `scoreStride` apart
MODELARIUM_KERNEL void modelariumDenseRows(const DenseLayerView* layers, std::size_t count, std::size_t widest, const double* X,
                                           std::size_t stride, std::size_t rows, double* scratch, double* scores,
                                           std::size_t scoreStride) noexcept;

} // namespace modelarium::kernels
