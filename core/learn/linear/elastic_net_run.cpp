#include "core/learn/linear/elastic_net_run.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/base/parallel.h"
#include "core/learn/linear/least_squares.h"
#include "core/learn/linear/penalty_path.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

using Eigen::Index;

Linear startingLinear(const Dataset& data) { return {Matrix::Zero(1, data.X().cols()), Vector::Zero(1), Link::Identity}; }

bool isFiniteLinear(const Linear& linear) { return linear.W.allFinite() && linear.b.allFinite(); }

Error weightTooLarge()
{
    return {ErrorCode::NotFinite, "A weight would be too large for a number: bring the features and the target to comparable units."};
}

std::string inUse(const Linear& linear)
{
    const Index used = (linear.W.array() != 0).count();
    return countText(used) + " of " + counted(linear.W.cols(), "feature in use", "features in use");
}

/// What becomes of the features: which are constant, and which have been left out.
std::vector<std::string> featureNotices(const Dataset& data, const Linear& linear, const std::vector<std::size_t>& constant)
{
    std::vector<std::string> notices;
    std::vector<std::size_t> left;
    for (std::size_t j = 0; j < data.features(); ++j)
        if (linear.W(0, Index(j)) == 0 && !std::binary_search(constant.begin(), constant.end(), j))
            left.push_back(j);
    if (!constant.empty()) {
        notices.push_back(namedColumns(constant, data.featureNames)
                          + (constant.size() == 1 ? " is constant: its weight is 0." : " are constant: their weights are 0."));
    }
    if (!left.empty() && left.size() + constant.size() < data.features()) {
        notices.push_back("The penalty leaves out " + namedColumns(left, data.featureNames)
                          + (left.size() == 1 ? ": its weight is 0." : ": their weights are 0."));
    }
    return notices;
}

} // namespace

ElasticNetRun::ElasticNetRun(DatasetPtr data, const ElasticNetSettings& settings)
    : m_data(data), m_settings(settings), m_net(std::move(data), settings.intercept), m_linear(startingLinear(*m_data))
{
}

Result<Progress> ElasticNetRun::step()
{
    ++m_steps;
    if (!m_prepared) {
        m_prepared = m_net.prepareSome();
        if (!m_prepared)
            return Progress{m_steps, 0, "adding up the products of the columns"};
        m_net.setPrice(0, {m_settings.alpha, m_settings.l1Ratio});
        m_largestAlpha = m_net.largestAlpha(m_settings.l1Ratio);
    }
    CoordinateDescent& descent = m_net.problem(0);
    const auto done = descent.advance(m_net.tolerance(0, m_settings.tolerance));
    m_sweeps += done == CoordinateDescent::Step::Sweep ? 1 : 0;
    m_finished = descent.isConverged() || descent.isStuck() || m_steps >= m_settings.maximumIterations;
    if (descent.isConverged() || descent.isStuck())
        descent.polish();
    m_linear = m_net.linear(descent.weights());
    if (!isFiniteLinear(m_linear))
        return weightTooLarge();
    const std::string what = done == CoordinateDescent::Step::Sweep ? "sweep " + std::to_string(m_sweeps) : std::string("solved for the weights in use");
    return Progress{m_steps, m_net.objective(), what + ": " + inUse(m_linear)};
}

std::vector<std::string> ElasticNetRun::notices() const
{
    if (!m_prepared)
        return {};
    std::vector<std::string> notices;
    if ((m_linear.W.array() == 0).all() && m_net.constant().size() < m_data->features() && m_settings.l1Ratio > 0) {
        notices.push_back("Alpha is so large that every weight is 0, and the prediction "
                          + std::string(m_settings.intercept ? "the mean of the target" : "0")
                          + " everywhere: the first feature comes in below alpha = " + shortText(m_largestAlpha) + ".");
    }
    for (std::string& notice : featureNotices(*m_data, m_linear, m_net.constant()))
        notices.push_back(std::move(notice));
    if (m_finished && m_steps >= m_settings.maximumIterations && m_net.gap() > 0) {
        notices.push_back("The training stopped after " + counted(m_steps, "step", "steps") + ", at most " + shortText(m_net.gap(), 2)
                          + " above the smallest loss there is: allow more steps to come closer.");
    }
    return notices;
}

ElasticNetPathRun::ElasticNetPathRun(DatasetPtr data, const ElasticNetSettings& settings, const ElasticNetPathSettings& path,
                                     std::uint64_t seed)
    : m_data(data), m_settings(settings), m_path(path), m_net(std::move(data), settings.intercept, path.folds, seed),
      m_linear(startingLinear(*m_data))
{
}

