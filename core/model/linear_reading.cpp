#include "core/model/linear_reading.h"

#include "core/model/polynomial_expansion.h"
#include "core/prepare/polynomial_exponents.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

using Eigen::Index;
using Weights = std::vector<long double>;
using Exponents = std::vector<std::vector<int>>;

/// The chain of steps parted at the last one that mixes columns, where only scaling follows it: scales * mixing * (forms).
struct Chain {
    const PreparationStep* mixing = nullptr;        ///< polynomial terms or principal components; null where there is none to undo
    std::vector<FeatureForm> tail;                  ///< scaling after it; its columns are the variables
    std::vector<FeatureForm> forms;                 ///< columns that enter it, or the prepared features
};

bool mixes(const PreparationStep& step)
{
    return std::holds_alternative<PolynomialTerms>(step) || std::holds_alternative<PrincipalComponents>(step);
}

Chain chainOf(const Preparation& preparation)
{
    const std::vector<PreparationStep>& steps = preparation.steps();
    Chain chain;
    std::size_t last = steps.size();
    while (last > 0 && std::holds_alternative<Standardise>(steps[last - 1]))
        --last;
    if (last == 0 || !mixes(steps[last - 1])) {
        chain.forms = featureForms(preparation);
        return chain;
    }
    chain.mixing = &steps[last - 1];
    chain.forms = featureForms(preparation, last - 1);
    for (std::size_t j = 0; j < preparation.outputs(); ++j) {
        FeatureForm form{"", last, j, 0, 1};
        for (std::size_t s = last; s < steps.size(); ++s) {
            const auto& scale = std::get<Standardise>(steps[s]);
            form.mean += scale.mean[Index(j)] * form.scale;
            form.scale *= scale.scale[Index(j)];
        }
        chain.tail.push_back(form);
    }
    return chain;
}

bool anyScaled(const std::vector<FeatureForm>& forms)
{
    return std::any_of(forms.begin(), forms.end(), [](const FeatureForm& form) { return form.isScaled(); });
}

/// w_j (x_j - mean_j) / scale_j + b: weight w_j / scale_j, intercept b - sum w_j mean_j / scale_j.
void unscale(const std::vector<FeatureForm>& forms, Weights& w, long double& b)
{
    for (std::size_t j = 0; j < forms.size(); ++j) {
        w[j] /= forms[j].scale;
        b -= w[j] * forms[j].mean;
    }
}

/// sum_k w_k sum_j directions_kj (x_j - mean_j): weight sum_k w_k directions_kj.
void turnBack(const PrincipalComponents& step, std::size_t width, Weights& w, long double& b)
{
    Weights before(width, 0);
    std::size_t next = 0, place = 0;
    for (std::size_t j = 0; j < width; ++j) {
        if (next < step.columns.size() && std::size_t(step.columns[next]) == j)
            ++next;
        else
            before[j] = w[place++];
    }
    for (std::size_t which = 0; which < step.columns.size(); ++which) {
        long double& weight = before[std::size_t(step.columns[which])];
        for (Index k = 0; k < step.directions.rows(); ++k)
            weight += w[place + std::size_t(k)] * step.directions(k, Index(which));
        b -= weight * step.mean[Index(which)];
    }
    w = std::move(before);
}

/// Each variable by itself.
Exponents identity(std::size_t variables)
{
    Exponents exponents(variables, std::vector<int>(variables, 0));
    for (std::size_t j = 0; j < variables; ++j)
        exponents[j][j] = 1;
    return exponents;
}

/// A term of prepared features as a term of the columns that the polynomial step multiplied.
std::vector<int> composed(const std::vector<int>& term, const Exponents& prepared)
{
    std::vector<int> result(prepared.empty() ? 0 : prepared.front().size(), 0);
    for (std::size_t k = 0; k < term.size(); ++k)
        for (std::size_t j = 0; j < result.size(); ++j)
            result[j] += term[k] * prepared[k][j];
    return result;
}

void setTerms(LinearReading& reading, const Exponents& exponents, const Weights& weights)
{
    reading.exponents = exponents;
    for (const long double weight : weights)
        reading.terms.push_back({"", double(weight)});
}

ExpandedPolynomial expand(const Polynomial& polynomial, const std::vector<FeatureForm>& forms)
{
    if (!anyScaled(forms))
        return expandPolynomial(polynomial);
    Vector mean(Index(forms.size())), scale(Index(forms.size()));
    for (std::size_t j = 0; j < forms.size(); ++j) {
        mean[Index(j)] = forms[j].mean;
        scale[Index(j)] = forms[j].scale;
    }
    return expandPolynomial(polynomial, mean, scale);
}

void setTerms(LinearReading& reading, const ExpandedPolynomial& expanded)
{
    reading.intercept = expanded.constant;
    setTerms(reading, expanded.exponents, Weights(expanded.coefficients.begin(), expanded.coefficients.end()));
}

