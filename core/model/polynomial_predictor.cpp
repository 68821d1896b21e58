#include "core/model/polynomial_predictor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

/// By squaring: the same few multiplications whatever the library's pow does.
template <class Real>
Real power(Real base, int exponent) noexcept
{
    Real result = 1;
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1)
            result *= base;
        base *= base;
    }
    return result;
}

} // namespace

PolynomialPredictor::PolynomialPredictor(const Polynomial& parameters)
    : Predictor(featureCount(parameters), 1),
      m_centre(parameters.centre.data(), parameters.centre.data() + parameters.centre.size()),
      m_scale(parameters.scale.data(), parameters.scale.data() + parameters.scale.size()),
      m_weights(parameters.weights.data(), parameters.weights.data() + parameters.weights.size()),
      m_intercept(parameters.intercept)
{
    for (const std::vector<int>& term : parameters.exponents) {
        for (std::size_t j = 0; j < term.size(); ++j)
            if (term[j] != 0)
                m_powers.push_back({j, term[j]});
        m_ends.push_back(m_powers.size());
    }
}

template <class Real>
Real PolynomialPredictor::value(const double* x) const noexcept
{
    // Limited so that no sum of terms can overflow: an infinite term of one sign and one of the other would be NaN.
    const Real limit = std::numeric_limits<Real>::max() / Real(2 * (m_ends.size() + 1));
    Real y = m_intercept;
    std::size_t next = 0;
    for (std::size_t term = 0; term < m_ends.size(); ++term) {
        Real product = m_weights[term];
        for (; next < m_ends[term]; ++next) {
            const std::size_t j = m_powers[next].feature;
            product *= power((Real(x[j]) - Real(m_centre[j])) / Real(m_scale[j]), m_powers[next].exponent);
        }
        // 0 * infinity: a term without weight adds nothing, however large its powers are.
        y += std::isnan(product) ? Real(0) : std::clamp(product, -limit, limit);
    }
    return y;
}

void PolynomialPredictor::predictRow(const double* x, double* out) const noexcept
{
    // A term that reached the limit of double shows in the sum; only then is the wider and slower type worth its price.
    const double y = value<double>(x);
    constexpr double suspicious = 1e300;
    if (std::abs(y) < suspicious) {
        *out = y;
        return;
    }
    constexpr long double largest = std::numeric_limits<double>::max();
    *out = double(std::clamp(value<long double>(x), -largest, largest));
}

} // namespace modelarium
