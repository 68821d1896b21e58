#include "core/learn/neighbors/k_nearest_neighbors.h"

#include "core/base/counted.h"

namespace modelarium {

namespace {

/// The hyperparameters of a search, as the frozen model keeps them.
struct Chosen {
    int k;
    NeighbourWeights weights;
    DistanceMetric metric;
};

class KNearestNeighborsRun final : public OneStepRun {
public:
    KNearestNeighborsRun(DatasetPtr data, const Chosen& chosen) : m_data(std::move(data)), m_chosen(chosen) {}

    Parameters freeze() const override
    {
        NearestNeighbours neighbours;
        neighbours.X = m_data->X();
        neighbours.y = m_data->y;
        neighbours.k = m_chosen.k;
        neighbours.weights = m_chosen.weights;
        neighbours.metric = m_chosen.metric;
        neighbours.classes = m_data->task == Task::Classification ? int(m_data->classes()) : 0;
        return neighbours;
    }

    std::vector<std::string> notices() const override
    {
        if (m_data->samples() != std::size_t(m_chosen.k) || m_chosen.weights != NeighbourWeights::Uniform)
            return {};
        return {"k is the number of training rows: every prediction is made from all of them, and all are the same."};
    }

protected:
    Result<Progress> solve() override
    {
        // There is nothing to minimise, so there is no loss: remembering is all that this learner does.
        return Progress{1, 0, "remembered " + counted(m_data->samples(), "training row", "training rows")};
    }

private:
    DatasetPtr m_data;
    Chosen m_chosen;
};

class KNearestNeighbors final : public Learner {
public:
    KNearestNeighbors(const Hyperparameters& chosen, Task task)
        : m_task(task),
          m_chosen{int(chosen.integer("k")),
                   chosen.choice("weights") == "distance" ? NeighbourWeights::Distance : NeighbourWeights::Uniform,
                   chosen.choice("metric") == "manhattan" ? DistanceMetric::Manhattan : DistanceMetric::Euclidean}
    {
    }

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        if (train->task != m_task)
            return Error{ErrorCode::WrongTask, "These neighbours were set up for " + std::string(taskName(m_task))
                                                   + ", but the data ask for " + std::string(taskName(train->task)) + "."};
        if (std::size_t(m_chosen.k) > train->samples())
            return Error{ErrorCode::BadHyperparameter,
                         "k is " + countText(m_chosen.k) + ", but there " + (train->samples() == 1 ? "is" : "are") + " only "
                             + counted(train->samples(), "training row", "training rows") + ": choose a k of at most " + countText(train->samples()) + ".",
                         Place{.hyperparameter = "k"}};
        return std::unique_ptr<TrainingRun>(std::make_unique<KNearestNeighborsRun>(std::move(train), m_chosen));
    }

private:
    Task m_task;
    Chosen m_chosen;
};

} // namespace

LearnerInfo kNearestNeighbors()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "k_nearest_neighbors";
    info.name = "k nearest neighbours";
    info.help = "Remembers every training row, and answers as the k rows do that are most like the new one. "
                "Scale the features first: otherwise the one with the largest numbers decides alone.";
    info.objective = "Minimises nothing: the answer is the mean of the k nearest rows, or their share of each class, all alike "
                     "or weighted by 1 / distance; of equally far rows the first in the data is the nearer one, and of "
                     "classes with equal shares the first in the list of classes is the answer. As "
                     "scikit-learn's KNeighborsRegressor and KNeighborsClassifier.";
    info.tasks = {Task::Classification, Task::Regression};
    info.stepName = "step";
    info.wantsScaling = true;
    info.table = {
        Spec::integer("k", "Neighbours",
                      "How many neighbours answer together. More makes smoother boundaries; 1 follows every single row.",
                      5, 1, 10000),
        Spec::choice("weights", "Weights",
                     "Whether all neighbours count alike, or near ones more than far ones (by 1 / distance).",
                     "uniform", {"uniform", "distance"}, {"All alike", "By 1 / distance"}),
        Spec::choice("metric", "Distance",
                     "How far apart two rows are: in a straight line (Euclidean), or the sum of the differences (Manhattan).",
                     "euclidean", {"euclidean", "manhattan"}, {"Euclidean", "Manhattan"}),
    };
    info.make = [](const Hyperparameters& chosen, Task task) -> std::unique_ptr<const Learner> {
        return std::make_unique<KNearestNeighbors>(chosen, task);
    };
    return info;
}

} // namespace modelarium
