#pragma once

#include "core/model/neighbour_search.h"
#include "core/model/predictor.h"

#include <optional>
#include <vector>

namespace modelarium {

/// Predicts with CorePoints: the cluster of the nearest core sample where that is within eps, noise elsewhere.
class CorePointsPredictor final : public Predictor {
public:
    explicit CorePointsPredictor(const CorePoints& parameters);
    void predictRow(const double* x, double* out) const noexcept override;

private:
    std::optional<NeighbourSearch> m_search;        // none where there is no core sample
    std::vector<double> m_rows;                     // core sample by core sample
    std::vector<std::int32_t> m_cluster;
    double m_squaredEps;
};

} // namespace modelarium
