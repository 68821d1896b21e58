#include "core/model/tree_predictor.h"

#include "core/base/buffer.h"
#include "core/base/parallel.h"
#include "core/kernels/linear_scores.h"
#include "core/model/link.h"
#include "core/model/tree_grid.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

constexpr std::size_t stackFeatures = 256;  // of one row, as floats, on the stack
constexpr std::size_t stackTrees = 128;     // whose leaves are found together; whole groups

/// Sums of finite numbers may leave the range; they never become NaN.
double limited(double z)
{
    constexpr double largest = std::numeric_limits<double>::max();
    return std::clamp(z, -largest, largest);
}

} // namespace

float floatThreshold(double t) noexcept
{
    const float rounded = float(t);
    return double(rounded) > t ? std::nextafter(rounded, -std::numeric_limits<float>::infinity()) : rounded;
}

TreePredictor::TreePredictor(const TreeEnsemble& parameters)
    : Predictor(featureCount(parameters), outputCount(parameters)),
      m_aggregation(parameters.aggregation),
      m_link(parameters.link),
      m_base(parameters.base.begin(), parameters.base.end()),
      m_width(m_aggregation == TreeAggregation::Mean ? outputs() : 1)
{
    if (m_aggregation == TreeAggregation::Mean)
        m_base.assign(outputs(), 0.0);
    m_featureBits = unsigned(std::bit_width(features()));
    m_featureMask = (std::uint32_t(1) << m_featureBits) - 1;
    std::size_t nodes = 0;
    for (const Tree& tree : parameters.trees)
        nodes += tree.feature.size();
    m_nodes.reserve(nodes);
    m_values.reserve(nodes * m_width);
    preferHugePages(m_nodes.data(), nodes * sizeof(kernels::TreeNode));
    preferHugePages(m_values.data(), nodes * m_width * sizeof(double));
    m_roots.reserve(parameters.trees.size());
    for (std::size_t t = 0; t < parameters.trees.size(); ++t)
        addTree(parameters.trees.pointer(t), std::uint32_t(t % m_base.size()));
    layRootsOut();
}

void TreePredictor::addTree(const TreePtr& pointer, std::uint32_t score)
{
    const Tree& tree = *pointer;
    const std::size_t nodes = tree.feature.size();
    if (nodes >= std::size_t(1) << (32 - m_featureBits) || features() > kernels::mostTreeFeatures) {
        m_roots.push_back({0, 0, score, pointer});
        m_allFit = false;
        return;
    }
    const std::size_t first = m_nodes.size();
    m_roots.push_back({first, m_tops.size(), score, nullptr});
    std::vector<std::uint32_t> order{0};            // breadth first: place in the layout -> node of the tree
    order.reserve(nodes);
    for (std::size_t place = 0; place < order.size(); ++place) {
        const std::uint32_t node = order[place];
        if (tree.feature[node] < 0) {
            m_nodes.push_back({std::numeric_limits<float>::infinity(), std::uint32_t(place) << m_featureBits});
        } else {
            m_nodes.push_back({floatThreshold(tree.threshold[node]),
                               std::uint32_t(order.size()) << m_featureBits | std::uint32_t(tree.feature[node])});
            order.push_back(std::uint32_t(tree.left[node]));
            order.push_back(std::uint32_t(tree.right[node]));
        }
        for (std::size_t output = 0; output < m_width; ++output)
            m_values.push_back(tree.values(Eigen::Index(node), Eigen::Index(output)));
    }
    addTop(first);
}

/// The first levels of the tree whose nodes begin at `first` and are the last.
void TreePredictor::addTop(std::size_t first)
{
    const kernels::TreeNode* tree = &m_nodes[first];
    const auto childOf = [&](std::uint32_t node) { return tree[node].link >> m_featureBits; };
    std::vector<std::uint32_t> height(m_nodes.size() - first);
    for (std::size_t node = height.size(); node-- > 0;)
        if (const std::uint32_t child = childOf(std::uint32_t(node)); child != node)
            height[node] = 1 + std::max(height[child], height[child + 1]);

    kernels::TreeTop& top = m_tops.emplace_back();
    std::uint32_t exits = 0;
    const auto visit = [&](const auto& visitAgain, std::uint32_t node, std::size_t level) -> void {
        if (level == kernels::topLevels || height[node] == 0) {
            top.levelsBelow = std::max(top.levelsBelow, height[node]);
            top.exits[exits++] = node;
            return;
        }
        const std::uint32_t question = top.questions++, before = exits;
        top.thresholds[question] = tree[node].threshold;
        top.features[question] = tree[node].link & m_featureMask;
        visitAgain(visitAgain, childOf(node), level + 1);
        for (std::uint32_t exit = before; exit < exits; ++exit)
            top.keeps[question] |= std::uint32_t(1) << (kernels::topExits - 1 - exit);
        top.keeps[question] = ~top.keeps[question];
        visitAgain(visitAgain, childOf(node) + 1, level + 1);
    };
    visit(visit, 0, 0);
}

