#include "core/learn/linear/ridge_regression.h"

#include "core/base/number_text.h"
#include "core/learn/linear/least_squares_problem.h"

#include <algorithm>
#include <limits>

namespace modelarium {

namespace {

class RidgeRun final : public OneStepRun {
public:
    RidgeRun(LeastSquaresProblem problem, double alpha)
        : m_problem(std::move(problem)), m_alpha(alpha), m_linear{Matrix::Zero(1, Eigen::Index(m_problem.data().features())), Vector::Zero(1)}
    {
    }

    Parameters freeze() const override { return m_linear; }
    std::vector<std::string> notices() const override { return m_notices; }

private:
    /// The loss shown is the objective by the sample: mean squared error + alpha |w|^2 / n.
    Result<Progress> solve() override
    {
        const Result<LeastSquares> solution = m_problem.solve(m_alpha);
        if (!solution)
            return solution.error();
        const Dataset& data = m_problem.data();
        m_linear.W = solution->w.transpose();
        m_linear.b[0] = solution->b;
        m_notices = leastSquaresNotices(*solution, data.samples(), data.featureNames, m_alpha);
        // Squares of finite weights may leave the range of numbers, and 0 times infinity is none at all.
        const double penalty = m_alpha > 0 ? m_alpha * solution->w.squaredNorm() / double(data.samples()) : 0;
        const double loss = std::min(std::numeric_limits<double>::max(), solution->meanSquaredResidual + penalty);
        return Progress{1, loss, "solved with alpha = " + shortText(m_alpha)};
    }

    LeastSquaresProblem m_problem;
    double m_alpha;
    Linear m_linear;
    std::vector<std::string> m_notices;
};

class RidgeRegressionLearner final : public Learner {
public:
    explicit RidgeRegressionLearner(Hyperparameters hyperparameters) : m_hyperparameters(std::move(hyperparameters)) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        Result<LeastSquaresProblem> problem = LeastSquaresProblem::begin(std::move(train), m_hyperparameters.boolean("intercept"));
        if (!problem)
            return problem.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<RidgeRun>(*std::move(problem), m_hyperparameters.real("alpha")));
    }

private:
    Hyperparameters m_hyperparameters;
};

std::unique_ptr<const Learner> makeRidgeRegression(const Hyperparameters& hyperparameters, Task)
{
    return std::make_unique<RidgeRegressionLearner>(hyperparameters);
}

} // namespace

LearnerInfo ridgeRegression()
{
    LearnerInfo info;
    info.id = "ridge_regression";
    info.name = "Ridge regression";
    info.help = "A straight line or plane whose weights are kept small. Good where features say nearly the same, or where there "
                "are many of them and few rows.";
    info.objective = "Minimises sum (y - w x - b)^2 + alpha |w|^2: a sum over the rows, no mean, so more rows count more "
                     "against the same alpha. The intercept b is not penalised. As scikit-learn's Ridge.";
    info.tasks = {Task::Regression};
    info.table = {
        HyperparameterSpec::real("alpha", "Alpha",
                                 "The price on large weights: 0 is plain least squares, more pulls every weight towards zero.", 1,
                                 0, 1e9, true),
        HyperparameterSpec::boolean("intercept", "Intercept",
                                    "Whether the line may cross the axis anywhere; without it, it goes through zero.", true),
    };
    info.stepName = "step";
    info.wantsScaling = true;
    info.wantsReferenceLevel = true;
    info.make = makeRidgeRegression;
    return info;
}

} // namespace modelarium
