#include "core/learn/trees/gradient_boosting.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/learn/trees/boosted_tree.h"
#include "core/learn/trees/tree_checks.h"
#include "core/model/predictor.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace modelarium {

namespace {

struct BoostingSettings {
    std::size_t rounds = 100;
    BoostingLimits limits;
    std::size_t bins = 255;
    bool earlyStopping = false;
    double heldBack = 0.1;
    std::size_t patience = 10;
    double tolerance = 1e-7;
};

struct HeldBack {
    DatasetPtr train;
    DatasetPtr held;                                // null where there is nothing to hold back
};

DatasetPtr rowsOf(const Dataset& data, std::vector<Eigen::Index> rows)
{
    std::sort(rows.begin(), rows.end());
    auto part = std::make_shared<Dataset>();
    part->task = data.task;
    part->classNames = data.classNames;
    part->X() = data.X()(rows, Eigen::all);
    part->y = data.y(rows);
    return part;
}

/// From each class in proportion; what there is only once stays to be learned.
HeldBack holdBack(const DatasetPtr& data, double share, Random random)
{
    std::vector<std::vector<Eigen::Index>> groups(data->task == Task::Classification ? data->classes() : 1);
    for (Eigen::Index i = 0; i < data->y.size(); ++i)
        groups[data->task == Task::Classification ? std::size_t(data->y[i]) : 0].push_back(i);
    std::vector<Eigen::Index> train, held;
    for (std::vector<Eigen::Index>& group : groups) {
        random.shuffle(group);
        const std::size_t most = group.empty() ? 0 : group.size() - 1;
        const auto count = std::min(std::size_t(std::lround(share * double(group.size()))), most);
        held.insert(held.end(), group.begin(), group.begin() + std::ptrdiff_t(count));
        train.insert(train.end(), group.begin() + std::ptrdiff_t(count), group.end());
    }
    if (held.empty())
        return {data, nullptr};
    return {rowsOf(*data, std::move(train)), rowsOf(*data, std::move(held))};
}

std::size_t strideOf(std::size_t groupSize) { return (groupSize + 3) / 4 * 4; }

class GradientBoostingRun final : public TrainingRun {
public:
    GradientBoostingRun(DatasetPtr data, const BoostingSettings& settings, std::uint64_t seed)
        : m_settings(settings), m_features(data->features()), m_task(data->task), m_classes(data->classes()),
          m_parts(settings.earlyStopping ? holdBack(data, settings.heldBack, Random(seed)) : HeldBack{data, nullptr}),
          m_base(BoostingObjective::bestConstant(*m_parts.train)), m_objective(*m_parts.train, m_base),
          m_columns(m_parts.train->X(), BoostedTreeGrowth::groupSize(m_features), strideOf(BoostedTreeGrowth::groupSize(m_features)), settings.bins)
    {
        // Trees too small for threads of their own grow side by side.
        const bool oneByOne = BoostedTreeGrowth::isWorthThreads(m_parts.train->samples(), m_features);
        for (Eigen::Index k = 0; k < (oneByOne ? 1 : m_base.size()); ++k)
            m_growths.push_back(std::make_unique<Growth>(m_columns, settings.limits));
        m_lossAtStart = m_loss = m_objective.refresh();
        if (m_parts.held) {
            m_heldObjective.emplace(*m_parts.held, m_base);
            m_heldLosses.push_back(m_heldObjective->refresh());
        }
    }

    /// One round: a tree a score, all from the same derivatives.
    Result<Progress> step() override
    {
        ++m_rounds;
        std::size_t leaves = 0;
        const auto scores = std::size_t(m_base.size());
        std::vector<TreePtr> grown(scores);
        const auto growTree = [&](std::size_t k) { grown[k] = growFor(k, *m_growths[k % m_growths.size()]); };
        if (m_growths.size() > 1) {
            parallelFor(scores, growTree);
        } else {
            for (std::size_t k = 0; k < scores; ++k)
                growTree(k);
        }
        for (std::size_t k = 0; k < scores; ++k) {
            leaves += leafCount(*grown[k]);
            addToHeldBack(grown[k], k);
            m_trees.push_back(std::move(grown[k]));
        }
        m_canSplit = leaves > scores;
        const double loss = m_loss = m_objective.refresh();
        if (m_heldObjective)
            m_heldLosses.push_back(m_heldObjective->refresh());
        if (!std::isfinite(loss) || (m_heldObjective && !std::isfinite(m_heldLosses.back())))
            return Error{ErrorCode::Diverged, "The loss became infinite in round " + std::to_string(m_rounds) + ": the learning rate "
                                                  + shortText(m_settings.limits.learningRate, 6) + " is too large.",
                         Place{.hyperparameter = "learning_rate"}};
        m_settled = hasSettled();
        const std::string trees = scores == 1 ? "a tree with " : countText(scores) + " trees with ";
        return Progress{m_rounds, loss, trees + counted(leaves, "leaf", "leaves")};
    }