/// A weighted sum of products of scaled columns, multiplied out.
void setProducts(LinearReading& reading, const Exponents& exponents, const Weights& weights, long double intercept, const std::vector<FeatureForm>& forms)
{
    if (!anyScaled(forms)) {
        setTerms(reading, exponents, weights);
        reading.intercept = double(intercept);
        return;
    }
    Polynomial products;
    products.centre = Vector::Zero(Index(forms.size()));
    products.scale = Vector::Ones(Index(forms.size()));
    products.exponents = exponents;
    products.weights.resize(Index(weights.size()));
    std::copy(weights.begin(), weights.end(), products.weights.data());
    products.intercept = double(intercept);
    setTerms(reading, expand(products, forms));
}

LinearReading readSum(Weights w, long double b, const Chain& chain)
{
    LinearReading reading;
    reading.hasIntercept = b != 0 || anyScaled(chain.tail) || anyScaled(chain.forms);
    if (chain.mixing)
        unscale(chain.tail, w, b);
    if (const auto* terms = chain.mixing ? std::get_if<PolynomialTerms>(chain.mixing) : nullptr) {
        setProducts(reading, terms->exponents, w, b, chain.forms);
        return reading;
    }
    if (chain.mixing) {
        turnBack(std::get<PrincipalComponents>(*chain.mixing), chain.forms.size(), w, b);
        reading.hasIntercept = true;
    }
    unscale(chain.forms, w, b);
    setTerms(reading, identity(chain.forms.size()), w);
    reading.intercept = double(b);
    return reading;
}

std::vector<LinearReading> readLinear(const Linear& p, const Chain& chain, const TargetColumn& target)
{
    std::vector<LinearReading> readings;
    for (Index k = 0; k < p.W.rows(); ++k) {
        const RowVector row = p.W.row(k);
        readings.push_back(readSum({row.begin(), row.end()}, p.b[k], chain));
        if (p.link == Link::Softmax || (p.link == Link::Hard && p.W.rows() > 1))
            readings.back().label = target.classes[std::size_t(k)];
    }
    return readings;
}

std::vector<LinearReading> readProjection(const Projection& p, const Chain& chain)
{
    const std::vector<std::string> names = componentNames(p);
    std::vector<LinearReading> readings;
    for (Index k = 0; k < p.directions.rows(); ++k) {
        Weights w;
        long double b = 0;
        for (Index j = 0; j < p.directions.cols(); ++j) {
            w.push_back(static_cast<long double>(p.directions(k, j)) / p.scale[k]);
            b -= w.back() * p.mean[j];
        }
        readings.push_back(readSum(std::move(w), b, chain));
        readings.back().label = names[std::size_t(k)];
    }
    return readings;
}

LinearReading readPolynomial(const Polynomial& p, const Chain& chain)
{
    LinearReading reading;
    if (!chain.mixing) {
        setTerms(reading, expand(p, chain.forms));
    } else {
        const ExpandedPolynomial expanded = expand(p, chain.tail);
        Exponents exponents;
        for (const std::vector<int>& term : expanded.exponents)
            exponents.push_back(composed(term, std::get<PolynomialTerms>(*chain.mixing).exponents));
        setProducts(reading, exponents, Weights(expanded.coefficients.begin(), expanded.coefficients.end()), expanded.constant, chain.forms);
    }
    reading.hasIntercept = reading.intercept != 0;
    return reading;
}

/// A scale of 1e-300 and its square leave the range of numbers when they are undone.
bool isWritable(const std::vector<LinearReading>& sums)
{
    return std::all_of(sums.begin(), sums.end(), [](const LinearReading& reading) {
        return std::isfinite(reading.intercept)
            && std::all_of(reading.terms.begin(), reading.terms.end(), [](const NamedParameter& term) { return std::isfinite(term.value); });
    });
}

} // namespace

bool LinearReadings::isInDataUnits() const
{
    return std::all_of(variables.begin(), variables.end(), [](const FeatureForm& variable) { return variable.stage == 0; });
}

std::vector<std::string> LinearReadings::variableNames() const
{
    std::vector<std::string> names;
    for (const FeatureForm& variable : variables)
        names.push_back(variable.name);
    return names;
}

LinearReadings linearReadings(const Model& model)
{
    LinearReadings result;
    const auto* linear = std::get_if<Linear>(&model.parameters());
    const auto* polynomial = std::get_if<Polynomial>(&model.parameters());
    const auto* projection = std::get_if<Projection>(&model.parameters());
    if (!linear && !polynomial && !projection)
        return result;
    Chain chain = chainOf(model.preparation());
    // Products of principal components would be many: they are read as products of the components.
    if (polynomial && chain.mixing && std::holds_alternative<PrincipalComponents>(*chain.mixing))
        chain = {nullptr, {}, featureForms(model.preparation())};
    if (linear)
        result.sums = readLinear(*linear, chain, model.target());
    else if (projection)
        result.sums = readProjection(*projection, chain);
    else
        result.sums = {readPolynomial(*polynomial, chain)};
    if (!isWritable(result.sums))
        return {};
    result.variables = std::move(chain.forms);
    const std::vector<std::string> features = result.variableNames();
    for (LinearReading& reading : result.sums) {
        const std::vector<std::string> names = termNames(reading.exponents, features);
        for (std::size_t k = 0; k < reading.terms.size(); ++k)
            reading.terms[k].name = names[k];
    }
    return result;
}

} // namespace modelarium
