#pragma once

#include "core/learn/learner.h"
#include "core/learn/linear/elastic_net_data.h"

#include <memory>
#include <string>
#include <vector>

namespace modelarium {

struct ElasticNetSettings {
    double alpha = 1;
    double l1Ratio = 1;
    bool intercept = true;
    std::size_t maximumIterations = 10000;
    double tolerance = 1e-8;                        ///< finished at a duality gap of this share of the target's variance
};

/// Coordinate descent for one alpha: a sweep a step.
class ElasticNetRun final : public TrainingRun {
public:
    ElasticNetRun(DatasetPtr data, const ElasticNetSettings& settings);

    Result<Progress> step() override;
    bool isFinished() const override { return m_finished; }
    Parameters freeze() const override { return m_linear; }
    std::vector<std::string> notices() const override;

private:
    DatasetPtr m_data;
    ElasticNetSettings m_settings;
    ElasticNetData m_net;
    Linear m_linear;
    double m_largestAlpha = 0;
    std::size_t m_steps = 0;
    std::size_t m_sweeps = 0;
    bool m_prepared = false;
    bool m_finished = false;
};

struct ElasticNetPathSettings {
    Eigen::Index folds = 5;
    Eigen::Index alphas = 100;
    double ratio = 1e-3;                            ///< of the smallest alpha to the largest
    bool oneStandardError = false;                  ///< the largest alpha within one standard error of the best
};

/// The whole path of alphas, each beginning at the weights of the one before, on all rows and without each fold in turn; then
/// the alpha with the smallest mean squared error on the rows that were left out. An alpha a step; the last step finds the path, too.
class ElasticNetPathRun final : public TrainingRun {
public:
    ElasticNetPathRun(DatasetPtr data, const ElasticNetSettings& settings, const ElasticNetPathSettings& path, std::uint64_t seed);

    Result<Progress> step() override;
    bool isFinished() const override { return m_finished; }
    Parameters freeze() const override { return m_linear; }
    std::vector<std::string> notices() const override;

private:
    using SparseWeights = std::vector<std::pair<Eigen::Index, double>>;

    bool advanceAll();
    void recordAlpha();
    void choose();

    DatasetPtr m_data;
    ElasticNetSettings m_settings;
    ElasticNetPathSettings m_path;
    ElasticNetData m_net;
    Linear m_linear;
    Vector m_alphas;
    Matrix m_errors;                                // (folds, alphas)
    std::vector<SparseWeights> m_weights;           // of all rows, at each alpha
    std::vector<double> m_objectives;
    std::vector<std::size_t> m_sweeps;              // of each problem at this alpha
    Eigen::Index m_current = 0;
    PenaltyPath m_judged;                           // when it is done
    std::size_t m_steps = 0;
    bool m_prepared = false;
    bool m_begun = false;                           // with this alpha
    bool m_cutShort = false;
    bool m_finished = false;
};

} // namespace modelarium
