#include "core/learn/svm/support_vector_machine.h"

#include "core/base/counted.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/learn/svm/kernel_choice.h"
#include "core/learn/svm/sigmoid_fit.h"
#include "core/learn/svm/support_sentence.h"
#include "core/model/predictor.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace modelarium {

namespace {

using Eigen::Index;

/// Boundaries in training at once. Not the number of threads: the steps must not depend on that.
constexpr std::size_t boundariesAtOnce = 8;
constexpr std::size_t probabilityFolds = 5;

/// The boundary between two classes: waiting, in training, or done.
struct Boundary {
    std::size_t below;                              // the class where the score is not above 0
    std::size_t above;
    std::vector<Index> samples;
    std::vector<Index> heldOut;                     // of a fold
    std::unique_ptr<SmoProblem> problem;            // while it is in training
    Vector beta;                                    // when it is done
    double intercept = 0;
    double cost = 0;                                // the primal objective
    Vector heldOutScores;                           // when it is done
    std::size_t steps = 0;
    bool done = false;
    bool converged = true;

    const Vector& weights() const { return problem ? problem->beta() : beta; }
};

class SupportVectorMachineRun final : public TrainingRun {
public:
    SupportVectorMachineRun(DatasetPtr data, const KernelChoice& choice, const kernels::KernelFunction& function, bool probabilities,
                            std::uint64_t seed)
        : m_data(std::move(data)), m_choice(choice), m_function(function), m_members(m_data->classes())
    {
        for (Index i = 0; i < m_data->y.size(); ++i)
            m_members[std::size_t(m_data->y[i])].push_back(i);
        for (std::size_t k = 0; k < m_members.size(); ++k)
            for (std::size_t l = k + 1; l < m_members.size(); ++l)
                m_boundaries.push_back(boundaryBetween(k, l, m_members[k], m_members[l]));
        if (probabilities)
            addFolds(Random(seed));
        m_choice.settings.cacheBytes /= std::min(m_boundaries.size() + m_folds.size(), boundariesAtOnce);
        if (probabilities && isFinished())
            fitSigmoids();
    }

    Result<Progress> step() override
    {
        ++m_steps;
        const std::vector<Boundary*> active = nextBoundaries();
        parallelFor(active.size(), [&](std::size_t k) { advance(*active[k]); });
        if (!m_folds.empty() && isFinished())
            fitSigmoids();
        const double loss = measureLoss();
        if (!std::isfinite(loss))
            return Error{ErrorCode::Diverged, "The scores left the range of numbers at step " + std::to_string(m_steps)
                                                  + ": standardise the features, or choose a smaller C."};
        return Progress{m_steps, loss, whatHappened(active)};
    }

    bool isFinished() const override
    {
        const auto isDone = [](const Boundary& one) { return one.done; };
        return std::all_of(m_boundaries.begin(), m_boundaries.end(), isDone) && std::all_of(m_folds.begin(), m_folds.end(), isDone);
    }

    Parameters freeze() const override
    {
        const std::size_t classes = m_members.size();
        KernelExpansion result = emptyExpansion(m_function, m_data->X().cols());
        const std::vector<bool> isVector = supportVectors();
        std::vector<Index> place(isVector.size(), -1);
        Index count = 0;
        for (const std::vector<Index>& members : m_members) {
            const Index before = count;
            for (const Index i : members)
                if (isVector[std::size_t(i)])
                    place[std::size_t(i)] = count++;
            result.vectorsOfClass.push_back(std::int32_t(count - before));
        }
        result.vectors.resize(count, m_data->X().cols());
        for (std::size_t i = 0; i < place.size(); ++i)
            if (place[i] >= 0)
                result.vectors.row(place[i]) = m_data->X().row(Index(i));
        result.slopes = m_slopes;
        result.offsets = m_offsets;
        result.coefficients = Matrix::Zero(Index(classes) - 1, count);
        result.intercepts.resize(Index(m_boundaries.size()));
        for (std::size_t pair = 0; pair < m_boundaries.size(); ++pair) {
            const Boundary& boundary = m_boundaries[pair];
            result.intercepts[Index(pair)] = boundary.problem ? boundary.problem->intercept() : boundary.intercept;
            const Vector& beta = boundary.weights();
            for (Index i = 0; i < beta.size(); ++i) {
                if (beta[i] == 0)
                    continue;
                const Index sample = boundary.samples[std::size_t(i)];
                const bool ofBelow = std::size_t(m_data->y[sample]) == boundary.below;
                result.coefficients(Index(ofBelow ? boundary.above - 1 : boundary.below), place[std::size_t(sample)]) = beta[i];
            }
        }
        return result;
    }

    std::vector<std::string> notices() const override
    {
        if (m_steps == 0)
            return {};
        const std::vector<bool> isVector = supportVectors();
        const auto support = std::count(isVector.begin(), isVector.end(), true);
        std::vector<std::string> sentences = {
            supportSentence(std::size_t(support), m_data->samples(), "inside or on the margin")};
        const bool converged = std::all_of(m_boundaries.begin(), m_boundaries.end(), [](const Boundary& one) { return one.converged; });
        if (isFinished() && !converged)
            sentences.push_back("The boundary was still moving when the training stopped after " + counted(m_steps, "step", "steps")
                                + ": standardise the features, allow more steps, or choose a smaller C.");
        return sentences;
    }

private:
    using Members = std::vector<Index>;

