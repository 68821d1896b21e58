#include "core/model/model_sentences.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/model/cluster_text.h"
#include "core/model/equation.h"
#include "core/model/feature_forms.h"
#include "core/model/full_gaussian_predictor.h"
#include "core/model/kernel_text.h"
#include "core/model/network_text.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

/// Weighted sums are formulas, unless their numbers cannot be written.
constexpr const char* unwritableSum = "A weighted sum, but in the units of the data some of its weights are beyond the range of numbers: "
                                      "give the columns units in which their values are nearer to 1.";

constexpr std::size_t mostLeavesWritten = 8, levelsOfLargeTree = 3;
constexpr std::size_t mostTreesWritten = 10;

std::vector<double> preparedRow(const Model& model, const double* raw)
{
    std::vector<double> scratch(model.preparation().scratchSize()), x(model.preparation().outputs());
    model.preparation().applyRow(raw, scratch.data(), x.data());
    return x;
}

/// A leaf's answer: a value, the likeliest class with its share, or what a boosted tree adds to a score.
std::string leafAnswer(const Tree& tree, std::size_t node, const Model& model, int digits, TreeAggregation aggregation = TreeAggregation::Mean)
{
    const double value = tree.values(Eigen::Index(node), 0);
    if (aggregation == TreeAggregation::Sum)
        return (value < 0 ? "- " : "+ ") + numberText(std::abs(value), digits);
    if (model.target().task == Task::Regression)
        return numberText(value, digits);
    Eigen::Index best = 0;
    const double share = tree.values.row(Eigen::Index(node)).maxCoeff(&best);
    return model.target().classes[std::size_t(best)] + " (" + numberText(100 * share, 3) + " %)";
}

/// The questions of a tree as text, a line each.
class RuleWriter {
public:
    RuleWriter(const TreeEnsemble& ensemble, const Model& model, int digits)
        : m_model(model), m_features(featureForms(model.preparation())), m_digits(digits), m_aggregation(ensemble.aggregation)
    {
    }

    /// Questions in a row beyond `levels` are left out, and the leaves below them counted.
    void write(const Tree& tree, const std::string& indent, std::size_t levels, std::string& text) const { write(tree, 0, indent, levels, text); }

private:
    void write(const Tree& tree, std::size_t node, const std::string& indent, std::size_t levels, std::string& text) const
    {
        if (tree.feature[node] < 0) {
            text += indent + leafAnswer(tree, node, m_model, m_digits, m_aggregation) + "\n";
            return;
        }
        if (levels == 0) {
            text += indent + "... (" + counted(leavesBelow(tree, node), "leaf", "leaves") + ")\n";
            return;
        }
        text += indent + "if " + questionText(m_features[std::size_t(tree.feature[node])], tree.threshold[node], m_digits) + ":\n";
        write(tree, std::size_t(tree.left[node]), indent + "    ", levels - 1, text);
        text += indent + "else:\n";
        write(tree, std::size_t(tree.right[node]), indent + "    ", levels - 1, text);
    }

    static std::size_t leavesBelow(const Tree& tree, std::size_t top)
    {
        std::size_t leaves = 0;
        for (std::vector<std::size_t> open{top}; !open.empty();) {
            const std::size_t node = open.back();
            open.pop_back();
            leaves += tree.feature[node] < 0;
            if (tree.feature[node] >= 0)
                open.insert(open.end(), {std::size_t(tree.left[node]), std::size_t(tree.right[node])});
        }
        return leaves;
    }

    const Model& m_model;
    std::vector<FeatureForm> m_features;
    int m_digits;
    TreeAggregation m_aggregation;
};

/// The beginning of the first trees of an ensemble; the rest are counted.
std::string firstTrees(const TreeEnsemble& p, const Model& model, int digits)
{
    constexpr std::size_t treesWritten = 2, levelsWritten = 2;
    const RuleWriter writer(p, model, digits);
    const std::size_t scores = std::max<std::size_t>(1, std::size_t(p.base.size()));
    std::string text;
    std::size_t written = 0;
    for (; written < std::min(treesWritten, p.trees.size()); ++written) {
        const std::string of = scores > 1 ? " of " + model.target().classes[written % scores] : "";
        text += "\ntree " + std::to_string(written / scores + 1) + of + (p.aggregation == TreeAggregation::Sum ? " adds" : "") + ":\n";
        writer.write(p.trees[written], "    ", levelsWritten, text);
        text.pop_back();
    }
    if (p.trees.size() > written)
        text += "\n... and " + counted(p.trees.size() - written, "more tree", "more trees");
    return text;
}

