#include "core/learn/svm/smo.h"

#include "core/kernels/working_set.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr double unbounded = std::numeric_limits<double>::infinity();

/// How much of the violation a working set is asked to remove: little enough that the next one is chosen with fresh scores.
constexpr double innerShare = 0.1;

/// How many samples a working set has each way: half of those that are free, for these move together and the other half comes from the
/// other way, and some that may become so.
std::size_t samplesEachWay(std::size_t samples, std::size_t free)
{
    constexpr std::size_t most = 8192;
    return std::min(256 + samples / 20 + free / 2, most);
}

/// As many rows as are computed in about a tenth of a second.
std::size_t mostMovedFor(double operationsInRow)
{
    constexpr double most = 4096, least = 16, operationsInStep = 2e9;
    return std::size_t(std::clamp(operationsInStep / operationsInRow, least, most));
}

struct Candidate {
    double violation;
    Index sample;

    friend bool operator<(const Candidate& a, const Candidate& b)
    {
        return a.violation > b.violation || (a.violation == b.violation && a.sample < b.sample);
    }
};

/// Moves the `count` worst to the front.
void keepWorst(std::vector<Candidate>& candidates, std::size_t count)
{
    if (candidates.size() <= count)
        return;
    std::nth_element(candidates.begin(), candidates.begin() + std::ptrdiff_t(count), candidates.end());
    candidates.resize(count);
}

} // namespace

SmoProblem::SmoProblem(const Matrix& X, std::vector<Index> samples, SmoVariables variables, const kernels::KernelFunction& kernel,
                       const SmoSettings& settings)
    : m_samples(std::move(samples)), m_variables(std::move(variables)), m_settings(settings),
      m_mostMoved(mostMovedFor(double(m_samples.size()) * (double(X.cols()) + 8))),
      m_rows(X, m_samples, kernel, settings.cacheBytes), m_diagonal(m_rows.diagonal()),
      m_beta(Vector::Zero(Index(m_samples.size()))), m_score(m_rows.paddedSamples()), m_up(m_beta.size()), m_down(m_beta.size())
{
    std::fill(m_score.begin(), m_score.end(), 0.0);
    for (Index i = 0; i < m_beta.size(); ++i)
        kernels::modelariumSetDirections(0, m_variables.lower[i], m_variables.upper[i], m_variables.below[i], m_variables.above[i],
                                         &m_up[i], &m_down[i]);
    measure();
}

void SmoProblem::step()
{
    chooseWorkingSet();
    const bool wasSingle = m_singlePrecision;
    const std::vector<WeightChange> changes = moveInside();
    if (changes.empty()) {                              // double may find what single precision does not see
        m_stuck = !wasSingle;
        m_singlePrecision = false;
        return;
    }
    m_rows.addTo(m_score, changes);
    measure();
}

/// Half of those that gain most, or lose least, by going up, half by going down.
void SmoProblem::chooseWorkingSet()
{
    std::vector<Candidate> upward, downward;
    for (Index i = 0; i < m_beta.size(); ++i) {
        const double score = m_score[std::size_t(i)];
        if (m_up[i] > -unbounded)
            upward.push_back({m_up[i] - score, i});
        if (m_down[i] < unbounded)
            downward.push_back({score - m_down[i], i});
    }
    const std::size_t eachWay = samplesEachWay(m_samples.size(), m_free);
    keepWorst(upward, eachWay);
    keepWorst(downward, eachWay);
    std::vector<Index> working;
    for (const auto* side : {&upward, &downward})
        for (const Candidate& candidate : *side)
            working.push_back(candidate.sample);
    std::sort(working.begin(), working.end());
    working.erase(std::unique(working.begin(), working.end()), working.end());
    // The same samples as before: their rows serve once more, unless there might be no room for those that are still missing.
    if (working == m_working && working.size() <= m_mostMoved)
        return;
    m_working = std::move(working);
    layOutWorkingSet();
}

void SmoProblem::layOutWorkingSet()
{
    m_workingSize = (m_working.size() + kernels::workingSetStep - 1) / kernels::workingSetStep * kernels::workingSetStep;
    m_rows.copySamples(m_working, m_workingSize, m_workingX, m_workingSingle);
    m_workingRowOf.assign(m_workingSize, -1);
    m_workingRowsUsed = 0;
    m_workingSample.assign(m_working.begin(), m_working.end());
    m_workingSample.resize(m_workingSize, 0);
    const std::size_t floats = std::min(m_mostMoved, m_working.size()) * m_workingSize;
    if (m_workingRows.size() < floats) {
        // Room for the largest set that may follow: pages that no row reaches cost nothing, and those that one has reached serve again.
        const std::size_t most = std::min(2 * samplesEachWay(m_samples.size(), m_samples.size()), m_samples.size());
        m_workingRows = Buffer<float>(std::max(floats, std::min(m_mostMoved, most) * most));
    }
}

