#include "core/model/tree_predictor.h"

#include "core/base/buffer.h"
#include "core/base/parallel.h"
#include "core/kernels/linear_scores.h"
#include "core/model/link.h"
#include "core/model/tree_grid.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace modelarium {

namespace {

constexpr std::size_t stackFeatures = 256;  // of one row, as floats, on the stack
constexpr std::size_t stackGroups = 8;      // of trees, whose leaves are found together
constexpr std::size_t recentValues = 256;   // among which equal ones are looked for

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
    m_featureBits = std::max(kernels::leastFeatureBits, unsigned(std::bit_width(features())));
    m_featureMask = (std::uint32_t(1) << m_featureBits) - 1;
    std::size_t nodes = 0;
    for (const Tree& tree : parameters.trees)
        nodes += tree.feature.size();
    const std::size_t trees = parameters.trees.size(), leaves = (nodes + trees) / 2;
    m_nodes.reserve(nodes + (trees + kernels::treesTogether) * kernels::groupExits);
    m_values.reserve(leaves * m_width);
    preferHugePages(m_nodes.data(), nodes * sizeof(kernels::TreeNode));
    preferHugePages(m_values.data(), leaves * m_width * sizeof(double));
    m_roots.reserve(trees);
    for (std::size_t t = 0; t < trees; ++t)
        addTree(parameters.trees.pointer(t), std::uint32_t(t % m_base.size()));
    addGroups();
}

void TreePredictor::addTree(const TreePtr& pointer, std::uint32_t score)
{
    const Tree& tree = *pointer;
    const std::size_t nodes = tree.feature.size();
    if (nodes >= std::size_t(1) << (32 - m_featureBits) || nodes >= kernels::mostLeafNumbers * 2 || features() > kernels::mostTreeFeatures) {
        m_roots.push_back({0, 0, 0, score, 0, pointer});
        m_allFit = false;
        return;
    }
    const std::size_t first = m_nodes.size(), firstValues = m_values.size() / m_width;
    m_roots.push_back({first, m_tops.size(), firstValues, score, 0, nullptr});
    std::array<std::uint32_t, recentValues> recent;
    recent.fill(kernels::mostLeafNumbers);
    std::vector<std::uint32_t> order{0};            // breadth first: place in the layout -> node of the tree
    order.reserve(nodes);
    for (std::size_t place = 0; place < order.size(); ++place) {
        const std::uint32_t node = order[place];
        if (tree.feature[node] < 0) {
            m_nodes.push_back(kernels::leafNode(std::uint32_t(place), m_featureBits, addLeafValues(tree, node, firstValues, recent.data())));
        } else {
            m_nodes.push_back({floatThreshold(tree.threshold[node]),
                               std::uint32_t(order.size()) << m_featureBits | std::uint32_t(tree.feature[node])});
            order.push_back(std::uint32_t(tree.left[node]));
            order.push_back(std::uint32_t(tree.right[node]));
        }
    }
    addTop(first);
}