    bool isFinished() const override { return m_rounds == m_settings.rounds || m_settled || !m_canSplit; }

    Parameters freeze() const override
    {
        TreeEnsemble ensemble;
        ensemble.trees = m_trees;
        ensemble.classes = m_task == Task::Classification ? int(m_classes) : 0;
        ensemble.features = int(m_features);
        ensemble.aggregation = TreeAggregation::Sum;
        ensemble.link = m_task == Task::Regression ? Link::Identity : m_classes == 2 ? Link::Logistic : Link::Softmax;
        ensemble.base = m_base;
        return ensemble;
    }

    std::vector<std::string> notices() const override
    {
        if (m_rounds == 1 && !m_canSplit)
            return {"No question about one feature splits the training rows within the limits that were set: the model gives the same "
                    "answer to every row. Allow fewer samples in a leaf."};
        if (isFinished() && hasRisen()) {
            // Steps that are too long overshoot: scores so far apart leave derivatives that no question can part.
            return {"The loss rose from " + shortText(m_lossAtStart) + " to " + shortText(m_loss) + " in " + counted(m_rounds, "round", "rounds")
                    + ": take a smaller learning rate, more samples in a leaf, or a larger L2 penalty."};
        }
        if (m_rounds > 0 && !m_canSplit)
            return {"The training ended after " + counted(m_rounds, "round", "rounds") + ": there was nothing left to put right."};
        if (!m_heldObjective || m_rounds == 0)
            return {};
        const auto best = std::min_element(m_heldLosses.begin(), m_heldLosses.end()) - m_heldLosses.begin();
        const std::string smallest = "The loss of the " + rowsText(m_parts.held->samples()) + " held back was smallest after "
            + counted(std::size_t(best), "round", "rounds");
        if (m_settled)
            return {smallest + "; the training ended after " + countText(m_rounds) + ", because it no longer fell."};
        return {smallest + "."};
    }

private:
    /// What grows one tree at a time.
    struct Growth {
        BoostedTreeGrowth tree;
        BoostingCells cells{};

        Growth(const BinnedColumns& columns, const BoostingLimits& limits) : tree(columns, limits) {}
    };

    TreePtr growFor(std::size_t score, Growth& growth)
    {
        m_objective.fillCells(score, growth.cells);
        auto tree = std::make_shared<const Tree>(growth.tree.grow(growth.cells));
        growth.tree.addTo(m_objective.scores(score));
        return tree;
    }

    void addToHeldBack(const TreePtr& tree, std::size_t score)
    {
        if (!m_heldObjective)
            return;
        TreeEnsemble alone;
        alone.trees.push_back(tree);
        alone.features = int(m_features);
        Matrix out;
        makePredictor(alone)->predict(m_parts.held->X(), out);
        Eigen::Map<Vector>(m_heldObjective->scores(score), out.rows()) += out.col(0);
    }

    /// The answers are worse than the same answer to every row, and not by rounding.
    bool hasRisen() const { return m_loss > m_lossAtStart * (1 + 1e-9); }

    /// None of the last rounds was better than the one before them.
    bool hasSettled() const
    {
        if (!m_heldObjective || m_heldLosses.size() < m_settings.patience + 1)
            return false;
        const auto recent = m_heldLosses.end() - std::ptrdiff_t(m_settings.patience);
        return *std::min_element(recent, m_heldLosses.end()) >= *(recent - 1) - m_settings.tolerance;
    }

