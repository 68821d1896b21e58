#include "core/model/equation.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/model/cluster_text.h"
#include "core/model/kernel_text.h"
#include "core/model/linear_reading.h"
#include "core/model/model_sentences.h"
#include "core/model/network_text.h"
#include "core/model/projection_text.h"
#include "core/model/written_digits.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace modelarium {

std::string nameText(const std::string& name)
{
    const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '_' || c == '^' || c == '.' || c >= 0x80;
    });
    const bool isFunction = name.starts_with("log(") || name.starts_with("boxcox(") || name.starts_with("yeojohnson(");
    const bool wellFormed = isFunction && name.find(' ') == std::string::npos;
    return plain || wellFormed ? name : "[" + name + "]";
}

namespace {

constexpr std::size_t mostTermsWritten = 12;

/// The place of the term that a person writes as number `i`: the highest power of a single feature first.
std::size_t writtenTerm(const LinearReading& reading, std::size_t i)
{
    const bool single = !reading.exponents.empty() && reading.exponents.front().size() == 1;
    return single ? reading.terms.size() - 1 - i : i;
}

WrittenDigits digitsOf(const LinearReading& reading, const LinearReadings& read, const Model& model, int digits)
{
    return WrittenDigits(reading, read.variables, model.preparation(), digits, mostTermsWritten);
}

void addSigned(std::string& text, double value, const std::string& tail, int digits)
{
    if (text.empty())
        text = (value < 0 ? "-" : "") + numberText(std::abs(value), digits) + tail;
    else
        text += (value < 0 ? " - " : " + ") + numberText(std::abs(value), digits) + tail;
}

std::string sumText(const LinearReading& reading, const WrittenDigits& digits)
{
    std::string text;
    const std::size_t count = reading.terms.size();
    for (std::size_t i = 0; i < count && i < mostTermsWritten; ++i) {
        const std::size_t k = writtenTerm(reading, i);
        addSigned(text, reading.terms[k].value, " " + nameText(reading.terms[k].name), digits.ofWeight(reading, k));
    }
    if (count > mostTermsWritten)
        text += " + ... (" + countText(count - mostTermsWritten) + " more terms)";
    if (reading.hasIntercept || text.empty())
        addSigned(text, reading.intercept, "", digits.of(reading.intercept));
    return text;
}

std::string escapedLatex(const std::string& text)
{
    std::string result;
    for (const char c : text) {
        if (c == '\\')
            result += "\\textbackslash{}";
        else if (c == '~')
            result += "\\textasciitilde{}";
        else if (c == '^')
            result += "\\textasciicircum{}";
        else if (std::string_view("#$%&_{}").find(c) != std::string_view::npos)
            result += std::string("\\") + c;
        else
            result += c;
    }
    return result;
}

std::string numberLatex(double value, int digits)
{
    const std::string text = numberText(value, digits);
    const std::size_t exponent = text.find('e');
    if (exponent == std::string::npos)
        return text;
    return text.substr(0, exponent) + " \\times 10^{" + std::to_string(std::atoi(text.c_str() + exponent + 1)) + "}";
}

/// The product of powers that a term is.
std::string termLatex(const std::vector<int>& exponents, const std::vector<std::string>& features)
{
    std::string text;
    for (std::size_t j = 0; j < exponents.size(); ++j) {
        if (exponents[j] == 0)
            continue;
        text += "\\,\\mathrm{" + escapedLatex(features[j]) + "}";
        if (exponents[j] > 1)
            text += "^{" + std::to_string(exponents[j]) + "}";
    }
    return text;
}

std::string sumLatex(const LinearReading& reading, const std::vector<std::string>& features, const WrittenDigits& digits)
{
    std::string text;
    const auto add = [&](double value, const std::string& tail, int count) {
        text += value < 0 ? (text.empty() ? "-" : " - ") : (text.empty() ? "" : " + ");
        text += numberLatex(std::abs(value), count) + tail;
    };
    const std::size_t count = reading.terms.size();
    for (std::size_t i = 0; i < count && i < mostTermsWritten; ++i) {
        const std::size_t k = writtenTerm(reading, i);
        add(reading.terms[k].value, termLatex(reading.exponents[k], features), digits.ofWeight(reading, k));
    }
    if (count > mostTermsWritten)
        text += " + \\dots";
    if (reading.hasIntercept || text.empty())
        add(reading.intercept, "", digits.of(reading.intercept));
    return text;
}

bool hasLink(const Model& model, Link link)
{
    const auto* linear = std::get_if<Linear>(&model.parameters());
    return linear && linear->link == link;
}

bool isLogistic(const Model& model) { return hasLink(model, Link::Logistic); }
bool isHard(const Model& model) { return hasLink(model, Link::Hard); }

/// What a term of a row is worth: the product of powers of its variables.
double termValue(const std::vector<int>& exponents, const std::vector<double>& encoded)
{
    double value = 1;
    for (std::size_t j = 0; j < exponents.size(); ++j)
        for (int power = 0; power < exponents[j]; ++power)
            value *= encoded[j];
    return value;
}

std::string sumArithmetic(const LinearReading& reading, const std::vector<double>& encoded, const WrittenDigits& digits)
{
    std::string text;
    const std::size_t count = reading.terms.size();
    for (std::size_t i = 0; i < count && i < mostTermsWritten; ++i) {
        const std::size_t k = writtenTerm(reading, i);
        const double weight = reading.terms[k].value, factor = termValue(reading.exponents[k], encoded);
        const std::string value = numberText(factor, digits.of(factor, weight));
        addSigned(text, weight, std::string(" ") + timesSign + " " + (value[0] == '-' ? "(" + value + ")" : value), digits.ofWeight(reading, k, factor));
    }
    if (count > mostTermsWritten)
        text += " + ... (" + countText(count - mostTermsWritten) + " more terms)";
    if (reading.hasIntercept || text.empty())
        addSigned(text, reading.intercept, "", digits.of(reading.intercept));
    return text;
}

double sumValue(const LinearReading& reading, const std::vector<double>& encoded)
{
    double sum = reading.intercept;
    for (std::size_t k = 0; k < reading.terms.size(); ++k)
        sum += reading.terms[k].value * termValue(reading.exponents[k], encoded);
    return sum;
}

/// Whether every number of the sum can be written.
bool staysFinite(const LinearReading& reading, const std::vector<double>& encoded)
{
    return std::isfinite(sumValue(reading, encoded))
        && std::all_of(reading.exponents.begin(), reading.exponents.end(),
                       [&](const std::vector<int>& exponents) { return std::isfinite(termValue(exponents, encoded)); });
}

std::vector<std::string> linearArithmetic(const Model& model, const LinearReadings& read, const double* raw,
                                          const std::vector<double>& answer, int digits)
{
    const std::vector<LinearReading>& readings = read.sums;
    const std::vector<double> encoded = variableValues(model.preparation(), read.variables, raw);
    if (!std::all_of(readings.begin(), readings.end(), [&](const LinearReading& reading) { return staysFinite(reading, encoded); }))
        return modelArithmetic(model, raw, answer, digits);
    const std::vector<std::string>& classes = model.target().classes;
    std::vector<std::string> lines;
    // "2.31 x 4 + 0.84 = 10.08"
    const auto worked = [&](const LinearReading& reading, double result) {
        const WrittenDigits written = digitsOf(reading, read, model, digits);
        return sumArithmetic(reading, encoded, written) + " = " + numberText(result, written.of(result));
    };
    if (model.target().task == Task::Projection) {
        for (std::size_t k = 0; k < readings.size(); ++k)
            lines.push_back(readings[k].label + " = " + worked(readings[k], answer[k]));
    } else if (model.target().task == Task::Regression) {
        lines.push_back(worked(readings[0], answer[0]));
    } else if (isLogistic(model)) {
        lines.push_back("z = " + worked(readings[0], sumValue(readings[0], encoded)));
        lines.push_back("P(" + classes[1] + ") = 1 / (1 + exp(-z)) = " + numberText(answer[1], digits));
    } else if (isHard(model) && readings.size() == 1) {
        const std::size_t decided = answer[1] > answer[0] ? 1 : 0;
        lines.push_back("score = " + worked(readings[0], sumValue(readings[0], encoded)));
        lines.push_back(std::string(decided == 1 ? "above 0" : "not above 0") + ": " + classes[decided]);
    } else {
        for (const LinearReading& reading : readings)
            lines.push_back("score(" + reading.label + ") = " + worked(reading, sumValue(reading, encoded)));
        if (isHard(model))
            lines.push_back("the largest score: " + classes[std::size_t(std::max_element(answer.begin(), answer.end()) - answer.begin())]);
        for (std::size_t k = 0; k < classes.size() && !isHard(model); ++k)
            lines.push_back("P(" + classes[k] + ") = exp(score) / sum of all exp(score) = " + numberText(answer[k], digits));
    }
    return lines;
}

} // namespace