/// The number of a leaf's values, counted from the first ones of its tree. Those with the same bits as values met lately, whose numbers are `recent`,
/// have theirs.
std::uint32_t TreePredictor::addLeafValues(const Tree& tree, std::uint32_t node, std::size_t first, std::uint32_t* recent)
{
    const std::size_t end = m_values.size();
    std::uint64_t mixed = 0;
    for (std::size_t output = 0; output < m_width; ++output) {
        m_values.push_back(tree.values(Eigen::Index(node), Eigen::Index(output)));
        mixed = (mixed ^ std::bit_cast<std::uint64_t>(m_values.back())) * 0x9E3779B97F4A7C15;
    }
    static_assert(recentValues == 256);
    std::uint32_t& number = recent[mixed >> 56];
    if (number < kernels::mostLeafNumbers && std::memcmp(&m_values[(first + number) * m_width], &m_values[end], m_width * sizeof(double)) == 0)
        m_values.resize(end);
    else
        number = std::uint32_t(end / m_width - first);
    return number;
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

    m_roots.back().levels = height[0];
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

/// Rows walk through several trees together, if all of them fit and there are enough; the last tree is repeated up to a whole group.
void TreePredictor::addGroups()
{
    constexpr std::size_t few = 4;
    const std::size_t groups = (m_roots.size() + kernels::treesTogether - 1) / kernels::treesTogether;
    const std::size_t exits = groups * kernels::treesTogether * kernels::groupExits;
    if (features() > stackFeatures || m_roots.size() < few || !m_allFit || m_nodes.size() + exits >= kernels::mostForestNodes)
        return;
    m_groups.resize(groups);
    for (std::size_t t = 0; t < groups * kernels::treesTogether; ++t)
        addGroupTop(m_groups[t / kernels::treesTogether], t % kernels::treesTogether, m_roots[std::min(t, m_roots.size() - 1)]);
}

/// The first levels of a tree as the one at this place of the group; copies of the nodes below stand behind all trees.
void TreePredictor::addGroupTop(kernels::TreeGroup& group, std::size_t place, const Root& root)
{
    constexpr auto levels = std::uint32_t(std::bit_width(kernels::groupQuestions));
    std::uint32_t heap[kernels::groupQuestions + kernels::groupExits] = {0};
    for (std::size_t q = 0; q < kernels::groupQuestions; ++q) {
        const kernels::TreeNode node = m_nodes[root.first + heap[q]];
        const std::uint32_t child = node.link >> m_featureBits;
        group.top.thresholds[q][place] = node.threshold;
        group.top.features[q][place] = node.link & m_featureMask;
        heap[2 * q + 1] = child;
        heap[2 * q + 2] = child == heap[q] ? child : child + 1;
    }
    group.roots[place] = std::uint32_t(root.first);
    group.levelsBelow = std::max(group.levelsBelow, std::max(root.levels, levels + 1) - levels);
    group.top.exits[place] = std::uint32_t(m_nodes.size());
    for (std::size_t exit = 0; exit < kernels::groupExits; ++exit)
        m_nodes.push_back(kernels::TreeNode(m_nodes[root.first + heap[kernels::groupQuestions + exit]]));
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
        return root.large ? root.large->values(Eigen::Index(leaf), Eigen::Index(output)) : valuesOf(root, root.first + leaf)[output];
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
    if (m_groups.empty()) {
        for (const Root& root : m_roots)
            addLeaf(root, descend(root, x), scores);
        return;
    }
    float values[stackFeatures];                    // the kernel may read some behind the last, and makes nothing of them
    std::transform(x, x + features(), values, [](double value) { return float(value); });
    const kernels::ForestView view = forest();
    std::uint32_t leaves[stackGroups * kernels::treesTogether];
    for (std::size_t group = 0; group < m_groups.size(); group += stackGroups) {
        const std::size_t count = std::min(m_groups.size() - group, stackGroups), first = group * kernels::treesTogether;
        kernels::modelariumLeavesOfTrees(&view, group, count, values, leaves);
        addLeavesOfRow(first, std::min(first + count * kernels::treesTogether, m_roots.size()), leaves, scores);
    }
}

/// What the leaves of trees [first, end) add to a row's scores, tree after tree.
void TreePredictor::addLeavesOfRow(std::size_t first, std::size_t end, const std::uint32_t* leaves, double* scores) const noexcept
{
    if (m_width == 2) {                             // sums that stay in registers
        double a = scores[0], b = scores[1];
        for (std::size_t t = first; t < end; ++t) {
            const double* values = valuesOf(m_roots[t], *leaves++);
            a += values[0];
            b += values[1];
        }
        scores[0] = a;
        scores[1] = b;
        return;
    }
    for (std::size_t t = first; t < end; ++t) {
        const double* values = valuesOf(m_roots[t], *leaves++);
        for (std::size_t output = 0; output < m_width; ++output)
            scores[m_width == 1 ? m_roots[t].score : output] += values[output];
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
    for (std::size_t k = 0; k < m_base.size(); ++k)
        out.col(Eigen::Index(k)).setConstant(m_base[k]);
    if (m_roots.size() >= kernels::treesTogether && !m_groups.empty() && kernels::modelariumGroupsAreFaster(features()))
        sumGroups(X, out);
    else
        sumTreeByTree(X, out);
    finishAll(out);
}

void TreePredictor::sumTreeByTree(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> sums) const
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
    for (const Root& root : m_roots) {
        leavesOf(root, x.data(), whole, leaves.data());
        for (std::size_t output = 0; output < m_width; ++output) {
            const std::size_t column = m_aggregation == TreeAggregation::Sum ? root.score : output;
            double* answers = sums.col(Eigen::Index(column)).data();
            if (root.large) {
                for (std::size_t i = 0; i < rows; ++i)
                    answers[i] += root.large->values(Eigen::Index(leaves[i]), Eigen::Index(output));
                continue;
            }
            for (std::size_t i = 0; i < rows; ++i)
                answers[i] += valuesOf(root, root.first + leaves[i])[output];
        }
    }
}

/// Sixteen trees at a time, for all rows of the block: their nodes stay near the processor.
void TreePredictor::sumGroups(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> sums) const
{
    constexpr std::size_t together = kernels::mostGroupRows, whole = kernels::groupRowsTogether;
    const auto rows = std::size_t(X.rows());
    std::vector<float> x((rows + whole) * features() + kernels::mostFloatsRead);
    for (std::size_t first = 0; first < rows; first += together)
        for (std::size_t j = 0; j < features(); ++j) {
            const double* column = X.col(Eigen::Index(j)).data();
            for (std::size_t i = first; i < std::min(first + together, rows); ++i)
                x[i * features() + j] = float(column[i]);
        }

    const kernels::ForestView view = forest();
    std::uint32_t leaves[together * kernels::treesTogether];
    for (std::size_t group = 0; group < m_groups.size(); ++group)
        for (std::size_t first = 0; first < rows; first += together) {
            const std::size_t count = std::min(together, rows - first);
            kernels::modelariumLeavesOfGroup(&view, group, &x[first * features()], (count + whole - 1) / whole * whole, leaves);
            addLeaves(group, leaves, sums.middleRows(Eigen::Index(first), Eigen::Index(count)));
        }
}

/// What the leaves of a group of trees add to the sums of some rows.
void TreePredictor::addLeaves(std::size_t group, const std::uint32_t* leaves, Eigen::Ref<Matrix> sums) const noexcept
{
    constexpr std::size_t together = kernels::treesTogether;
    const std::size_t begin = group * together, end = std::min(begin + together, m_roots.size());
    const Eigen::Index rows = sums.rows();
    if (m_width == 2) {
        const double* values[together];
        for (std::size_t t = begin; t < end; ++t)
            values[t - begin] = &m_values[m_roots[t].values * 2];
        double *first = sums.col(0).data(), *second = sums.col(1).data();
        for (Eigen::Index i = 0; i < rows; ++i, leaves += together) {
            double a = first[i], b = second[i];
            for (std::size_t t = 0; t < end - begin; ++t) {
                const double* pair = values[t] + std::size_t(kernels::leafNumber(m_nodes[leaves[t]])) * 2;
                a += pair[0];
                b += pair[1];
            }
            first[i] = a;
            second[i] = b;
        }
        return;
    }
    for (std::size_t t = begin; t < end; ++t)
        for (std::size_t output = 0; output < m_width; ++output) {
            double* answers = sums.col(Eigen::Index(m_width == 1 ? m_roots[t].score : output)).data();
            for (Eigen::Index i = 0; i < rows; ++i)
                answers[i] += valuesOf(m_roots[t], leaves[std::size_t(i) * together + t - begin])[output];
        }
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
