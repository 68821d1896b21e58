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

CellBits cellBits(std::size_t samples, bool packed)
{
    const int count = std::bit_width(samples);
    const CellBits whole{50 - count, std::min(50, 62 - count) - count, count};
    if (!packed)
        return whole;
    return {std::min(whole.gradient, kernels::packedGradientBits), std::min(whole.hessian, kernels::packedHessianBits), count};
}

CellUnits BoostingObjective::unitsOf(const CellBits& bits) const
{
    const auto unitOf = [](double largest, int bitsOfLargest) {
        const double unit = std::ldexp(largest, -bitsOfLargest);
        return unit > 0 && std::isfinite(1 / unit) ? unit : 1;
    };
    return {unitOf(m_largestGradient, bits.gradient), unitOf(m_largestHessian, bits.hessian), unsigned(bits.count)};
}

/// Whether the mean derivatives are so many units that rounding takes no more than 1 / 512 of them.
bool BoostingObjective::fillPacked(BoostingCells& cells) const
{
    const CellBits whole = cellBits(samples(), false);
    cells.fineUnits = unitsOf({whole.gradient, whole.gradient, 0});
    cells.units = unitsOf(cellBits(samples(), true));
    cells.packed.resize(samples());
    const double perGradient = 1 / cells.units.gradient, perHessian = 1 / cells.units.hessian;
    std::vector<kernels::DerivativeSums> sums((samples() + samplesInBlock - 1) / samplesInBlock);
    forBlocks(samples(), [&](std::size_t first, std::size_t count) {
        kernels::modelariumPackedCells(cells.gradient + first, cells.hessian + first, count, perGradient, perHessian, &cells.packed[first],
                                       &sums[first / samplesInBlock]);
    });
    std::int64_t gradient = 0, hessian = 0;
    for (const kernels::DerivativeSums& block : sums) {
        gradient += block.gradient;
        hessian += block.hessian;
    }
    constexpr std::int64_t leastMean = 256;
    return std::min(gradient, hessian) >= leastMean * std::int64_t(samples());
}

void BoostingObjective::fillCells(std::size_t score, BoostingCells& cells) const
{
    cells.gradient = m_gradient.col(Eigen::Index(score)).data();
    cells.hessian = m_hessian.col(Eigen::Index(score)).data();
    cells.whole.clear();
    constexpr std::size_t leastToPack = 16384;
    if (samples() >= leastToPack && fillPacked(cells))
        return;
    cells.packed.clear();
    cells.whole.resize(samples());
    cells.units = unitsOf(cellBits(samples(), false));
    const double perGradient = 1 / cells.units.gradient, perHessian = 1 / cells.units.hessian;
    forBlocks(samples(), [&](std::size_t first, std::size_t count) {
        kernels::modelariumBoostingCells(cells.gradient + first, cells.hessian + first, count, perGradient, perHessian, cells.units.countBits,
                                         &cells.whole[first]);
    });
}

} // namespace modelarium
