#include "core/learn/svm/linear_svm.h"

#include "core/base/counted.h"
#include "core/base/parallel.h"
#include "core/learn/svm/dual_descent.h"
#include "core/learn/svm/squared_hinge_newton.h"
#include "core/learn/svm/support_sentence.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

using Eigen::Index;

struct LinearSvmSettings {
    MarginObjective objective;
    std::size_t maximumSweeps = 1000;
};

/// Newton's method where its equations are few beside the samples, and their sums stay far from the end of the range of numbers.
bool suitsNewton(const Dataset& data, const MarginObjective& objective, double largestSquaredLength)
{
    constexpr Index mostWeights = 2000;
    constexpr double largest = 1e290;
    const Index weights = data.X().cols() + 1;
    return objective.squared && weights <= data.X().rows() && weights <= mostWeights
        && largestSquaredLength <= largest / std::max(1.0, 2 * objective.C) / double(data.samples());
}

class LinearSvmRun final : public TrainingRun {
public:
    LinearSvmRun(DatasetPtr data, Vector squaredLengths, const LinearSvmSettings& settings, std::uint64_t seed)
        : m_data(std::move(data)), m_settings(settings)
    {
        const double longest = squaredLengths.maxCoeff();
        const bool byNewton = suitsNewton(*m_data, m_settings.objective, longest);
        if (!byNewton)
            m_samples = std::make_unique<const MarginSamples>(m_data->X(), std::move(squaredLengths));
        const std::size_t count = m_data->classes() == 2 ? 1 : m_data->classes();
        for (std::size_t k = 0; k < count; ++k) {
            const double positive = count == 1 ? 1 : double(k);
            Vector sides = (m_data->y.array() == positive).select(Vector::Ones(m_data->y.size()), -1);
            if (byNewton)
                m_boundaries.push_back(std::make_unique<SquaredHingeNewton>(m_data->X(), std::move(sides), m_settings.objective, std::sqrt(longest)));
            else
                m_boundaries.push_back(std::make_unique<DualDescent>(*m_samples, std::move(sides), m_settings.objective, Random(seed).split(k)));
        }
    }

    Result<Progress> step() override
    {
        ++m_steps;
        parallelFor(m_boundaries.size(), [&](std::size_t k) {
            if (!m_boundaries[k]->hasConverged())
                m_boundaries[k]->sweep();
        });
        const double loss = measureLoss();
        if (!std::isfinite(loss)) {
            return Error{ErrorCode::Diverged, "The weights left the range of numbers at sweep " + std::to_string(m_steps)
                                                  + ": standardise the features, or choose a smaller C."};
        }
        return Progress{m_steps, loss, "sweep " + std::to_string(m_steps)};
    }

    bool isFinished() const override { return m_steps > 0 && (unfinished() == 0 || m_steps >= m_settings.maximumSweeps); }

    Parameters freeze() const override
    {
        const Index p = m_data->X().cols();
        Linear linear{Matrix(Index(m_boundaries.size()), p), Vector(Index(m_boundaries.size())), Link::Hard};
        for (Index k = 0; k < linear.W.rows(); ++k) {
            linear.W.row(k) = m_boundaries[std::size_t(k)]->weights().head(p).transpose();
            linear.b[k] = m_boundaries[std::size_t(k)]->weights()[p];
        }
        return linear;
    }

    std::vector<std::string> notices() const override
    {
        if (m_steps == 0)
            return {};
        std::vector<char> isSupport(m_data->samples(), 0);
        bool separated = true;
        for (const auto& boundary : m_boundaries) {
            for (Index i = 0; i < m_data->X().rows(); ++i)
                isSupport[std::size_t(i)] |= char(boundary->isSupportVector(i));
            separated = separated && (boundary->margins().array() > 0).all();
        }
        const auto support = std::size_t(std::count(isSupport.begin(), isSupport.end(), char(1)));
        std::vector<std::string> sentences = {
            supportSentence(support, m_data->samples(), "inside or on the margin")};
        if (separated)
            sentences.push_back(m_boundaries.size() > 1 ? "Straight boundaries separate each class from the rest: no row is on a wrong side."
                                                        : "A straight boundary separates the classes: no row is on the wrong side.");
        if (isFinished() && unfinished() > 0) {
            sentences.push_back("The weights were still changing after " + counted(m_steps, "sweep", "sweeps")
                                + ": standardise the features, allow more sweeps, or choose a smaller C.");
        }
        return sentences;
    }

private:
    std::size_t unfinished() const
    {
        return std::size_t(std::count_if(m_boundaries.begin(), m_boundaries.end(), [](const auto& one) { return !one->hasConverged(); }));
    }