/// One row walks several trees together, if all of them fit and there are enough; the last root is repeated up to a whole group.
void TreePredictor::layRootsOut()
{
    constexpr std::size_t few = 4;
    if (features() > stackFeatures || m_roots.size() < few || !m_allFit || m_nodes.size() >= kernels::mostForestNodes)
        return;
    for (const Root& root : m_roots)
        m_together.push_back(std::uint32_t(root.first));
    while (m_together.size() % kernels::treesTogether != 0)
        m_together.push_back(m_together.back());
}

/// The leaf of one tree, one step after the other.
std::size_t TreePredictor::descend(const Root& root, const double* x) const noexcept
{
    if (root.large) {
        const Tree& tree = *root.large;
        std::size_t node = 0;
        while (tree.feature[node] >= 0)
            node = std::size_t(float(x[tree.feature[node]]) <= floatThreshold(tree.threshold[node]) ? tree.left[node] : tree.right[node]);
        return node;
    }
    const kernels::TreeNode* tree = &m_nodes[root.first];
    std::uint32_t place = 0;
    for (;;) {
        const kernels::TreeNode node = tree[place];
        const std::uint32_t next = (node.link >> m_featureBits) + (float(x[node.link & m_featureMask]) > node.threshold);
        if (next == place)
            return place;
        place = next;
    }
}

void TreePredictor::addLeaf(const Root& root, std::size_t leaf, double* scores) const noexcept
{
    const auto value = [&](std::size_t output) {
        return root.large ? root.large->values(Eigen::Index(leaf), Eigen::Index(output)) : m_values[(root.first + leaf) * m_width + output];
    };
    if (m_aggregation == TreeAggregation::Sum) {
        scores[root.score] += value(0);
        return;
    }
    for (std::size_t output = 0; output < m_width; ++output)
        scores[output] += value(output);
}

/// What the sums of a row are the answer to. `scores` and `out` may be the same.
void TreePredictor::finish(double* scores, double* out) const noexcept
{
    for (std::size_t k = 0; k < m_base.size(); ++k)
        scores[k] = limited(scores[k]);
    if (m_aggregation == TreeAggregation::Mean)
        for (std::size_t k = 0; k < m_base.size(); ++k)
            out[k] = scores[k] / double(m_roots.size());
    else if (m_link == Link::Logistic)
        logisticProbabilities(scores[0], out);
    else if (m_link == Link::Softmax)
        softmaxProbabilities([scores](std::size_t k) { return scores[k]; }, out, outputs());
}

void TreePredictor::sumTrees(const double* x, double* scores) const noexcept
{
    std::copy(m_base.begin(), m_base.end(), scores);
    if (m_together.empty()) {
        for (const Root& root : m_roots)
            addLeaf(root, descend(root, x), scores);
        return;
    }
    float values[stackFeatures];                    // the kernel may read some behind the last, and makes nothing of them
    std::transform(x, x + features(), values, [](double value) { return float(value); });
    std::uint32_t leaves[stackTrees];
    for (std::size_t first = 0; first < m_together.size(); first += stackTrees) {
        const std::size_t trees = std::min(m_together.size() - first, stackTrees), end = std::min(first + trees, m_roots.size());
        kernels::modelariumLeavesOfTrees(m_nodes.data(), m_featureBits, &m_together[first], trees, values, features(), leaves);
        for (std::size_t t = first; t < end; ++t)
            addLeaf(m_roots[t], leaves[t - first] - m_roots[t].first, scores);
    }
}

void TreePredictor::predictRow(const double* x, double* out) const noexcept
{
    if (m_aggregation == TreeAggregation::Sum && m_link == Link::Logistic) {
        double score = 0;
        sumTrees(x, &score);
        finish(&score, out);
        return;
    }
    sumTrees(x, out);
    finish(out, out);
}

