#pragma once

#include "core/base/matrix.h"
#include "core/learn/learner.h"

#include <memory>

namespace modelarium {

/// A smooth function of the weights that gradient descent can walk down.
class DescentObjective {
public:
    virtual ~DescentObjective() = default;
    virtual Eigen::Index size() const = 0;
    /// The loss at theta, and its gradient there.
    virtual double evaluate(const Vector& theta, Vector& gradient) const = 0;
    virtual Parameters parameters(const Vector& theta) const = 0;
};

struct DescentSettings {
    double learningRate = 0.1;
    std::size_t maximumIterations = 1000;
    double tolerance = 1e-8;                        ///< finished when a step changes the loss by no more than this share of it
};

/// The rows of a hyperparameter table that gradient descent adds, shown when `solver` is gradient_descent.
HyperparameterTable descentHyperparameters();
DescentSettings descentSettings(const Hyperparameters& hyperparameters);

/// Plain gradient descent over all samples, from zero, one step at a time: slow, and to be watched.
///
/// Math     theta <- theta - rate * gradient
/// Errors   Diverged: "the loss became infinite at step 12: the learning rate 3 is too large"; NotFinite (a weight too large for a number)
/// Cost     one evaluation of the objective a step
class GradientDescentRun final : public TrainingRun {
public:
    GradientDescentRun(std::unique_ptr<const DescentObjective> objective, const DescentSettings& settings);

    Result<Progress> step() override;
    bool isFinished() const override { return m_finished; }
    Parameters freeze() const override { return m_objective->parameters(m_theta); }
    std::vector<std::string> notices() const override;

private:
    std::unique_ptr<const DescentObjective> m_objective;
    DescentSettings m_settings;
    Vector m_theta;
    Vector m_gradient;
    double m_loss = 0;
    double m_lossAtStart = 0;
    std::size_t m_steps = 0;
    bool m_finished = false;
    bool m_converged = false;
};

} // namespace modelarium
