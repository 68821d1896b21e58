#include "core/learn/linear/perceptron.h"

#include "core/base/counted.h"
#include "core/base/random.h"
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
        : m_data(std::move(data)), m_settings(settings), m_random(seed), m_X(m_data->X),
          m_W(Matrix::Zero(m_X.cols(), m_data->classes() == 2 ? 1 : Eigen::Index(m_data->classes()))), m_b(Vector::Zero(m_W.cols())),
          m_order(m_data->samples())
    {
        std::iota(m_order.begin(), m_order.end(), Eigen::Index(0));
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

    Parameters freeze() const override { return Linear{m_W.transpose(), m_b, Link::Hard}; }

    std::vector<std::string> notices() const override
    {
        const std::string each = m_W.cols() > 1 ? "each class from the rest" : "the classes";
        if (m_separated) {
            return {"In the last epoch every row was on its right side: straight boundaries separate " + each
                    + ", and the perceptron has nothing left to learn."};
        }
        if (!isFinished())
            return {};
        const std::size_t rows = m_data->samples();
        return {std::to_string(m_wrong) + " of " + std::to_string(rows) + (m_wrong == 1 ? " rows is" : " rows are")
                + " still on a wrong side after " + counted(m_epochs, "epoch", "epochs")
                + ": no straight boundary was found that separates " + each + ". Where there is none the perceptron never settles; "
                  "a linear support vector machine or logistic regression finds the best compromise."};
    }

private:
    /// Every sample once: "epoch 3: 12 mistakes".
    std::string stepThroughEpoch()
    {
        while (!m_atEpochEnd)
            visitNext();
        const std::string text = "epoch " + std::to_string(m_epochs) + ": " + counted(m_mistakes, "mistake", "mistakes");
        beginEpoch();
        return text;
    }

    /// On to the next sample that is on the wrong side, or to the end of training.
    std::string stepToMistake()
    {
        for (;;) {
            const Eigen::Index sample = m_order[m_position];
            const bool moved = visitNext();
            const bool last = m_atEpochEnd && (m_separated || m_epochs >= m_settings.maximumEpochs);
            if (m_atEpochEnd)
                beginEpoch();
            if (moved) {
                const auto i = std::size_t(sample);
                const std::size_t row = i < m_data->sourceRows.size() ? m_data->sourceRows[i] : i;
                return "row " + std::to_string(row + 1) + " was on the wrong side";
            }
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

    /// Looks at one sample and corrects every boundary that it is on the wrong side of. True where there was one.
    bool visitNext()
    {
        if (m_position == 0 && m_settings.shuffle)
            m_random.shuffle(m_order);
        const Eigen::Index sample = m_order[m_position];
        bool mistake = false;
        for (Eigen::Index k = 0; k < m_W.cols(); ++k) {
            const double s = sideOf(sample, k);
            if (s * scoreOf(sample, k) > 0)
                continue;
            m_W.col(k) += (m_settings.rate * s) * m_X.row(sample).transpose();
            m_b[k] += m_settings.rate * s;
            mistake = true;
        }
        m_mistakes += mistake;
        if (++m_position == m_order.size()) {
            ++m_epochs;
            m_separated = m_mistakes == 0;
            m_atEpochEnd = true;
        }
        return mistake;
    }

    double scoreOf(Eigen::Index sample, Eigen::Index k) const { return m_X.row(sample).dot(m_W.col(k)) + m_b[k]; }

    double sideOf(Eigen::Index sample, Eigen::Index k) const
    {
        const double positive = m_W.cols() == 1 ? 1 : double(k);
        return m_data->y[sample] == positive ? 1 : -1;
    }

    double measureLoss()
    {
        double sum = 0;
        m_wrong = 0;
        for (Eigen::Index i = 0; i < m_X.rows(); ++i) {
            bool wrong = false;
            for (Eigen::Index k = 0; k < m_W.cols(); ++k) {
                const double margin = sideOf(i, k) * scoreOf(i, k);
                sum += margin > 0 ? 0 : -margin;                // NaN is carried on, and noticed
                wrong = wrong || !(margin > 0);
            }
            m_wrong += wrong;
        }
        return sum / (double(m_X.rows()) * double(m_W.cols()));
    }

    DatasetPtr m_data;
    PerceptronSettings m_settings;
    Random m_random;
    RowMajorMatrix m_X;
    Matrix m_W;                                     // (features, boundaries)
    Vector m_b;
    std::vector<Eigen::Index> m_order;
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
