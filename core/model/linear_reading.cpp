#include "core/model/linear_reading.h"

#include "core/model/polynomial_expansion.h"
#include "core/prepare/polynomial_exponents.h"

namespace modelarium {

namespace {

const Standardise* standardiseOf(const Preparation& preparation)
{
    for (const PreparationStep& step : preparation.steps())
        if (const auto* standardise = std::get_if<Standardise>(&step))
            return standardise;
    return nullptr;
}

/// Exponents of the prepared features in terms of the encoded ones: each feature itself, or the terms of the polynomial step.
std::vector<std::vector<int>> preparedExponents(const Preparation& preparation)
{
    for (const PreparationStep& step : preparation.steps())
        if (const auto* terms = std::get_if<PolynomialTerms>(&step))
            return terms->exponents;
    const std::size_t features = preparation.encodedColumns();
    std::vector<std::vector<int>> identity(features, std::vector<int>(features, 0));
    for (std::size_t j = 0; j < features; ++j)
        identity[j][j] = 1;
    return identity;
}

/// A term of prepared features as a term of encoded features.
std::vector<int> composed(const std::vector<int>& term, const std::vector<std::vector<int>>& prepared)
{
    std::vector<int> result(prepared.empty() ? 0 : prepared.front().size(), 0);
    for (std::size_t k = 0; k < term.size(); ++k)
        for (std::size_t j = 0; j < result.size(); ++j)
            result[j] += term[k] * prepared[k][j];
    return result;
}

/// w_j (x_j - mean_j) / scale_j + b: weight w_j / scale_j, intercept b - sum w_j mean_j / scale_j, summed in extended precision.
LinearReading unscaled(const RowVector& w, double b, const Standardise* standardise)
{
    LinearReading reading;
    long double intercept = b;
    for (Eigen::Index j = 0; j < w.size(); ++j) {
        const long double weight = standardise ? static_cast<long double>(w[j]) / standardise->scale[j] : w[j];
        if (standardise)
            intercept -= weight * standardise->mean[j];
        reading.terms.push_back({"", double(weight)});
    }
    reading.intercept = double(intercept);
    return reading;
}

std::vector<LinearReading> readLinear(const Linear& p, const Model& model)
{
    std::vector<LinearReading> readings;
    const Standardise* standardise = standardiseOf(model.preparation());
    for (Eigen::Index k = 0; k < p.W.rows(); ++k) {
        readings.push_back(unscaled(p.W.row(k), p.b[k], standardise));
        readings.back().exponents = preparedExponents(model.preparation());
        readings.back().hasIntercept = p.b[k] != 0 || standardise;
        if (p.link == Link::Softmax || (p.link == Link::Hard && p.W.rows() > 1))
            readings.back().label = model.target().classes[std::size_t(k)];
    }
    return readings;
}

LinearReading readPolynomial(const Polynomial& p, const Model& model)
{
    const Standardise* standardise = standardiseOf(model.preparation());
    const ExpandedPolynomial expanded = standardise ? expandPolynomial(p, standardise->mean, standardise->scale) : expandPolynomial(p);
    LinearReading reading;
    reading.intercept = expanded.constant;
    reading.hasIntercept = expanded.constant != 0;
    const std::vector<std::vector<int>> prepared = preparedExponents(model.preparation());
    for (std::size_t k = 0; k < expanded.exponents.size(); ++k) {
        reading.terms.push_back({"", expanded.coefficients[k]});
        reading.exponents.push_back(composed(expanded.exponents[k], prepared));
    }
    return reading;
}

} // namespace

std::vector<LinearReading> linearReadings(const Model& model)
{
    std::vector<LinearReading> readings;
    if (const auto* linear = std::get_if<Linear>(&model.parameters()))
        readings = readLinear(*linear, model);
    else if (const auto* polynomial = std::get_if<Polynomial>(&model.parameters()))
        readings = {readPolynomial(*polynomial, model)};
    const std::vector<std::string> features = model.preparation().encodedNames();
    for (LinearReading& reading : readings) {
        const std::vector<std::string> names = termNames(reading.exponents, features);
        for (std::size_t k = 0; k < reading.terms.size(); ++k)
            reading.terms[k].name = names[k];
    }
    return readings;
}

} // namespace modelarium
