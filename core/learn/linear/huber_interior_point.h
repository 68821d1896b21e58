#pragma once

#include "core/learn/linear/huber_objective.h"

namespace modelarium {

/// Interior-point method for Huber regression: reaches the minimum where nearly all rows are outliers, and knows how far it is from it.
///
/// Math     F = max over |u_i| <= epsilon of 2 u'r + sigma (n - |u|^2) + alpha |w|^2, so the minimum is a saddle point, where
///          [X, 1]'u + alpha [w, 0] = 0, r - sigma u = up - down and, with mu = 0, up (epsilon - u) = down (epsilon + u) = mu for every
///          row and sigma (n - |u|^2) = mu; each step is Newton's towards a smaller mu, with all factors kept above 0
/// Shape    theta (n_features + 2): w, b, sigma, as HuberObjective has them
/// Cost     a step: O(n_samples * n_features^2)
/// Source   S. Mehrotra, SIAM J. Optim. 2(4), 1992; S. Boyd, L. Vandenberghe, Convex Optimization, 2004, 11.7
class HuberInteriorPoint {
public:
    HuberInteriorPoint(const HuberObjective& objective, const Vector& theta);

    /// False where rounding leaves no way on.
    bool step();
    const Vector& theta() const { return m_theta; }
    /// No loss is lower than this, but for rounding.
    double lowerBound() const;

private:
    struct Residuals;
    struct Move;

    Residuals residuals() const;
    void advance(const Move& move, double share);
    double longestShare(const Move& move) const;
    double meanProduct() const;

    double& sigma() { return m_theta[m_theta.size() - 1]; }
    double sigma() const { return m_theta[m_theta.size() - 1]; }

    const HuberObjective& m_objective;
    Vector m_theta;
    Vector m_u, m_up, m_down;                       ///< one a row
    double m_slack = 0;                             ///< n - |u|^2
};

} // namespace modelarium
