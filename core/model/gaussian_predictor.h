#pragma once

#include "core/model/predictor.h"

#include <vector>

namespace modelarium {

/// Predicts with GaussianClasses: a sum of squares a class, then the softmax of the log densities.
///
/// Squares are taken of (x - mean), never expanded, and again in extended range where they overflow.
class GaussianPredictor final : public Predictor {
public:
    explicit GaussianPredictor(const GaussianClasses& parameters);
    void predictRow(const double* x, double* out) const noexcept override;

    /// log (prior of class k times its density at x), with all constants; -infinity where that is beyond the range of double.
    double logDensity(const double* x, std::size_t k) const noexcept;

private:
    template <class Real> Real density(const double* x, std::size_t k) const noexcept;

    std::vector<double> m_mean;         // class by class
    std::vector<double> m_precision;    // 1 / variance
    std::vector<double> m_constant;     // log prior - 1/2 sum_j log(2 pi variance_j)
};

} // namespace modelarium
