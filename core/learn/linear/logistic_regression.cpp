#include "core/learn/linear/logistic_regression.h"

#include "core/learn/linear/newton_run.h"
#include "core/learn/linear/online_logistic.h"
#include "core/learn/linear/sparse_logistic_run.h"

#include <cmath>
#include <limits>

namespace modelarium {

namespace {

/// What checkDataset says, but for cells that are no numbers: they come before a target of one class.
Result<void> checkAllButCells(const Dataset& data)
{
    if (const Result<void> shape = checkShape(data); !shape)
        return shape;
    return checkTarget(data) ? Result<void>() : checkDataset(data);
}

class LogisticRegressionLearner final : public Learner {
public:
    explicit LogisticRegressionLearner(Hyperparameters hyperparameters) : m_hyperparameters(std::move(hyperparameters)) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (const Result<void> checked = canLookOnTheWay(*train) ? checkAllButCells(*train) : checkDataset(*train); !checked)
            return checked.error();
        const std::string& penalty = m_hyperparameters.choice("penalty");
        const double l1Ratio = penalty == "l1" ? 1 : penalty == "elastic_net" ? m_hyperparameters.real("l1_ratio") : 0;
        if (l1Ratio > 0) {
            return std::unique_ptr<TrainingRun>(std::make_unique<SparseLogisticRun>(
                std::move(train), SparseLogisticSettings{m_hyperparameters.real("C"), l1Ratio,
                                                         std::size_t(m_hyperparameters.integer("max_iterations")),
                                                         m_hyperparameters.real("tolerance")}));
        }
        const bool penalised = penalty != "none";
        const double C = penalised ? m_hyperparameters.real("C") : std::numeric_limits<double>::infinity();
        const std::string& solver = m_hyperparameters.choice("solver");
        if (solver == "gradient_descent") {
            return std::unique_ptr<TrainingRun>(std::make_unique<GradientDescentRun>(
                std::make_unique<LogisticObjective>(std::move(train), C, false), descentSettings(m_hyperparameters)));
        }
        NewtonSettings settings;
        settings.useSecondDerivatives = solver == "newton";
        settings.maximumIterations = std::size_t(m_hyperparameters.integer("max_iterations"));
        settings.tolerance = m_hyperparameters.real("tolerance");
        settings.penalised = penalised;
        return std::unique_ptr<TrainingRun>(std::make_unique<NewtonRun>(std::make_unique<LogisticObjective>(std::move(train), C, true), settings));
    }

private:
    /// Whether Newton's first pass over the rows, which nobody has to wait for long, is also the look for cells that are no numbers: by itself
    /// that would take as long.
    bool canLookOnTheWay(const Dataset& data) const
    {
        constexpr double manyRows = 30000, soon = 1e9;
        const double rows = double(data.samples()), features = double(data.features());
        const std::string& penalty = m_hyperparameters.choice("penalty");
        return (penalty == "l2" || penalty == "none") && m_hyperparameters.choice("solver") == "newton" && data.classes() == 2
            && rows >= manyRows && rows * features * features <= soon && std::isfinite(data.y[0]);
    }

    Hyperparameters m_hyperparameters;
};

std::unique_ptr<const Learner> makeLogisticRegression(const Hyperparameters& hyperparameters, Task)
{
    return std::make_unique<LogisticRegressionLearner>(hyperparameters);
}

} // namespace

LearnerInfo logisticRegression()
{
    LearnerInfo info;
    info.id = "logistic_regression";
    info.name = "Logistic regression";
    info.help = "Draws straight boundaries between the classes and says how sure it is on each side. The first model to try for "
                "classes.";
    info.objective = "Minimises C sum -log P(class of the row) + (1 - l1_ratio) / 2 sum w^2 + l1_ratio sum |w|, with l1_ratio "
                     "0 for squared weights and 1 for absolute ones: a sum over the rows, no mean. Intercepts are not "
                     "penalised. As scikit-learn's LogisticRegression; three or more classes have a score each (softmax).";
    info.tasks = {Task::Classification};
    info.table = {
        HyperparameterSpec::choice("penalty", "Penalty",
                                   "What large weights cost: squares keep all of them small, absolute values bring weak ones to exactly "
                                   "0; without a price, separable classes have no best model.",
                                   "l2", {"l2", "l1", "elastic_net", "none"},
                                   {"Squared weights", "Absolute weights", "Both", "None"}),
        HyperparameterSpec::real("C", "C",
                                 "How much the samples count against the penalty: less keeps the weights smaller and the "
                                 "probabilities more careful.",
                                 1, 0, 1e9, true)
            .aboveMinimum()
            .when("penalty", {"l2", "l1", "elastic_net"}),
        HyperparameterSpec::real("l1_ratio", "L1 ratio",
                                 "How the price is shared where both count: 1 is all on the absolute weights, 0 all on their squares.",
                                 0.5, 0, 1)
            .when("penalty", {"elastic_net"}),
        HyperparameterSpec::choice("solver", "Solver",
                                   "Newton takes few, wise steps; L-BFGS more and cheaper ones; gradient descent walks straight "
                                   "down, to be watched.",
                                   "newton", {"newton", "lbfgs", "gradient_descent"}, {"Newton", "L-BFGS", "Gradient descent"})
            .when("penalty", {"l2", "none"}),
    };
    for (HyperparameterSpec& spec : descentHyperparameters())
        info.table.push_back(std::move(spec));
    info.table.push_back(HyperparameterSpec::integer("max_iterations", "Most steps",
                                                     "After how many steps the training stops at the latest.", 1000, 1, 1000000));
    info.table.push_back(HyperparameterSpec::real("tolerance", "Tolerance",
                                                  "The training stops when the loss cannot fall by more than about this share of "
                                                  "it.",
                                                  1e-10, 0, 1, true));
    info.stepName = "Newton step";
    info.wantsScaling = true;
    info.wantsReferenceLevel = true;
    info.make = makeLogisticRegression;
    info.makeOnline = [](const Hyperparameters& chosen, OnlineShape shape, std::uint64_t) -> std::unique_ptr<OnlineRun> {
        const std::string& penalty = chosen.choice("penalty");
        if (penalty != "l2" && penalty != "none")
            return nullptr;
        const double C = penalty == "none" ? std::numeric_limits<double>::infinity() : chosen.real("C");
        return std::make_unique<OnlineLogistic>(std::move(shape), C, chosen.real("learning_rate"));
    };
    info.onlineHyperparameters = {"penalty", "C", "learning_rate"};
    info.onlineLimits = "its penalty can be l2 or none";
    return info;
}

} // namespace modelarium
