#include "core/learn/linear/huber_regression.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/learn/linear/huber_interior_point.h"

#include <Eigen/Cholesky>

#include <cmath>
#include <limits>
#include <memory>

namespace modelarium {

namespace {

using Eigen::Index;

/// Newton's method from the line of least squares, sigma brought to its best after every step. Outliers have no second derivative:
/// where too few other rows are left for a good step, outliers take part with that of a parabola above their loss, which is the
/// classical reweighting and always goes down; the share goes back to 0 as steps succeed, and the last steps are exact. Where sigma goes
/// to 0 the loss becomes the sum of absolute errors and neither gets further: an interior-point method goes the rest of the way.
class HuberRun final : public TrainingRun {
public:
    HuberRun(DatasetPtr data, double epsilon, double alpha, bool intercept, std::size_t maximumIterations, double tolerance)
        : m_data(data), m_objective(std::move(data), epsilon, alpha, intercept), m_epsilon(epsilon), m_maximumIterations(maximumIterations),
          m_tolerance(tolerance), m_theta(Vector::Zero(m_objective.features() + 2))
    {
    }

    Result<Progress> step() override;
    bool isFinished() const override { return m_converged || m_stuck || m_steps >= m_maximumIterations; }
    Parameters freeze() const override { return m_objective.linear(m_theta); }
    std::vector<std::string> notices() const override;

private:
    Vector direction() const;
    bool searchAlong(const Vector& d, double decrement);
    bool isOnePiece(const Vector& start, const Vector& d) const;
    void newtonStep();
    void interiorStep();
    void placeSigma();
    bool takeIfLower(Vector theta);
    /// Up to rounding of the target there is no loss below the least sigma's.
    double roundingOfLoss() const { return 2 * double(m_objective.samples()) * m_objective.leastSigma(); }