std::string singleTreeSentence(const TreeEnsemble& ensemble, const Model& model, int digits)
{
    const Tree& tree = ensemble.trees.front();
    const std::size_t leaves = leafCount(tree);
    std::string text = "A decision tree of depth " + std::to_string(depthOf(tree)) + " with " + counted(leaves, "leaf", "leaves")
        + ": answer its questions from the top, and read the leaf.\n";
    RuleWriter(ensemble, model, digits).write(tree, "", leaves <= mostLeavesWritten ? mostLeavesWritten : levelsOfLargeTree, text);
    text.pop_back();
    return text;
}

/// What the scores of boosted trees become.
std::string linkSentence(const TreeEnsemble& p, const Model& model)
{
    if (p.link == Link::Logistic)
        return "\nP(" + model.target().classes[1] + ") = 1 / (1 + exp(-z))";
    return p.link == Link::Softmax ? "\nP(class) = exp(z(class)) / sum of all exp(z)" : "";
}

std::string boostingSentence(const TreeEnsemble& p, const Model& model, const std::string& leaves, int digits)
{
    const std::size_t scores = std::size_t(p.base.size());
    std::string text = "Gradient boosting: ";
    if (scores > 1) {
        text += "every class has a score z that begins at its own number, and " + counted(p.trees.size() / scores, "tree a class adds", "trees a class add")
            + " to it one after the other (" + leaves + " in all).";
    } else {
        text += (p.link == Link::Logistic ? "the score z begins at " : model.target().name + " begins at ") + numberText(p.base[0], digits) + ", and "
            + counted(p.trees.size(), "tree adds to it (", "trees add to it one after the other (") + leaves + " in all).";
    }
    return text + linkSentence(p, model) + firstTrees(p, model, digits);
}

std::string treeSentence(const TreeEnsemble& p, const Model& model, int digits)
{
    std::size_t leafTotal = 0;
    for (const Tree& tree : p.trees)
        leafTotal += leafCount(tree);
    const std::string leaves = counted(leafTotal, "leaf", "leaves");
    if (p.aggregation == TreeAggregation::Sum)
        return boostingSentence(p, model, leaves, digits);
    if (p.trees.size() == 1)
        return singleTreeSentence(p, model, digits);
    return "A forest of " + counted(p.trees.size(), "decision tree", "decision trees") + " with " + leaves + " in all: every tree answers the row by itself, and "
        + (p.classes > 0 ? "the mean of their shares of the classes is the answer." : "the mean of their answers is the answer.")
        + firstTrees(p, model, digits);
}

std::string neighboursSentence(const NearestNeighbours& p, const Model& model)
{
    const std::string of = countText(p.k) + " nearest of " + countText(p.X.rows()) + " remembered rows";
    const std::string weighting = p.weights == NeighbourWeights::Distance ? ", the closer the more weight" : "";
    const std::string metric = p.metric == DistanceMetric::Manhattan ? " (Manhattan distance)" : " (Euclidean distance)";
    return (model.target().task == Task::Regression ? "The mean answer of the " : "The vote of the ") + of + metric + weighting + ".";
}

/// The leaf that a prepared row reaches.
std::size_t leafOf(const Tree& tree, const std::vector<double>& x)
{
    std::size_t node = 0;
    while (tree.feature[node] >= 0)
        node = std::size_t(double(float(x[std::size_t(tree.feature[node])])) <= tree.threshold[node] ? tree.left[node] : tree.right[node]);
    return node;
}

/// The questions of one tree, and the leaf.
std::vector<std::string> questions(const Tree& tree, const Model& model, const std::vector<double>& x, int digits)
{
    const std::vector<FeatureForm> features = featureForms(model.preparation());
    std::vector<std::string> lines;
    std::size_t node = 0;
    while (tree.feature[node] >= 0) {
        const auto j = std::size_t(tree.feature[node]);
        const bool left = double(float(x[j])) <= tree.threshold[node];
        const std::string question = questionText(features[j], tree.threshold[node], digits);
        if (question == features[j].no)             // what is there is asked for, not what is not
            lines.push_back(features[j].yes + "? " + (left ? "no" : "yes"));
        else
            lines.push_back(nameText(features[j].name) + " = " + thresholdText(features[j], x[j], digits) + " <= "
                            + thresholdText(features[j], tree.threshold[node], digits) + "? " + (left ? "yes" : "no"));
        node = std::size_t(left ? tree.left[node] : tree.right[node]);
    }
    lines.push_back("leaf: " + leafAnswer(tree, node, model, digits) + ", from " + numberText(tree.samples[node], 6) + (tree.samples[node] == 1 ? " training row" : " training rows"));
    return lines;
}