std::vector<NamedParameter> parametersInDataUnits(const Model& model)
{
    if (isClustering(model))
        return clusterParameters(model);
    std::vector<NamedParameter> result;
    for (const LinearReading& reading : linearReadings(model).sums) {
        const std::string prefix = reading.label.empty() ? "" : reading.label + ": ";
        result.push_back({prefix + "(intercept)", reading.intercept});
        for (const NamedParameter& term : reading.terms)
            result.push_back({prefix + term.name, term.value});
    }
    return result;
}

std::string readingNote(const Model& model)
{
    constexpr std::size_t mostNamed = 4;
    const LinearReadings readings = linearReadings(model);
    std::string names;
    std::size_t count = 0;
    for (const FeatureForm& variable : readings.variables) {
        if (variable.stage == 0)
            continue;
        if (++count <= mostNamed)
            names += (count > 1 ? ", " : "") + nameText(variable.name);
    }
    if (readings.sums.empty() || count == 0)
        return {};
    if (count > mostNamed)
        names += " and " + countText(count - mostNamed) + " more";
    return "The equation is in " + names + ": a step of the preparation made " + (count == 1 ? "it" : "them")
        + " of the data, and there is no straight line back.";
}

std::string decisionText(const Model& model)
{
    const TargetColumn& target = model.target();
    if (!target.threshold)
        return {};
    return target.classes[1] + " from P(" + target.classes[1] + ") = " + exactText(*target.threshold) + " on, " + target.classes[0] + " below";
}

