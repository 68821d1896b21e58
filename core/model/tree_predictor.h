#pragma once

#include "core/model/predictor.h"

#include <cstdint>
#include <vector>

namespace modelarium {

/// The largest float <= t: float(x) <= t holds exactly where float(x) <= floatThreshold(t) does, and that compares floats.
float floatThreshold(double t) noexcept;

/// Predicts with TreeEnsemble.
///
/// Layout   breadth first, siblings adjacent, so that a node is a threshold, a feature and one child; leaves point at
///          themselves, so that several walks go down in step and none asks whether it has arrived
class TreePredictor final : public Predictor {
public:
    explicit TreePredictor(const TreeEnsemble& parameters);
    void predictRow(const double* x, double* out) const noexcept override;
    void predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const override;

private:
    struct Node {
        float threshold;                // +infinity at a leaf
        std::uint32_t feature;
        std::uint32_t left;             // the right child is left + 1; a leaf is its own left child
    };

    void addTree(const Tree& tree);
    template <std::size_t Walks> void walk(std::uint32_t root, const float* x, std::uint32_t* leaves) const noexcept;

    std::vector<Node> m_nodes;                      // of all trees
    std::vector<double> m_values;                   // outputs() a node
    std::vector<std::uint32_t> m_roots;
};

} // namespace modelarium
