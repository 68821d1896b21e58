#include "core/model/feature_forms.h"

#include "core/base/number_text.h"
#include "core/model/equation.h"
#include "core/prepare/steps.h"

#include <algorithm>
#include <cmath>
#include <limits>
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

/// Columns of 0 and 1 that a step made: whether a number is in an interval.
void sayWhichInterval(const Binning& step, std::size_t width, std::vector<FeatureForm>& forms)
{
    std::size_t place = 0, which = 0;
    for (std::size_t j = 0; j < width; ++j) {
        if (which == step.columns.size() || std::size_t(step.columns[which]) != j) {
            ++place;
            continue;
        }
        const std::size_t columns = step.outputsOf(which);
        for (std::size_t k = 0; k < columns; ++k, ++place) {
            if (step.encoding == Encoding::Ordinal || step.edges[which].empty())
                continue;
            forms[place].yes = nameText(forms[place].name);
            forms[place].no = "not " + forms[place].yes;
        }
        ++which;
    }
}

/// Those of the encoding: a level of a category, a cell that was missing.
void sayWhichLevel(const Preparation& preparation, std::vector<FeatureForm>& forms)
{
    std::size_t place = 0;
    const auto say = [&](const InputColumn& input, const std::string& what) {
        const std::string name = nameText(input.name);
        forms[place].yes = name + " is " + what;
        forms[place++].no = name + " is not " + what;
    };
    for (const InputColumn& input : preparation.inputs()) {
        const std::size_t columns = input.valueColumns();
        if (input.encoding == Encoding::OneHot && !input.levels.empty())
            for (std::size_t level = input.levels.size() - columns; level < input.levels.size(); ++level)
                say(input, nameText(input.levels[level]));
        else
            place += columns;
        if (input.missingIndicator)
            say(input, "missing");
    }
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
    if (const auto* bins = std::get_if<Binning>(&step))
        sayWhichInterval(*bins, before.size(), after);
    const std::vector<std::optional<std::size_t>> places = placesAfter(step, before.size());
    for (std::size_t j = 0; j < before.size(); ++j)
        if (places[j])
            after[*places[j]] = before[j];
    return after;
}

} // namespace

std::string thresholdText(const FeatureForm& form, double threshold, int digits)
{
    const double limit = threshold * form.scale + form.mean;
    if (digits >= 17)
        return exactText(limit);
    const float size = std::abs(float(threshold));
    double half = (double(std::nextafter(size, std::numeric_limits<float>::infinity())) - double(size)) / 2;
    // Floats near zero are finer than the rounding that scaled values, of a size near 1, have been through.
    constexpr double roundingOfScaled = 1.0 / (1 << 27);
    if (form.isScaled())
        half = std::max(half, roundingOfScaled);
    half *= std::abs(form.scale);
    return textWithin(limit, limit - half, limit + half, digits);
}

std::string questionText(const FeatureForm& form, double threshold, int digits)
{
    const double limit = threshold * form.scale + form.mean;
    // Where both values are on one side it is no question about them.
    constexpr double rounding = 1e-9;               // of scaling, done and undone
    if (!form.no.empty() && limit > -rounding && limit < 1 - rounding)
        return form.no;
    return nameText(form.name) + " <= " + thresholdText(form, threshold, digits);
}

std::vector<FeatureForm> featureForms(const Preparation& preparation, std::size_t steps)
{
    std::vector<FeatureForm> forms;
    for (std::string& name : preparation.encodedNames())
        forms.push_back({std::move(name), 0, forms.size(), 0, 1});
    sayWhichLevel(preparation, forms);
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