    BoostingSettings m_settings;
    std::size_t m_features;
    Task m_task;
    std::size_t m_classes;
    HeldBack m_parts;
    Vector m_base;
    BoostingObjective m_objective;
    std::optional<BoostingObjective> m_heldObjective;
    std::vector<double> m_heldLosses;
    BinnedColumns m_columns;
    std::vector<std::unique_ptr<Growth>> m_growths;     // one, or one a score
    TreeList m_trees;
    std::size_t m_rounds = 0;
    double m_lossAtStart = 0;
    double m_loss = 0;
    bool m_settled = false;
    bool m_canSplit = true;
};

class GradientBoosting final : public Learner {
public:
    GradientBoosting(const Hyperparameters& chosen, Task task) : m_task(task)
    {
        m_settings.rounds = std::size_t(chosen.integer("n_rounds"));
        m_settings.limits.learningRate = chosen.real("learning_rate");
        m_settings.limits.leaves = std::size_t(chosen.integer("max_leaf_nodes"));
        m_settings.limits.depth = std::size_t(chosen.integer("max_depth"));
        m_settings.limits.samplesInLeaf = std::size_t(chosen.integer("min_samples_leaf"));
        m_settings.limits.l2 = chosen.real("l2");
        m_settings.bins = std::size_t(chosen.integer("max_bins"));
        m_settings.earlyStopping = chosen.boolean("early_stopping");
        m_settings.heldBack = chosen.real("held_back");
        m_settings.patience = std::size_t(chosen.integer("patience"));
        m_settings.tolerance = chosen.real("tolerance");
    }

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t seed) const override
    {
        if (const Result<void> checked = checkForTrees(*train, m_task); !checked)
            return checked.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<GradientBoostingRun>(std::move(train), m_settings, seed));
    }

private:
    Task m_task;
    BoostingSettings m_settings;
};

} // namespace

LearnerInfo gradientBoosting()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "gradient_boosting";
    info.name = "Gradient boosting";
    info.help = "Adds up many small decision trees, each grown to put right what the sum of all before it still gets wrong. "
                "Often the most accurate learner for tables, and more to set than a forest.";
    info.objective = "Minimises the mean of (y - f)^2 / 2, or of -log P(class of the row), over the rows: each round adds "
                     "trees with leaves of -learning_rate (sum of slopes) / (sum of curvatures + l2). The loss shown for "
                     "numbers is the mean of (y - f)^2. As scikit-learn's HistGradientBoostingRegressor and "
                     "HistGradientBoostingClassifier.";
    info.tasks = {Task::Classification, Task::Regression};
    info.stepName = "round";
    info.table = {
        Spec::integer("n_rounds", "Rounds",
                      "How many times trees are added at most. More follow the training rows more closely, in the end too closely.", 100, 1, 10000),
        Spec::real("learning_rate", "Learning rate",
                   "How much of each tree's answer is added. Less needs more rounds and often does better on new rows.", 0.1, 0, 10, true)
            .aboveMinimum(),
        Spec::integer("max_leaf_nodes", "Leaves of a tree",
                      "How many leaves each tree may have; 0 is no limit. More let a tree combine more features.", 31, 0, 1000000),
        Spec::integer("max_depth", "Maximum depth", "How many questions a tree may ask in a row; 0 is no limit. Less makes simpler trees.",
                      0, 0, 1000),
        Spec::integer("min_samples_leaf", "Samples in a leaf",
                      "Every leaf keeps at least this many training samples. More makes smoother trees; where rows are few, allow fewer.",
                      20, 1, 1000000),
        Spec::real("l2", "L2 penalty", "Added to the weight of each leaf: more makes the answers of small leaves more careful.", 0, 0, 1e6, true),
        Spec::integer("max_bins", "Bins",
                      "Into how many groups of about equally many rows the values of a feature are sorted before the training. "
                      "Fewer are coarser and smoother.",
                      255, 2, 255),
        Spec::boolean("early_stopping", "Stop early",
                      "Hold back some of the training rows, and stop when the loss on them no longer falls.", false),
        Spec::real("held_back", "Held back", "Share of the training rows that only decides when to stop.", 0.1, 0.01, 0.9)
            .when("early_stopping", {"true"}),
        Spec::integer("patience", "Patience", "For how many rounds the loss may fail to fall before the training ends.", 10, 1, 10000)
            .when("early_stopping", {"true"}),
        Spec::real("tolerance", "Tolerance", "A fall of the loss by no more than this does not count as one.", 1e-7, 0, 1, true)
            .when("early_stopping", {"true"}),
    };
    info.make = [](const Hyperparameters& chosen, Task task) -> std::unique_ptr<const Learner> {
        return std::make_unique<GradientBoosting>(chosen, task);
    };
    return info;
}

} // namespace modelarium
