#include "core/learn/linear/elastic_net.h"

#include "core/base/counted.h"
#include "core/learn/linear/elastic_net_run.h"
#include "core/learn/linear/least_squares.h"

namespace modelarium {

namespace {

using Eigen::Index;

/// With an alpha of 0 there is nothing to sweep for: the smallest of the weights that fit best.
class UnpenalisedRun final : public OneStepRun {
public:
    UnpenalisedRun(DatasetPtr data, bool intercept)
        : m_data(std::move(data)), m_intercept(intercept), m_linear{Matrix::Zero(1, m_data->X().cols()), Vector::Zero(1), Link::Identity}
    {
    }

    Parameters freeze() const override { return m_linear; }
    std::vector<std::string> notices() const override { return m_notices; }

private:
    Result<Progress> solve() override
    {
        const Result<LeastSquares> solution = solveLeastSquares(m_data->X(), m_data->y, m_intercept);
        if (!solution)
            return solution.error();
        m_linear.W = solution->w.transpose();
        m_linear.b[0] = solution->b;
        m_notices = leastSquaresNotices(*solution, m_data->samples(), m_data->featureNames, 0);
        return Progress{1, solution->meanSquaredResidual / 2, "solved the least squares: alpha is 0"};
    }

    DatasetPtr m_data;
    bool m_intercept;
    Linear m_linear;
    std::vector<std::string> m_notices;
};

class ElasticNetLearner final : public Learner {
public:
    ElasticNetLearner(Hyperparameters hyperparameters, double l1Ratio) : m_hyperparameters(std::move(hyperparameters)), m_l1Ratio(l1Ratio) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t seed) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        ElasticNetSettings settings;
        settings.alpha = m_hyperparameters.real("alpha");
        settings.l1Ratio = m_l1Ratio;
        settings.intercept = m_hyperparameters.boolean("intercept");
        settings.maximumIterations = std::size_t(m_hyperparameters.integer("max_iterations"));
        settings.tolerance = m_hyperparameters.real("tolerance");
        if (m_hyperparameters.choice("penalty_choice") == "cross_validated")
            return crossValidated(std::move(train), settings, seed);
        if (settings.alpha == 0)
            return std::unique_ptr<TrainingRun>(std::make_unique<UnpenalisedRun>(std::move(train), settings.intercept));
        return std::unique_ptr<TrainingRun>(std::make_unique<ElasticNetRun>(std::move(train), settings));
    }

private:
    Result<std::unique_ptr<TrainingRun>> crossValidated(DatasetPtr train, const ElasticNetSettings& settings, std::uint64_t seed) const
    {
        ElasticNetPathSettings path;
        path.folds = Index(m_hyperparameters.integer("folds"));
        path.alphas = Index(m_hyperparameters.integer("alphas"));
        path.ratio = m_hyperparameters.real("smallest_alpha");
        path.oneStandardError = m_hyperparameters.choice("selection") == "one_standard_error";
        if (train->X().rows() < path.folds) {
            Error error{ErrorCode::TooFewSamples, rowsText(train->samples()) + " cannot be parted into "
                                                      + std::to_string(path.folds) + " folds: choose fewer folds."};
            error.place.hyperparameter = "folds";
            return error;
        }
        return std::unique_ptr<TrainingRun>(std::make_unique<ElasticNetPathRun>(std::move(train), settings, path, seed));
    }

    Hyperparameters m_hyperparameters;
    double m_l1Ratio;
};

