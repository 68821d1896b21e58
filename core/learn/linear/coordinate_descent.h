#pragma once

#include "core/learn/linear/active_factor.h"
#include "core/learn/linear/quadratic_loss.h"

#include <memory>

namespace modelarium {

/// Coordinate descent for a penalised quadratic loss, finished by solving for the weights in use where it is slow.
///
/// Math     minimises |v - Z w|^2 / 2 + sum_j l1_j |w_j| + l2_j w_j^2 / 2. A sweep minimises along each weight in turn. Once the
///          sweeps have cost as much as a factorisation, the weights in use are solved for: within their signs the function
///          is quadratic, and its minimum is approached until a weight changes its sign and leaves.
///          While all prices fall alike the minimum moves in straight lines, from knot to knot: each begins where the line through the
///          two before it leads, w_1 + t (w_1 - w_0), weights that would change their sign at 0.
///          The duality gap, objective - dual, bounds the distance to the minimum
/// Cost     see QuadraticLoss and ActiveFactor
/// Source   J. Friedman, T. Hastie, R. Tibshirani, J. Stat. Softw. 33(1), 2010; H. Lee, A. Battle, R. Raina, A. Y. Ng,
///          NIPS 19, 2006 (feature-sign search); M. R. Osborne, B. Presnell, B. A. Turlach, IMA J. Numer. Anal. 20(3), 2000 (the lines);
///          O. Fercoq, A. Gramfort, J. Salmon, ICML 2015 (the dual)
class CoordinateDescent {
public:
    enum class Step { Sweep, Solved };

    explicit CoordinateDescent(std::unique_ptr<QuadraticLoss> loss);

    /// A new price of the weights; goes on from the weights as they are, or, where prices come down a path and two minima have been
    /// found, from where the next one is expected.
    void setPenalty(WeightPenalty penalty);

    void startAt(const Vector& weights);

    /// Goes on until a sweep changes no weight by more (as z_j'z_j times its square), without looking at the gap.
    void settle(double smallestChange, int mostSweeps);

    /// One sweep, or one solution for the weights in use. Converged afterwards where gap() <= tolerance.
    Step advance(double tolerance);
    /// A last solution for the weights in use, where it costs next to nothing: a small gap leaves weights within its root only.
    void polish();
    bool isConverged() const { return m_converged; }
    /// Nothing moves any more, though the gap is larger than asked for: rounding.
    bool isStuck() const { return m_stuck; }

    const Vector& weights() const { return m_w; }
    QuadraticLoss& loss() { return *m_loss; }
    double objective() const { return m_objective; }
    double gap() const { return m_gap; }

private:
    void goOnAlongPath(double price);
    void measure();
    bool solveForUsed();
    bool fitFactorToUsed();
    double solutionCost() const;
    Eigen::Index used() const { return (m_w.array() != 0).count(); }

    std::unique_ptr<QuadraticLoss> m_loss;
    WeightPenalty m_penalty;
    Vector m_w;
    double m_price = 0;                             // of a weight, that stands for all
    double m_olderPrice = 0;                        // of the minimum before the last one; with its weights, where there was one
    Vector m_olderWeights;
    ActiveFactor m_factor;
    double m_objective = 0;
    double m_gap = 0;
    double m_work = 0;                              // of the sweeps since the last solution
    double m_lastObjective = 0;
    int m_stepsWithoutGain = 0;
    int m_usedSweeps = 0;                           // sweeps over the weights in use since one over all
    bool m_factorIsUseful = true;
    bool m_beginWithSolution = false;
    bool m_converged = false;
    bool m_stuck = false;
};

} // namespace modelarium
