#include "core/learn/svm/linear_svm.h"

#include "core/base/counted.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/learn/linear/row_major.h"
#include "core/learn/svm/support_sentence.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();

struct LinearSvmSettings {
    double C = 1;
    bool squared = true;
    double tolerance = 1e-4;
    std::size_t maximumSweeps = 1000;
};

/// The samples with the feature that is always 1, and their squared lengths.
struct Samples {
    RowMajorMatrix X;
    Vector squaredLength;

    explicit Samples(const Matrix& features) : X(features.rows(), features.cols() + 1)
    {
        X.leftCols(features.cols()) = features;
        X.col(features.cols()).setOnes();
        squaredLength = X.rowwise().squaredNorm();
    }
};

/// One boundary: a class against another, or against the rest.
class Boundary {
public:
    Boundary(const Samples& samples, Vector sides, const LinearSvmSettings& settings, Random random)
        : m_samples(samples), m_sides(std::move(sides)), m_tolerance(settings.tolerance), m_random(random),
          m_upper(settings.squared ? infinity : settings.C), m_diagonal(settings.squared ? 1 / (2 * settings.C) : 0),
          m_alpha(Vector::Zero(m_sides.size())), m_w(Vector::Zero(samples.X.cols())), m_order(std::size_t(m_sides.size())),
          m_active(m_order.size())
    {
        std::iota(m_order.begin(), m_order.end(), Index(0));
    }

    /// Each sample that is not set aside once, in a new order.
    void sweep()
    {
        for (std::size_t i = m_active; i > 1; --i)
            std::swap(m_order[i - 1], m_order[m_random.below(i)]);
        Spread spread;
        for (std::size_t place = 0; place < m_active;) {
            if (visit(m_order[place], spread))
                ++place;
            else
                std::swap(m_order[place], m_order[--m_active]);
        }
        const bool settled = m_active == 0 || spread.largest - spread.smallest <= m_tolerance;
        if (settled && m_active == m_order.size()) {
            m_converged = true;
        } else if (settled) {
            m_active = m_order.size();              // look at those that were set aside once more
            m_setAsideAbove = infinity;
            m_setAsideBelow = -infinity;
        } else {
            m_setAsideAbove = spread.largest > 0 ? spread.largest : infinity;
            m_setAsideBelow = spread.smallest < 0 ? spread.smallest : -infinity;
        }
    }

    bool hasConverged() const { return m_converged; }
    const Vector& weights() const { return m_w; }
    bool isSupportVector(Index i) const { return m_alpha[i] > 0; }
    double marginOf(Index i) const { return m_sides[i] * m_samples.X.row(i).dot(m_w); }

private:
    /// The projected gradients of one sweep.
    struct Spread {
        double largest = -infinity;
        double smallest = infinity;
    };

    /// Minimises over one alpha. False where the sample is to be set aside: at its bound, and pressed against it.
    bool visit(Index i, Spread& spread)
    {
        const double gradient = marginOf(i) - 1 + m_diagonal * m_alpha[i];
        double projected = gradient;
        if (m_alpha[i] == 0) {
            if (gradient > m_setAsideAbove)
                return false;
            projected = std::min(gradient, 0.0);
        } else if (m_alpha[i] == m_upper) {
            if (gradient < m_setAsideBelow)
                return false;
            projected = std::max(gradient, 0.0);
        }
        spread.largest = std::max(spread.largest, projected);
        spread.smallest = std::min(spread.smallest, projected);
        if (projected == 0)
            return true;
        const double before = m_alpha[i];
        m_alpha[i] = std::clamp(before - gradient / (m_samples.squaredLength[i] + m_diagonal), 0.0, m_upper);
        m_w += ((m_alpha[i] - before) * m_sides[i]) * m_samples.X.row(i).transpose();
        return true;
    }

    const Samples& m_samples;
    Vector m_sides;
    double m_tolerance;
    Random m_random;
    double m_upper;
    double m_diagonal;
    Vector m_alpha;
    Vector m_w;
    std::vector<Index> m_order;
    std::size_t m_active;                           // the first of the order; the others are set aside
    double m_setAsideAbove = infinity;
    double m_setAsideBelow = -infinity;
    bool m_converged = false;
};

