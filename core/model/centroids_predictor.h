#pragma once

#include "core/model/predictor.h"

#include <vector>

namespace modelarium {

/// Predicts with Centroids: the nearest centre, by the sum of squared differences; of equal ones the first.
///
/// Again in extended range where a row is so far out that its squares overflow.
class CentroidsPredictor final : public Predictor {
public:
    explicit CentroidsPredictor(const Centroids& parameters);
    void predictRow(const double* x, double* out) const noexcept override;

private:
    std::vector<double> m_centres;      // cluster by cluster
};

/// The centre nearest to x, and how far it is.
struct NearestCentre {
    std::size_t cluster = 0;
    double squaredDistance = 0;         ///< infinite where it is beyond the range of double
};

/// Shape    centres: cluster by cluster, `features` numbers each; x (features)
NearestCentre nearestCentre(const double* centres, std::size_t clusters, std::size_t features, const double* x) noexcept;

} // namespace modelarium
