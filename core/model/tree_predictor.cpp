#include "core/model/tree_predictor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

float floatThreshold(double t) noexcept
{
    const float rounded = float(t);
    return double(rounded) > t ? std::nextafter(rounded, -std::numeric_limits<float>::infinity()) : rounded;
}

TreePredictor::TreePredictor(const TreeEnsemble& parameters)
    : Predictor(featureCount(parameters), outputCount(parameters))
{
    for (const Tree& tree : parameters.trees)
        addTree(tree);
}

void TreePredictor::addTree(const Tree& tree)
{
    const std::size_t root = m_nodes.size();
    m_roots.push_back(std::uint32_t(root));
    std::vector<std::size_t> order{0};              // breadth first: place in the layout -> node of the tree
    for (std::size_t place = 0; place < order.size(); ++place) {
        const std::size_t node = order[place];
        const std::size_t self = root + place;
        if (tree.feature[node] < 0) {
            m_nodes.push_back({std::numeric_limits<float>::infinity(), 0, std::uint32_t(self)});
        } else {
            m_nodes.push_back({floatThreshold(tree.threshold[node]), std::uint32_t(tree.feature[node]),
                               std::uint32_t(root + order.size())});
            order.push_back(std::size_t(tree.left[node]));
            order.push_back(std::size_t(tree.right[node]));
        }
        for (std::size_t output = 0; output < outputs(); ++output)
            m_values.push_back(tree.values(Eigen::Index(node), Eigen::Index(output)));
    }
}

void TreePredictor::predictRow(const double* x, double* out) const noexcept
{
    std::fill(out, out + outputs(), 0.0);
    for (const std::uint32_t root : m_roots) {
        std::uint32_t place = root;
        while (m_nodes[place].left != place) {
            const Node& node = m_nodes[place];
            place = node.left + !(float(x[node.feature]) <= node.threshold);
        }
        const double* values = &m_values[place * outputs()];
        for (std::size_t output = 0; output < outputs(); ++output)
            out[output] += values[output];
    }
    if (m_roots.size() == 1)
        return;
    for (std::size_t output = 0; output < outputs(); ++output)
        out[output] /= double(m_roots.size());
}

/// Several rows go down together: while one waits for its node to arrive from memory, the others move on.
template <std::size_t Walks>
void TreePredictor::walk(std::uint32_t root, const float* x, std::uint32_t* leaves) const noexcept
{
    constexpr int levelsBetweenLooks = 4;
    std::uint32_t place[Walks];
    std::fill_n(place, Walks, root);
    bool moving = true;
    while (moving) {
        for (int level = 0; level < levelsBetweenLooks; ++level)
            for (std::size_t i = 0; i < Walks; ++i) {
                const Node& node = m_nodes[place[i]];
                place[i] = node.left + !(x[i * features() + node.feature] <= node.threshold);
            }
        moving = false;
        for (std::size_t i = 0; i < Walks; ++i)
            moving |= m_nodes[place[i]].left != place[i];
    }
    std::copy_n(place, Walks, leaves);
}

void TreePredictor::predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const
{
    constexpr std::size_t walks = 16;
    const auto rows = std::size_t(X.rows());
    std::vector<float> x(rows * features());
    for (std::size_t j = 0; j < features(); ++j)
        for (std::size_t i = 0; i < rows; ++i)
            x[i * features() + j] = float(X(Eigen::Index(i), Eigen::Index(j)));

    std::vector<std::uint32_t> leaves(rows);
    out.setZero();
    for (const std::uint32_t root : m_roots) {
        std::size_t i = 0;
        for (; i + walks <= rows; i += walks)
            walk<walks>(root, &x[i * features()], &leaves[i]);
        for (; i < rows; ++i)
            walk<1>(root, &x[i * features()], &leaves[i]);
        for (std::size_t output = 0; output < outputs(); ++output) {
            double* answers = out.col(Eigen::Index(output)).data();
            for (i = 0; i < rows; ++i)
                answers[i] += m_values[leaves[i] * outputs() + output];
        }
    }
    if (m_roots.size() > 1)
        out /= double(m_roots.size());
}

} // namespace modelarium