class LinearSvmRun final : public TrainingRun {
public:
    LinearSvmRun(DatasetPtr data, std::unique_ptr<const Samples> samples, const LinearSvmSettings& settings, std::uint64_t seed)
        : m_data(std::move(data)), m_samples(std::move(samples)), m_settings(settings)
    {
        const std::size_t count = m_data->classes() == 2 ? 1 : m_data->classes();
        for (std::size_t k = 0; k < count; ++k) {
            const double positive = count == 1 ? 1 : double(k);
            Vector sides = (m_data->y.array() == positive).select(Vector::Ones(m_data->y.size()), -1);
            m_boundaries.emplace_back(*m_samples, std::move(sides), m_settings, Random(seed).split(k));
        }
    }

    Result<Progress> step() override
    {
        ++m_steps;
        parallelFor(m_boundaries.size(), [&](std::size_t k) {
            if (!m_boundaries[k].hasConverged())
                m_boundaries[k].sweep();
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
        const Index p = m_data->X.cols();
        Linear linear{Matrix(Index(m_boundaries.size()), p), Vector(Index(m_boundaries.size())), Link::Hard};
        for (Index k = 0; k < linear.W.rows(); ++k) {
            linear.W.row(k) = m_boundaries[std::size_t(k)].weights().head(p).transpose();
            linear.b[k] = m_boundaries[std::size_t(k)].weights()[p];
        }
        return linear;
    }

    std::vector<std::string> notices() const override
    {
        if (m_steps == 0)
            return {};
        std::size_t support = 0;
        bool separated = true;
        for (Index i = 0; i < m_data->X.rows(); ++i) {
            bool isSupport = false;
            for (const Boundary& boundary : m_boundaries) {
                isSupport = isSupport || boundary.isSupportVector(i);
                separated = separated && boundary.marginOf(i) > 0;
            }
            support += isSupport;
        }
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
        return std::size_t(std::count_if(m_boundaries.begin(), m_boundaries.end(), [](const Boundary& one) { return !one.hasConverged(); }));
    }

    double objectiveOf(const Boundary& boundary) const
    {
        double sum = 0;
        for (Index i = 0; i < m_data->X.rows(); ++i) {
            const double inside = 1 - boundary.marginOf(i);
            if (!(inside <= 0))                                 // NaN is carried on, and noticed
                sum += m_settings.squared ? inside * inside : inside;
        }
        return boundary.weights().squaredNorm() / 2 / m_settings.C + sum;
    }

    double measureLoss() const
    {
        std::vector<double> objectives(m_boundaries.size());
        parallelFor(objectives.size(), [&](std::size_t k) { objectives[k] = objectiveOf(m_boundaries[k]); });
        return std::accumulate(objectives.begin(), objectives.end(), 0.0) / double(m_data->samples());
    }

    DatasetPtr m_data;
    std::unique_ptr<const Samples> m_samples;
    LinearSvmSettings m_settings;
    std::vector<Boundary> m_boundaries;
    std::size_t m_steps = 0;
};

class LinearSvm final : public Learner {
public:
    explicit LinearSvm(const Hyperparameters& chosen)
        : m_settings{chosen.real("C"), chosen.choice("loss") == "squared_hinge", chosen.real("tolerance"),
                     std::size_t(chosen.integer("max_sweeps"))}
    {
    }

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t seed) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        auto samples = std::make_unique<const Samples>(train->X);
        constexpr double largest = 1e300;
        for (Index i = 0; i < samples->X.rows(); ++i) {
            if (samples->squaredLength[i] <= largest)
                continue;
            const std::size_t row = std::size_t(i) < train->sourceRows.size() ? train->sourceRows[std::size_t(i)] + 1 : std::size_t(i) + 1;
            return Error{ErrorCode::NotFinite,
                         "The squares of the features of row " + std::to_string(row)
                             + " are beyond the range of numbers: standardise the features.",
                         Place{.row = row}};
        }
        return std::unique_ptr<TrainingRun>(std::make_unique<LinearSvmRun>(std::move(train), std::move(samples), m_settings, seed));
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