    double objectiveOf(const MarginBoundary& boundary) const
    {
        double sum = 0;
        for (const double margin : boundary.margins()) {
            const double inside = 1 - margin;
            if (!(inside <= 0))                                 // NaN is carried on, and noticed
                sum += m_settings.objective.squared ? inside * inside : inside;
        }
        return boundary.weights().squaredNorm() / 2 / m_settings.objective.C + sum;
    }

    double measureLoss() const
    {
        std::vector<double> objectives(m_boundaries.size());
        parallelFor(objectives.size(), [&](std::size_t k) { objectives[k] = objectiveOf(*m_boundaries[k]); });
        return std::accumulate(objectives.begin(), objectives.end(), 0.0) / double(m_data->samples());
    }

    DatasetPtr m_data;
    std::unique_ptr<const MarginSamples> m_samples; // only where coordinates are descended
    LinearSvmSettings m_settings;
    std::vector<std::unique_ptr<MarginBoundary>> m_boundaries;
    std::size_t m_steps = 0;
};

class LinearSvm final : public Learner {
public:
    explicit LinearSvm(const Hyperparameters& chosen)
        : m_settings{{chosen.real("C"), chosen.choice("loss") == "squared_hinge", chosen.real("tolerance")},
                     std::size_t(chosen.integer("max_sweeps"))}
    {
    }

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t seed) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        Vector squaredLengths = MarginSamples::squaredLengths(train->X());
        constexpr double largest = 1e300;
        for (Index i = 0; i < squaredLengths.size(); ++i) {
            if (squaredLengths[i] <= largest)
                continue;
            const std::size_t row = train->rowNumber(i);
            return Error{ErrorCode::NotFinite,
                         "The squares of the features of row " + std::to_string(row)
                             + " are beyond the range of numbers: standardise the features.",
                         Place{.row = row}};
        }
        return std::unique_ptr<TrainingRun>(std::make_unique<LinearSvmRun>(std::move(train), std::move(squaredLengths), m_settings, seed));
    }

private:
    LinearSvmSettings m_settings;
};

} // namespace

LearnerInfo linearSvm()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "linear_svm";
    info.name = "Linear support vector machine";
    info.help = "Draws the straight boundary that keeps the widest margin free of rows, and pays for every row inside it. Only the rows "
                "at the margin decide where it is.";
    info.objective = "Minimises (|w|^2 + b^2) / 2 + C sum max(0, 1 - s (w x + b))^q, s = 1 for the class and -1 for the "
                     "others, q = 1 (hinge) or 2 (squared): a sum over the rows. The intercept b is penalised as a weight is. "
                     "As scikit-learn's LinearSVC with intercept_scaling 1; three or more classes have a boundary each.";
    info.tasks = {Task::Classification};
    info.table = {
        Spec::real("C", "C",
                   "The price of a row inside the margin: less makes the margin wider and lets more rows in, more bends to every row.", 1,
                   0, 1e9, true)
            .aboveMinimum(),
        Spec::choice("loss", "Loss",
                     "What a row inside the margin costs: how far it is inside (hinge), or the square of that, which is smoother.",
                     "squared_hinge", {"squared_hinge", "hinge"}, {"Squared hinge", "Hinge"}),
        Spec::integer("max_sweeps", "Most sweeps", "After how many passes through all rows the training stops at the latest.", 1000, 1,
                      1000000),
        Spec::real("tolerance", "Tolerance",
                   "How nearly optimal the weights must be for the training to stop: less takes longer and is more exact.", 1e-4, 0, 1, true)
            .aboveMinimum(),
    };
    info.stepName = "sweep";
    info.wantsScaling = true;
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> { return std::make_unique<LinearSvm>(chosen); };
    return info;
}

} // namespace modelarium
