#include "core/kernels/boosting.h"

#include "core/kernels/double_lanes.h"
#include "core/kernels/exponential.h"

#include <bit>
#include <cmath>
#include <limits>

namespace modelarium::kernels {

namespace {

constexpr std::size_t mostBins = 256;
constexpr double toInteger = 6755399441055744.0;            // 1.5 2^52: adding it rounds to a whole number

/// Whole numbers below 2^51 as doubles, without an instruction that only the newest processors have.
inline Lanes toDouble(LaneBits whole)
{
    return std::bit_cast<Lanes>(whole + std::bit_cast<std::int64_t>(toInteger)) - toInteger;
}

inline LaneBits loadBits(const std::int64_t* from) { return *reinterpret_cast<const LaneBits*>(from); }

inline Lanes absolute(Lanes a) { return a < 0 ? -a : a; }

inline double largestOf(Lanes a)
{
    double largest = a[0];
    for (std::size_t i = 1; i < lanes; ++i)
        largest = a[i] > largest ? a[i] : largest;
    return largest;
}

/// Sums from the left: after each bin what it and all before it add up to.
void sumFromLeft(const BoostingCell* cells, std::size_t bins, const BoostingCutSearch& search, std::int64_t* gradient,
                 std::int64_t* hessianAndCount)
{
    BoostingCell left{0, 0};
    for (std::size_t bin = 0; bin < bins; ++bin) {
        left.gradient += cells[bin].gradient;
        left.hessianAndCount += cells[bin].hessianAndCount;
        gradient[bin] = left.gradient;
        hessianAndCount[bin] = left.hessianAndCount;
    }
    for (std::size_t bin = bins; bin < roundedUp(bins, lanes); ++bin) {     // nothing is right of these: no cut
        gradient[bin] = search.total.gradient;
        hessianAndCount[bin] = search.total.hessianAndCount;
    }
}

} // namespace

void modelariumBestBoostingCut(const BoostingCell* cells, std::size_t bins, const BoostingCutSearch* search, BoostingCut* best) noexcept
{
    std::int64_t gradients[mostBins + lanes], hessians[mostBins + lanes];
    sumFromLeft(cells, bins, *search, gradients, hessians);

    constexpr double none = -std::numeric_limits<double>::infinity();
    const std::int64_t countMask = (std::int64_t(1) << search->countBits) - 1;
    const std::int64_t count = search->total.hessianAndCount & countMask;
    const std::int64_t hessian = search->total.hessianAndCount >> search->countBits;
    Lanes highest = all(none), where = all(0), place{};
    for (std::size_t i = 0; i < lanes; ++i)
        place[i] = double(i);
    for (std::size_t bin = 0; bin < bins; bin += lanes) {
        const LaneBits packed = loadBits(hessians + bin);
        const LaneBits countLeft = packed & countMask, hessianLeft = packed >> search->countBits;
        const LaneBits countRight = count - countLeft, hessianRight = hessian - hessianLeft;
        const LaneBits gradientLeft = loadBits(gradients + bin);
        const Lanes G = toDouble(gradientLeft), GRight = toDouble(search->total.gradient - gradientLeft);
        const Lanes H = toDouble(hessianLeft) + search->l2, HRight = toDouble(hessianRight) + search->l2;
        const LaneBits allowed = (countLeft >= search->leastCount) & (countRight >= search->leastCount)
            & (hessianLeft >= search->leastHessian) & (hessianRight >= search->leastHessian);
        const Lanes score = (G * G * HRight + GRight * GRight * H) / (H * HRight);
        const LaneBits better = allowed & (score > highest);
        highest = better ? score : highest;
        where = better ? place : where;
        place += double(lanes);
    }
    best->score = largestOf(highest);
    double bin = double(mostBins);
    for (std::size_t i = 0; i < lanes; ++i)
        bin = highest[i] == best->score && where[i] < bin ? where[i] : bin;
    best->bin = std::size_t(bin);
}

void modelariumBoostingLogistic(const double* z, const double* y, std::size_t rows, double* gradient, double* hessian,
                                BoostingSums* sums) noexcept
{
    constexpr std::size_t piece = 512;                      // factors of at most 2 whose product is still a double
    Lanes losses{}, product = all(1), largestGradient{}, largestHessian{};
    double logarithms = 0;
    for (std::size_t row = 0; row < rows; row += lanes) {
        // Behind the last row stands one that is right without a doubt.
        double scores[lanes], truths[lanes], spare[2][lanes];
        const bool whole = row + lanes <= rows;
        for (std::size_t i = 0; !whole && i < lanes; ++i) {
            scores[i] = row + i < rows ? z[row + i] : -800;
            truths[i] = row + i < rows ? y[row + i] : 0;
        }
        const Lanes score = load(whole ? z + row : scores), truth = load(whole ? y + row : truths);
        const Lanes e = exponentialOfNegative<Lanes, LaneBits>(score < 0 ? score : -score);
        const Lanes likelier = 1 / (1 + e);
        const Lanes p = score < 0 ? e * likelier : likelier;
        product *= 1 + e;
        losses += (score < 0 ? Lanes{} : score) - truth * score;
        const Lanes g = p - truth, h = e * likelier * likelier;
        store(whole ? gradient + row : spare[0], g);
        store(whole ? hessian + row : spare[1], h);
        for (std::size_t i = 0; !whole && row + i < rows; ++i) {
            gradient[row + i] = spare[0][i];
            hessian[row + i] = spare[1][i];
        }
        largestGradient = larger(largestGradient, absolute(g));
        largestHessian = larger(largestHessian, h);
        if ((row / lanes + 1) % piece == 0) {
            for (std::size_t i = 0; i < lanes; ++i)
                logarithms += std::log(product[i]);
            product = all(1);
        }
    }
    for (std::size_t i = 0; i < lanes; ++i)
        logarithms += std::log(product[i]);
    *sums = {sumOf(losses) + logarithms, largestOf(largestGradient), largestOf(largestHessian)};
}

void modelariumBoostingSoftmax(const double* z, std::size_t stride, std::size_t classes, const double* y, std::size_t rows,
                               double* gradient, double* hessian, BoostingSums* sums) noexcept
{
    *sums = {0, 0, 0};
    for (std::size_t row = 0; row < rows; ++row) {
        double largest = z[row], sum = 0;
        for (std::size_t k = 1; k < classes; ++k)
            largest = z[k * stride + row] > largest ? z[k * stride + row] : largest;
        for (std::size_t k = 0; k < classes; ++k) {
            const double e = exponentialOfNegative<double, std::int64_t>(z[k * stride + row] - largest);
            gradient[k * stride + row] = e;
            sum += e;
        }
        const auto truth = std::size_t(y[row]);
        sums->loss += std::log(sum) + (largest - z[truth * stride + row]);
        for (std::size_t k = 0; k < classes; ++k) {
            const double p = gradient[k * stride + row] / sum;
            const double g = p - (k == truth ? 1 : 0), h = p * (1 - p), size = g < 0 ? -g : g;
            gradient[k * stride + row] = g;
            hessian[k * stride + row] = h;
            sums->largestGradient = size > sums->largestGradient ? size : sums->largestGradient;
            sums->largestHessian = h > sums->largestHessian ? h : sums->largestHessian;
        }
    }
}

void modelariumBoostingCells(const double* gradient, const double* hessian, std::size_t rows, double gradientScale, double hessianScale,
                             unsigned countBits, BoostingCell* cells) noexcept
{
    const auto whole = [](double x) { return std::bit_cast<std::int64_t>(x + toInteger) - std::bit_cast<std::int64_t>(toInteger); };
    for (std::size_t row = 0; row < rows; ++row) {
        cells[row].gradient = whole(gradient[row] * gradientScale);
        cells[row].hessianAndCount = (whole(hessian[row] * hessianScale) << countBits) + 1;
    }
}

} // namespace modelarium::kernels