static std::string formulaText(const Model& model, int digits)
{
    const LinearReadings read = linearReadings(model);
    const std::vector<LinearReading>& readings = read.sums;
    if (readings.empty())
        return modelSentence(model, digits);
    const auto sum = [&](const LinearReading& reading) { return sumText(reading, digitsOf(reading, read, model, digits)); };
    if (model.target().task == Task::Regression)
        return nameText(model.target().name) + " = " + sum(readings[0]);
    if (const auto* projection = std::get_if<Projection>(&model.parameters())) {
        std::string text;
        for (std::size_t k = 0; k < readings.size() && k < mostTermsWritten; ++k)
            text += readings[k].label + " = " + sum(readings[k]) + "\n";
        if (readings.size() > mostTermsWritten)
            text += "... (" + countText(readings.size() - mostTermsWritten) + " more components)\n";
        return text + shareSentence(*projection);
    }
    if (isLogistic(model))
        return "P(" + model.target().classes[1] + ") = 1 / (1 + exp(-(" + sum(readings[0]) + ")))";
    if (isHard(model) && readings.size() == 1) {
        const std::vector<std::string>& classes = model.target().classes;
        return "score = " + sum(readings[0]) + "\n" + classes[1] + " where the score is above 0, " + classes[0] + " elsewhere";
    }
    std::string text;
    for (const LinearReading& reading : readings)
        text += "score(" + reading.label + ") = " + sum(reading) + "\n";
    if (isHard(model))
        return text + "the class with the largest score";
    return text + "P(class) = exp(score(class)) / sum of all exp(score)";
}

std::string equationText(const Model& model, int digits)
{
    const std::string decision = decisionText(model);
    return formulaText(model, digits) + (decision.empty() ? "" : "\n" + decision);
}

