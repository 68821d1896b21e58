#include "core/model/trees_json.h"

#include "core/base/counted.h"
#include "core/base/parallel.h"
#include "core/model/packed_numbers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

namespace modelarium {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t numbersOfNode = 6;        // beside its values

bool answersShares(const TreeEnsemble& ensemble) { return ensemble.classes > 0 && ensemble.aggregation == TreeAggregation::Mean; }

/// Numbers a node has for its answer.
std::size_t answersOfNode(const TreeEnsemble& ensemble) { return answersShares(ensemble) ? std::size_t(ensemble.classes) : 1; }

std::size_t nodeCount(const TreeEnsemble& ensemble)
{
    return std::accumulate(ensemble.trees.begin(), ensemble.trees.end(), std::size_t(0),
                           [](std::size_t sum, const Tree& tree) { return sum + tree.feature.size(); });
}

ordered_json treeToJson(const Tree& tree)
{
    return {{"feature", tree.feature}, {"threshold", tree.threshold}, {"left", tree.left}, {"right", tree.right},
            {"samples", tree.samples}, {"impurity", tree.impurity},   {"values", matrixToJson(tree.values)}};
}

/// How many samples of each class came to each node, where the shares are exactly what dividing them gives.
std::optional<std::vector<std::int32_t>> classCounts(const TreeEnsemble& ensemble)
{
    if (!answersShares(ensemble))
        return std::nullopt;
    std::vector<std::int32_t> counts;
    counts.reserve(nodeCount(ensemble) * answersOfNode(ensemble));
    for (const Tree& tree : ensemble.trees) {
        for (std::size_t node = 0; node < tree.feature.size(); ++node) {
            for (Eigen::Index k = 0; k < tree.values.cols(); ++k) {
                const double share = tree.values(Eigen::Index(node), k), samples = std::nearbyint(share * tree.samples[node]);
                if (!(samples >= 0 && samples <= double(std::numeric_limits<std::int32_t>::max())))
                    return std::nullopt;
                const auto count = std::int32_t(samples);
                if (std::bit_cast<std::uint64_t>(count / tree.samples[node]) != std::bit_cast<std::uint64_t>(share))
                    return std::nullopt;
                counts.push_back(count);
            }
        }
    }
    return counts;
}

ordered_json packTrees(const TreeEnsemble& ensemble)
{
    std::vector<std::int32_t> nodes, feature, left, right;
    std::vector<double> threshold, samples, impurity;
    for (const Tree& tree : ensemble.trees) {
        nodes.push_back(std::int32_t(tree.feature.size()));
        feature.insert(feature.end(), tree.feature.begin(), tree.feature.end());
        samples.insert(samples.end(), tree.samples.begin(), tree.samples.end());
        impurity.insert(impurity.end(), tree.impurity.begin(), tree.impurity.end());
        for (std::size_t node = 0; node < tree.feature.size(); ++node) {
            if (tree.feature[node] < 0)
                continue;
            threshold.push_back(tree.threshold[node]);
            left.push_back(tree.left[node] - std::int32_t(node));
            right.push_back(tree.right[node] - std::int32_t(node));
        }
    }
    ordered_json result = {{"nodes", packNumbers(nodes)},         {"feature", packNumbers(feature)}, {"threshold", packNumbers(threshold)},
                           {"left", packNumbers(left)},           {"right", packNumbers(right)},     {"samples", packNumbers(samples)},
                           {"impurity", packNumbers(impurity)}};
    if (const auto counts = classCounts(ensemble)) {
        result["counts"] = packNumbers(*counts);
        return result;
    }
    std::vector<double> values;
    for (const Tree& tree : ensemble.trees)
        for (Eigen::Index node = 0; node < tree.values.rows(); ++node)
            for (Eigen::Index k = 0; k < tree.values.cols(); ++k)
                values.push_back(tree.values(node, k));
    result["values"] = packNumbers(values);
    return result;
}

/// Every node but the root is the child of exactly one earlier node: so there are no cycles and every walk ends.
void checkStructure(const Tree& tree, int features, const JsonFields& fields)
{
    const std::size_t nodes = tree.feature.size();
    std::vector<int> parents(nodes, 0);
    for (std::size_t node = 0; node < nodes; ++node) {
        const std::int32_t feature = tree.feature[node];
        if (feature < -1 || feature >= features)
            fields.refuse("feature", "asks about feature " + std::to_string(feature) + ", which is not there");
        for (const std::int32_t child : {tree.left[node], tree.right[node]}) {
            if (feature == -1 && child != -1)
                fields.refuse("left", "gives a leaf a child");
            if (feature == -1)
                continue;
            if (child <= std::int32_t(node) || std::size_t(child) >= nodes)
                fields.refuse("left", "leads from node " + std::to_string(node) + " to node " + std::to_string(child)
                                          + ", which is not a later node");
            ++parents[std::size_t(child)];
        }
    }
    for (std::size_t node = 1; node < nodes; ++node)
        if (parents[node] != 1)
            fields.refuse("left", "leads to node " + std::to_string(node) + " from " + std::to_string(parents[node]) + " places");
}

/// Shares are rounded when they are divided out: n classes may be n units in the last place from 1.
bool areShares(const Matrix& values)
{
    return (values.array() >= 0).all() && ((values.rowwise().sum().array() - 1).abs() <= 1e-9).all();
}

/// What every tree must be like, however it was written; its answers were read from the member `answers`.
void checkTree(const Tree& tree, const TreeEnsemble& about, const JsonFields& fields, const char* answers)
{
    if (std::any_of(tree.samples.begin(), tree.samples.end(), [](double number) { return number < 0; }))
        fields.refuse("samples", "holds a number below 0");
    checkStructure(tree, about.features, fields);
    if (answersShares(about) && !areShares(tree.values))
        fields.refuse(answers, "has probabilities that do not sum to 1");
}

Tree readTree(const JsonFields& fields, const TreeEnsemble& about)
{
    Tree tree;
    tree.feature = fields.integers("feature");
    tree.threshold = fields.numbers("threshold");
    tree.left = fields.integers("left");
    tree.right = fields.integers("right");
    tree.samples = fields.numbers("samples");
    tree.impurity = fields.numbers("impurity");
    tree.values = fields.matrix("values");
    const std::size_t nodes = tree.feature.size();
    if (nodes == 0)
        fields.refuse("feature", "has no node");
    if (tree.threshold.size() != nodes || tree.left.size() != nodes || tree.right.size() != nodes || tree.samples.size() != nodes
        || tree.impurity.size() != nodes || std::size_t(tree.values.rows()) != nodes)
        fields.refuse("feature", "and the other lists of the tree have different lengths");
    if (std::size_t(tree.values.cols()) != answersOfNode(about))
        fields.refuse("values", "does not have one number for each answer");
    checkTree(tree, about, fields, "values");
    for (std::size_t node = 0; node < nodes; ++node)
        tree.threshold[node] = tree.feature[node] < 0 ? 0 : tree.threshold[node];
    return tree;
}

/// The packed lists of all trees. Where each tree begins is known once the lists are as long as they should be.
class PackedTrees {
public:
    PackedTrees(const JsonFields& fields, const TreeEnsemble& about)
        : m_fields(fields), m_about(about), m_answers(answersMember(fields, about)), m_feature(fields, "feature"), m_threshold(fields, "threshold"),
          m_left(fields, "left"), m_right(fields, "right"), m_samples(fields, "samples"), m_impurity(fields, "impurity"), m_values(fields, m_answers)
    {
        const Part end = findParts(PackedNumbers(fields, "nodes"));
        for (const PackedNumbers* list : {&m_threshold, &m_left, &m_right})
            if (list->size() != end.question)
                list->refuse("does not have one number for each node that asks");
        for (const PackedNumbers* list : {&m_samples, &m_impurity})
            if (list->size() != end.node)
                list->refuse("does not have one number for each node");
        if (m_values.size() != end.node * answersOfNode(about))
            m_values.refuse("does not have one number for each answer");
    }

