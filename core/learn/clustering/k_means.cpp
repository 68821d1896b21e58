#include "core/learn/clustering/k_means.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/learn/bayes/class_statistics.h"
#include "core/learn/clustering/lloyd.h"
#include "core/learn/clustering/starting_centres.h"

#include <cmath>
#include <limits>
#include <optional>

namespace modelarium {

namespace {

struct KMeansSettings {
    std::size_t clusters = 3;
    CentreStart start = CentreStart::PlusPlus;
    std::size_t starts = 1;
    std::size_t mostIterations = 300;
    double tolerance = 1e-4;
};

class KMeansRun final : public TrainingRun {
public:
    KMeansRun(DatasetPtr data, RowTiles tiles, const KMeansSettings& settings, std::uint64_t seed)
        : m_data(std::move(data)), m_settings(settings), m_random(seed), m_tiles(std::move(tiles)),
          m_settledWay(settings.tolerance * m_tiles.totalSquares() / double(m_tiles.rows()) / double(m_tiles.features()))
    {
        begin();
    }

    Result<Progress> step() override
    {
        ++m_steps;
        std::string what = m_assigns ? assign() : move();
        const double loss = m_lloyd->inertia();
        if (m_startEnded)
            endStart();
        if (m_settings.starts > 1)
            what = "start " + std::to_string(m_startsDone + !m_startEnded) + " of " + std::to_string(m_settings.starts) + ": " + what;
        if (m_startEnded && !isFinished())
            begin();
        return Progress{m_steps, isFinished() ? m_bestInertia : loss, what};
    }

    bool isFinished() const override { return m_startsDone == m_settings.starts; }
    Parameters freeze() const override { return Centroids{isFinished() ? m_bestCentres : m_lloyd->centres()}; }

    std::vector<std::string> notices() const override
    {
        std::vector<std::string> notices;
        if (!isFinished())
            return notices;
        if (m_bestEmpty > 0) {
            notices.push_back(counted(m_bestEmpty, "cluster has no row of its own", "clusters have no row of their own")
                              + ": there are fewer different rows than clusters.");
        }
        if (!m_bestSettled)
            notices.push_back("The centres had not settled after " + counted(std::size_t(m_settings.mostIterations), "iteration", "iterations") + ": allow more.");
        return notices;
    }

private:
    void begin()
    {
        const Random random = m_startsDone == 0 ? m_random : m_random.split(m_startsDone);
        m_lloyd.emplace(m_data->X(), m_tiles, startingCentres(m_settings.start, m_data->X(), m_tiles, m_settings.clusters, random));
        m_assigns = true;
        m_settled = m_startEnded = false;
        m_iterations = 0;
    }

    /// The first half: every row to its nearest centre. Ends the start where that changes nothing, or nothing that counts.
    std::string assign()
    {
        const std::size_t changed = m_lloyd->assign();
        m_assigns = false;
        m_settled = m_settled || (changed == 0 && !m_lloyd->areCentresRounded());
        m_startEnded = m_settled || m_iterations == m_settings.mostIterations;
        if (m_iterations == 0)
            return rowsText(changed) + " went to the nearest centre";
        return changed == 0 ? "no row changed its cluster" : rowsText(changed) + " changed the cluster";
    }

    /// The second half: every centre to the mean of its rows.
    std::string move()
    {
        ++m_iterations;
        if (m_iterations == m_settings.mostIterations)
            m_lloyd->sumExactly();
        const double way = m_lloyd->move();
        m_assigns = true;
        m_settled = way <= m_settledWay;
        if (m_settled && m_lloyd->areCentresRounded()) {        // where they stay, they stand exactly
            m_lloyd->sumExactly();
            m_lloyd->move();
        }
        return "the centres moved to the means of their rows, by " + shortText(std::sqrt(way), 3) + " in all";
    }

    void endStart()
    {
        ++m_startsDone;
        const double inertia = m_lloyd->exactInertia();
        if (m_startsDone > 1 && !(inertia < m_bestInertia))
            return;
        m_bestInertia = inertia;
        m_bestCentres = m_lloyd->centres();
        m_bestEmpty = m_lloyd->emptyClusters();
        m_bestSettled = m_settled;
    }

