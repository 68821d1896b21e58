#include "core/learn/trees/random_forest.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/base/parallel.h"
#include "core/learn/trees/forest_tree.h"
#include "core/learn/trees/out_of_bag.h"
#include "core/learn/trees/tree_checks.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <optional>

namespace modelarium {

namespace {

struct ForestSettings {
    ImpurityMeasure measure = ImpurityMeasure::Gini;
    std::size_t trees = 100;
    ForestLimits limits;
    bool bootstrap = true;
};

class RandomForestRun final : public TrainingRun {
public:
    RandomForestRun(DatasetPtr data, const ForestSettings& settings, std::uint64_t seed)
        : m_data(std::move(data)), m_settings(settings), m_random(seed), m_columns(m_data->X()), m_answers(*m_data, settings.measure),
          m_outOfBag(*m_data)
    {
    }

    Result<Progress> step() override
    {
        if (m_ahead.empty())
            growAhead();
        GrownTree grown = std::move(m_ahead.front());
        m_ahead.pop_front();
        m_outOfBag.add(grown);
        const std::size_t leaves = leafCount(*grown.tree);
        m_trees.push_back(std::move(grown.tree));
        Progress progress{m_trees.size(), m_outOfBag.error(), "tree " + std::to_string(m_trees.size()) + " with " + counted(leaves, "leaf", "leaves")};
        if (const std::optional<double> score = outOfBagScore())
            progress.found.outOfBag[m_data->task == Task::Classification ? "accuracy" : "r2"] = *score;
        return progress;
    }

    bool isFinished() const override { return m_trees.size() == m_settings.trees; }

    Parameters freeze() const override
    {
        TreeEnsemble ensemble = emptyEnsemble();
        ensemble.trees = m_trees;
        if (m_trees.empty())
            ensemble.trees.push_back(growTree(Draws(m_data->samples(), 1), 0, {1, 0, m_data->samples()}).tree);
        return ensemble;
    }

    std::vector<std::string> notices() const override
    {
        const std::optional<double> score = outOfBagScore();
        if (!score)
            return {};
        constexpr std::size_t few = 30;
        const std::size_t answered = m_outOfBag.answered(), rows = m_data->samples();
        const std::string start = "Out of bag (each training row is answered only by the trees that did not draw it) ";
        const std::string which = answered == rows ? "the rows" : "the " + rowsText(answered) + " that have such a tree";
        const std::string end = answered >= few && 2 * answered >= rows ? ": about what new rows can expect." : ": of too few to say what new rows can expect.";
        if (m_data->task == Task::Classification)
            return {start + shortText(100 * *score, 4) + " % of " + which + " are right" + end};
        return {start + "R2 of " + which + " is " + shortText(*score, 4) + end};
    }

private:
    /// Without a bootstrap every tree has seen every row: then there is none.
    std::optional<double> outOfBagScore() const { return m_settings.bootstrap ? m_outOfBag.score() : std::nullopt; }

    TreeEnsemble emptyEnsemble() const
    {
        TreeEnsemble ensemble;
        ensemble.classes = m_data->task == Task::Classification ? int(m_data->classes()) : 0;
        ensemble.features = int(m_data->features());
        return ensemble;
    }

    GrownTree growTree(const Draws& draws, std::uint64_t stream, const ForestLimits& limits) const
    {
        return growForestTree(m_data->X(), m_columns, m_answers, draws, limits, m_settings.bootstrap ? Judges::OutOfBag : Judges::All,
                              m_random.split(stream));
    }

    /// Grows the next trees in parallel. How many at once changes nothing about any of them, so the clock may decide: nobody waits
    /// longer for a step, or for a cancel, than this and the time that one tree takes.
    void growAhead()
    {
        using Clock = std::chrono::steady_clock;
        constexpr auto patience = std::chrono::milliseconds(100);
        constexpr std::size_t mostAtOnce = 64;
        const std::size_t first = m_trees.size();
        std::vector<GrownTree> grown(std::min(mostAtOnce, m_settings.trees - first));
        const Clock::time_point end = Clock::now() + patience;
        parallelFor(grown.size(), [&](std::size_t i) {
            if (i == 0 || Clock::now() < end)
                grown[i] = growTree(first + i);
        });
        // A tree behind a gap is grown again: two threads may see the end come in another order than they began.
        const auto gap = std::find_if(grown.begin(), grown.end(), [](const GrownTree& each) { return !each.tree; });
        m_ahead.assign(std::make_move_iterator(grown.begin()), std::make_move_iterator(gap));
    }

    GrownTree growTree(std::size_t index) const
    {
        const std::size_t n = m_data->samples();
        Random forDraws = m_random.split(2 * index);
        return growTree(m_settings.bootstrap ? bootstrapDraws(n, forDraws) : Draws(n, 1), 2 * index + 1, m_settings.limits);
    }

