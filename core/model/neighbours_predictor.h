#pragma once

#include "core/model/neighbour_search.h"
#include "core/model/predictor.h"

#include <cstdint>
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
    void predictInto(const ColumnView& X, Eigen::Ref<Matrix> out) const override;

    /// Where all neighbours count alike.
    std::unique_ptr<const GridAnswers> onGrid(const SeparableGrid& grid) const override;

    int k() const { return m_k; }
    const NeighbourSearch& search() const { return m_search; }

private:
    friend class NeighboursGrid;
    class Sequence;

    void find(const double* x, Neighbour* nearest, double bound) const noexcept;
    void answer(const Neighbour* nearest, double* out) const noexcept;
    void vote(const Neighbour* nearest, double* out) const noexcept;
    void countVotes(const Neighbour* nearest, double* out) const noexcept;

    NeighbourSearch m_search;
    std::vector<double> m_y;                        // for weighted votes and for values
    std::vector<std::uint16_t> m_codes;             // for votes that count alike; empty otherwise
    int m_k;
    int m_classes;
    NeighbourWeights m_weights;
    DistanceMetric m_metric;
};

} // namespace modelarium