/// z = base + tree + tree + ...; a line a score.
std::vector<std::string> scoreLines(const TreeEnsemble& p, const Model& model, const std::vector<double>& x, int digits)
{
    const std::size_t scores = std::size_t(p.base.size());
    std::vector<std::string> lines;
    for (std::size_t k = 0; k < scores; ++k) {
        double z = p.base[Eigen::Index(k)];
        std::string text = numberText(z, digits);
        std::size_t written = 0;
        for (std::size_t t = k; t < p.trees.size(); t += scores) {
            const double value = p.trees[t].values(Eigen::Index(leafOf(p.trees[t], x)), 0);
            z += value;
            if (++written <= mostTreesWritten)
                text += (value < 0 ? " - " : " + ") + numberText(std::abs(value), digits);
        }
        if (written > mostTreesWritten)
            text += " + ... (" + counted(written - mostTreesWritten, "more tree", "more trees") + ")";
        const std::string name = scores > 1 ? "z(" + model.target().classes[k] + ")" : p.link == Link::Logistic ? "z" : "sum";
        lines.push_back(name + " = " + text + " = " + numberText(z, digits));
    }
    return lines;
}

std::vector<std::string> treeArithmetic(const TreeEnsemble& p, const Model& model, const double* raw, int digits)
{
    const std::vector<double> x = preparedRow(model, raw);
    if (p.aggregation == TreeAggregation::Sum)
        return scoreLines(p, model, x, digits);
    if (p.trees.size() == 1)
        return questions(p.trees.front(), model, x, digits);
    std::vector<std::string> lines;
    for (std::size_t t = 0; t < p.trees.size() && t < mostTreesWritten; ++t)
        lines.push_back("tree " + std::to_string(t + 1) + ": " + leafAnswer(p.trees[t], leafOf(p.trees[t], x), model, digits));
    if (p.trees.size() > mostTreesWritten)
        lines.push_back("... and " + counted(p.trees.size() - mostTreesWritten, "more tree", "more trees"));
    lines.push_back(p.trees.size() == 1 ? "the answer of one tree:" : "mean of " + countText(p.trees.size()) + " trees:");
    return lines;
}

double distance(const NearestNeighbours& p, Eigen::Index i, const std::vector<double>& x)
{
    double sum = 0;
    for (Eigen::Index j = 0; j < p.X.cols(); ++j) {
        const double difference = x[std::size_t(j)] - p.X(i, j);
        sum += p.metric == DistanceMetric::Manhattan ? std::abs(difference) : difference * difference;
    }
    return p.metric == DistanceMetric::Manhattan ? sum : std::sqrt(sum);
}

std::vector<std::string> neighboursArithmetic(const NearestNeighbours& p, const Model& model, const double* raw, int digits)
{
    constexpr std::size_t mostLines = 10;
    const std::vector<double> x = preparedRow(model, raw);
    std::vector<std::pair<double, Eigen::Index>> order;
    for (Eigen::Index i = 0; i < p.X.rows(); ++i)
        order.emplace_back(distance(p, i, x), i);
    const auto k = std::size_t(p.k);
    std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(k), order.end());
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < k && i < mostLines; ++i) {
        const double y = p.y[order[i].second];
        const std::string answer = p.classes > 0 ? model.target().classes[std::size_t(y)] : numberText(y, digits);
        lines.push_back("neighbour " + std::to_string(i + 1) + ": distance " + numberText(order[i].first, digits) + ", " + answer);
    }
    if (k > mostLines)
        lines.push_back("... and " + countText(k - mostLines) + " more");
    return lines;
}

std::vector<std::string> gaussianArithmetic(const GaussianClasses& p, const Model& model, const double* raw, int digits)
{
    constexpr double twoPi = 6.283185307179586;
    const std::vector<double> x = preparedRow(model, raw);
    std::vector<std::string> lines;
    for (Eigen::Index k = 0; k < p.logPrior.size(); ++k) {
        double score = p.logPrior[k];
        for (Eigen::Index j = 0; j < p.mean.cols(); ++j) {
            const double difference = x[std::size_t(j)] - p.mean(k, j);
            score -= 0.5 * (std::log(twoPi * p.variance(k, j)) + difference * difference / p.variance(k, j));
        }
        lines.push_back(model.target().classes[std::size_t(k)] + (isClustering(model) ? ": log weight " : ": log prior ") + numberText(p.logPrior[k], digits)
                        + " + log density " + numberText(score - p.logPrior[k], digits) + " = " + numberText(score, digits));
    }
    return lines;
}

