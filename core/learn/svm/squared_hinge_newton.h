#pragma once

#include "core/learn/linear/row_blocks.h"
#include "core/learn/svm/margin_boundary.h"

namespace modelarium {

/// What a boundary with the squared hinge loss costs, and its derivatives. Keeps no copy of X.
///
/// Math     f = |w|^2 / 2 + C sum_A (1 - s_i w x_i)^2, A = the samples with s_i w x_i < 1; g = w - 2 C sum_A s_i (1 - s_i w x_i) x_i;
///          H = 1 + 2 C sum_A x_i x_i'
/// Shape    w, g (n_features + 1), H likewise, lower triangle: the last feature of every sample is 1, and not in X; margins (n_samples): s_i w x_i
/// Cost     O(n_samples * n_features); hessian O(n_samples * n_features^2)
class SquaredHinge {
public:
    SquaredHinge(const Matrix& X, Vector sides, double C);

    Vector margins(const Vector& w) const { return marginsOf(m_X, m_sides, w); }
    double value(const Vector& w, const Vector& margins) const;
    Vector gradient(const Vector& w, const Vector& margins) const;
    Matrix hessian(const Vector& margins) const;

private:
    const Matrix& m_X;
    Vector m_sides;
    double m_C;
    RowBlocks m_blocks;
};

/// Newton's method on the squared hinge loss: between two changes of who is inside the margin the objective is a parabola, and one step
/// leads to its bottom.
///
/// Math     w <- w - t H^-1 g, t halved until the objective falls enough. With alpha_i = 2 C max(0, 1 - s_i w x_i) the gradients of the
///          dual are s_i g x_i, on A: done where two of them are no farther apart than the tolerance, as |g| shows
/// Cost     O(n_samples * n_features^2 + n_features^3) a step; some ten steps
/// Random   nothing; sums in the order of blocks
/// Source   S. S. Keerthi, D. DeCoste, Journal of Machine Learning Research 6, 2005
class SquaredHingeNewton final : public MarginBoundary {
public:
    /// `X` without the feature that is always 1; `largestLength`: of a sample with it.
    SquaredHingeNewton(const Matrix& X, Vector sides, const MarginObjective& objective, double largestLength);

    void sweep() override;                          ///< one Newton step
    bool isSupportVector(Eigen::Index i) const override { return m_margins[i] < 1; }
    Vector margins() const override { return m_margins; }

private:
    Vector direction(const Vector& gradient) const;
    bool goAlong(const Vector& d, const Vector& gradient);

    SquaredHinge m_objective;
    double m_gradientTolerance;
    Vector m_margins;
    double m_value;
};

} // namespace modelarium
