#include "core/model/kernel_text.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/model/kernel_predictor.h"
#include "core/model/link.h"
#include "core/model/pairwise_probabilities.h"
#include "core/prepare/preparation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr std::size_t mostVectorsWritten = 6;
constexpr std::size_t mostPairsWritten = 10;

std::string signedText(double value, int digits) { return (value < 0 ? " - " : " + ") + numberText(std::abs(value), digits); }

std::string vectorsText(Index count) { return counted(count, "support vector", "support vectors"); }

std::string kernelFormula(const KernelExpansion& p, int digits)
{
    if (p.kernel == Kernel::Rbf)
        return "exp(-" + numberText(p.gamma, digits) + " |x - s|^2)";
    if (p.kernel == Kernel::Linear)
        return "(x . s)";
    return "(" + numberText(p.gamma, digits) + " x . s" + (p.coef0 == 0 ? "" : signedText(p.coef0, digits)) + ")^" + std::to_string(p.degree);
}

std::string formulaLatex(const KernelExpansion& p, int digits)
{
    if (p.kernel == Kernel::Rbf)
        return "\\exp(-" + numberText(p.gamma, digits) + "\\,|x - s_i|^2)";
    if (p.kernel == Kernel::Linear)
        return "(x \\cdot s_i)";
    return "(" + numberText(p.gamma, digits) + "\\,x \\cdot s_i" + (p.coef0 == 0 ? "" : signedText(p.coef0, digits)) + ")^{"
        + std::to_string(p.degree) + "}";
}

/// The class with the most votes, of equal ones the first.
std::size_t votedFor(const Vector& scores, std::size_t classes, std::vector<int>& votes)
{
    votes.assign(classes, 0);
    Index pair = 0;
    for (std::size_t k = 0; k < classes; ++k)
        for (std::size_t l = k + 1; l < classes; ++l)
            ++votes[scores[pair++] > 0 ? l : k];
    return std::size_t(std::max_element(votes.begin(), votes.end()) - votes.begin());
}

/// What a score says of the second of two classes. Where scores lie close together both numbers are large and their difference counts.
std::string sigmoidText(const KernelExpansion& p, Index pair, int digits)
{
    constexpr int exact = 17;
    digits = std::min(exact, digits + int(std::ceil(std::log10(std::max(1.0, std::abs(p.offsets[pair]))))));
    return "1 / (1 + exp(-(" + numberText(p.slopes[pair], digits) + " score" + signedText(p.offsets[pair], digits) + ")))";
}

double sigmoidOf(const KernelExpansion& p, Index pair, double score)
{
    double two[2];
    logisticProbabilities(p.slopes[pair] * score + p.offsets[pair], two);
    return two[1];
}

/// The terms of one sum, the weightiest first, and what the rest adds.
void writeTerms(const KernelExpansion& p, const std::vector<double>& x, int digits, std::vector<std::string>& lines)
{
    std::vector<double> values;
    for (Index s = 0; s < p.vectors.rows(); ++s)
        values.push_back(kernelValue(p, x.data(), s));
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    const auto term = [&](std::size_t s) { return p.coefficients(0, Index(s)) * values[s]; };
    const std::size_t written = std::min(mostVectorsWritten, order.size());
    std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(written), order.end(), [&](std::size_t a, std::size_t b) {
        const double first = std::abs(term(a)), second = std::abs(term(b));
        return first > second || (first == second && a < b);
    });
    for (std::size_t i = 0; i < written; ++i)
        lines.push_back("support vector " + std::to_string(order[i] + 1) + ": " + numberText(p.coefficients(0, Index(order[i])), digits) + " "
                        + timesSign + " " + numberText(values[order[i]], digits) + " = " + numberText(term(order[i]), digits));
    double rest = 0;
    for (std::size_t i = written; i < order.size(); ++i)
        rest += term(order[i]);
    if (order.size() > written)
        lines.push_back("... and " + countText(order.size() - written) + " more: " + numberText(rest, digits));
}

/// What each two classes' score says, and the probabilities that agree best with all of that.
void writeCoupledProbabilities(const KernelExpansion& p, const std::vector<std::string>& classes, const Vector& scores, int digits,
                               std::vector<std::string>& lines)
{
    std::vector<double> ofSecond, probabilities(classes.size());
    for (std::size_t k = 0; k < classes.size(); ++k)
        for (std::size_t l = k + 1; l < classes.size(); ++l) {
            const auto pair = Index(ofSecond.size());
            ofSecond.push_back(sigmoidOf(p, pair, scores[pair]));
            if (std::size_t(pair) < mostPairsWritten)
                lines.push_back(classes[k] + " or " + classes[l] + ": score " + numberText(scores[pair], digits) + ", "
                                + classes[l] + " of the two with " + numberText(ofSecond.back(), digits));
        }
    if (ofSecond.size() > mostPairsWritten)
        lines.push_back("... and " + countText(ofSecond.size() - mostPairsWritten) + " more pairs");
    coupleProbabilities(ofSecond.data(), classes.size(), probabilities.data());
    for (std::size_t k = 0; k < classes.size() && k < mostPairsWritten; ++k)
        lines.push_back("P(" + classes[k] + ") = " + numberText(probabilities[k], digits));
}

} // namespace