std::vector<std::string> fullGaussianArithmetic(const FullGaussianClasses& p, const Model& model, const double* raw, int digits)
{
    const std::vector<double> x = preparedRow(model, raw);
    const FullGaussianPredictor predictor(p);
    std::vector<std::string> lines;
    for (Eigen::Index k = 0; k < p.logPrior.size(); ++k) {
        const double score = predictor.logDensity(x.data(), std::size_t(k));
        lines.push_back(model.target().classes[std::size_t(k)] + (isClustering(model) ? ": log weight " : ": log prior ") + numberText(p.logPrior[k], digits)
                        + " + log density " + numberText(score - p.logPrior[k], digits) + " = " + numberText(score, digits));
    }
    return lines;
}

} // namespace

std::string modelSentence(const Model& model, int digits)
{
    if (isClustering(model))
        return clusterSentence(model, digits);
    return std::visit(Overloaded{
                          [](const Linear&) { return std::string(unwritableSum); },
                          [](const Polynomial&) { return std::string(unwritableSum); },
                          [&](const NearestNeighbours& p) { return neighboursSentence(p, model); },
                          [&](const TreeEnsemble& p) { return treeSentence(p, model, digits); },
                          [&](const GaussianClasses&) {
                              return std::string("A bell curve for each class and feature: the class under whose curves the row is "
                                                 "likeliest, times how frequent the class is.");
                          },
                          [&](const FullGaussianClasses&) {
                              return std::string("A bell for each class, as wide and as tilted as its rows lie: the class under whose bell the "
                                                 "row is likeliest, times how frequent the class is.");
                          },
                          [&](const DenseNetwork& p) { return networkEquation(p, model); },
                          [&](const KernelExpansion& p) { return kernelEquation(p, model, digits); },
                          [&](const Centroids&) { return clusterSentence(model, digits); },
                          [&](const CorePoints&) { return clusterSentence(model, digits); },
                          [](const Projection& p) {
                              return std::string(p.directions.rows() > 0 ? unwritableSum : "No direction has been found yet: all that is known of any row is the mean.");
                          },
                      },
                      model.parameters());
}

std::vector<std::string> modelArithmetic(const Model& model, const double* raw, const std::vector<double>& answer, int digits)
{
    std::vector<std::string> lines = std::visit(
        Overloaded{
            [](const Linear&) { return std::vector<std::string>(); },
            [](const Polynomial&) { return std::vector<std::string>(); },
            [&](const NearestNeighbours& p) { return neighboursArithmetic(p, model, raw, digits); },
            [&](const TreeEnsemble& p) { return treeArithmetic(p, model, raw, digits); },
            [&](const GaussianClasses& p) { return gaussianArithmetic(p, model, raw, digits); },
            [&](const FullGaussianClasses& p) { return fullGaussianArithmetic(p, model, raw, digits); },
            [&](const DenseNetwork& p) { return networkArithmetic(p, model, raw, digits); },
            [&](const KernelExpansion& p) { return kernelArithmetic(p, model, raw, digits); },
            [&](const Centroids& p) { return centroidArithmetic(p, model, preparedRow(model, raw), digits); },
            [&](const CorePoints& p) { return corePointArithmetic(p, model, preparedRow(model, raw), digits); },
            [](const Projection&) { return std::vector<std::string>(); },
        },
        model.parameters());
    if (model.target().task == Task::Regression) {
        lines.push_back(model.target().name + " = " + numberText(answer[0], digits));
        return lines;
    }
    if (model.target().task == Task::Projection) {
        const std::vector<std::string> names = componentNames(model.parameters());
        for (std::size_t k = 0; k < names.size(); ++k)
            lines.push_back(names[k] + " = " + numberText(answer[k], digits));
        return lines;
    }
    if (const auto* linear = std::get_if<Linear>(&model.parameters()); linear && linear->link == Link::Hard) {
        lines.push_back("the largest score: " + model.target().classes[model.target().classOf(answer.data())]);
        return lines;
    }
    if (!model.claimsProbabilities())               // it decides, and has no probabilities to tell
        return lines;
    for (std::size_t k = 0; k < answer.size(); ++k)
        lines.push_back("P(" + model.target().classes[k] + ") = " + numberText(answer[k], digits));
    return lines;
}

} // namespace modelarium
