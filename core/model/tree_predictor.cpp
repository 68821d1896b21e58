#include "core/model/tree_predictor.h"

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

constexpr std::size_t walks = 16;           // that go down together
constexpr int levelsBetweenLooks = 4;

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
    m_roots.reserve(parameters.trees.size());
    for (std::size_t t = 0; t < parameters.trees.size(); ++t)
        addTree(parameters.trees.pointer(t), std::uint32_t(t % m_base.size()));
}

void TreePredictor::addTree(const TreePtr& pointer, std::uint32_t score)
{
    const Tree& tree = *pointer;
    const std::size_t nodes = tree.feature.size();
    if (nodes >= std::size_t(1) << (32 - m_featureBits)) {
        m_roots.push_back({0, score, pointer});
        m_allFit = false;
        return;
    }
    m_roots.push_back({m_nodes.size(), score, nullptr});
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
    const Node* tree = &m_nodes[root.first];
    std::uint32_t place = 0;
    for (;;) {
        const Node node = tree[place];
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

/// Several trees are walked together for one row: while one waits for its node to arrive from memory, the others move on.
template <std::size_t Walks>
void TreePredictor::walkTrees(const Root* roots, const float* x, std::uint32_t* leaves) const noexcept
{
    const Node* trees[Walks];
    std::uint32_t place[Walks] = {};
    for (std::size_t i = 0; i < Walks; ++i)
        trees[i] = &m_nodes[roots[i].first];
    std::uint32_t moved = 1;
    while (moved != 0) {
        moved = 0;
        for (std::size_t i = 0; i < Walks; ++i) {
            const Node node = trees[i][place[i]];
            const std::uint32_t next = (node.link >> m_featureBits) + (x[node.link & m_featureMask] > node.threshold);
            moved |= next ^ place[i];
            place[i] = next;
        }
    }
    std::copy_n(place, Walks, leaves);
}

void TreePredictor::sumTrees(const double* x, double* scores) const noexcept
{
    constexpr std::size_t stackFeatures = 256;
    std::copy(m_base.begin(), m_base.end(), scores);
    std::size_t t = 0;
    if (features() <= stackFeatures && m_allFit && m_roots.size() >= walks) {
        float values[stackFeatures];
        for (std::size_t j = 0; j < features(); ++j)
            values[j] = float(x[j]);
        std::uint32_t leaves[walks];
        for (; t + walks <= m_roots.size(); t += walks) {
            walkTrees<walks>(&m_roots[t], values, leaves);
            for (std::size_t i = 0; i < walks; ++i)
                addLeaf(m_roots[t + i], leaves[i], scores);
        }
    }
    for (; t < m_roots.size(); ++t)
        addLeaf(m_roots[t], descend(m_roots[t], x), scores);
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

/// Several rows go down one tree together.
template <std::size_t Walks>
void TreePredictor::walkRows(const Node* tree, const float* x, std::uint32_t* leaves) const noexcept
{
    std::uint32_t place[Walks] = {};
    std::uint32_t moved = 1;
    while (moved != 0) {
        for (int level = 1; level < levelsBetweenLooks; ++level)
            for (std::size_t i = 0; i < Walks; ++i) {
                const Node node = tree[place[i]];
                place[i] = (node.link >> m_featureBits) + (x[i * features() + (node.link & m_featureMask)] > node.threshold);
            }
        moved = 0;
        for (std::size_t i = 0; i < Walks; ++i) {
            const Node node = tree[place[i]];
            const std::uint32_t next = (node.link >> m_featureBits) + (x[i * features() + (node.link & m_featureMask)] > node.threshold);
            moved |= next ^ place[i];
            place[i] = next;
        }
    }
    std::copy_n(place, Walks, leaves);
}

/// The leaves of one tree that many rows reach. `x` holds the rows as floats, row by row.
void TreePredictor::leavesOf(const Root& root, const float* x, std::size_t rows, std::uint32_t* leaves) const noexcept
{
    std::size_t i = 0;
    if (root.large) {
        const Tree& tree = *root.large;
        for (; i < rows; ++i) {
            std::size_t node = 0;
            while (tree.feature[node] >= 0) {
                const float value = x[i * features() + std::size_t(tree.feature[node])];
                node = std::size_t(value <= floatThreshold(tree.threshold[node]) ? tree.left[node] : tree.right[node]);
            }
            leaves[i] = std::uint32_t(node);
        }
        return;
    }
    const Node* tree = &m_nodes[root.first];
    for (; i + walks <= rows; i += walks)
        walkRows<walks>(tree, &x[i * features()], &leaves[i]);
    for (; i < rows; ++i)
        walkRows<1>(tree, &x[i * features()], &leaves[i]);
}

void TreePredictor::predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const
{
    const auto rows = std::size_t(X.rows());
    std::vector<float> x(rows * features());
    for (std::size_t j = 0; j < features(); ++j)
        for (std::size_t i = 0; i < rows; ++i)
            x[i * features() + j] = float(X(Eigen::Index(i), Eigen::Index(j)));

    std::vector<std::uint32_t> leaves(rows);
    for (std::size_t k = 0; k < m_base.size(); ++k)
        out.col(Eigen::Index(k)).setConstant(m_base[k]);
    for (const Root& root : m_roots) {
        leavesOf(root, x.data(), rows, leaves.data());
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

/// More where there are many: a large tree is then fetched from memory less often.
Eigen::Index TreePredictor::rowsInBlock(Eigen::Index rows) const
{
    constexpr Eigen::Index manyRows = 16384;
    return rows >= manyRows ? 2048 : Predictor::rowsInBlock(rows);
}

} // namespace modelarium
