#include "core/model/feature_forms.h"

#include "core/prepare/steps.h"

#include <algorithm>
#include <numeric>

namespace modelarium {

namespace {

/// (v - mean) / scale, then (that - m) / s: (v - (mean + m scale)) / (scale s).
void rescale(FeatureForm& form, double m, double s)
{
    form.mean += m * form.scale;
    form.scale *= s;
}

/// What each column is called by a step that computes with it as it is now.
std::vector<std::string> namesOf(const std::vector<FeatureForm>& forms)
{
    std::vector<std::string> names;
    for (const FeatureForm& form : forms)
        names.push_back((form.isScaled() ? "scaled " : "") + form.name);
    return names;
}

/// Terms that are a feature itself leave it what it was.
std::optional<std::size_t> featureOfTerm(const std::vector<int>& exponents)
{
    if (std::accumulate(exponents.begin(), exponents.end(), 0) != 1)
        return std::nullopt;
    return std::size_t(std::find(exponents.begin(), exponents.end(), 1) - exponents.begin());
}

std::vector<FeatureForm> formsAfter(const PreparationStep& step, const std::vector<FeatureForm>& before, std::size_t stage)
{
    std::vector<FeatureForm> after;
    if (const auto* scale = std::get_if<Standardise>(&step)) {
        after = before;
        for (std::size_t j = 0; j < after.size(); ++j)
            rescale(after[j], scale->mean[Eigen::Index(j)], scale->scale[Eigen::Index(j)]);
        return after;
    }
    for (std::string& name : namesAfter(step, namesOf(before)))
        after.push_back({std::move(name), stage, after.size(), 0, 1});
    if (const auto* terms = std::get_if<PolynomialTerms>(&step)) {
        for (std::size_t k = 0; k < after.size(); ++k)
            if (const auto j = featureOfTerm(terms->exponents[k]))
                after[k] = before[*j];
        return after;
    }
    const std::vector<std::optional<std::size_t>> places = placesAfter(step, before.size());
    for (std::size_t j = 0; j < before.size(); ++j)
        if (places[j])
            after[*places[j]] = before[j];
    return after;
}

} // namespace

std::vector<FeatureForm> featureForms(const Preparation& preparation, std::size_t steps)
{
    std::vector<FeatureForm> forms;
    for (std::string& name : preparation.encodedNames())
        forms.push_back({std::move(name), 0, forms.size(), 0, 1});
    for (std::size_t s = 0; s < steps; ++s)
        forms = formsAfter(preparation.steps()[s], forms, s + 1);
    return forms;
}

std::vector<FeatureForm> featureForms(const Preparation& preparation) { return featureForms(preparation, preparation.steps().size()); }

std::vector<double> variableValues(const Preparation& preparation, const std::vector<FeatureForm>& forms, const double* raw)
{
    std::vector<double> values(forms.size());
    std::vector<double> scratch(preparation.scratchSize());
    for (std::size_t stage = 0; stage <= preparation.steps().size(); ++stage) {
        if (std::none_of(forms.begin(), forms.end(), [&](const FeatureForm& form) { return form.stage == stage; }))
            continue;
        std::vector<double> columns(preparation.outputsThrough(stage));
        preparation.applyRowThrough(raw, scratch.data(), columns.data(), stage);
        for (std::size_t j = 0; j < forms.size(); ++j)
            if (forms[j].stage == stage)
                values[j] = columns[forms[j].column];
    }
    return values;
}

} // namespace modelarium