std::string kernelEquation(const KernelExpansion& p, const Model& model, int digits)
{
    const std::vector<std::string>& classes = model.target().classes;
    const std::string prepared = model.preparation().steps().empty() ? "" : "; x and s are prepared features";
    const std::string sum = "sum of c(s) " + kernelFormula(p, digits);
    if (model.target().task == Task::Regression || classes.size() == 2) {
        const std::string left = model.target().task == Task::Regression ? model.target().name : "score";
        std::string text = left + " = " + sum + signedText(p.intercepts[0], digits) + "\n";
        if (p.slopes.size() > 0)
            text += "P(" + classes[1] + ") = " + sigmoidText(p, 0, digits) + "\n";
        else if (model.target().task == Task::Classification)
            text += classes[1] + " where the score is above 0, " + classes[0] + " elsewhere\n";
        return text + "s: " + vectorsText(p.vectors.rows()) + ", c: a weight for each" + prepared;
    }
    return "score(k, l) = " + sum + " + b(k, l), for each two of the " + countText(classes.size()) + " classes\n"
        + (p.slopes.size() > 0 ? "each score gives P(l | k or l) = 1 / (1 + exp(-(a(k, l) score + d(k, l)))); the classes' probabilities are those that agree best with all of them\n"
                               : "each score votes for one of its two classes: the class with the most votes\n")
        + "s: " + vectorsText(p.vectors.rows())
        + ", c: a weight for each against each other class" + prepared;
}

std::string kernelLatex(const KernelExpansion& p, const std::string& target, int digits)
{
    const std::string sum = "\\sum_{i=1}^{" + std::to_string(p.vectors.rows()) + "} c_i " + formulaLatex(p, digits);
    if (p.vectorsOfClass.empty())
        return "\\mathrm{" + target + "} = " + sum + signedText(p.intercepts[0], digits);
    const bool two = p.vectorsOfClass.size() == 2;
    const std::string score = two ? "\\mathrm{score} = " + sum + signedText(p.intercepts[0], digits)
                                  : "\\mathrm{score}_{kl} = \\sum_i c_{i,kl} " + formulaLatex(p, digits) + " + b_{kl}";
    if (p.slopes.size() == 0)
        return score;
    return score + ", \\quad "
        + (two ? "P = \\frac{1}{1 + e^{-(" + numberText(p.slopes[0], digits) + "\\,\\mathrm{score}" + signedText(p.offsets[0], digits) + ")}}"
               : "P_{l \\mid kl} = \\frac{1}{1 + e^{-(a_{kl}\\,\\mathrm{score}_{kl} + d_{kl})}}");
}

std::vector<std::string> kernelArithmetic(const KernelExpansion& p, const Model& model, const double* raw, int digits)
{
    std::vector<double> scratch(model.preparation().scratchSize()), x(model.preparation().outputs());
    model.preparation().applyRow(raw, scratch.data(), x.data());
    const std::vector<std::string>& classes = model.target().classes;
    const Vector scores = kernelScores(p, x.data());
    std::vector<std::string> lines;
    if (classes.size() <= 2) {
        writeTerms(p, x, digits, lines);
        lines.push_back("intercept: " + numberText(p.intercepts[0], digits));
        if (classes.size() == 2) {
            lines.push_back("score = " + numberText(scores[0], digits));
            if (p.slopes.size() > 0)
                lines.push_back("P(" + classes[1] + ") = " + sigmoidText(p, 0, digits) + " = " + numberText(sigmoidOf(p, 0, scores[0]), digits));
            else
                lines.push_back(scores[0] > 0 ? "above 0: " + classes[1] : "not above 0: " + classes[0]);
        }
        return lines;
    }
    if (p.slopes.size() > 0) {
        writeCoupledProbabilities(p, classes, scores, digits, lines);
        return lines;
    }
    std::vector<int> votes;
    const std::size_t decided = votedFor(scores, classes.size(), votes);
    Index pair = 0;
    for (std::size_t k = 0; k < classes.size(); ++k)
        for (std::size_t l = k + 1; l < classes.size(); ++l, ++pair)
            if (std::size_t(pair) < mostPairsWritten)
                lines.push_back(classes[k] + " or " + classes[l] + ": score " + numberText(scores[pair], digits) + ", a vote for "
                                + classes[scores[pair] > 0 ? l : k]);
    if (std::size_t(pair) > mostPairsWritten)
        lines.push_back("... and " + countText(std::size_t(pair) - mostPairsWritten) + " more votes");
    lines.push_back("the most votes (" + countText(votes[decided]) + "): " + classes[decided]);
    return lines;
}

} // namespace modelarium
