#include "core/model/polynomial_expansion.h"

#include <functional>
#include <map>
#include <numeric>

namespace modelarium {

namespace {

using Exponents = std::vector<int>;

struct ByDegree {
    bool operator()(const Exponents& a, const Exponents& b) const
    {
        const int degreeA = std::accumulate(a.begin(), a.end(), 0);
        const int degreeB = std::accumulate(b.begin(), b.end(), 0);
        return degreeA != degreeB ? degreeA < degreeB : std::greater<>()(a, b);
    }
};

using Sums = std::map<Exponents, long double, ByDegree>;

/// The coefficients of x^0 .. x^e in ((x - centre) / scale)^e.
std::vector<long double> powerOfBinomial(long double centre, long double scale, int e)
{
    std::vector<long double> coefficients{1};
    for (int factor = 0; factor < e; ++factor) {
        coefficients.push_back(0);
        for (std::size_t f = coefficients.size(); f-- > 0;)
            coefficients[f] = ((f > 0 ? coefficients[f - 1] : 0) - centre * coefficients[f]) / scale;
    }
    return coefficients;
}

/// Adds factor * prod_j x_j^power_j for every choice of powers that the remaining binomials offer.
void addProducts(const std::vector<std::vector<long double>>& binomials, std::size_t feature, long double factor,
                 Exponents& powers, Sums& sums)
{
    if (feature == binomials.size()) {
        sums[powers] += factor;
        return;
    }
    for (std::size_t f = 0; f < binomials[feature].size(); ++f) {
        if (binomials[feature][f] == 0)
            continue;
        powers[feature] = int(f);
        addProducts(binomials, feature + 1, factor * binomials[feature][f], powers, sums);
    }
    powers[feature] = 0;
}

ExpandedPolynomial expand(const Polynomial& polynomial, const std::vector<long double>& centre,
                          const std::vector<long double>& scale)
{
    Sums sums;
    Exponents powers(centre.size(), 0);
    sums[powers] = polynomial.intercept;
    for (std::size_t k = 0; k < polynomial.exponents.size(); ++k) {
        sums[polynomial.exponents[k]] += 0;                     // a term that cancels is still shown
        std::vector<std::vector<long double>> binomials;
        for (std::size_t j = 0; j < centre.size(); ++j)
            binomials.push_back(powerOfBinomial(centre[j], scale[j], polynomial.exponents[k][j]));
        addProducts(binomials, 0, polynomial.weights[Eigen::Index(k)], powers, sums);
    }
    ExpandedPolynomial expanded;
    expanded.constant = double(sums.begin()->second);           // the term of degree 0 comes first
    for (auto term = std::next(sums.begin()); term != sums.end(); ++term) {
        expanded.exponents.push_back(term->first);
        expanded.coefficients.push_back(double(term->second));
    }
    return expanded;
}

} // namespace

ExpandedPolynomial expandPolynomial(const Polynomial& polynomial)
{
    return expand(polynomial, {polynomial.centre.begin(), polynomial.centre.end()},
                  {polynomial.scale.begin(), polynomial.scale.end()});
}

ExpandedPolynomial expandPolynomial(const Polynomial& polynomial, const Vector& mean, const Vector& scale)
{
    // ((x - mean) / scale - c) / s = (x - (mean + c scale)) / (scale s)
    std::vector<long double> centres;
    std::vector<long double> scales;
    for (Eigen::Index j = 0; j < polynomial.centre.size(); ++j) {
        centres.push_back(static_cast<long double>(polynomial.centre[j]) * scale[j] + mean[j]);
        scales.push_back(static_cast<long double>(polynomial.scale[j]) * scale[j]);
    }
    return expand(polynomial, centres, scales);
}

} // namespace modelarium