/// The leaves of one tree that many rows reach. `x`: groups of rows, as the kernel takes them; `rows`: whole groups.
void TreePredictor::leavesOf(const Root& root, const float* x, std::size_t rows, std::uint32_t* leaves) const noexcept
{
    constexpr std::size_t group = kernels::treeRowsTogether;
    if (!root.large) {
        const kernels::TreeView tree{&m_nodes[root.first], &m_tops[root.top], m_featureBits, features()};
        kernels::modelariumLeavesOfRows(&tree, x, rows, leaves);
        return;
    }
    const Tree& tree = *root.large;
    for (std::size_t i = 0; i < rows; ++i) {
        const float* row = x + i / group * group * features() + i % group;
        std::size_t node = 0;
        while (tree.feature[node] >= 0) {
            const float value = row[group * std::size_t(tree.feature[node])];
            node = std::size_t(value <= floatThreshold(tree.threshold[node]) ? tree.left[node] : tree.right[node]);
        }
        leaves[i] = std::uint32_t(node);
    }
}

void TreePredictor::predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const
{
    constexpr std::size_t group = kernels::treeRowsTogether;
    const auto rows = std::size_t(X.rows()), whole = (rows + group - 1) / group * group;
    std::vector<float> x(whole * features());       // zeros where the last group has no rows
    for (std::size_t j = 0; j < features(); ++j) {
        const double* column = X.col(Eigen::Index(j)).data();
        for (std::size_t i = 0; i < rows; i += group)
            std::transform(column + i, column + std::min(i + group, rows), &x[i * features() + j * group], [](double value) { return float(value); });
    }

    std::vector<std::uint32_t> leaves(whole);
    for (std::size_t k = 0; k < m_base.size(); ++k)
        out.col(Eigen::Index(k)).setConstant(m_base[k]);
    for (const Root& root : m_roots) {
        leavesOf(root, x.data(), whole, leaves.data());
        for (std::size_t output = 0; output < m_width; ++output) {
            const std::size_t column = m_aggregation == TreeAggregation::Sum ? root.score : output;
            double* answers = out.col(Eigen::Index(column)).data();
            if (root.large) {
                for (std::size_t i = 0; i < rows; ++i)
                    answers[i] += root.large->values(Eigen::Index(leaves[i]), Eigen::Index(output));
                continue;
            }
            const double* values = &m_values[root.first * m_width + output];
            for (std::size_t i = 0; i < rows; ++i)
                answers[i] += values[leaves[i] * m_width];
        }
    }
    finishAll(out);
}

/// Rows of sums to rows of answers.
void TreePredictor::finishAll(Eigen::Ref<Matrix> out) const
{
    const auto rows = std::size_t(out.rows());
    for (std::size_t k = 0; k < m_base.size(); ++k) {
        double* scores = out.col(Eigen::Index(k)).data();
        for (std::size_t i = 0; i < rows; ++i)
            scores[i] = m_aggregation == TreeAggregation::Mean ? limited(scores[i]) / double(m_roots.size()) : limited(scores[i]);
    }
    if (m_aggregation == TreeAggregation::Mean)
        return;
    if (m_link == Link::Logistic)
        kernels::modelariumLogisticProbabilities(out.data(), rows, out.data(), out.col(1).data());
    else if (m_link == Link::Softmax)
        kernels::modelariumSoftmaxProbabilities(out.data(), std::size_t(out.outerStride()), rows, outputs());
}

std::unique_ptr<const GridAnswers> TreePredictor::onGrid(const SeparableGrid& grid) const
{
    if (!m_allFit || !grid.isMonotone())
        return nullptr;
    auto answers = std::make_unique<TreeGrid>(*this, grid);
    return answers->isExactEnough() ? std::move(answers) : nullptr;
}

/// More where there are many: a large tree is then fetched from memory less often. Fewer where a row is wide: a block stays near the processor.
Eigen::Index TreePredictor::rowsInBlock(Eigen::Index rows) const
{
    constexpr Eigen::Index manyRows = 16384, mostFeatures = 1024;
    return rows >= manyRows && Eigen::Index(features()) <= mostFeatures ? Eigen::Index(kernels::mostTreeRows) : Predictor::rowsInBlock(rows);
}

} // namespace modelarium
