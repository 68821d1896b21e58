#pragma once

#include "core/base/random.h"
#include "core/learn/linear/row_major.h"
#include "core/learn/svm/margin_boundary.h"

#include <limits>
#include <vector>

namespace modelarium {

/// Samples with a last feature that is always 1, and their squared lengths.
struct MarginSamples {
    const Matrix& features;                         ///< as they were given
    RowMajorMatrix X;
    Vector squaredLength;

    MarginSamples(const Matrix& given, Vector lengths);
    static Vector squaredLengths(const Matrix& features);
};

/// Dual coordinate descent with shrinking: one price after the other.
///
/// Math     alpha_i <- clip(alpha_i - G_i / (|x_i|^2 + D)), G_i = s_i w x_i - 1 + D alpha_i, w = sum alpha_i s_i x_i; hinge:
///          0 <= alpha_i <= C, D = 0; squared hinge: 0 <= alpha_i, D = 1 / (2 C). Done where the largest and the smallest projected
///          gradient of a sweep are no farther apart than the tolerance, or than a tenth of it, a hundredth ... until the objective is
///          at most 10 times the tolerance, as a share of it, above that of the dual, and so above the minimum
/// Cost     O(n_samples * n_features) a sweep
/// Random   the order of the samples in every sweep
/// Source   C.-J. Hsieh, K.-W. Chang, C.-J. Lin, S. S. Keerthi, S. Sundararajan, ICML 2008, algorithm 3 (with shrinking)
class DualDescent final : public MarginBoundary {
public:
    DualDescent(const MarginSamples& samples, Vector sides, const MarginObjective& objective, Random random);

    /// Each sample that is not set aside once, in a new order.
    void sweep() override;
    bool isSupportVector(Eigen::Index i) const override { return m_alpha[i] > 0; }
    Vector margins() const override { return marginsOf(m_samples.features, m_sides, m_w); }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    /// The projected gradients of one sweep.
    struct Spread {
        double largest = -infinity;
        double smallest = infinity;
    };

    bool isNearMinimum() const;
    bool visit(Eigen::Index i, Spread& spread);

    const MarginSamples& m_samples;
    Vector m_sides;
    double m_C;
    bool m_squared;
    double m_tolerance;
    double m_spreadAllowed;                         ///< of the projected gradients; less than the tolerance where that is not near enough
    Random m_random;
    double m_upper;
    double m_diagonal;
    Vector m_alpha;
    std::vector<Eigen::Index> m_order;
    std::size_t m_active;                           // the first of the order; the others are set aside
    double m_setAsideAbove = infinity;
    double m_setAsideBelow = -infinity;
};

} // namespace modelarium
