#pragma once

#include "core/model/predictor.h"

#include <vector>

namespace modelarium {

/// Predicts with Projection: the way from the mean, measured along each component.
///
/// Again in extended range where a sum leaves the range of double, and limited to the largest double: never infinite or NaN.
class ProjectionPredictor final : public Predictor {
public:
    explicit ProjectionPredictor(const Projection& parameters);
    void predictRow(const double* x, double* out) const noexcept override;

private:
    double farCoordinate(const double* x, std::size_t component) const noexcept;

    std::vector<double> m_mean;
    std::vector<double> m_directions;   // component by component
    std::vector<double> m_scale;
};

} // namespace modelarium