    DatasetPtr m_data;
    HuberObjective m_objective;
    double m_epsilon;
    std::size_t m_maximumIterations;
    double m_tolerance;
    Vector m_theta;
    Vector m_start;                                     // the line of least squares lies far from all bounds
    HuberObjective::Evaluation m_now;
    double m_outlierShare = 0;
    int m_idleSteps = 0;
    std::size_t m_steps = 0;
    std::unique_ptr<HuberInteriorPoint> m_interior;     // from where Newton's method gets no further
    double m_lowerBound = 0;                            // no loss is below it
    bool m_converged = false;
    bool m_stuck = false;
};

/// H^-1 g with H brought to a unit diagonal; flat directions (collinear columns, few rows that are no outliers) hardly move.
Vector HuberRun::direction() const
{
    const Matrix H = m_objective.hessian(m_theta, m_outlierShare);
    const double least = std::numeric_limits<double>::min();
    const Vector D = H.diagonal().unaryExpr([least](double h) { return h > least ? 1 / std::sqrt(h) : 0.0; });
    Matrix K = D.asDiagonal() * H * D.asDiagonal();
    constexpr double floor = 1e-12;
    K.diagonal().array() += floor;
    return D.cwiseProduct(Eigen::LDLT<Matrix>(K).solve(D.cwiseProduct(m_now.gradient)));
}

bool HuberRun::searchAlong(const Vector& d, double decrement)
{
    if (!d.allFinite())
        return false;
    const Index sigma = m_theta.size() - 1;
    const Vector start = m_theta;
    const HuberObjective::Evaluation before = m_now;
    constexpr int mostHalvings = 30;
    constexpr double enough = 1e-4;
    double t = 1;
    for (int halving = 0; halving < mostHalvings; ++halving, t /= 2) {
        m_theta = start - t * d;
        // No step brings sigma below a tenth: where it goes to 0, slowly.
        m_theta[sigma] = std::max({m_theta[sigma], start[sigma] / 10, m_objective.leastSigma()});
        m_now = m_objective.at(m_theta);
        if (m_now.loss < before.loss - enough * t * std::max(0.0, decrement))
            return true;
    }
    m_theta = start;
    m_now = before;
    return false;
}

/// The best sigma for these weights, where it all is better indeed.
bool HuberRun::takeIfLower(Vector theta)
{
    const Index sigma = theta.size() - 1;
    theta[sigma] = m_objective.bestSigma(m_objective.residuals(theta), theta[sigma]);
    HuberObjective::Evaluation there = m_objective.at(theta);
    if (!(there.loss < m_now.loss))
        return false;
    m_theta = std::move(theta);
    m_now = std::move(there);
    return true;
}

void HuberRun::placeSigma() { takeIfLower(m_theta); }

/// Whether all rows stay on their side of the tube on the way to start - d. Only there the derivatives tell where the minimum is; where
/// sigma is next to nothing, they end right beside the start.
bool HuberRun::isOnePiece(const Vector& start, const Vector& d) const
{
    const Index sigma = start.size() - 1;
    Vector end = start - d;
    end[sigma] = std::max(end[sigma], m_objective.leastSigma());
    const Vector before = m_objective.residuals(start) / start[sigma], after = m_objective.residuals(end) / end[sigma];
    for (Index i = 0; i < before.size(); ++i)
        if ((before[i] > m_epsilon) != (after[i] > m_epsilon) || (before[i] < -m_epsilon) != (after[i] < -m_epsilon))
            return false;
    return true;
}

void HuberRun::newtonStep()
{
    const double before = m_now.loss;
    const Vector start = m_theta;
    const double share = m_outlierShare;
    Vector d = direction();
    const double decrement = m_now.gradient.dot(d);
    const bool isFlat = (d.array() == 0 && m_now.gradient.array() != 0).any();     // a slope, and no curvature that would end it
    const double far = m_tolerance * std::abs(before);
    bool moved = searchAlong(d, decrement);
    m_outlierShare = share < 1e-6 ? 0 : share / 10;
    if (!moved && std::abs(decrement) / 2 > far) {
        m_outlierShare = 1;
        d = direction();
        d.tail(1).setZero();
        moved = searchAlong(d, 0);
    }
    placeSigma();
    const double gained = before - m_now.loss;
    m_idleSteps = gained <= far ? m_idleSteps + 1 : 0;
    constexpr int enoughIdleSteps = 8;                  // as many as bring the share of the outliers back to 0
    const bool exact = share == 0 && !isFlat && std::abs(decrement) / 2 <= far && isOnePiece(start, d);
    m_converged = exact || m_now.loss <= roundingOfLoss();
    constexpr std::size_t mostNewtonSteps = 40;         // where sigma is not on its way to 0, far fewer are enough
    if (!m_converged && (m_idleSteps >= enoughIdleSteps || m_steps > mostNewtonSteps)) {
        m_interior = std::make_unique<HuberInteriorPoint>(m_objective, m_start);
        m_idleSteps = 0;
    }
}

void HuberRun::interiorStep()
{
    const double boundBefore = m_lowerBound;
    const bool moved = m_interior->step();
    const bool lower = takeIfLower(m_interior->theta());
    m_lowerBound = std::max(boundBefore, m_interior->lowerBound());
    m_idleSteps = lower || m_lowerBound > boundBefore ? 0 : m_idleSteps + 1;
    const double gap = m_now.loss - m_lowerBound;
    m_converged = gap <= std::max(m_tolerance * m_now.loss, roundingOfLoss());
    constexpr int enoughIdleSteps = 20;
    if (!m_converged && (!moved || m_idleSteps >= enoughIdleSteps)) {
        constexpr double rounding = 1e-8;              // of sums that are larger than what is left of them
        m_converged = gap <= rounding * m_now.loss;
        m_stuck = !m_converged;
    }
}

Result<Progress> HuberRun::step()
{
    ++m_steps;
    std::string what = "least squares to begin with";
    if (m_steps == 1) {
        Result<Vector> start = m_objective.start();
        if (!start)
            return start.error();
        m_theta = m_start = *std::move(start);
        m_now = m_objective.at(m_theta);
        placeSigma();
    } else if (m_interior) {
        interiorStep();
        what = "interior-point step " + std::to_string(m_steps - 1);
    } else {
        newtonStep();
        what = "Newton step " + std::to_string(m_steps - 1);
    }
    const Linear linear = m_objective.linear(m_theta);
    if (!linear.W.allFinite() || !linear.b.allFinite())
        return Error{ErrorCode::NotFinite, "A weight would be too large for a number: bring the features and the target to comparable units."};
    what += ": " + counted(m_now.outliers, "outlier", "outliers");
    return Progress{m_steps, m_objective.lossInDataUnits(m_now.loss), what};
}

std::vector<std::string> HuberRun::notices() const
{
    if (m_steps == 0)
        return {};
    std::vector<std::string> notices;
    const Vector r = m_objective.residuals(m_theta);
    constexpr std::size_t mostNamed = 5;
    std::string rows;
    std::size_t outliers = 0;
    for (Index i = 0; i < r.size(); ++i) {
        if (!m_objective.isOutlier(r[i], m_theta[m_theta.size() - 1]))
            continue;
        if (++outliers <= mostNamed) {
            rows += (outliers > 1 ? ", " : "") + std::to_string(m_data->rowNumber(i));
        }
    }
    if (outliers > 0) {
        notices.push_back(countText(outliers) + " of " + rowsText(r.size())
                          + (outliers == 1 ? " is an outlier and counts" : " are outliers and count") + " less: "
                          + (outliers == 1 ? "row " : "rows ") + rows
                          + (outliers > mostNamed ? " and " + countText(outliers - mostNamed) + " more." : "."));
    }
    if (m_stuck) {
        notices.push_back("The training stopped after " + counted(m_steps, "step", "steps") + ", because rounding hides the rest of the way: the minimum is at most "
                          + shortText(100 * (1 - m_lowerBound / m_now.loss), 2) + " % below this loss.");
    } else if (isFinished() && !m_converged) {
        notices.push_back("The training stopped after " + counted(m_steps, "step", "steps") + ", before the minimum was reached: allow more steps.");
    }
    return notices;
}

class HuberLearner final : public Learner {
public:
    explicit HuberLearner(Hyperparameters hyperparameters) : m_hyperparameters(std::move(hyperparameters)) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<HuberRun>(
            std::move(train), m_hyperparameters.real("epsilon"), m_hyperparameters.real("alpha"), m_hyperparameters.boolean("intercept"),
            std::size_t(m_hyperparameters.integer("max_iterations")), m_hyperparameters.real("tolerance")));
    }

private:
    Hyperparameters m_hyperparameters;
};

} // namespace

