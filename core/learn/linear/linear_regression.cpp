#include "core/learn/linear/linear_regression.h"

#include "core/kernels/gram.h"
#include "core/learn/linear/gradient_descent.h"
#include "core/learn/linear/least_squares_problem.h"
#include "core/learn/linear/online_least_squares.h"
#include "core/learn/linear/row_blocks.h"

namespace modelarium {

namespace {

using Eigen::Index;

/// The mean squared error of a straight line, plane or hyperplane.
///
/// Math     L = 1/n sum (x_i w + b - y_i)^2; dL/dw = 2/n X'(X w + b - y); dL/db = 2/n sum (x_i w + b - y_i)
/// Shape    theta (n_features + 1): w, then b (kept at 0 without an intercept)
class SquaredError final : public DescentObjective {
public:
    SquaredError(DatasetPtr data, bool intercept) : m_data(std::move(data)), m_intercept(intercept) {}

    Index size() const override { return m_data->X().cols() + 1; }

    double evaluate(const Vector& theta, Vector& gradient) const override
    {
        const Index n = m_data->X().rows();
        const Index p = m_data->X().cols();
        const Vector shift = Vector::Zero(p);
        const Vector total = RowBlocks(n, p + 2).sum(p + 2, [&](Index first, Index rows, double* sums) {
            const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumGramWorkspace(0));
            kernels::modelariumResidualSums(m_data->X().data() + first, std::size_t(n), std::size_t(p), m_data->y.data() + first,
                                            shift.data(), theta.data(), std::size_t(rows), workspace.get(), sums);
        });
        gradient = 2.0 / double(n) * total.head(p + 1);
        if (!m_intercept)
            gradient[p] = 0;
        return total[p + 1] / double(n);
    }

    Parameters parameters(const Vector& theta) const override
    {
        const Index p = m_data->X().cols();
        return Linear{theta.head(p).transpose(), theta.tail(1), Link::Identity};
    }

private:
    DatasetPtr m_data;
    bool m_intercept;
};

class ExactLinearRun final : public OneStepRun {
public:
    explicit ExactLinearRun(LeastSquaresProblem problem)
        : m_problem(std::move(problem)), m_linear{Matrix::Zero(1, Eigen::Index(m_problem.data().features())), Vector::Zero(1)}
    {
    }

    Parameters freeze() const override { return m_linear; }
    std::vector<std::string> notices() const override { return m_notices; }

private:
    Result<Progress> solve() override
    {
        const Result<LeastSquares> solution = m_problem.solve();
        if (!solution)
            return solution.error();
        const Dataset& data = m_problem.data();
        m_linear.W = solution->w.transpose();
        m_linear.b[0] = solution->b;
        m_notices = leastSquaresNotices(*solution, data.samples(), data.featureNames, 0);
        return Progress{1, solution->meanSquaredResidual, "solved the least squares"};
    }

    LeastSquaresProblem m_problem;
    Linear m_linear;
    std::vector<std::string> m_notices;
};

class LinearRegressionLearner final : public Learner {
public:
    explicit LinearRegressionLearner(Hyperparameters hyperparameters) : m_hyperparameters(std::move(hyperparameters)) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        const bool intercept = m_hyperparameters.boolean("intercept");
        if (m_hyperparameters.choice("solver") == "exact") {
            Result<LeastSquaresProblem> problem = LeastSquaresProblem::begin(std::move(train), intercept);
            if (!problem)
                return problem.error();
            return std::unique_ptr<TrainingRun>(std::make_unique<ExactLinearRun>(*std::move(problem)));
        }
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<GradientDescentRun>(
            std::make_unique<SquaredError>(std::move(train), intercept), descentSettings(m_hyperparameters)));
    }

private:
    Hyperparameters m_hyperparameters;
};

std::unique_ptr<const Learner> makeLinearRegression(const Hyperparameters& hyperparameters, Task)
{
    return std::make_unique<LinearRegressionLearner>(hyperparameters);
}

} // namespace

LearnerInfo linearRegression()
{
    LearnerInfo info;
    info.id = "linear_regression";
    info.name = "Linear regression";
    info.help = "Draws the straight line or plane with the smallest squared errors. The first model to try for a number: its "
                "weights say what each feature adds.";
    info.objective = "Minimises the mean of (y - w x - b)^2 over the rows. Nothing is penalised. The same minimum as "
                     "scikit-learn's LinearRegression.";
    info.tasks = {Task::Regression};
    info.table = {
        HyperparameterSpec::boolean("intercept", "Intercept",
                                    "Whether the line may cross the axis anywhere; without it, it goes through zero.", true),
        HyperparameterSpec::choice("solver", "Solver",
                                   "Exact finds the best weights at once; gradient descent walks towards them, to be watched.",
                                   "exact", {"exact", "gradient_descent"}, {"Exact", "Gradient descent"}),
    };
    for (HyperparameterSpec& spec : descentHyperparameters())
        info.table.push_back(std::move(spec));
    info.table.push_back(HyperparameterSpec::integer("max_iterations", "Most steps",
                                                     "After how many steps gradient descent stops at the latest.", 1000, 1,
                                                     1000000)
                             .when("solver", {"gradient_descent"}));
    info.table.push_back(HyperparameterSpec::real("tolerance", "Tolerance",
                                                  "Gradient descent stops when a step changes the loss by no more than this "
                                                  "share of it.",
                                                  1e-8, 0, 1, true)
                             .when("solver", {"gradient_descent"}));
    info.stepName = "step";
    info.wantsScaling = true;
    info.wantsReferenceLevel = true;
    info.make = makeLinearRegression;
    info.makeOnline = [](const Hyperparameters& chosen, OnlineShape shape, std::uint64_t) -> std::unique_ptr<OnlineRun> {
        return std::make_unique<OnlineLeastSquares>(std::move(shape), chosen.boolean("intercept"));
    };
    info.onlineHyperparameters = {"intercept"};
    return info;
}

} // namespace modelarium
