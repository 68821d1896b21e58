#include "core/learn/linear/perceptron.h"

#include "core/base/counted.h"
#include "core/base/random.h"
#include "core/kernels/perceptron.h"
#include "core/learn/linear/online_perceptron.h"
#include "core/learn/linear/row_major.h"

#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

struct PerceptronSettings {
    double rate = 1;
    std::size_t maximumEpochs = 1000;
    bool mistakeByMistake = false;
    bool shuffle = true;
};

class PerceptronRun final : public TrainingRun {
public:
    PerceptronRun(DatasetPtr data, const PerceptronSettings& settings, std::uint64_t seed)
        : m_data(std::move(data)), m_settings(settings), m_random(seed), m_X(m_data->X()),
          m_W(RowMajorMatrix::Zero(m_X.cols(), columnsFor(m_data->classes()))), m_b(Vector::Zero(m_W.cols())), m_order(m_data->samples())
    {
        std::iota(m_order.begin(), m_order.end(), std::uint32_t(0));
    }

    Result<Progress> step() override
    {
        ++m_steps;
        Progress progress{m_steps, 0, m_settings.mistakeByMistake ? stepToMistake() : stepThroughEpoch()};
        progress.loss = measureLoss();
        if (!std::isfinite(progress.loss)) {
            return Error{ErrorCode::Diverged, "The scores of the perceptron left the range of numbers at step " + std::to_string(m_steps)
                                                  + ": standardise the features, or choose a smaller learning rate."};
        }
        return progress;
    }

    bool isFinished() const override { return m_separated || m_epochs >= m_settings.maximumEpochs; }

    Parameters freeze() const override
    {
        const auto count = Eigen::Index(samples().boundaries);
        return Linear{m_W.leftCols(count).transpose(), m_b.head(count), Link::Hard};
    }

    std::vector<std::string> notices() const override
    {
        const std::string each = samples().boundaries > 1 ? "each class from the rest" : "the classes";
        if (m_separated) {
            return {"In the last epoch every row was on its right side: straight boundaries separate " + each
                    + ", and the perceptron has nothing left to learn."};
        }
        if (!isFinished())
            return {};
        const std::size_t rows = m_data->samples();
        return {countText(m_wrong) + " of " + countText(rows) + (m_wrong == 1 ? " rows is" : " rows are")
                + " still on a wrong side after " + counted(m_epochs, "epoch", "epochs")
                + ": no straight boundary was found that separates " + each + ". Where there is none the perceptron never settles; "
                  "a linear support vector machine or logistic regression finds the best compromise."};
    }

private:
    static Eigen::Index columnsFor(std::size_t classes)
    {
        constexpr std::size_t lanes = kernels::perceptronLanes;
        return classes == 2 ? 1 : Eigen::Index((classes + lanes - 1) / lanes * lanes);
    }

    /// Every sample once: "epoch 3: 12 mistakes".
    std::string stepThroughEpoch()
    {
        visitNext(m_order.size());
        const std::string text = "epoch " + std::to_string(m_epochs) + ": " + counted(m_mistakes, "mistake", "mistakes");
        beginEpoch();
        return text;
    }

    /// On to the next sample that is on the wrong side, or to the end of training.
    std::string stepToMistake()
    {
        for (;;) {
            const std::size_t place = m_position;
            const bool moved = visitNext(1) > 0;
            const bool last = m_atEpochEnd && (m_separated || m_epochs >= m_settings.maximumEpochs);
            if (m_atEpochEnd)
                beginEpoch();
            if (moved)
                return "row " + std::to_string(m_data->rowNumber(Eigen::Index(m_order[place]))) + " was on the wrong side";
            if (last)
                return m_separated ? "no row is on the wrong side" : "the last epoch has ended";
        }
    }

    void beginEpoch()
    {
        m_atEpochEnd = false;
        m_position = 0;
        m_mistakes = 0;
    }

    /// Looks at the next samples of the epoch and corrects every boundary that one is on the wrong side of. How many there were on one.
    std::size_t visitNext(std::size_t count)
    {
        if (m_position == 0 && m_settings.shuffle)
            m_random.shuffle(m_order);
        const kernels::PerceptronSamples rows = samples();
        const kernels::PerceptronBoundaries boundaries = this->boundaries();
        const std::size_t mistakes =
            kernels::modelariumPerceptronVisit(&rows, &m_order[m_position], count, m_settings.rate, &boundaries);
        m_mistakes += mistakes;
        m_position += count;
        if (m_position == m_order.size()) {
            ++m_epochs;
            m_separated = m_mistakes == 0;
            m_atEpochEnd = true;
        }
        return mistakes;
    }

