#include "core/learn/trees/decision_tree.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/learn/trees/tree_checks.h"
#include "core/learn/trees/tree_growth.h"
#include "core/learn/trees/weakest_links.h"
#include "core/model/feature_forms.h"

#include <algorithm>
#include <optional>

namespace modelarium {

namespace {

/// The threshold with as few digits as still fall between the two values that it separates.
std::string separatingText(const NodeSplit& split)
{
    return textWithin(split.threshold, double(split.cut.below), double(split.cut.above));
}

/// First it splits; then, where leaves have a price, it takes back the splits that are not worth theirs.
class DecisionTreeRun final : public TrainingRun {
public:
    DecisionTreeRun(DatasetPtr data, ImpurityMeasure measure, const GrowthLimits& limits, double leafPrice)
        : m_data(std::move(data)), m_growth(*m_data, measure, limits), m_leafPrice(leafPrice)
    {
    }

    Result<Progress> step() override
    {
        ++m_steps;
        if (m_links)
            return takeBack();
        if (!m_growth.canSplit())
            return Progress{m_steps, m_growth.impurity(), "no split is possible: the tree stays a single leaf"};
        const NodeSplit split = m_growth.splitBestNode();
        if (!m_growth.canSplit() && m_leafPrice > 0)
            m_links.emplace(m_growth.tree());
        return Progress{m_steps, m_growth.impurity(),
                        "split on " + questionOn(split.feature, separatingText(split))};
    }

    /// Not before the first step, so that a tree that cannot be split says so.
    bool isFinished() const override { return m_steps > 0 && !m_growth.canSplit() && !canTakeBack(); }

    Parameters freeze() const override
    {
        TreeEnsemble ensemble;
        ensemble.trees.push_back(m_links ? m_links->pruned() : m_growth.tree());
        ensemble.classes = m_data->task == Task::Classification ? int(m_data->classes()) : 0;
        ensemble.features = int(m_data->features());
        return ensemble;
    }

    std::vector<std::string> notices() const override
    {
        const std::size_t leaves = m_links ? m_links->leaves() : m_growth.leaves();
        const std::size_t samples = m_data->samples();
        if (m_steps == 0)
            return {};
        if (m_growth.leaves() == 1)
            return {"No question about one feature splits the training rows within the limits that were set: "
                    "the tree gives the same answer to every row."};
        if (m_links && leaves == 1)
            return {"No split was worth the price of a leaf: the tree gives the same answer to every row. Lower the price."};
        if (m_links && leaves < m_growth.leaves())
            return {"The tree had grown " + counted(m_growth.leaves(), "leaf", "leaves") + "; pruning left " + countText(leaves) + "."};
        constexpr std::size_t fewSamplesInLeaf = 4;
        if (m_growth.hasPureLeavesOnly() && leaves * fewSamplesInLeaf > samples)
            return {"The tree has " + countText(leaves) + " leaves for " + countText(samples)
                    + " training rows: it may know them by heart; limit its depth or its leaves, and compare on test rows."};
        return {};
    }

private:
    /// A feature of two values has one question, whatever lies between them.
    std::string questionOn(std::size_t feature, const std::string& threshold) const
    {
        if (!m_data->statements.empty() && !m_data->statements[feature].empty())
            return "whether " + m_data->statements[feature];
        return m_data->featureNames[feature] + " <= " + threshold;
    }

    bool canTakeBack() const { return m_links && !m_links->isLeafAlone() && m_links->alpha() <= m_leafPrice; }

    Progress takeBack()
    {
        const double worth = std::max(0.0, m_links->alpha());
        const std::size_t node = m_links->prune();
        const Tree& tree = m_links->grown();
        return Progress{m_steps, m_links->impurity(),
                        "took back the split on " + questionOn(std::size_t(tree.feature[node]), thresholdText(FeatureForm{}, tree.threshold[node], 3)) + ", worth " + shortText(worth, 3) + " a leaf"};
    }

