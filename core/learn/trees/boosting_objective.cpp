#include "core/learn/trees/boosting_objective.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

constexpr std::size_t samplesInBlock = 8192;

/// Calls work(first, count) for stretches of the samples, in parallel where there are several.
template <class Work>
void forBlocks(std::size_t samples, const Work& work)
{
    const std::size_t blocks = (samples + samplesInBlock - 1) / samplesInBlock;
    if (blocks == 1)
        return work(std::size_t(0), samples);
    parallelFor(blocks, [&](std::size_t block) {
        const std::size_t first = block * samplesInBlock;
        work(first, std::min(samplesInBlock, samples - first));
    });
}

} // namespace

Vector BoostingObjective::bestConstant(const Dataset& data)
{
    if (data.task == Task::Regression) {
        // Relative to the first answer: the mean of equal answers is that answer to the last bit.
        const double first = data.y[0];
        return Vector::Constant(1, first + (data.y.array() - first).mean());
    }
    // A class that the rows do not have is not impossible, only as unlikely as can be written.
    constexpr double least = std::numeric_limits<double>::epsilon();
    Vector shares = Vector::Zero(Eigen::Index(data.classes()));
    for (const double code : data.y)
        shares[Eigen::Index(code)] += 1 / double(data.samples());
    const Vector logs = shares.array().max(least).min(1 - least).log();
    if (data.classes() == 2)
        return Vector::Constant(1, logs[1] - std::log1p(-std::exp(logs[1])));
    return logs.array() - logs.mean();
}

BoostingObjective::BoostingObjective(const Dataset& data, Vector base)
    : m_y(data.y), m_classes(data.task == Task::Classification ? data.classes() : 0), m_scores(data.y.size(), base.size()),
      m_gradient(data.y.size(), base.size()), m_hessian(data.y.size(), base.size())
{
    for (Eigen::Index k = 0; k < base.size(); ++k)
        m_scores.col(k).setConstant(base[k]);
    m_hessian.setOnes();
}

void BoostingObjective::refreshBlock(std::size_t first, std::size_t count, kernels::BoostingSums& sums)
{
    const double* z = m_scores.data() + first;
    const double* y = m_y.data() + first;
    double* g = m_gradient.data() + first;
    if (m_classes > 2)
        return kernels::modelariumBoostingSoftmax(z, samples(), m_classes, y, count, g, m_hessian.data() + first, &sums);
    if (m_classes == 2)
        return kernels::modelariumBoostingLogistic(z, y, count, g, m_hessian.data() + first, &sums);
    sums = {0, 0, 1};
    for (std::size_t i = 0; i < count; ++i) {
        g[i] = z[i] - y[i];
        sums.loss += g[i] * g[i];
        sums.largestGradient = std::max(sums.largestGradient, std::abs(g[i]));
    }
}

double BoostingObjective::refresh()
{
    std::vector<kernels::BoostingSums> sums((samples() + samplesInBlock - 1) / samplesInBlock);
    forBlocks(samples(), [&](std::size_t first, std::size_t count) { refreshBlock(first, count, sums[first / samplesInBlock]); });
    double loss = 0;
    m_largestGradient = m_largestHessian = 0;
    for (const kernels::BoostingSums& block : sums) {
        loss += block.loss / double(samples());
        m_largestGradient = std::max(m_largestGradient, block.largestGradient);
        m_largestHessian = std::max(m_largestHessian, block.largestHessian);
    }
    return loss;
}

void BoostingObjective::fillCells(std::size_t score, BoostingCells& cells) const
{
    // Sums over all samples stay below 2^50; hessians share a word with the count.
    const int countBits = std::bit_width(samples());
    constexpr std::size_t leastToPack = 16384;
    const bool arePacked = samples() >= leastToPack;
    const int gradientBits = arePacked ? kernels::packedGradientBits : 50 - countBits;
    const int hessianBits = arePacked ? kernels::packedHessianBits : std::min(50, 62 - countBits) - countBits;
    const auto unitOf = [](double largest, int bits) {
        const double unit = std::ldexp(largest, -bits);
        return unit > 0 && std::isfinite(1 / unit) ? unit : 1;
    };
    cells.units = {unitOf(m_largestGradient, gradientBits), unitOf(m_largestHessian, hessianBits), unsigned(countBits)};
    const double perGradient = 1 / cells.units.gradient, perHessian = 1 / cells.units.hessian;
    const double* g = m_gradient.col(Eigen::Index(score)).data();
    const double* h = m_hessian.col(Eigen::Index(score)).data();
    (arePacked ? cells.packed.resize(samples()) : cells.whole.resize(samples()));
    forBlocks(samples(), [&](std::size_t first, std::size_t count) {
        if (arePacked)
            kernels::modelariumPackedCells(g + first, h + first, count, perGradient, perHessian, &cells.packed[first]);
        else
            kernels::modelariumBoostingCells(g + first, h + first, count, perGradient, perHessian, cells.units.countBits, &cells.whole[first]);
    });
}

} // namespace modelarium
