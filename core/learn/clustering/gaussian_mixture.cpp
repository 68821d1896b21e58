#include "core/learn/clustering/gaussian_mixture.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/learn/bayes/class_statistics.h"
#include "core/learn/clustering/lloyd.h"
#include "core/learn/clustering/mixture_model.h"
#include "core/learn/clustering/starting_centres.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

struct MixtureSettings {
    std::size_t clusters = 3;
    bool full = true;
    double regCovar = 1e-6;
    double tolerance = 1e-3;
    std::size_t mostIterations = 100;
    std::size_t starts = 1;
};

class GaussianMixtureRun final : public TrainingRun {
public:
    GaussianMixtureRun(DatasetPtr data, const MixtureSettings& settings, std::uint64_t seed)
        : m_data(std::move(data)), m_settings(settings), m_random(seed), m_tiles(m_data->X()),
          m_model(m_data->X(), settings.clusters, settings.full, settings.regCovar)
    {
        m_model.spread(centres());
    }

    /// M, then E; the first M of a start is by the clusters of k-means.
    Result<Progress> step() override
    {
        ++m_steps;
        std::string what = "iteration " + std::to_string(m_iterations);
        if (m_iterations == 0) {
            m_model.setLabels(clustersOfKMeans());
            what = "a bell for each cluster of k-means";
        }
        m_model.maximise();
        const double before = m_logLikelihood;
        m_logLikelihood = m_model.expect();
        if (!std::isfinite(m_logLikelihood))
            return Error{ErrorCode::Diverged, "The likelihood is beyond the range of numbers: standardise the features, or ask for fewer clusters."};
        // What rounding leaves is no change, whatever the tolerance.
        const double rounding = 4 * std::numeric_limits<double>::epsilon() * std::max(1.0, std::abs(m_logLikelihood));
        const double change = std::abs(m_logLikelihood - before);
        const bool settled = m_iterations > 0 && (change < m_settings.tolerance || change <= rounding);
        if (m_settings.starts > 1)
            what = "start " + std::to_string(m_startsDone + 1) + " of " + std::to_string(m_settings.starts) + ": " + what;
        if (++m_iterations > m_settings.mostIterations || settled)
            endStart(settled);
        return Progress{m_steps, -(isFinished() ? m_best : m_logLikelihood), what};
    }

    bool isFinished() const override { return m_startsDone == m_settings.starts; }
    Parameters freeze() const override { return isFinished() ? m_bestParameters : m_model.parameters(); }

    std::vector<std::string> notices() const override
    {
        std::vector<std::string> notices;
        if (!isFinished())
            return notices;
        if (m_bestWidened)
            notices.push_back("The rows of a cluster lie flat: a feature is constant among them or follows from the others, or they are too few. A little "
                              "spread was added; a regularisation above 0 adds more.");
        if (const std::size_t without = bellsWithoutRows(); without > 0)
            notices.push_back(counted(without, "cluster has no row of its own", "clusters have no row of their own")
                              + ": there are fewer different rows than clusters.");
        if (!m_bestSettled)
            notices.push_back("The likelihood was still rising after " + counted(std::size_t(m_settings.mostIterations), "iteration", "iterations") + ": allow more.");
        return notices;
    }

private:
    std::size_t bellsWithoutRows() const
    {
        constexpr double shareOfARow = 1e-6;
        const Vector& logWeight = m_settings.full ? std::get<FullGaussianClasses>(m_bestParameters).logPrior
                                                  : std::get<GaussianClasses>(m_bestParameters).logPrior;
        return std::size_t(((logWeight.array().exp() * double(m_data->samples())) < shareOfARow).count());
    }

    Matrix centres() const
    {
        const Random random = m_startsDone == 0 ? m_random : m_random.split(m_startsDone);
        return startingCentres(CentreStart::PlusPlus, m_data->X(), m_tiles, m_settings.clusters, random);
    }

    std::vector<std::int32_t> clustersOfKMeans() const
    {
        constexpr int mostIterations = 300;
        Lloyd lloyd(m_data->X(), m_tiles, centres());
        const double settled = 1e-4 * m_tiles.totalSquares() / double(m_tiles.rows()) / double(m_tiles.features());
        for (int iteration = 0; iteration < mostIterations && lloyd.assign() > 0; ++iteration)
            if (lloyd.move() <= settled) {
                lloyd.assign();
                break;
            }
        return lloyd.labels();
    }

