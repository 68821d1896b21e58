#include "core/learn/svm/support_vector_regression.h"

#include "core/base/counted.h"
#include "core/learn/svm/kernel_choice.h"
#include "core/learn/svm/support_sentence.h"

#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

using Eigen::Index;

std::vector<Index> allSamples(const Dataset& data)
{
    std::vector<Index> samples(data.samples());
    std::iota(samples.begin(), samples.end(), Index(0));
    return samples;
}

class SupportVectorRegressionRun final : public TrainingRun {
public:
    SupportVectorRegressionRun(DatasetPtr data, const KernelChoice& choice, double epsilon, const kernels::KernelFunction& function)
        : m_data(std::move(data)), m_C(choice.C), m_mostSteps(choice.mostSteps), m_function(function),
          m_problem(m_data->X(), allSamples(*m_data),
                    {Vector::Constant(m_data->y.size(), -m_C), Vector::Constant(m_data->y.size(), m_C), m_data->y.array() + epsilon,
                     m_data->y.array() - epsilon},
                    function, choice.settings)
    {
    }

    Result<Progress> step() override
    {
        ++m_steps;
        if (!m_problem.isFinished())                    // the flat line may be the answer
            m_problem.step();
        const double loss = m_problem.primalObjective() / m_C / double(m_data->samples());
        if (!std::isfinite(loss))
            return Error{ErrorCode::Diverged, "The scores left the range of numbers at step " + std::to_string(m_steps)
                                                  + ": standardise the features, or choose a smaller C."};
        return Progress{m_steps, loss, "batch " + std::to_string(m_steps) + " of updates"};
    }

    bool isFinished() const override { return m_steps > 0 && (m_problem.isFinished() || m_steps >= m_mostSteps); }

    Parameters freeze() const override
    {
        KernelExpansion result = emptyExpansion(m_function, m_data->X().cols());
        const Vector& beta = m_problem.beta();
        const Index count = (beta.array() != 0).count();
        result.vectors.resize(count, m_data->X().cols());
        result.coefficients.resize(1, count);
        result.intercepts = Vector::Constant(1, m_problem.intercept());
        Index place = 0;
        for (Index i = 0; i < beta.size(); ++i) {
            if (beta[i] == 0)
                continue;
            result.vectors.row(place) = m_data->X().row(i);
            result.coefficients(0, place++) = beta[i];
        }
        return result;
    }

    std::vector<std::string> notices() const override
    {
        if (m_steps == 0)
            return {};
        const Index support = (m_problem.beta().array() != 0).count();
        std::vector<std::string> sentences;
        if (support == 0)
            sentences.push_back("Every row is within epsilon of one number, so the model is that number: choose a smaller epsilon.");
        else
            sentences.push_back(supportSentence(std::size_t(support), m_data->samples(), "at least epsilon away from the curve"));
        if (isFinished() && !m_problem.hasConverged())
            sentences.push_back("The curve was still moving when the training stopped after " + counted(m_steps, "step", "steps")
                                + ": standardise the features, allow more steps, or choose a smaller C.");
        return sentences;
    }

private:
    DatasetPtr m_data;
    double m_C;
    std::size_t m_mostSteps;
    kernels::KernelFunction m_function;
    SmoProblem m_problem;
    std::size_t m_steps = 0;
};

class SupportVectorRegression final : public Learner {
public:
    explicit SupportVectorRegression(const Hyperparameters& chosen) : m_choice(chosen), m_epsilon(chosen.real("epsilon")) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        const Result<kernels::KernelFunction> function = m_choice.functionFor(*train);
        if (!function)
            return function.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<SupportVectorRegressionRun>(std::move(train), m_choice, m_epsilon, *function));
    }

private:
    KernelChoice m_choice;
    double m_epsilon;
};

} // namespace

LearnerInfo supportVectorRegression()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "support_vector_regression";
    info.name = "Support vector regression";
    info.help = "Lays the flattest curve that leaves most rows within a tube around it, and lets it bend by comparing rows with a kernel. Only "
                "the rows outside the tube are kept.";
    info.objective = "Minimises |w|^2 / 2 + C sum max(0, |y - f(x)| - epsilon), f(x) = w phi(x) + b in the space of the "
                     "kernel: a sum over the rows, in the units of the target. The intercept b is not penalised. As "
                     "scikit-learn's SVR (LIBSVM).";
    info.tasks = {Task::Regression};
    info.table = kernelTable("The price of a row outside the tube: less makes the curve flatter, more bends it to every row.");
    info.table.insert(info.table.begin() + 1,
                      Spec::real("epsilon", "Epsilon",
                                 "How far a row may be from the curve for free, in the units of the target: more keeps fewer rows and is coarser.",
                                 0.1, 0, 1e9, true));
    info.stepName = "batch of updates";
    info.wantsScaling = true;
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<SupportVectorRegression>(chosen);
    };
    return info;
}

} // namespace modelarium