    std::size_t size() const { return m_parts.size(); }

    Tree operator[](std::size_t index) const
    {
        const Part& part = m_parts[index];
        const JsonFields fields = m_fields.renamed("tree " + std::to_string(index + 1));
        Tree tree;
        tree.feature.resize(part.nodes);
        tree.samples.resize(part.nodes);
        tree.impurity.resize(part.nodes);
        m_feature.copy(part.node, part.nodes, tree.feature.data());
        m_samples.copy(part.node, part.nodes, tree.samples.data());
        m_impurity.copy(part.node, part.nodes, tree.impurity.data());
        readQuestions(part, tree, fields);
        readAnswers(part, tree);
        checkTree(tree, m_about, fields, m_answers);
        return tree;
    }

private:
    /// Where the numbers of a tree stand.
    struct Part {
        std::size_t node = 0, question = 0;         ///< the first
        std::size_t nodes = 0, questions = 0;       ///< how many
    };

    static const char* answersMember(const JsonFields& fields, const TreeEnsemble& about)
    {
        if (!fields.has("counts"))
            return "values";
        if (!answersShares(about) || fields.has("values"))
            fields.refuse("counts", "is there where trees do not answer shares, or beside \"values\"");
        return "counts";
    }

    /// Gives what would be the next tree.
    Part findParts(const PackedNumbers& nodes)
    {
        if (nodes.size() > mostTreesInFile)
            nodes.refuse("is not a list of 1 to " + countText(mostTreesInFile) + " trees");
        Part end;
        std::vector<std::int32_t> features;
        for (const std::int32_t count : nodes.integers()) {
            Part& part = m_parts.emplace_back(end);
            if (count < 1 || std::size_t(count) > m_feature.size() - part.node)
                nodes.refuse("and \"feature\" have different lengths, or there is a tree that has no node");
            features.resize(std::size_t(count));
            m_feature.copy(part.node, features.size(), features.data());
            part.nodes = features.size();
            part.questions = std::size_t(std::count_if(features.begin(), features.end(), [](std::int32_t feature) { return feature >= 0; }));
            end = {part.node + part.nodes, part.question + part.questions, 0, 0};
        }
        if (end.node != m_feature.size())
            nodes.refuse("and \"feature\" have different lengths");
        return end;
    }

