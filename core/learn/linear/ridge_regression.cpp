#include "core/learn/linear/ridge_regression.h"

#include "core/base/number_text.h"
#include "core/learn/linear/least_squares_problem.h"
#include "core/learn/linear/penalty_path.h"
#include "core/learn/linear/ridge_path.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace modelarium {

namespace {

struct RidgePathSettings {
    Eigen::Index alphas = 100;
    double ratio = 1e-6;                            ///< of the smallest alpha to the largest
    bool oneStandardError = false;                  ///< the largest alpha within one standard error of the best
};

class RidgeRun final : public OneStepRun {
public:
    /// With a path, its best alpha takes the place of `alpha`.
    RidgeRun(LeastSquaresProblem problem, double alpha, bool intercept, std::optional<RidgePathSettings> path)
        : m_problem(std::move(problem)), m_alpha(alpha), m_intercept(intercept), m_path(path),
          m_linear{Matrix::Zero(1, Eigen::Index(m_problem.data().features())), Vector::Zero(1)}
    {
    }

    Parameters freeze() const override { return m_linear; }
    std::vector<std::string> notices() const override { return m_notices; }

private:
    Result<Progress> solve() override
    {
        std::optional<PenaltyPath> path;
        if (m_path) {
            Result<PenaltyPath> judged = leaveOneOutPath(m_problem.data().columns(), m_problem.data().y, m_intercept, m_path->alphas, m_path->ratio);
            if (!judged)
                return judged.error();
            choosePenalty(*judged, m_path->oneStandardError);
            m_alpha = judged->alphas[judged->chosen];
            path = *std::move(judged);
        }
        Result<Progress> progress = solveFor(m_alpha);
        if (progress && path) {
            const auto used = std::size_t((m_linear.W.array() != 0).count());
            path->featuresInUse.assign(path->alphas.size(), used);
            const std::vector<std::string> sentences = penaltyNotices(*path, "Leaving out each row in turn", m_path->oneStandardError);
            m_notices.insert(m_notices.begin(), sentences.begin(), sentences.end());
            progress->chosen["alpha"] = m_alpha;
            progress->found.penaltyPath = toldPath(*std::move(path));
        }
        return progress;
    }

    /// The loss shown is the objective by the sample: mean squared error + alpha |w|^2 / n.
    Result<Progress> solveFor(double alpha)
    {
        const Result<LeastSquares> solution = m_problem.solve(alpha);
        if (!solution)
            return solution.error();
        const Dataset& data = m_problem.data();
        m_linear.W = solution->w.transpose();
        m_linear.b[0] = solution->b;
        m_notices = leastSquaresNotices(*solution, data.samples(), data.featureNames, alpha);
        // Squares of finite weights may leave the range of numbers, and 0 times infinity is none at all.
        const double penalty = alpha > 0 ? alpha * solution->w.squaredNorm() / double(data.samples()) : 0;
        const double loss = std::min(std::numeric_limits<double>::max(), solution->meanSquaredResidual + penalty);
        return Progress{1, loss, "solved with alpha = " + shortText(alpha)};
    }

    LeastSquaresProblem m_problem;
    double m_alpha;
    bool m_intercept;
    std::optional<RidgePathSettings> m_path;
    Linear m_linear;
    std::vector<std::string> m_notices;
};

class RidgeRegressionLearner final : public Learner {
public:
    explicit RidgeRegressionLearner(Hyperparameters hyperparameters) : m_hyperparameters(std::move(hyperparameters)) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        const bool intercept = m_hyperparameters.boolean("intercept");
        Result<LeastSquaresProblem> problem = LeastSquaresProblem::begin(std::move(train), intercept);
        if (!problem)
            return problem.error();
        std::optional<RidgePathSettings> path;
        if (m_hyperparameters.choice("penalty_choice") == "cross_validated")
            path = RidgePathSettings{Eigen::Index(m_hyperparameters.integer("alphas")), m_hyperparameters.real("smallest_alpha"),
                                     m_hyperparameters.choice("selection") == "one_standard_error"};
        return std::unique_ptr<TrainingRun>(std::make_unique<RidgeRun>(*std::move(problem), m_hyperparameters.real("alpha"), intercept, path));
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
                     "against the same alpha. The intercept b is not penalised. As scikit-learn's Ridge, and RidgeCV, which leaves out "
                     "one row at a time, where the penalty is cross-validated.";
    info.tasks = {Task::Regression};
    using Spec = HyperparameterSpec;
    info.table = {
        Spec::choice("penalty_choice", "Choose the penalty",
                     "Fixed takes the alpha below; cross-validated tries a whole path of alphas, predicts each row by what was learned from "
                     "all others, and takes the alpha that does this best.",
                     "fixed", {"fixed", "cross_validated"}, {"Fixed", "Cross-validated"}),
        Spec::real("alpha", "Alpha", "The price on large weights: 0 is plain least squares, more pulls every weight towards zero.", 1, 0, 1e9, true)
            .when("penalty_choice", {"fixed"}),
        Spec::integer("alphas", "Alphas tried", "How many values of alpha the path has, by equal factors.", 100, 2, 1000)
            .when("penalty_choice", {"cross_validated"}),
        Spec::real("smallest_alpha", "Smallest alpha",
                   "Where the path ends, as a share of its beginning, which is 100 times the mean squared length of the centred columns: less comes "
                   "nearer to plain least squares.",
                   1e-6, 1e-12, 0.9, true)
            .when("penalty_choice", {"cross_validated"}),
        Spec::choice("selection", "Take",
                     "The alpha with the smallest error, or the largest alpha that is no worse than chance can explain, which keeps the weights smaller.",
                     "best", {"best", "one_standard_error"}, {"The best alpha", "The largest within one standard error"})
            .when("penalty_choice", {"cross_validated"}),
        Spec::boolean("intercept", "Intercept", "Whether the line may cross the axis anywhere; without it, it goes through zero.", true),
    };
    info.stepName = "step";
    info.wantsScaling = true;
    info.wantsReferenceLevel = true;
    info.make = makeRidgeRegression;
    return info;
}

} // namespace modelarium