    DatasetPtr m_data;
    ForestSettings m_settings;
    Random m_random;
    BinnedColumns m_columns;
    ForestAnswers m_answers;
    OutOfBag m_outOfBag;
    std::deque<GrownTree> m_ahead;
    TreeList m_trees;
};

std::size_t featuresTried(const std::string& rule, std::size_t number, std::size_t features, Task task)
{
    const double p = double(features);
    double count = p;
    if (rule == "sqrt" || (rule == "auto" && task == Task::Classification))
        count = std::sqrt(p);
    else if (rule == "log2")
        count = std::log2(p);
    else if (rule == "third")
        count = p / 3;
    else if (rule == "number")
        count = double(number);
    return std::clamp(std::size_t(count), std::size_t(1), features);
}

class RandomForest final : public Learner {
public:
    RandomForest(const Hyperparameters& chosen, Task task)
        : m_task(task), m_rule(chosen.choice("max_features")), m_number(std::size_t(chosen.integer("feature_count")))
    {
        m_settings.measure = task == Task::Regression             ? ImpurityMeasure::SquaredError
                           : chosen.choice("criterion") == "gini" ? ImpurityMeasure::Gini
                                                                  : ImpurityMeasure::Entropy;
        m_settings.trees = std::size_t(chosen.integer("n_trees"));
        m_settings.limits.depth = std::size_t(chosen.integer("max_depth"));
        m_settings.limits.samplesInLeaf = std::size_t(chosen.integer("min_samples_leaf"));
        m_settings.bootstrap = chosen.boolean("bootstrap");
    }

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t seed) const override
    {
        if (const Result<void> checked = checkForTrees(*train, m_task); !checked)
            return checked.error();
        ForestSettings settings = m_settings;
        settings.limits.featuresTried = featuresTried(m_rule, m_number, train->features(), m_task);
        return std::unique_ptr<TrainingRun>(std::make_unique<RandomForestRun>(std::move(train), settings, seed));
    }

private:
    Task m_task;
    std::string m_rule;
    std::size_t m_number;
    ForestSettings m_settings;
};

} // namespace

LearnerInfo randomForest()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "random_forest";
    info.name = "Random forest";
    info.help = "Grows many decision trees, each from its own random draw of the rows and with random features to choose from, and takes "
                "their mean. Hardly anything to set, and hard to beat on tables.";
    info.objective = "The mean of trees that each lower Gini, entropy or the mean squared error of their own rows. The loss "
                     "shown is the error of each training row by the trees that did not draw it (out of bag). As "
                     "scikit-learn's RandomForestClassifier and RandomForestRegressor, on features cut into at most 255 bins; "
                     "a row in a leaf counts as often as it was drawn.";
    info.tasks = {Task::Classification, Task::Regression};
    info.stepName = "tree";
    info.table = {
        Spec::integer("n_trees", "Trees", "How many trees there are. More make the answer steadier, never worse, and take longer.", 100, 1, 10000),
        Spec::choice("criterion", "Impurity",
                     "How mixed the classes in a leaf are: Gini or entropy, which rarely differ much. "
                     "For numbers it is always the squared error.",
                     "gini", {"gini", "entropy"}, {"Gini", "Entropy"})
            .forTask(Task::Classification),
        Spec::choice("max_features", "Features to choose from",
                     "How many features, drawn at random, each split may choose from. Fewer make the trees more different from each other. "
                     "Automatic is the square root of their number for classes and all of them for numbers.",
                     "auto", {"auto", "sqrt", "log2", "third", "all", "number"},
                     {"Automatic", "Square root", "Logarithm", "A third", "All", "A number"}),
        Spec::integer("feature_count", "Number of features", "So many features are drawn for each split; at most as many as there are.", 2, 1, 100000)
            .when("max_features", {"number"})
            .ofFeatures(),
        Spec::integer("max_depth", "Maximum depth",
                      "How many questions a tree may ask in a row; 0 is no limit, which is usual in a forest. Less makes smaller, smoother trees.",
                      0, 0, 1000),
        Spec::integer("min_samples_leaf", "Samples in a leaf",
                      "Every leaf keeps at least this many training samples, counted as often as they were drawn. More makes smoother trees.",
                      1, 1, 1000000),
        Spec::boolean("bootstrap", "Draw rows with replacement",
                      "Each tree learns from as many rows as there are, drawn with replacement; the rows that it misses test it. "
                      "Without, every tree sees all rows and only the drawn features make them differ.",
                      true),
    };
    info.make = [](const Hyperparameters& chosen, Task task) -> std::unique_ptr<const Learner> {
        return std::make_unique<RandomForest>(chosen, task);
    };
    return info;
}

} // namespace modelarium