LearnerInfo huberRegression()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "huber_regression";
    info.name = "Huber regression";
    info.help = "A straight line or plane that a few outliers hardly move: near it errors count by their square, far from it only by "
                "their size.";
    info.objective = "Minimises sum [sigma + H((y - w x - b) / sigma) sigma] + alpha |w|^2 over w, b and sigma > 0; H(z) is "
                     "z^2 where |z| < epsilon, and 2 epsilon |z| - epsilon^2 beyond. The intercept b is not penalised. As "
                     "scikit-learn's HuberRegressor.";
    info.tasks = {Task::Regression};
    info.table = {
        Spec::real("epsilon", "Epsilon",
                   "How far from the line, in widths of the errors, a row becomes an outlier: nearer to 1 more rows are, with a large "
                   "value none is and the line is that of least squares.",
                   1.35, 1, 1e6, true),
        Spec::real("alpha", "Alpha", "The price on squared weights: 0 is none, more pulls every weight towards zero.", 1e-4, 0, 1e9, true),
        Spec::boolean("intercept", "Intercept", "Whether the line may cross the axis anywhere; without it, it goes through zero.", true),
        Spec::integer("max_iterations", "Most steps", "After how many steps the training stops at the latest.", 1000, 1, 1000000),
        Spec::real("tolerance", "Tolerance", "The training stops when the loss cannot fall by more than about this share of it.", 1e-12, 0,
                   1, true),
    };
    info.stepName = "Newton step";
    info.wantsScaling = true;
    info.wantsReferenceLevel = true;
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<HuberLearner>(chosen);
    };
    return info;
}

} // namespace modelarium
