#pragma once

#include "core/base/matrix.h"

#include <cstddef>

namespace modelarium {

/// What one boundary of a linear support vector machine is to minimise, and when it is near enough.
///
/// Math     |w|^2 / 2 + C sum_i max(0, 1 - s_i w x_i)^q, s_i = 1 or -1; q = 1 (hinge) or 2 (squared hinge); the last feature of
///          every x_i is 1, and its weight the intercept. alpha are the prices of the samples: w = sum_i alpha_i s_i x_i at the minimum
struct MarginObjective {
    double C = 1;
    bool squared = true;
    double tolerance = 1e-4;
};

/// s_i w x_i of all samples, X without the feature that is always 1.
Vector marginsOf(const Matrix& X, const Vector& sides, const Vector& w);

/// One boundary while it is learned: a class against another, or against the rest.
///
/// Shape    weights (n_features + 1), the intercept last
class MarginBoundary {
public:
    virtual ~MarginBoundary() = default;

    virtual void sweep() = 0;                       ///< looks at the samples once more
    virtual bool isSupportVector(Eigen::Index i) const = 0;
    virtual Vector margins() const = 0;             ///< s_i w x_i

    bool hasConverged() const { return m_converged; }
    const Vector& weights() const { return m_w; }

protected:
    explicit MarginBoundary(Eigen::Index weights) : m_w(Vector::Zero(weights)) {}

    Vector m_w;
    bool m_converged = false;
};

} // namespace modelarium
