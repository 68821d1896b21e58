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
    const double count = double(m_roots.size());
    for (std::size_t output = 0; output < outputs(); ++output)
        out[output] /= count;
}

} // namespace modelarium