    void readQuestions(const Part& part, Tree& tree, const JsonFields& fields) const
    {
        std::vector<double> threshold(part.questions);
        std::vector<std::int32_t> left(part.questions), right(part.questions);
        m_threshold.copy(part.question, part.questions, threshold.data());
        m_left.copy(part.question, part.questions, left.data());
        m_right.copy(part.question, part.questions, right.data());
        tree.threshold.assign(part.nodes, 0.0);
        tree.left.assign(part.nodes, -1);
        tree.right.assign(part.nodes, -1);
        const auto further = [&](const char* key, std::size_t node, std::int32_t steps) {
            const std::int64_t place = std::int64_t(node) + steps;
            if (steps < 1 || place >= std::int64_t(part.nodes))
                fields.refuse(key, "leads from node " + std::to_string(node) + " to node " + std::to_string(place) + ", which is not a later node");
            return std::int32_t(place);
        };
        std::size_t question = 0;
        for (std::size_t node = 0; node < part.nodes; ++node) {
            if (tree.feature[node] < 0)
                continue;
            tree.threshold[node] = threshold[question];
            tree.left[node] = further("left", node, left[question]);
            tree.right[node] = further("right", node, right[question]);
            ++question;
        }
    }

    void readAnswers(const Part& part, Tree& tree) const
    {
        const std::size_t answers = answersOfNode(m_about), first = part.node * answers, count = part.nodes * answers;
        tree.values.resize(Eigen::Index(part.nodes), Eigen::Index(answers));
        const auto fill = [&](const auto& number) {
            for (std::size_t node = 0; node < part.nodes; ++node)
                for (std::size_t k = 0; k < answers; ++k)
                    tree.values(Eigen::Index(node), Eigen::Index(k)) = number(node, node * answers + k);
        };
        if (m_answers == std::string_view("counts")) {
            std::vector<std::int32_t> counts(count);
            m_values.copy(first, count, counts.data());
            fill([&](std::size_t node, std::size_t place) { return counts[place] / tree.samples[node]; });
            return;
        }
        std::vector<double> values(count);
        m_values.copy(first, count, values.data());
        fill([&](std::size_t, std::size_t place) { return values[place]; });
    }

    const JsonFields& m_fields;
    const TreeEnsemble& m_about;
    const char* m_answers;
    PackedNumbers m_feature, m_threshold, m_left, m_right, m_samples, m_impurity, m_values;
    std::vector<Part> m_parts;
};

TreeList unpackTrees(const JsonFields& fields, const TreeEnsemble& about)
{
    const PackedTrees packed(fields, about);
    std::vector<TreePtr> trees(packed.size());
    std::vector<std::optional<BadField>> failures(packed.size());
    parallelFor(trees.size(), [&](std::size_t index) {
        try {
            trees[index] = std::make_shared<const Tree>(packed[index]);
        } catch (const BadField& bad) {
            failures[index] = bad;                  // which one is told must not depend on threads
        }
    });
    TreeList result;
    for (std::size_t index = 0; index < trees.size(); ++index) {
        if (failures[index])
            throw *failures[index];
        result.push_back(std::move(trees[index]));
    }
    return result;
}

} // namespace

bool arePacked(const TreeEnsemble& ensemble)
{
    return nodeCount(ensemble) * (numbersOfNode + answersOfNode(ensemble)) > mostReadableNumbers;
}

ordered_json treesToJson(const TreeEnsemble& ensemble)
{
    if (arePacked(ensemble))
        return packTrees(ensemble);
    auto result = ordered_json::array();
    for (const Tree& tree : ensemble.trees)
        result.push_back(treeToJson(tree));
    return result;
}

TreeList treesFromJson(const JsonFields& fields, const TreeEnsemble& about)
{
    const json& trees = fields.at("trees");
    if (trees.is_object())
        return unpackTrees(fields.object("trees"), about);
    if (!trees.is_array() || trees.size() > mostTreesInFile)
        fields.refuse("trees", "is not a list of 1 to " + countText(mostTreesInFile) + " trees");
    TreeList result;
    for (std::size_t i = 0; i < trees.size(); ++i)
        result.push_back(readTree(JsonFields(trees[i], "tree " + std::to_string(i + 1)), about));
    return result;
}

} // namespace modelarium
