#include "core/learn/projection/principal_component_analysis.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/prepare/principal_components.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

struct PcaSettings {
    std::size_t components = 2;
    bool whiten = false;
};

/// The directions are known when the run begins; each step takes in one more of them.
class PcaRun final : public TrainingRun {
public:
    PcaRun(PrincipalAxes axes, const PcaSettings& settings, std::size_t rows)
        : m_axes(std::move(axes)), m_settings(settings), m_rows(rows),
          m_components(Index(std::min({settings.components, std::size_t(m_axes.variance.size()), rows - 1})))
    {
    }

    Result<Progress> step() override
    {
        const double share = m_axes.variance[m_found] / m_axes.totalVariance();
        ++m_found;
        return Progress{std::size_t(m_found), reconstructionError(),
                        "component " + std::to_string(m_found) + " keeps " + shortText(100 * share, 3) + " % of the variance"};
    }

    bool isFinished() const override { return m_found == m_components; }

    Parameters freeze() const override
    {
        Projection projection{m_axes.mean, m_axes.directions.topRows(m_found), Vector::Ones(m_found), m_axes.variance};
        for (Index k = 0; m_settings.whiten && k < m_found; ++k)
            if (m_axes.variance[k] > roundingVariance())
                projection.scale[k] = std::sqrt(m_axes.variance[k]);
        return projection;
    }

    std::vector<std::string> notices() const override
    {
        if (!isFinished() || std::size_t(m_components) == m_settings.components)
            return {};
        const auto features = std::size_t(m_axes.variance.size());
        return {"Only " + counted(std::size_t(m_components), "component was", "components were") + " to be found: "
                + (m_rows - 1 < features ? rowsText(m_rows) : counted(features, "feature", "features"))
                + " cannot spread in more directions."};
    }

private:
    double roundingVariance() const { return double(m_axes.variance.size()) * std::numeric_limits<double>::epsilon() * m_axes.variance[0]; }

    double reconstructionError() const
    {
        const double n = double(m_rows);
        return m_axes.variance.tail(m_axes.variance.size() - m_found).sum() * ((n - 1) / n);
    }

    PrincipalAxes m_axes;
    PcaSettings m_settings;
    std::size_t m_rows;
    Index m_components;
    Index m_found = 0;
};

class Pca final : public Learner {
public:
    explicit Pca(const PcaSettings& settings) : m_settings(settings) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (train->features() == 0 || train->samples() < 2)
            return checkDataset(*train, 2).error();
        if (train->task != Task::Projection)
            return Error{ErrorCode::WrongTask, "Principal components are directions and need no target: choose none, or another learner."};
        Result<PrincipalAxes> axes = principalAxes(train->X());
        if (!axes) {
            // A cell that is not finite spoils the sums, too: only then it is worth another pass over the rows to find it.
            const Result<void> cells = checkDataset(*train, 2);
            return cells ? axes.error() : cells.error();
        }
        if (!(axes->totalVariance() > 0))
            return Error{ErrorCode::TooFewFeatures, "The features are the same in every row to learn from: there is no direction in which the rows spread."};
        return std::unique_ptr<TrainingRun>(std::make_unique<PcaRun>(*std::move(axes), m_settings, train->samples()));
    }

private:
    PcaSettings m_settings;
};

} // namespace

LearnerInfo principalComponentAnalysis()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "pca";
    info.name = "Principal components";
    info.help = "Finds without a target the directions in which the rows spread most: the first keeps as much of the variance as one number can, the "
                "second as much of the rest as another. Many features become a few coordinates that can be drawn.";
    info.objective = "Minimises the mean squared distance between the rows and what their coordinates give back: the eigenvectors of the covariance "
                     "(ddof 1) with the largest eigenvalues. The component of largest size of each is positive. As scikit-learn's PCA.";
    info.tasks = {Task::Projection};
    info.stepName = "component";
    info.wantsScaling = true;
    info.table = {
        Spec::integer("components", "Components", "How many directions to keep: two can be drawn; more lose less of the rows. There are at most as many as "
                      "features, and one fewer than rows.", 2, 1, 5000)
            .ofFeatures(),
        Spec::boolean("whiten", "Whiten", "Divides each coordinate by its standard deviation, so that all spread alike: for learners that measure distances "
                      "afterwards.", false),
    };
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<Pca>(PcaSettings{std::size_t(chosen.integer("components")), chosen.boolean("whiten")});
    };
    return info;
}

} // namespace modelarium
