#include "core/learn/svm/smo.h"

#include "core/base/parallel.h"
#include "core/kernels/working_set.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// How much of the violation a working set is asked to remove: little enough that the next one is chosen with fresh scores.
constexpr double innerShare = 0.1;

/// As many rows as are computed in about a tenth of a second.
std::size_t workingSetSizeFor(double operationsInRow)
{
    constexpr double most = 256, least = 16, operationsInStep = 4e8;
    return std::size_t(std::clamp(operationsInStep / operationsInRow, least, most)) / 2 * 2;
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
      m_workingSetSize(workingSetSizeFor(double(m_samples.size()) * (double(X.cols()) + 8))),
      m_rows(X, m_samples, kernel, settings.cacheBytes, m_workingSetSize), m_diagonal(m_rows.diagonal()),
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
    const std::vector<Index> moved = moveInside();
    if (moved.empty()) {
        m_stuck = true;
        return;
    }
    updateScores(moved);
    measure();
}

/// Half of those that gain most by going up, half by going down, of those that can be part of a violating pair.
void SmoProblem::chooseWorkingSet()
{
    const std::vector<Index> before = m_working;
    std::vector<Candidate> upward, downward;
    for (Index i = 0; i < m_beta.size(); ++i) {
        const double score = m_score[std::size_t(i)];
        if (m_up[i] - score > m_lowest)
            upward.push_back({m_up[i] - score, i});
        if (m_down[i] - score < m_highest)
            downward.push_back({score - m_down[i], i});
    }
    keepWorst(upward, m_workingSetSize / 2);
    keepWorst(downward, m_workingSetSize / 2);
    m_working.clear();
    for (const auto* side : {&upward, &downward})
        for (const Candidate& candidate : *side)
            m_working.push_back(candidate.sample);
    std::sort(m_working.begin(), m_working.end());
    m_working.erase(std::unique(m_working.begin(), m_working.end()), m_working.end());
    if (m_working == before)
        return;
    const std::size_t size = (m_working.size() + kernels::kernelRowStep - 1) / kernels::kernelRowStep * kernels::kernelRowStep;
    m_workingK.assign(size * size, 0);
    m_rows.block(m_working, size, m_workingK.data());
}

/// SMO on the working set alone. The samples that moved, with m_change for how far.
std::vector<Index> SmoProblem::moveInside()
{
    const std::size_t count = m_working.size();
    const std::size_t size = std::size_t(std::llround(std::sqrt(double(m_workingK.size()))));
    std::vector<double> memory(9 * size, 0);
    const auto part = [&](std::size_t index) { return memory.data() + index * size; };
    double *diagonal = part(0), *lower = part(1), *upper = part(2), *below = part(3), *above = part(4), *beta = part(5), *score = part(6);
    for (std::size_t k = 0; k < count; ++k) {
        const Index i = m_working[k];
        diagonal[k] = m_diagonal[i];
        lower[k] = m_variables.lower[i];
        upper[k] = m_variables.upper[i];
        below[k] = m_variables.below[i];
        above[k] = m_variables.above[i];
        beta[k] = m_beta[i];
        score[k] = m_score[std::size_t(i)];
    }
    const kernels::WorkingSet set{size, m_workingK.data(), diagonal, lower, upper, below, above, beta, score, part(7), part(8)};
    // Few enough moves that a small problem takes some steps, to be watched; more when it turns out to be a hard one, and enough
    // that a large one does not wait for its rows.
    const std::size_t most = std::clamp<std::size_t>(m_samples.size() / 4 * (1 + m_steps++ / 16), 10, 16 * m_workingSetSize);
    m_moves += kernels::modelariumSolveWorkingSet(&set, std::max(m_settings.tolerance / 2, innerShare * m_gap), most);

    std::vector<Index> moved;
    m_change.clear();
    for (std::size_t k = 0; k < count; ++k) {
        const Index i = m_working[k];
        if (beta[k] == m_beta[i])
            continue;
        moved.push_back(i);
        m_change.push_back(beta[k] - m_beta[i]);
        m_beta[i] = beta[k];
        m_up[i] = set.up[k];
        m_down[i] = set.down[k];
    }
    return moved;
}

void SmoProblem::updateScores(const std::vector<Index>& moved)
{
    std::vector<const float*> rows;
    m_rows.fetch(moved, rows);
    constexpr std::size_t blockSamples = 4096;
    const std::size_t blocks = (m_score.size() + blockSamples - 1) / blockSamples;
    parallelFor(blocks, [&](std::size_t block) {
        const std::size_t first = block * blockSamples;
        std::vector<const float*> here(rows);
        for (const float*& row : here)
            row += first;
        kernels::modelariumAddKernelRows(here.data(), m_change.data(), here.size(), std::min(blockSamples, m_score.size() - first),
                                         &m_score[first]);
    });
}

/// The most violating pair, and the intercept: the mean over the samples strictly between their ends of what they ask for; where
/// there is none, halfway between the two of the pair.
void SmoProblem::measure()
{
    m_highest = -infinity;
    m_lowest = infinity;
    double sum = 0;
    std::size_t free = 0;
    for (Index i = 0; i < m_beta.size(); ++i) {
        const double score = m_score[std::size_t(i)];
        m_highest = std::max(m_highest, m_up[i] - score);
        m_lowest = std::min(m_lowest, m_down[i] - score);
        const bool isFree = m_beta[i] != 0 && m_beta[i] != m_variables.lower[i] && m_beta[i] != m_variables.upper[i];
        sum += isFree ? m_up[i] - score : 0;
        free += isFree;
    }
    m_gap = m_highest - m_lowest;
    m_intercept = free > 0 ? sum / double(free) : (m_highest + m_lowest) / 2;
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