    DatasetPtr m_data;
    TreeGrowth m_growth;
    double m_leafPrice;
    std::optional<WeakestLinks> m_links;            // once the tree has grown, where leaves have a price
    std::size_t m_steps = 0;
};

class DecisionTree final : public Learner {
public:
    DecisionTree(const Hyperparameters& chosen, Task task) : m_task(task)
    {
        m_measure = task == Task::Regression             ? ImpurityMeasure::SquaredError
                  : chosen.choice("criterion") == "gini" ? ImpurityMeasure::Gini
                                                         : ImpurityMeasure::Entropy;
        m_limits.depth = std::size_t(chosen.integer("max_depth"));
        m_limits.leaves = std::size_t(chosen.integer("max_leaf_nodes"));
        m_limits.samplesToSplit = std::size_t(chosen.integer("min_samples_split"));
        m_limits.samplesInLeaf = std::size_t(chosen.integer("min_samples_leaf"));
        m_limits.impurityDecrease = chosen.real("min_impurity_decrease");
        m_leafPrice = chosen.real("ccp_alpha");
    }

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (const Result<void> checked = checkForTrees(*train, m_task); !checked)
            return checked.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<DecisionTreeRun>(std::move(train), m_measure, m_limits, m_leafPrice));
    }

private:
    Task m_task;
    ImpurityMeasure m_measure;
    GrowthLimits m_limits;
    double m_leafPrice;
};

} // namespace

LearnerInfo decisionTree()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "decision_tree";
    info.name = "Decision tree";
    info.help = "Asks one question about one feature at a time and goes left or right, until the answer is clear. "
                "Every prediction can be read as the questions that led to it.";
    info.objective = "Makes the split that lowers the sum over leaves of n_leaf / n times impurity most, the most useful one "
                     "first. Impurity: Gini 1 - sum p^2, entropy -sum p log2 p, or for numbers the mean of (y - mean)^2 (ddof "
                     "0). A row goes left where float(x) <= threshold. As scikit-learn's DecisionTreeClassifier and "
                     "DecisionTreeRegressor.";
    info.tasks = {Task::Classification, Task::Regression};
    info.stepName = "split";
    info.table = {
        Spec::choice("criterion", "Impurity",
                     "How mixed the classes in a leaf are: Gini or entropy, which rarely differ much. "
                     "For numbers it is always the squared error.",
                     "gini", {"gini", "entropy"}, {"Gini", "Entropy"})
            .forTask(Task::Classification),
        Spec::integer("max_depth", "Maximum depth",
                      "How many questions may be asked in a row; 0 is no limit. Deeper trees follow the training rows more closely.",
                      0, 0, 1000),
        Spec::integer("max_leaf_nodes", "Maximum leaves",
                      "How many leaves the tree may have; 0 is no limit. The most useful splits are made first.", 0, 0, 1000000),
        Spec::integer("min_samples_split", "Samples to split",
                      "A node with fewer training samples stays a leaf. More makes a smaller, smoother tree.", 2, 2, 1000000),
        Spec::integer("min_samples_leaf", "Samples in a leaf",
                      "Every leaf keeps at least this many training samples. More makes a smoother tree.", 1, 1, 1000000),
        Spec::real("min_impurity_decrease", "Least gain of a split",
                   "A split must lower the impurity of the whole tree by at least this much. More makes a smaller tree.", 0, 0, 1e6),
        Spec::real("ccp_alpha", "Price of a leaf",
                   "When the tree has grown, splits that lower its impurity by no more than this for each leaf that they add are taken back, "
                   "the least useful first (cost-complexity pruning). 0 takes back nothing; more makes a smaller tree.",
                   0, 0, 1e12, true),
    };
    info.make = [](const Hyperparameters& chosen, Task task) -> std::unique_ptr<const Learner> {
        return std::make_unique<DecisionTree>(chosen, task);
    };
    return info;
}

} // namespace modelarium
