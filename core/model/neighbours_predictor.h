#pragma once

#include "core/model/neighbour_search.h"
#include "core/model/predictor.h"

#include <vector>

namespace modelarium {

/// Predicts with NearestNeighbours.
///
/// Cost     predictRow allocates nothing while k <= 256 and there are no more than 64 features
class NeighboursPredictor final : public Predictor {
public:
    explicit NeighboursPredictor(const NearestNeighbours& parameters);
    void predictRow(const double* x, double* out) const noexcept override;
    void predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const override;

    /// In the order of the tree, so that rows that follow one another have neighbours in common.
    void predict(const Matrix& X, Matrix& out) const override;

    int k() const { return m_k; }
    const NeighbourSearch& search() const { return m_search; }

private:
    class Sequence;

    void vote(const Neighbour* nearest, double* out) const noexcept;

    NeighbourSearch m_search;
    std::vector<double> m_y;
    int m_k;
    int m_classes;
    NeighbourWeights m_weights;
    DistanceMetric m_metric;
};

} // namespace modelarium
