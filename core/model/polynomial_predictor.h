#pragma once

#include "core/model/predictor.h"

#include <utility>
#include <vector>

namespace modelarium {

/// Predicts with Polynomial: every term a product of powers of the centred and scaled features.
///
/// Where a term leaves the range of double it is limited, in extended range: the answer is never infinite or NaN.
class PolynomialPredictor final : public Predictor {
public:
    explicit PolynomialPredictor(const Polynomial& parameters);
    void predictRow(const double* x, double* out) const noexcept override;

private:
    struct Power {
        std::size_t feature;
        int exponent;
    };

    template <class Real> Real value(const double* x) const noexcept;

    std::vector<double> m_centre;
    std::vector<double> m_scale;
    std::vector<double> m_weights;
    std::vector<Power> m_powers;                    // of all terms, one after the other: exponents that are not 0
    std::vector<std::size_t> m_ends;                // where the powers of each term end
    double m_intercept;
};

} // namespace modelarium
