#pragma once

#include "core/model/predictor.h"

#include <vector>

namespace modelarium {

/// L^-1 of a lower triangular L with a positive diagonal; it is not finite where L is too near to having no inverse.
Matrix inverseOfFactor(const Matrix& L);

/// Predicts with FullGaussianClasses: the length of L^-1 (x - mean) a class, then the softmax of the log densities.
///
/// Again in extended range where a row is so far out that its squares overflow.
class FullGaussianPredictor final : public Predictor {
public:
    explicit FullGaussianPredictor(const FullGaussianClasses& parameters);
    void predictRow(const double* x, double* out) const noexcept override;

    /// log (prior of class k times its density at x), with all constants; -infinity where that is beyond the range of double.
    double logDensity(const double* x, std::size_t k) const noexcept;

private:
    template <class Real> Real density(const double* x, std::size_t k) const noexcept;

    std::vector<double> m_mean;         // class by class
    std::vector<double> m_inverse;      // of the factors, class by class, each triangle row by row
    std::vector<double> m_constant;     // log prior - sum_j log L_jj - n_features / 2 log (2 pi)
};

} // namespace modelarium
