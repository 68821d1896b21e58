#include "core/learn/clustering/dbscan.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/base/parallel.h"
#include "core/learn/bayes/class_statistics.h"
#include "core/learn/clustering/radius_search.h"

#include <algorithm>
#include <numeric>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr int mostClusters = 1000;
constexpr Index rowsAtOnce = 256;
constexpr std::int32_t none = -1;

/// What a step looks at, in differences of two numbers, so that it stays a fraction of a second.
constexpr double mostDifferences = 5e8;
constexpr Index mostRows = 65536;

/// What a step looks at while it sorts the rows into the tree.
constexpr double mostValuesSorted = 2e7;

/// Rows of the first step, which knows nothing of the data: few enough even where each has every other within eps.
Index rowsOfFirstStep(const Dataset& data)
{
    const double fitting = mostDifferences / (double(data.samples()) * double(data.features() + 8));
    return std::max(rowsAtOnce, Index(std::min(fitting, double(mostRows))) / rowsAtOnce * rowsAtOnce);
}

class DbscanRun final : public TrainingRun {
public:
    DbscanRun(DatasetPtr data, double eps, std::size_t minSamples)
        : m_data(std::move(data)), m_eps(eps), m_squaredEps(eps * eps), m_minSamples(minSamples), m_search(m_data->X()),
          m_fewestRows(rowsOfFirstStep(*m_data)), m_rowsAStep(m_fewestRows),
          m_isCore(m_data->samples()), m_cluster(m_data->samples(), none)
    {
    }

    Result<Progress> step() override
    {
        ++m_steps;
        if (!m_search.isBuilt()) {
            m_search.build(mostValuesSorted);
            if (!m_search.isBuilt())
                return Progress{m_steps, loss(), "sorted the rows into a tree of " + counted(m_search.levels(), "level", "levels") + " so far"};
        }
        if (m_counted < Index(m_data->samples()))
            return Progress{m_steps, loss(), countNeighbours()};
        if (m_waiting.empty() && ++m_clusters > mostClusters) {
            Error error{ErrorCode::TooLarge, "The rows fall into more than " + countText(mostClusters) + " clusters: make eps larger than "
                                                 + shortText(m_eps) + ", or ask for more samples."};
            error.place.hyperparameter = "eps";
            return error;
        }
        const std::string what = grow();
        return Progress{m_steps, loss(), what};
    }

    bool isFinished() const override { return m_counted == Index(m_data->samples()) && m_waiting.empty() && m_nextSeed == Index(m_data->samples()); }

    Parameters freeze() const override
    {
        std::vector<Index> rows;
        CorePoints result;
        for (std::size_t i = 0; i < m_cluster.size(); ++i)
            if (m_isCore[i] && m_cluster[i] != none) {
                rows.push_back(Index(i));
                result.cluster.push_back(m_cluster[i]);
            }
        result.X = m_data->X()(rows, Eigen::all);
        result.clusters = m_clusters;
        result.eps = m_eps;
        return result;
    }

    std::vector<std::string> notices() const override
    {
        const auto noise = std::size_t(std::count(m_cluster.begin(), m_cluster.end(), none));
        if (!isFinished() || noise == 0)
            return {};
        if (noise == m_cluster.size())
            return {"Every row is noise: none has " + countText(m_minSamples) + " rows within " + shortText(m_eps)
                    + " of it. Make eps larger, or ask for fewer samples."};
        return {rowsText(noise) + " of " + countText(m_cluster.size()) + (noise == 1 ? " belongs" : " belong") + " to no cluster: noise."};
    }

private:
    /// The share of the rows that belong to no cluster yet.
    double loss() const { return 1 - double(m_assigned) / double(m_cluster.size()); }

    std::string countNeighbours()
    {
        const Index first = m_counted, last = std::min(Index(m_data->samples()), first + m_rowsAStep);
        std::vector<std::size_t> cores(std::size_t((last - first + rowsAtOnce - 1) / rowsAtOnce)), looked(cores.size());
        parallelFor(cores.size(), [&](std::size_t block) {
            const Index start = first + Index(block) * rowsAtOnce;
            std::size_t found = 0, lookedAt = 0;
            for (Index i = start; i < std::min(last, start + rowsAtOnce); ++i)
                found += m_isCore[std::size_t(i)] = m_search.hasWithin(i, m_squaredEps, m_minSamples, lookedAt);
            cores[block] = found;
            looked[block] = lookedAt;
        });
        m_counted = last;
        m_cores = std::accumulate(cores.begin(), cores.end(), m_cores);
        chooseRowsOfNextStep(last - first, std::accumulate(looked.begin(), looked.end(), std::size_t(0)));
        findSeed();
        return counted(m_cores, "core sample", "core samples") + " among the first " + rowsText(std::size_t(last));
    }

