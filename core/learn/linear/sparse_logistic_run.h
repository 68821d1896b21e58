#pragma once

#include "core/learn/linear/logistic_objective.h"

#include <memory>

namespace modelarium {

struct SparseLogisticSettings {
    double C = 1;
    double l1Ratio = 1;                             ///< > 0
    std::size_t maximumIterations = 1000;
    double tolerance = 1e-10;                       ///< finished at this estimated distance to the minimum, as a share of the loss
};

/// Logistic regression with a price on the absolute weights, by Newton steps whose quadratic model keeps that price.
///
/// Math     minimises f(theta) + sum_j lambda_j |theta_j|: at each step g'd + d'H d / 2 + lambda'|theta + d| by coordinate descent,
///          then theta <- theta + t d, t halved until the loss falls enough. Past 2000 weights accelerated gradient steps instead,
///          each followed by soft thresholding
/// Cost     a pass over the rows for gradient and second derivatives a step, and the coordinate descent
/// Source   J. Lee, Y. Sun, M. Saunders, SIAM J. Optim. 24(3), 2014; A. Beck, M. Teboulle, SIAM J. Imaging Sci. 2(1), 2009
class SparseLogisticRun final : public TrainingRun {
public:
    SparseLogisticRun(DatasetPtr data, const SparseLogisticSettings& settings);

    Result<Progress> step() override;
    bool isFinished() const override { return m_finished; }
    Parameters freeze() const override { return m_objective->parameters(m_theta); }
    std::vector<std::string> notices() const override;

private:
    const LogisticObjective& current() const { return m_sample ? *m_sample : *m_objective; }
    bool usesSecondDerivatives() const;
    double price(const Vector& theta) const { return m_lambda.dot(theta.cwiseAbs()); }
    Vector thresholded(const Vector& theta, double length) const;
    void begin();
    void newtonStep();
    void gradientStep();
    Vector minimumOfModel() const;

    DatasetPtr m_data;
    SparseLogisticSettings m_settings;
    std::unique_ptr<const LogisticObjective> m_objective;
    std::unique_ptr<const LogisticObjective> m_sample;
    Vector m_lambda;                                // 0 for intercepts
    Vector m_theta;
    Vector m_gradient;
    Matrix m_H;
    double m_loss = 0;                              // with the whole price
    double m_decrement = 0;                         // by how much the last model promised the loss to fall
    Vector m_ahead;                                 // where the next gradient is taken, by momentum
    double m_momentum = 1;
    double m_curvature = 1;                         // bounds the second derivatives along a gradient step
    int m_idleSteps = 0;
    std::size_t m_steps = 0;
    bool m_begun = false;
    bool m_finished = false;
    bool m_converged = false;
};

} // namespace modelarium
