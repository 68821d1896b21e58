#include "core/learn/trees/out_of_bag.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

OutOfBag::OutOfBag(const Dataset& data)
    : m_data(data),
      m_outputs(data.task == Task::Classification ? data.classes() : 1),
      m_sums(data.samples() * m_outputs),
      m_trees(data.samples())
{
}

std::size_t OutOfBag::likeliest(std::size_t sample) const
{
    const double* sums = &m_sums[sample * m_outputs];
    return std::size_t(std::max_element(sums, sums + m_outputs) - sums);
}

void OutOfBag::add(const GrownTree& grown)
{
    const bool classification = m_data.task == Task::Classification;
    const Matrix& answers = grown.tree->values;
    for (std::size_t sample = 0; sample < grown.leaves.size(); ++sample) {
        if (grown.leaves[sample] == GrownTree::notAsked)
            continue;
        const auto truth = std::size_t(classification ? m_data.y[Eigen::Index(sample)] : 0);
        if (m_trees[sample] == 0)
            addTruth(m_data.y[Eigen::Index(sample)]);
        else if (classification)
            m_wrong -= likeliest(sample) != truth;
        for (std::size_t k = 0; k < m_outputs; ++k)
            m_sums[sample * m_outputs + k] += answers(Eigen::Index(grown.leaves[sample]), Eigen::Index(k));
        ++m_trees[sample];
        if (classification)
            m_wrong += likeliest(sample) != truth;
    }
}

void OutOfBag::addTruth(double y)
{
    if (m_answered++ == 0)
        m_firstTruth = y;
    m_truthSum += y - m_firstTruth;
    m_truthSquares += (y - m_firstTruth) * (y - m_firstTruth);
}

double OutOfBag::error() const
{
    if (m_answered == 0)
        return 0;
    if (m_data.task == Task::Classification)
        return double(m_wrong) / double(m_answered);
    double sum = 0;
    for (std::size_t i = 0; i < m_trees.size(); ++i) {
        if (m_trees[i] == 0)
            continue;
        const double error = m_sums[i] / m_trees[i] - m_data.y[Eigen::Index(i)];
        sum += error * error;
    }
    return sum / double(m_answered);
}

std::optional<double> OutOfBag::score() const
{
    if (m_answered == 0)
        return std::nullopt;
    if (m_data.task == Task::Classification)
        return 1 - error();
    const double n = double(m_answered);
    const double variance = m_truthSquares / n - m_truthSum / n * (m_truthSum / n);
    if (!(variance > 0))
        return std::nullopt;
    const double r2 = 1 - error() / variance;
    return std::isfinite(r2) ? std::optional(r2) : std::nullopt;
}

} // namespace modelarium