static std::string formulaLatex(const Model& model, int digits)
{
    if (const auto* network = std::get_if<DenseNetwork>(&model.parameters()))
        return networkLatex(*network, escapedLatex(model.target().name));
    if (const auto* expansion = std::get_if<KernelExpansion>(&model.parameters()))
        return kernelLatex(*expansion, escapedLatex(model.target().name), digits);
    if (std::holds_alternative<Centroids>(model.parameters()))
        return "\\mathrm{cluster} = \\arg\\min_k \\lVert x - c_k \\rVert^2";
    const LinearReadings read = linearReadings(model);
    const std::vector<LinearReading>& readings = read.sums;
    if (readings.empty())
        return "\\text{" + escapedLatex(modelSentence(model, digits).substr(0, modelSentence(model, digits).find('\n'))) + "}";
    const std::vector<std::string> features = read.variableNames();
    const std::string target = escapedLatex(model.target().name);
    const auto sum = [&](const LinearReading& reading) { return sumLatex(reading, features, digitsOf(reading, read, model, digits)); };
    if (model.target().task == Task::Regression)
        return "\\mathrm{" + target + "} = " + sum(readings[0]);
    if (model.target().task == Task::Projection) {
        std::string text = "\\begin{aligned}\n";
        for (std::size_t k = 0; k < readings.size() && k < mostTermsWritten; ++k)
            text += "z_{" + std::to_string(k + 1) + "} &= " + sum(readings[k]) + " \\\\\n";
        return text + "\\end{aligned}";
    }
    if (isLogistic(model)) {
        return "P(\\mathrm{" + escapedLatex(model.target().classes[1]) + "}) = \\frac{1}{1 + e^{-(" + sum(readings[0]) + ")}}";
    }
    if (isHard(model) && readings.size() == 1) {
        const std::vector<std::string>& classes = model.target().classes;
        return "\\mathrm{class} = \\begin{cases} \\mathrm{" + escapedLatex(classes[1]) + "} & \\text{if } " + sum(readings[0])
            + " > 0 \\\\ \\mathrm{" + escapedLatex(classes[0]) + "} & \\text{otherwise} \\end{cases}";
    }
    std::string text = "\\begin{aligned}\n";
    for (const LinearReading& reading : readings)
        text += "z_{\\mathrm{" + escapedLatex(reading.label) + "}} &= " + sum(reading) + " \\\\\n";
    if (isHard(model))
        return text + "\\mathrm{class} &= \\arg\\max_k z_k\n\\end{aligned}";
    return text + "P(k) &= \\frac{e^{z_k}}{\\sum_j e^{z_j}}\n\\end{aligned}";
}

std::string equationLatex(const Model& model, int digits)
{
    const TargetColumn& target = model.target();
    if (!target.threshold)
        return formulaLatex(model, digits);
    const std::string one = "\\mathrm{" + escapedLatex(target.classes[1]) + "}", other = "\\mathrm{" + escapedLatex(target.classes[0]) + "}";
    return formulaLatex(model, digits) + ",\\quad \\mathrm{class} = \\begin{cases} " + one + " & \\text{if } P(" + one + ") \\ge " + exactText(*target.threshold)
        + " \\\\ " + other + " & \\text{otherwise} \\end{cases}";
}

/// "P(yes) = 0.3614 is at least 0.24: yes", with digits enough to see it.
static std::string decisionLine(const TargetColumn& target, double probability, int digits)
{
    const double t = *target.threshold;
    const bool is = probability >= t;
    const std::string written = digits >= 17 ? exactText(probability) : is ? textWithin(probability, t, 2, digits) : textWithin(probability, -1, t, digits);
    return "P(" + target.classes[1] + ") = " + written + (is ? " is at least " : " is below ") + exactText(t) + ": " + target.classes[is ? 1 : 0];
}

std::vector<std::string> arithmeticText(const Model& model, const double* raw, int digits)
{
    std::vector<double> workspace(model.workspaceSize()), answer(model.outputs());
    model.predictRow(raw, workspace.data(), answer.data());
    const LinearReadings readings = linearReadings(model);
    std::vector<std::string> lines = readings.sums.empty() ? modelArithmetic(model, raw, answer, digits) : linearArithmetic(model, readings, raw, answer, digits);
    if (model.target().threshold && std::isfinite(answer[1]))
        lines.push_back(decisionLine(model.target(), answer[1], digits));
    return lines;
}

} // namespace modelarium
