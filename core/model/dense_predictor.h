#pragma once

#include "core/kernels/dense_prediction.h"
#include "core/model/predictor.h"

#include <vector>

namespace modelarium {

/// Predicts with DenseNetwork, in double: layer by layer, the units of a layer in the lanes of vectors for one row, the rows in
/// the lanes for many; each sum is taken in the same order both ways and on every instruction set.
///
/// A row so far out that a sum could leave the range of double is taken through extended range, each sum limited to the
/// largest double: the answer to finite features is never infinite or NaN.
class DensePredictor final : public Predictor {
public:
    explicit DensePredictor(const DenseNetwork& parameters);
    void predictRow(const double* x, double* out) const noexcept override;
    void predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const override;

private:
    void layOut();
    bool staysFinite(double largestFeature) const;
    bool isFar(const double* x, Eigen::Index stride) const noexcept;
    template <std::size_t widest> void predictNearRow(const double* x, double* out) const noexcept;
    void predictFarRow(const double* x, double* out) const noexcept;
    void answer(double* scores, double* out) const noexcept;

    DenseNetwork m_network;
    Vector m_numbers;                               // weights and biases as the kernels want them, all in one run of memory
    std::vector<kernels::DenseLayerView> m_layers;
    std::size_t m_widest = 0;                       // of all layers, padded
    double m_nearest = 0;                           // features up to this size cannot overflow any sum
};

} // namespace modelarium