    /// Between a class and one that has no rows there is nothing to learn: all is of the first.
    Boundary boundaryBetween(std::size_t k, std::size_t l, const Members& ofK, const Members& ofL) const
    {
        Boundary boundary{.below = k, .above = l};
        std::merge(ofK.begin(), ofK.end(), ofL.begin(), ofL.end(), std::back_inserter(boundary.samples));
        boundary.done = ofK.empty() || ofL.empty();
        if (boundary.done)
            boundary.intercept = ofL.empty() ? -1 : 1;
        else
            boundary.cost = m_choice.C * double(boundary.samples.size());       // every score is 0
        return boundary;
    }

    /// For the probabilities each boundary is drawn again without each fold of its rows in turn: of every class as many a fold, a row
    /// more or less.
    void addFolds(Random random)
    {
        std::vector<Members> shuffled = m_members;
        for (Members& members : shuffled)
            random.shuffle(members);
        for (const Boundary& boundary : m_boundaries) {
            for (std::size_t fold = 0; fold < probabilityFolds; ++fold) {
                Members kept[2], heldOut;
                for (const bool above : {false, true}) {
                    const Members& members = shuffled[above ? boundary.above : boundary.below];
                    for (std::size_t i = 0; i < members.size(); ++i)
                        (i % probabilityFolds == fold ? heldOut : kept[above]).push_back(members[i]);
                    std::sort(kept[above].begin(), kept[above].end());
                }
                m_folds.push_back(boundaryBetween(boundary.below, boundary.above, kept[0], kept[1]));
                m_folds.back().heldOut = std::move(heldOut);
                if (m_folds.back().done)
                    m_folds.back().heldOutScores = Vector::Constant(Index(m_folds.back().heldOut.size()), m_folds.back().intercept);
            }
        }
    }

    /// The boundaries themselves, then those of the folds.
    std::vector<Boundary*> nextBoundaries()
    {
        std::vector<Boundary*> active;
        for (std::vector<Boundary>* list : {&m_boundaries, &m_folds})
            for (Boundary& boundary : *list)
                if (!boundary.done && active.size() < boundariesAtOnce)
                    active.push_back(&boundary);
        return active;
    }

    void advance(Boundary& boundary) const
    {
        if (!boundary.problem)
            boundary.problem = makeProblem(boundary);
        if (!boundary.problem->isFinished()) {
            boundary.problem->step();
            ++boundary.steps;
        }
        boundary.cost = boundary.problem->primalObjective();
        if (!boundary.problem->isFinished() && boundary.steps < m_choice.mostSteps)
            return;
        boundary.done = true;
        boundary.converged = boundary.problem->hasConverged();
        boundary.beta = boundary.problem->beta();
        boundary.intercept = boundary.problem->intercept();
        boundary.problem.reset();
        if (!boundary.heldOut.empty())
            keepScoresAlone(boundary);
    }

    /// A fold's boundary has told the scores of the rows that were left out, and is not needed any more.
    void keepScoresAlone(Boundary& fold) const
    {
        fold.heldOutScores = scoresOfHeldOut(fold);
        fold.beta = Vector();
        fold.samples = {};
    }

    Vector scoresOfHeldOut(const Boundary& boundary) const
    {
        KernelExpansion expansion = emptyExpansion(m_function, m_data->X().cols());
        std::vector<Index> used;
        for (Index i = 0; i < boundary.beta.size(); ++i)
            if (boundary.beta[i] != 0)
                used.push_back(i);
        expansion.vectors.resize(Index(used.size()), m_data->X().cols());
        expansion.coefficients.resize(1, Index(used.size()));
        for (std::size_t s = 0; s < used.size(); ++s) {
            expansion.vectors.row(Index(s)) = m_data->X().row(boundary.samples[std::size_t(used[s])]);
            expansion.coefficients(0, Index(s)) = boundary.beta[used[s]];
        }
        expansion.intercepts = Vector::Constant(1, boundary.intercept);
        Matrix scores;
        makePredictor(std::move(expansion))->predict(m_data->X()(boundary.heldOut, Eigen::all), scores);
        return scores.col(0);
    }

    void fitSigmoids()
    {
        m_slopes.resize(Index(m_boundaries.size()));
        m_offsets.resize(m_slopes.size());
        parallelFor(m_boundaries.size(), [&](std::size_t pair) {
            std::vector<double> scores, isAbove;
            for (std::size_t fold = pair * probabilityFolds; fold < (pair + 1) * probabilityFolds; ++fold) {
                const Boundary& boundary = m_folds[fold];
                scores.insert(scores.end(), boundary.heldOutScores.begin(), boundary.heldOutScores.end());
                for (const Index sample : boundary.heldOut)
                    isAbove.push_back(std::size_t(m_data->y[sample]) == boundary.above ? 1 : 0);
            }
            const auto rows = Index(scores.size());
            const Sigmoid sigmoid = fitSigmoid(Eigen::Map<const Vector>(scores.data(), rows), Eigen::Map<const Vector>(isAbove.data(), rows));
            m_slopes[Index(pair)] = sigmoid.slope;
            m_offsets[Index(pair)] = sigmoid.offset;
        });
    }