    void endStart(bool settled)
    {
        ++m_startsDone;
        m_iterations = 0;
        if (m_startsDone > 1 && !(m_logLikelihood > m_best))
            return;
        m_best = m_logLikelihood;
        m_bestParameters = m_model.parameters();
        m_bestSettled = settled;
        m_bestWidened = m_model.isWidened();
    }

    DatasetPtr m_data;
    MixtureSettings m_settings;
    Random m_random;
    RowTiles m_tiles;
    MixtureModel m_model;
    double m_logLikelihood = -std::numeric_limits<double>::infinity();
    std::size_t m_iterations = 0;
    std::size_t m_steps = 0;
    std::size_t m_startsDone = 0;
    Parameters m_bestParameters;
    double m_best = -std::numeric_limits<double>::infinity();
    bool m_bestSettled = true;
    bool m_bestWidened = false;
};

Result<void> checkSize(const Dataset& data, const MixtureSettings& settings)
{
    constexpr double mostBytes = 1e9;
    const double features = double(data.features());
    const double bytes = double(settings.clusters) * features * (settings.full ? features : 1) * sizeof(double);
    if (bytes <= mostBytes)
        return {};
    return Error{ErrorCode::TooLarge, countText(data.features()) + " features in " + countText(settings.clusters) + " clusters need "
                                          + shortText(bytes / 1e9, 3) + " GB of covariances: choose fewer features, or diagonal covariances."};
}

class GaussianMixture final : public Learner {
public:
    explicit GaussianMixture(const MixtureSettings& settings) : m_settings(settings) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t seed) const override
    {
        if (const Result<void> checked = checkDataset(*train, m_settings.clusters); !checked)
            return checked.error();
        if (train->task != Task::Clustering)
            return Error{ErrorCode::WrongTask, "A Gaussian mixture finds groups and takes no target: choose none, or another learner."};
        if (const Result<void> checked = checkSquares(*train); !checked)
            return checked.error();
        if (const Result<void> checked = checkSize(*train, m_settings); !checked)
            return checked.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<GaussianMixtureRun>(std::move(train), m_settings, seed));
    }

private:
    MixtureSettings m_settings;
};

} // namespace

LearnerInfo gaussianMixture()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "gaussian_mixture";
    info.name = "Gaussian mixture";
    info.help = "Finds groups without a target: lays bells over the rows, as wide and as tilted as they lie, and says with which probability a row "
                "belongs to which. BIC tells how many bells are enough.";
    info.objective = "Maximises the mean over the rows of log sum weight N(x; mean, covariance); a covariance is the weighted mean of (x - mean)(x - mean)^T "
                     "(ddof 0) plus reg_covar on its diagonal. The loss shown is the negative of it. As scikit-learn's GaussianMixture.";
    info.tasks = {Task::Clustering};
    info.stepName = "EM step";
    info.wantsReferenceLevel = true;
    info.table = {
        Spec::integer("clusters", "Clusters", "How many bells to lay over the rows: more always fit better, BIC says whether they are worth it.", 3, 1, 2000),
        Spec::choice("covariance", "Covariance", "What shape a bell may have: full may be tilted, diagonal follows the axes and needs fewer rows.",
                     "full", {"full", "diagonal"}, {"full", "diagonal"}),
        Spec::real("reg_covar", "Regularisation", "Added to every variance, so that no bell becomes a spike on a single row; it counts in the units of the features.",
                   1e-6, 0, 1e6, true),
        Spec::real("tolerance", "Tolerance", "The training ends when a step raises the mean log likelihood by less than this.", 1e-3, 0, 1, true),
        Spec::integer("max_iterations", "Most iterations", "The bells are laid anew at most this often in each start.", 100, 1, 100000),
        Spec::integer("starts", "Starts", "How often to begin anew; the likeliest result is kept. More guard against a bad start.", 1, 1, 2000),
    };
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        MixtureSettings settings;
        settings.clusters = std::size_t(chosen.integer("clusters"));
        settings.full = chosen.choice("covariance") == "full";
        settings.regCovar = chosen.real("reg_covar");
        settings.tolerance = chosen.real("tolerance");
        settings.mostIterations = std::size_t(chosen.integer("max_iterations"));
        settings.starts = std::size_t(chosen.integer("starts"));
        return std::make_unique<GaussianMixture>(settings);
    };
    return info;
}

} // namespace modelarium