/// Few enough moves that a small problem takes some steps, to be watched; more when it turns out to be a hard one, and enough that a
/// large one does not wait for its rows.
std::size_t SmoProblem::mostMoves() const
{
    constexpr std::size_t small = 1000;
    const std::size_t few = m_samples.size() / (m_samples.size() < small ? 4 : 1) * (1 + m_steps / 16);
    return std::clamp<std::size_t>(few, 10, 16 * m_workingSize);
}

/// SMO on the working set alone: what changed.
std::vector<WeightChange> SmoProblem::moveInside()
{
    const std::size_t count = m_working.size(), size = m_workingSize;
    std::vector<double> memory(10 * size + m_rows.features() + 1, 0);
    const auto part = [&](std::size_t index) { return memory.data() + index * size; };
    double *diagonal = part(0), *lower = part(1), *upper = part(2), *below = part(3), *above = part(4), *beta = part(5), *score = part(6);
    std::vector<const float*> wholeRows(size, nullptr);
    for (std::size_t k = 0; k < count; ++k) {
        const Index i = m_working[k];
        diagonal[k] = m_diagonal[i];
        lower[k] = m_variables.lower[i];
        upper[k] = m_variables.upper[i];
        below[k] = m_variables.below[i];
        above[k] = m_variables.above[i];
        beta[k] = m_beta[i];
        score[k] = m_score[std::size_t(i)];
        wholeRows[k] = m_rows.keptRow(i);
    }
    kernels::WorkingSet set{size, &m_rows.kernel(), m_rows.distance(), m_workingX.data(), m_workingSingle.data(), m_rows.features(),
                            wholeRows.data(), m_workingSample.data(), m_workingRows.data(), std::min(m_mostMoved, count), m_workingRowsUsed,
                            m_workingRowOf.data(), diagonal, lower, upper, below, above, beta, score, part(7)};
    const double tolerance = std::max(m_settings.tolerance / 2, innerShare * m_gap);
    const kernels::WorkingSetEnd end = kernels::modelariumSolveWorkingSet(&set, m_singlePrecision, tolerance, mostMoves());
    m_singlePrecision = m_singlePrecision && !end.lostDigits;
    m_moves += end.moves;
    m_workingRowsUsed = set.usedRows;
    ++m_steps;

    std::vector<WeightChange> changes;
    for (std::size_t k = 0; k < count; ++k) {
        const Index i = m_working[k];
        if (beta[k] == m_beta[i])
            continue;
        const bool isFree = beta[k] != 0 && beta[k] != m_variables.lower[i] && beta[k] != m_variables.upper[i];
        changes.push_back({i, beta[k] - m_beta[i], isFree});
        m_beta[i] = beta[k];
        kernels::modelariumSetDirections(beta[k], lower[k], upper[k], below[k], above[k], &m_up[i], &m_down[i]);
    }
    return changes;
}

/// The most violating pair, and the intercept: the mean over the samples strictly between their ends of what they ask for; where
/// there is none, halfway between the two of the pair.
void SmoProblem::measure()
{
    m_highest = -unbounded;
    m_lowest = unbounded;
    m_free = 0;
    double sum = 0;
    for (Index i = 0; i < m_beta.size(); ++i) {
        const double score = m_score[std::size_t(i)];
        m_highest = std::max(m_highest, m_up[i] - score);
        m_lowest = std::min(m_lowest, m_down[i] - score);
        const bool isFree = m_beta[i] != 0 && m_beta[i] != m_variables.lower[i] && m_beta[i] != m_variables.upper[i];
        sum += isFree ? m_up[i] - score : 0;
        m_free += isFree;
    }
    m_gap = m_highest - m_lowest;
    m_intercept = m_free > 0 ? sum / double(m_free) : (m_highest + m_lowest) / 2;
}

double SmoProblem::objective() const
{
    double sum = 0;
    for (Index i = 0; i < m_beta.size(); ++i)
        sum += m_beta[i] * (m_score[std::size_t(i)] / 2 - (m_beta[i] < 0 ? m_variables.below[i] : m_variables.above[i]));
    return sum;
}

double SmoProblem::primalObjective() const
{
    double sum = 0;
    for (Index i = 0; i < m_beta.size(); ++i) {
        const double f = m_score[std::size_t(i)] + m_intercept;
        sum += m_beta[i] * m_score[std::size_t(i)] / 2 + m_variables.upper[i] * std::max(0.0, m_variables.above[i] - f)
            - m_variables.lower[i] * std::max(0.0, f - m_variables.below[i]);
    }
    return sum;
}

} // namespace modelarium
