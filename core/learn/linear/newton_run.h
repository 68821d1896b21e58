#pragma once

#include "core/learn/linear/logistic_objective.h"

#include <deque>

namespace modelarium {

struct NewtonSettings {
    bool useSecondDerivatives = true;               ///< false: L-BFGS from the gradients alone
    std::size_t maximumIterations = 200;
    double tolerance = 1e-10;                       ///< finished at this estimated distance to the minimum, as a share of the loss
    bool penalised = true;
};

/// Newton's method with step control for logistic regression.
///
/// Small problems compute the second derivatives at every step. Those of many rows first converge on an evenly spread sample of the
/// rows, then take them from one pass over all rows or some of them and correct them by the L-BFGS formula from what later gradients show.
///
/// Math     theta <- theta - t H^-1 g, t halved until the loss falls enough; the decrement g' H^-1 g / 2 estimates the
///          distance to the minimum. Of a share s of the rows H >= s H_s, for every row adds to H: g' H_s^-1 g / s is never less than
///          g' H^-1 g, and no L-BFGS correction changes that
/// Stops    where the decrement of second derivatives of all rows, or that bound on it, is within the tolerance; where these are too many to
///          compute, at a hundredth of it
/// Cost     one pass over the rows a step, more where a step has to be shortened
/// Source   S. Boyd, L. Vandenberghe, Convex Optimization, 9.5; J. Nocedal, Math. Comp. 35, 1980 (L-BFGS)
class NewtonRun final : public TrainingRun {
public:
    NewtonRun(std::unique_ptr<const LogisticObjective> objective, const NewtonSettings& settings);

    /// Errors   Diverged; NotFinite (names row and column) where nobody has looked at the cells: of two classes, one that is no number makes
    ///          the loss of all rows none, whatever the weights
    Result<Progress> step() override;
    bool isFinished() const override { return m_finished; }
    Parameters freeze() const override { return m_objective->parameters(m_theta); }
    std::vector<std::string> notices() const override;

private:
    enum class Derivatives { First, SampledSecond, Second };

    struct Correction {
        Vector s;                                   ///< change of theta
        Vector y;                                   ///< change of the gradient
        double sy;
    };

    const LogisticObjective& current() const { return m_sample ? *m_sample : *m_objective; }
    bool refreshesEveryStep() const;
    bool canTakeAllRows() const;
    void begin();
    void evaluate(const Vector& theta, Derivatives derivatives);
    void chooseDirection();
    bool moveAlongDirection();
    void addCorrection(const Vector& s, const Vector& previousGradient);
    void judge(double decrementBefore, bool fullStep);
    void judgeStall();
    bool isWithinTolerance(double contraction, bool fullStep) const;
    bool needsConfirmation(double contraction, bool fullStep) const;
    void takeAllRows();
    void finishAtMinimum();
    void leaveSample();
    void startAnew();
    Error lossError() const;
    std::string stepText() const;

    std::unique_ptr<const LogisticObjective> m_objective;
    std::unique_ptr<const LogisticObjective> m_sample;
    NewtonSettings m_settings;
    Vector m_theta;
    Vector m_gradient;
    Vector m_direction;
    double m_decrement = 0;
    LogisticObjective::Evaluation m_evaluation;
    std::unique_ptr<const Curvature> m_curvature;
    double m_curvatureShare = 0;                    ///< of all rows, at some recent theta; 0: there is none, or it belongs to theta = 0
    bool m_curvatureIsCurrent = false;              ///< of all rows, at the present theta
    std::deque<Correction> m_corrections;
    std::size_t m_steps = 0;
    std::size_t m_sampleSteps = 0;
    bool m_begun = false;
    bool m_refresh = false;                         ///< the next point needs new second derivatives
    bool m_stalled = false;                         ///< the last direction led nowhere down
    bool m_finished = false;
    bool m_converged = false;
    bool m_separated = false;
    bool m_stillGrowing = false;
};

} // namespace modelarium