/// Every problem that has not converged goes on for a moment; true when all have.
bool ElasticNetPathRun::advanceAll()
{
    if (!m_begun)
        m_sweeps.assign(m_net.problems(), 0);
    const bool begins = !m_begun;
    m_begun = true;
    constexpr int sweepsAMoment = 50;
    parallelFor(m_net.problems(), [&](std::size_t index) {
        CoordinateDescent& descent = m_net.problem(index);
        if (begins)
            m_net.setPrice(index, {m_alphas[m_current], m_settings.l1Ratio});
        const double tolerance = m_net.tolerance(index, m_settings.tolerance);
        for (int i = 0; i < sweepsAMoment && ((begins && i == 0) || !(descent.isConverged() || descent.isStuck()))
                        && m_sweeps[index] < m_settings.maximumIterations; ++i) {
            descent.advance(tolerance);
            ++m_sweeps[index];
        }
    });
    for (std::size_t index = 0; index < m_net.problems(); ++index) {
        CoordinateDescent& descent = m_net.problem(index);
        if (descent.isConverged() || descent.isStuck())
            continue;
        if (m_sweeps[index] < m_settings.maximumIterations)
            return false;
        m_cutShort = true;
    }
    return true;
}

void ElasticNetPathRun::recordAlpha()
{
    for (Index fold = 0; fold < m_net.folds(); ++fold)
        m_errors(fold, m_current) = m_net.heldOutError(fold);
    const Vector& w = m_net.problem(0).weights();
    SparseWeights sparse;
    for (Index j = 0; j < w.size(); ++j)
        if (w[j] != 0)
            sparse.emplace_back(j, w[j]);
    m_weights.push_back(std::move(sparse));
    m_objectives.push_back(m_net.objective());
}

void ElasticNetPathRun::choose()
{
    m_judged = judgedPath(m_alphas, m_errors);
    for (const SparseWeights& weights : m_weights)
        m_judged.featuresInUse.push_back(weights.size());
    choosePenalty(m_judged, m_path.oneStandardError);
    Vector w = Vector::Zero(m_data->X().cols());
    for (const auto& [j, weight] : m_weights[m_judged.chosen])
        w[j] = weight;
    m_linear = m_net.linear(w);
}

Result<Progress> ElasticNetPathRun::step()
{
    ++m_steps;
    if (!m_prepared) {
        m_prepared = m_net.prepareSome();
        if (!m_prepared)
            return Progress{m_steps, 0, "adding up the products of the columns"};
        m_alphas = alphaPath(m_net.largestAlpha(m_settings.l1Ratio), m_path.alphas, m_path.ratio);
        m_errors.resize(m_net.folds(), m_path.alphas);
    }
    if (m_current == m_alphas.size()) {
        choose();
        m_finished = true;
        const double alpha = m_judged.alphas[m_judged.chosen];
        return Progress{m_steps, m_objectives[m_judged.chosen], "chose alpha = " + shortText(alpha) + ": " + inUse(m_linear), {{"alpha", alpha}},
                        {.penaltyPath = toldPath(m_judged)}};
    }
    const bool done = advanceAll();
    m_linear = m_net.linear(m_net.problem(0).weights());
    if (!isFiniteLinear(m_linear))
        return weightTooLarge();
    const Progress progress{m_steps, m_net.objective(), "alpha = " + shortText(m_alphas[m_current]) + ": " + inUse(m_linear)};
    if (done) {
        recordAlpha();
        m_begun = false;
        ++m_current;
    }
    return progress;
}

std::vector<std::string> ElasticNetPathRun::notices() const
{
    if (!m_finished)
        return {};
    std::vector<std::string> notices =
        penaltyNotices(m_judged, "Cross-validation over " + std::to_string(m_judged.folds) + " folds", m_path.oneStandardError);
    for (std::string& notice : featureNotices(*m_data, m_linear, m_net.constant()))
        notices.push_back(std::move(notice));
    if ((m_linear.W.array() == 0).all() && m_net.constant().size() < m_data->features())
        notices.push_back("Every weight is 0: no feature predicts the target better than its mean does.");
    if (m_cutShort)
        notices.push_back("Some alphas were left before their minimum was reached: allow more steps, or a larger tolerance.");
    return notices;
}

} // namespace modelarium
