#include "core/model/network_text.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/prepare/preparation.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

constexpr std::size_t mostNumbersWritten = 300;     ///< of a network whose every sum is written out
constexpr std::size_t mostInputsWritten = 12;

/// "₁₂": the digits of a number below the line.
std::string below(std::size_t number)
{
    static const char* const digits[] = {"\u2080", "\u2081", "\u2082", "\u2083", "\u2084", "\u2085", "\u2086", "\u2087", "\u2088", "\u2089"};
    std::string text;
    for (const char digit : std::to_string(number))
        text += digits[digit - '0'];
    return text;
}

const char* activationName(Activation activation)
{
    switch (activation) {
    case Activation::Relu: return "relu";
    case Activation::Tanh: return "tanh";
    case Activation::Logistic: return "sigmoid";
    case Activation::Identity: break;
    }
    return "";
}

double activated(double z, Activation activation)
{
    switch (activation) {
    case Activation::Relu: return std::max(0.0, z);
    case Activation::Tanh: return std::tanh(z);
    case Activation::Logistic: return 1 / (1 + std::exp(-z));
    case Activation::Identity: break;
    }
    return z;
}

const char* linkName(Link link) { return link == Link::Softmax ? "softmax" : link == Link::Logistic ? "sigmoid" : ""; }

/// "w₁ × 0.2 - w₂ × (-1.3) + b" with the numbers in their places.
std::string sumText(const DenseLayer& layer, Eigen::Index unit, const std::vector<double>& from, int digits)
{
    std::string text;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const double weight = layer.W(unit, Eigen::Index(i));
        const std::string value = numberText(from[i], digits);
        text += i == 0 ? (weight < 0 ? "-" : "") : (weight < 0 ? " - " : " + ");
        text += numberText(std::abs(weight), digits) + " " + timesSign + " " + (value[0] == '-' ? "(" + value + ")" : value);
    }
    return text + (layer.b[unit] < 0 ? " - " : " + ") + numberText(std::abs(layer.b[unit]), digits);
}

std::vector<double> layerOutput(const DenseLayer& layer, const std::vector<double>& from)
{
    const Vector z = layer.W * Eigen::Map<const Vector>(from.data(), Eigen::Index(from.size())) + layer.b;
    std::vector<double> out;
    for (const double sum : z)
        out.push_back(activated(sum, layer.activation));
    return out;
}

std::string rangeText(const std::vector<double>& values, int digits)
{
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    return counted(values.size(), "number", "numbers") + " from " + numberText(*least, digits) + " to " + numberText(*most, digits);
}

/// Every unit of a layer, a line each.
void writeUnits(const DenseLayer& layer, const std::string& name, const std::vector<double>& from, const std::vector<double>& out,
                int digits, std::vector<std::string>& lines)
{
    for (std::size_t k = 0; k < out.size(); ++k) {
        const std::string sum = sumText(layer, Eigen::Index(k), from, digits);
        const std::string activation = activationName(layer.activation);
        const std::string unit = name + (out.size() == 1 ? "" : "[" + std::to_string(k + 1) + "]");
        lines.push_back(unit + " = " + (activation.empty() ? sum : activation + "(" + sum + ")") + " = " + numberText(out[k], digits));
    }
}

std::string inputText(const Model& model, const std::vector<double>& x, int digits)
{
    const std::vector<std::string> names = model.preparation().outputNames();
    std::string text = "x = (";
    for (std::size_t j = 0; j < x.size() && j < mostInputsWritten; ++j)
        text += (j ? ", " : "") + names[j] + ": " + numberText(x[j], digits);
    return text + (x.size() > mostInputsWritten ? ", ...)" : ")");
}

} // namespace

std::string networkEquation(const DenseNetwork& network, const Model& model)
{
    std::string text, from = "x";
    for (std::size_t l = 0; l < network.layers.size(); ++l) {
        const bool last = l + 1 == network.layers.size();
        const std::string number = below(l + 1);
        const std::string sum = "W" + number + " " + from + " + b" + number;
        const std::string function = last ? linkName(network.link) : activationName(network.layers[l].activation);
        const std::string left = !last ? "h" + number : model.target().task == Task::Regression ? model.target().name
            : network.link == Link::Logistic ? "P(" + model.target().classes[1] + ")" : "P";
        text += left + " = " + (function.empty() ? sum : function + "(" + sum + ")") + "\n";
        from = "h" + number;
    }
    return text + "x: " + counted(featureCount(network), "feature", "features") + (model.preparation().steps().empty() ? "" : ", prepared") + "; "
        + counted(parameterCount(network), "parameter", "parameters");
}

std::string networkLatex(const DenseNetwork& network, const std::string& target)
{
    std::string text = "\\begin{aligned}\n", from = "x";
    for (std::size_t l = 0; l < network.layers.size(); ++l) {
        const bool last = l + 1 == network.layers.size();
        const std::string number = "_{" + std::to_string(l + 1) + "}";
        const std::string sum = "W" + number + " " + from + " + b" + number;
        const std::string function = last ? linkName(network.link) : activationName(network.layers[l].activation);
        const std::string left = !last ? "h" + number : network.link == Link::Identity ? "\\mathrm{" + target + "}" : "P";
        text += left + " &= " + (function.empty() ? sum : "\\operatorname{" + function + "}(" + sum + ")") + (last ? "\n" : " \\\\\n");
        from = "h" + number;
    }
    return text + "\\end{aligned}";
}

std::vector<std::string> networkArithmetic(const DenseNetwork& network, const Model& model, const double* raw, int digits)
{
    std::vector<double> scratch(model.preparation().scratchSize()), x(model.preparation().outputs());
    model.preparation().applyRow(raw, scratch.data(), x.data());
    const bool small = parameterCount(network) <= mostNumbersWritten;
    std::vector<std::string> lines = {inputText(model, x, digits)};
    for (std::size_t l = 0; l < network.layers.size(); ++l) {
        const bool last = l + 1 == network.layers.size();
        const std::string name = last ? "z" : "h" + below(l + 1);
        const std::vector<double> out = layerOutput(network.layers[l], x);
        if (small || out.size() == 1)
            writeUnits(network.layers[l], name, x, out, digits, lines);
        else
            lines.push_back(name + ": " + rangeText(out, digits));
        x = out;
    }
    if (network.link == Link::Logistic)
        lines.push_back("P(" + model.target().classes[1] + ") = 1 / (1 + exp(-z))");
    else if (network.link == Link::Softmax)
        lines.push_back("P(class) = exp(z[class]) / sum of all exp(z)");
    return lines;
}

} // namespace modelarium