    /// From what these rows looked at: as many as fit into a step, but no more than so many times as these, for the next may be unlike them.
    void chooseRowsOfNextStep(Index rows, std::size_t looked)
    {
        constexpr Index growth = 8;
        const double fitting = mostDifferences * double(rows) / (double(looked) * double(m_data->features() + 8));
        const Index few = Index(std::min(fitting, double(mostRows))) / rowsAtOnce * rowsAtOnce;
        m_rowsAStep = std::clamp(few, m_fewestRows, growth * m_rowsAStep);
    }

    /// The next core sample without a cluster, where a new one begins; only once all are known.
    void findSeed()
    {
        if (m_counted < Index(m_data->samples()))
            return;
        while (m_nextSeed < Index(m_data->samples()) && !(m_isCore[std::size_t(m_nextSeed)] && m_cluster[std::size_t(m_nextSeed)] == none))
            ++m_nextSeed;
    }

    /// From core sample to core sample, all that is within eps joins; only core samples lead on.
    std::string grow()
    {
        if (m_waiting.empty())
            m_waiting.push_back(m_nextSeed);
        std::vector<Index> reached;
        std::size_t looked = 0;
        const auto mostLooked = std::size_t(mostDifferences / double(m_data->features() + 8));
        for (Index grown = 0; !m_waiting.empty() && grown < mostRows && looked < mostLooked; ++grown) {
            const Index core = m_waiting.back();
            m_waiting.pop_back();
            m_search.takeWithin(core, m_squaredEps, reached, looked);
            for (const Index i : reached) {
                m_cluster[std::size_t(i)] = m_clusters - 1;
                if (m_isCore[std::size_t(i)])
                    m_waiting.push_back(i);
            }
            m_assigned += reached.size();
            m_inCluster += reached.size();
        }
        const std::string what = "cluster " + std::to_string(m_clusters) + ": " + rowsText(m_inCluster) + (m_waiting.empty() ? "" : " so far");
        if (m_waiting.empty()) {
            m_inCluster = 0;
            findSeed();
        }
        return what;
    }

    DatasetPtr m_data;
    double m_eps;
    double m_squaredEps;
    std::size_t m_minSamples;
    RadiusSearch m_search;
    Index m_fewestRows;                             // whose neighbours a step counts at least
    Index m_rowsAStep;
    std::vector<char> m_isCore;
    std::vector<std::int32_t> m_cluster;            // of border rows: the first cluster that reached them
    std::vector<Index> m_waiting;                   // core samples whose surroundings have not been looked at
    int m_clusters = 0;
    Index m_counted = 0;
    Index m_nextSeed = 0;
    std::size_t m_cores = 0;                        // among those that were counted
    std::size_t m_assigned = 0;
    std::size_t m_inCluster = 0;
    std::size_t m_steps = 0;
};

class Dbscan final : public Learner {
public:
    Dbscan(double eps, std::size_t minSamples) : m_eps(eps), m_minSamples(minSamples) {}

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t) const override
    {
        if (const Result<void> checked = checkDataset(*train); !checked)
            return checked.error();
        if (train->task != Task::Clustering)
            return Error{ErrorCode::WrongTask, "DBSCAN finds groups and takes no target: choose none, or another learner."};
        if (const Result<void> checked = checkSquares(*train); !checked)
            return checked.error();
        return std::unique_ptr<TrainingRun>(std::make_unique<DbscanRun>(std::move(train), m_eps, m_minSamples));
    }

private:
    double m_eps;
    std::size_t m_minSamples;
};

} // namespace

LearnerInfo dbscan()
{
    using Spec = HyperparameterSpec;
    LearnerInfo info;
    info.id = "dbscan";
    info.name = "DBSCAN";
    info.help = "Finds groups without a target: where rows lie densely, from neighbour to neighbour, is a cluster of any shape; what lies apart is noise. "
                "Nobody needs to say how many clusters there are.";
    info.objective = "A core sample has min_samples rows within eps, itself among them; core samples within eps of each other are one cluster. The loss shown "
                     "is the share of the rows that no cluster has reached. As scikit-learn's DBSCAN, but a row that is no core sample goes to its nearest one.";
    info.tasks = {Task::Clustering};
    info.stepName = "cluster";
    info.wantsScaling = true;
    info.table = {
        Spec::real("eps", "Eps", "How near is near: rows within this distance are neighbours. Larger joins clusters, smaller makes noise; it counts in the units of "
                   "the features.", 0.5, 0, 1e100, true).aboveMinimum(),
        Spec::integer("min_samples", "Samples within eps", "How many rows, itself among them, a row needs within eps to be in the midst of a cluster.", 5, 1, 1000000),
    };
    info.make = [](const Hyperparameters& chosen, Task) -> std::unique_ptr<const Learner> {
        return std::make_unique<Dbscan>(chosen.real("eps"), std::size_t(chosen.integer("min_samples")));
    };
    return info;
}

} // namespace modelarium