    double measureLoss()
    {
        const kernels::PerceptronSamples rows = samples();
        const kernels::PerceptronBoundaries boundaries = this->boundaries();
        kernels::PerceptronLoss loss{};
        kernels::modelariumPerceptronLoss(&rows, m_data->X().data(), std::size_t(m_data->X().outerStride()), m_data->samples(), &boundaries, &loss);
        m_wrong = loss.wrong;
        return loss.sum / (double(m_data->samples()) * double(rows.boundaries));
    }

    kernels::PerceptronSamples samples() const
    {
        return {m_X.data(), m_data->y.data(), std::size_t(m_X.cols()), m_data->classes() == 2 ? 1 : m_data->classes()};
    }

    kernels::PerceptronBoundaries boundaries() { return {m_W.data(), m_b.data(), std::size_t(m_W.cols())}; }

    DatasetPtr m_data;
    PerceptronSettings m_settings;
    Random m_random;
    RowMajorMatrix m_X;
    RowMajorMatrix m_W;                             // (features, boundaries), filled up with zeros to whole vectors
    Vector m_b;
    std::vector<std::uint32_t> m_order;
    std::size_t m_position = 0;                     // in the order, of the sample to look at next
    std::size_t m_mistakes = 0;                     // in this epoch
    std::size_t m_wrong = 0;                        // rows on a wrong side after the step
    std::size_t m_epochs = 0;
    std::size_t m_steps = 0;
    bool m_atEpochEnd = false;
    bool m_separated = false;
};

class PerceptronLearner final : public Learner {
public:
    explicit PerceptronLearner(const Hyperparameters& chosen)
        : m_settings{chosen.real("learning_rate"), std::size_t(chosen.integer("max_epochs")), chosen.choice("step") == "mistake",
                     chosen.boolean("shuffle")}
    {
    }

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t seed) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<PerceptronRun>(std::move(train), m_settings, seed));
    }

private:
    PerceptronSettings m_settings;
};

} // namespace

LearnerInfo perceptron()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "perceptron";
    info.name = "Perceptron";
    info.help = "Looks at one row after the other, and moves the boundary whenever a row is on its wrong side. The oldest machine that "
                "learns; it stops only where a straight boundary separates the classes.";
    info.objective = "Has no objective: a row with s (w x + b) <= 0, s = 1 for the class and -1 for the others, adds rate s x "
                     "to w and rate s to the intercept b. The loss shown is the mean of max(0, -s (w x + b)). As "
                     "scikit-learn's Perceptron without a penalty; three or more classes have a boundary each.";
    info.tasks = {Task::Classification};
    info.table = {
        Spec::choice("step", "One step is",
                     "How far each step of the training goes: through all rows, or only to the next mistake, to see the boundary jump.",
                     "epoch", {"epoch", "mistake"}, {"An epoch", "A mistake"}),
        Spec::real("learning_rate", "Learning rate",
                   "How far a mistake moves the boundary. Beginning at zero, it scales all weights alike and changes no decision.", 1, 0,
                   1000, true)
            .aboveMinimum(),
        Spec::integer("max_epochs", "Most epochs",
                      "After how many passes through all rows the training stops at the latest, where the classes cannot be separated.",
                      1000, 1, 1000000),
        Spec::boolean("shuffle", "Shuffle",
                      "Whether the rows are taken in a new order in every epoch, drawn from the seed, or always as they stand.", true),
    };
    info.stepName = "epoch or mistake";
    info.wantsScaling = true;
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<PerceptronLearner>(chosen);
    };
    info.makeOnline = [](const Hyperparameters& chosen, OnlineShape shape, std::uint64_t) -> std::unique_ptr<OnlineRun> {
        return std::make_unique<OnlinePerceptron>(std::move(shape), chosen.real("learning_rate"));
    };
    info.onlineHyperparameters = {"learning_rate"};
    return info;
}

} // namespace modelarium