HyperparameterTable tableOf(bool hasRatio)
{
    using Spec = HyperparameterSpec;
    HyperparameterTable table = {
        Spec::choice("penalty_choice", "Choose the penalty",
                     "Fixed takes the alpha below; cross-validated tries a whole path of alphas and takes the one that predicts "
                     "rows best that it has not learned from.",
                     "fixed", {"fixed", "cross_validated"}, {"Fixed", "Cross-validated"}),
        Spec::real("alpha", "Alpha",
                   "The price on weights: 0 is plain least squares, more brings one weight after the other to exactly 0.", 1, 0, 1e9,
                   true)
            .when("penalty_choice", {"fixed"}),
    };
    if (hasRatio) {
        table.push_back(Spec::real("l1_ratio", "L1 ratio",
                                   "How the price is shared: 1 is all on the absolute weights, as in the lasso, 0 all on their "
                                   "squares, as in ridge regression.",
                                   0.5, 0, 1));
    }
    table.push_back(Spec::integer("folds", "Folds",
                                  "Into how many parts the rows are drawn; each in turn is predicted by what was learned from the "
                                  "others.",
                                  5, 2, 100)
                        .when("penalty_choice", {"cross_validated"}));
    table.push_back(Spec::integer("alphas", "Alphas tried", "How many values of alpha the path has, by equal factors.", 100, 2, 1000)
                        .when("penalty_choice", {"cross_validated"}));
    table.push_back(Spec::real("smallest_alpha", "Smallest alpha",
                               "Where the path ends, as a share of the alpha that makes every weight 0: less lets in weaker "
                               "features.",
                               1e-3, 1e-8, 0.9, true)
                        .when("penalty_choice", {"cross_validated"}));
    table.push_back(Spec::choice("selection", "Take",
                                 "The alpha with the smallest error, or the largest alpha that is no worse than chance can explain, "
                                 "which leaves out more features.",
                                 "best", {"best", "one_standard_error"}, {"The best alpha", "The largest within one standard error"})
                        .when("penalty_choice", {"cross_validated"}));
    table.push_back(Spec::boolean("intercept", "Intercept",
                                  "Whether the line may cross the axis anywhere; without it, it goes through zero.", true));
    table.push_back(Spec::integer("max_iterations", "Most steps",
                                  "After how many sweeps over the weights the training stops at the latest, for each alpha.", 10000, 1,
                                  1000000));
    table.push_back(Spec::real("tolerance", "Tolerance",
                               "The training stops when the loss is provably no further from its minimum than this share of the "
                               "target's mean square about its mean.",
                               1e-8, 0, 1, true));
    return table;
}

LearnerInfo infoOf(std::string id, std::string name, std::string help, bool hasRatio)
{
    LearnerInfo info;
    info.id = std::move(id);
    info.name = std::move(name);
    info.help = std::move(help);
    info.tasks = {Task::Regression};
    info.table = tableOf(hasRatio);
    info.stepName = "sweep";
    info.wantsScaling = true;
    info.wantsReferenceLevel = true;
    return info;
}

} // namespace

LearnerInfo lassoRegression()
{
    LearnerInfo info = infoOf("lasso_regression", "Lasso",
                              "A straight line or plane that uses as few features as it can: weak weights become exactly 0. Good for "
                              "finding out which of many features matter.",
                              false);
    info.objective = "Minimises sum (y - w x - b)^2 / (2 n) + alpha sum |w| over n rows. The intercept b is not penalised. As "
                     "scikit-learn's Lasso, and LassoCV where the penalty is cross-validated.";
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<ElasticNetLearner>(chosen, 1.0);
    };
    return info;
}

LearnerInfo elasticNet()
{
    LearnerInfo info = infoOf("elastic_net", "Elastic net",
                              "Lasso and ridge regression mixed: few features, but those that say nearly the same stay in together.",
                              true);
    info.objective = "Minimises sum (y - w x - b)^2 / (2 n) + alpha l1_ratio sum |w| + alpha (1 - l1_ratio) / 2 sum w^2 over n "
                     "rows. The intercept b is not penalised. As scikit-learn's ElasticNet, and ElasticNetCV where the penalty "
                     "is cross-validated.";
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<ElasticNetLearner>(chosen, chosen.real("l1_ratio"));
    };
    return info;
}

} // namespace modelarium