    std::unique_ptr<SmoProblem> makeProblem(const Boundary& boundary) const
    {
        Vector sides{Index(boundary.samples.size())};
        for (Index i = 0; i < sides.size(); ++i)
            sides[i] = std::size_t(m_data->y[boundary.samples[std::size_t(i)]]) == boundary.above ? 1 : -1;
        SmoVariables variables{(m_choice.C * sides).cwiseMin(0), (m_choice.C * sides).cwiseMax(0), sides, sides};
        return std::make_unique<SmoProblem>(m_data->X(), boundary.samples, std::move(variables), m_function, m_choice.settings);
    }

    std::vector<bool> supportVectors() const
    {
        std::vector<bool> result(m_data->samples(), false);
        for (const Boundary& boundary : m_boundaries) {
            const Vector& beta = boundary.weights();
            for (Index i = 0; i < beta.size(); ++i)
                if (beta[i] != 0)
                    result[std::size_t(boundary.samples[std::size_t(i)])] = true;
        }
        return result;
    }

    std::string whatHappened(const std::vector<Boundary*>& active) const
    {
        const std::string batch = "batch " + std::to_string(m_steps);
        const bool forProbabilities = !active.empty() && !active.front()->heldOut.empty();
        if (m_boundaries.size() == 1 && !forProbabilities)
            return batch + " of updates";
        const std::vector<Boundary>& list = forProbabilities ? m_folds : m_boundaries;
        const auto done = std::count_if(list.begin(), list.end(), [](const Boundary& one) { return one.done; });
        return batch + (forProbabilities ? " for the probabilities, at " : " at ") + counted(active.size(), "boundary, ", "boundaries, ")
            + countText(done) + " of " + countText(list.size()) + " done";
    }

    double measureLoss() const
    {
        double sum = 0;
        for (const Boundary& boundary : m_boundaries)
            sum += boundary.cost;
        return sum / m_choice.C / double(m_data->samples());
    }

    DatasetPtr m_data;
    KernelChoice m_choice;
    kernels::KernelFunction m_function;
    std::vector<std::vector<Index>> m_members;      // of each class
    std::vector<Boundary> m_boundaries;             // in the order of KernelExpansion
    std::vector<Boundary> m_folds;                  // those of the first boundary, then of the next; none without probabilities
    Vector m_slopes;                                // of each boundary's probabilities, at the end
    Vector m_offsets;
    std::size_t m_steps = 0;
};

class SupportVectorMachine final : public Learner {
public:
    explicit SupportVectorMachine(const Hyperparameters& chosen) : m_choice(chosen), m_probabilities(chosen.boolean("probabilities")) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t seed) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        if (train->classes() > std::size_t(mostKernelClasses))
            return Error{ErrorCode::Unsupported, "The target has " + countText(train->classes())
                                                     + " classes: this learner draws a boundary between each two of them, and can do so for "
                                                     + countText(mostKernelClasses) + " at most."};
        const Result<kernels::KernelFunction> function = m_choice.functionFor(*train);
        if (!function)
            return function.error();
        return std::unique_ptr<TrainingRun>(
            std::make_unique<SupportVectorMachineRun>(std::move(train), m_choice, *function, m_probabilities, seed));
    }

private:
    KernelChoice m_choice;
    bool m_probabilities;
};

} // namespace

LearnerInfo supportVectorMachine()
{
    LearnerInfo info;
    info.id = "support_vector_machine";
    info.name = "Support vector machine";
    info.help = "Draws the boundary with the widest margin, and lets it bend by comparing rows with a kernel. Only the rows at the margin, the "
                "support vectors, are kept.";
    info.objective = "Minimises |w|^2 / 2 + C sum max(0, 1 - s f(x)), f(x) = w phi(x) + b in the space of the kernel, s = 1 or "
                     "-1: a sum over the rows. The intercept b is not penalised. As scikit-learn's SVC (LIBSVM); each two "
                     "classes have a boundary, and each boundary a vote; of equal votes the first in the list of classes is the answer.";
    info.tasks = {Task::Classification};
    info.table = kernelTable("The price of a row inside the margin: less makes the boundary smoother and lets more rows in, more bends to every row.");
    info.table.push_back(HyperparameterSpec::boolean(
        "probabilities", "Probabilities",
        "Says how sure it is, too: each boundary is drawn again without each fifth of its rows, and a curve from 0 to 1 is fitted to the scores "
        "of the rows left out. Takes about five times as long; the most probable class wins then, not the one with the most votes.",
        false).notTuned());
    info.stepName = "batch of updates";
    info.wantsScaling = true;
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<SupportVectorMachine>(chosen);
    };
    return info;
}

} // namespace modelarium
