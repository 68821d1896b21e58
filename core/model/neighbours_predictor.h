#pragma once

#include "core/model/predictor.h"

#include <cstdint>
#include <vector>

namespace modelarium {

/// A training sample as seen from a query. Ordered by distance, then by index: no two are equal, so the k nearest are one set.
struct Neighbour {
    double distance;                    ///< squared for the Euclidean metric
    std::int64_t index;

    friend bool operator<(const Neighbour& a, const Neighbour& b)
    {
        return a.distance < b.distance || (a.distance == b.distance && a.index < b.index);
    }
};

/// Predicts with NearestNeighbours.
///
/// Cost     predictRow allocates nothing while k <= 256
class NeighboursPredictor final : public Predictor {
public:
    explicit NeighboursPredictor(const NearestNeighbours& parameters);
    void predictRow(const double* x, double* out) const noexcept override;

    int k() const { return m_k; }

    /// The k nearest training samples, the nearest first.
    void findNearest(const double* x, Neighbour* nearest) const noexcept;

private:
    double distance(const double* x, std::size_t sample) const noexcept;
    void vote(const Neighbour* nearest, double* out) const noexcept;

    std::vector<double> m_X;            // row by row
    std::vector<double> m_y;
    int m_k;
    int m_classes;
    NeighbourWeights m_weights;
    DistanceMetric m_metric;
};

} // namespace modelarium