    DatasetPtr m_data;
    KMeansSettings m_settings;
    Random m_random;
    RowTiles m_tiles;
    double m_settledWay;
    std::optional<Lloyd> m_lloyd;
    bool m_assigns = true;                          // the next step is an assignment, not a move
    bool m_settled = false;
    bool m_startEnded = false;
    std::size_t m_iterations = 0;
    std::size_t m_steps = 0;
    std::size_t m_startsDone = 0;
    Matrix m_bestCentres;
    double m_bestInertia = std::numeric_limits<double>::infinity();
    std::size_t m_bestEmpty = 0;
    bool m_bestSettled = true;
};

class KMeans final : public Learner {
public:
    explicit KMeans(const KMeansSettings& settings) : m_settings(settings) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t seed) const override
    {
        // The look for cells that are no numbers takes a pass over all of them: the tiles notice.
        const bool tilesNotice = train->task == Task::Clustering && train->y.size() == 0;
        if (const Result<void> checked = tilesNotice ? checkShape(*train, m_settings.clusters) : checkDataset(*train, m_settings.clusters); !checked)
            return checked.error();
        if (train->task != Task::Clustering)
            return Error{ErrorCode::WrongTask, "K-means finds groups and takes no target: choose none, or another learner."};
        constexpr double surelySquarable = 1e100;
        RowTiles tiles(train->X());
        if (!(tiles.farthest() <= surelySquarable)) {
            if (const Result<void> checked = checkDataset(*train, m_settings.clusters); !checked)
                return checked.error();
            if (const Result<void> checked = checkSquares(*train); !checked)
                return checked.error();
        }
        return std::unique_ptr<TrainingRun>(std::make_unique<KMeansRun>(std::move(train), std::move(tiles), m_settings, seed));
    }

private:
    KMeansSettings m_settings;
};

} // namespace

LearnerInfo kMeans()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "k_means";
    info.name = "K-means";
    info.help = "Finds groups without a target: every row goes to the nearest centre, every centre to the middle of its rows, again and "
                "again. You say how many groups there are; they come out round and of similar width.";
    info.objective = "Minimises the inertia, the sum over the rows of the squared distance to the nearest centre. Ends when no row changes its cluster, or "
                     "when the squared ways of the centres sum to no more than the tolerance times the mean variance of the features (ddof 0). As "
                     "scikit-learn's KMeans.";
    info.tasks = {Task::Clustering};
    info.stepName = "half-step";
    info.wantsScaling = true;
    info.table = {
        Spec::integer("clusters", "Clusters", "How many groups to find: more make the inertia smaller, whether the groups are real or not.", 3, 1, 2000),
        Spec::choice("start", "Starting centres", "Where the centres begin: k-means++ draws rows far from each other, which rarely ends badly; random rows "
                     "show how much the start matters.",
                     "k_means++", {"k_means++", "random_rows", "first_rows"}, {"k-means++", "random rows", "the first rows"}),
        Spec::integer("starts", "Starts", "How often to begin anew; the result with the smallest inertia is kept. More guard against a bad start.", 1, 1, 2000),
        Spec::integer("max_iterations", "Most iterations", "The centres move at most this often in each start.", 300, 1, 100000),
        Spec::real("tolerance", "Tolerance", "The centres have settled when they move less than this, measured by the variance of the features: 0 goes on "
                   "until no row changes its cluster.", 1e-4, 0, 1, true),
    };
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        KMeansSettings settings;
        settings.clusters = std::size_t(chosen.integer("clusters"));
        settings.start = chosen.choice("start") == "k_means++" ? CentreStart::PlusPlus
            : chosen.choice("start") == "random_rows" ? CentreStart::RandomRows : CentreStart::FirstRows;
        settings.starts = settings.start == CentreStart::FirstRows ? 1 : std::size_t(chosen.integer("starts"));
        settings.mostIterations = std::size_t(chosen.integer("max_iterations"));
        settings.tolerance = chosen.real("tolerance");
        return std::make_unique<KMeans>(settings);
    };
    return info;
}

} // namespace modelarium
