#include "core/kernels/boosting.h"

#include "core/kernels/double_lanes.h"
#include "core/kernels/exponential.h"
#include "core/kernels/vectors.h"

#include <bit>
#include <cmath>
#include <cstring>
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

inline std::int64_t whole(double x) { return std::bit_cast<std::int64_t>(x + toInteger) - std::bit_cast<std::int64_t>(toInteger); }

inline LaneBits loadBits(const std::int64_t* from) { return *reinterpret_cast<const LaneBits*>(from); }

inline Lanes absolute(Lanes a) { return a < 0 ? -a : a; }

inline double largestOf(Lanes a)
{
    double largest = a[0];
    for (std::size_t i = 1; i < lanes; ++i)
        largest = a[i] > largest ? a[i] : largest;
    return largest;
}

/// The places where a feature may be cut: behind every bin that holds samples.
struct CutPlaces {
    std::int64_t gradient[mostBins + lanes];        // what the bin and all before it add up to
    std::int64_t hessianAndCount[mostBins + lanes];
    std::uint16_t bin[mostBins + lanes];
    std::size_t count = 0;
};

/// Bins without samples cut where the one before them does. Of few samples, places that leave too few on a side are left out at once.
template <bool few>
void sumFromLeft(const BoostingCell* cells, std::size_t bins, const BoostingCutSearch& search, CutPlaces& places)
{
    const std::int64_t countMask = (std::int64_t(1) << search.countBits) - 1;
    const std::int64_t mostCount = (search.total.hessianAndCount & countMask) - search.leastCount;
    BoostingCell left{0, 0};
    std::size_t count = 0;
    for (std::size_t bin = 0; bin < bins; ++bin) {
        left.gradient += cells[bin].gradient;
        left.hessianAndCount += cells[bin].hessianAndCount;
        const std::int64_t countLeft = left.hessianAndCount & countMask;
        if (few && countLeft > mostCount)
            break;
        places.gradient[count] = left.gradient;
        places.hessianAndCount[count] = left.hessianAndCount;
        places.bin[count] = std::uint16_t(bin);
        count += std::size_t(cells[bin].hessianAndCount != 0) & std::size_t(!few || countLeft >= search.leastCount);
    }
    places.count = count;
    for (; count < roundedUp(places.count, lanes); ++count) {               // nothing is right of these: no cut
        places.gradient[count] = search.total.gradient;
        places.hessianAndCount[count] = search.total.hessianAndCount;
    }
}

/// What rows of several classes add up to, of one row or of as many as there are lanes.
template <class Real>
struct SoftmaxSums {
    Real losses{}, product = Real{} + 1.0, largestGradient{}, largestHessian{};
    double logarithms = 0;

    /// Few logarithms of products instead of many of factors.
    void takeLogarithms()
    {
        double factors[sizeof(Real) / sizeof(double)];
        std::memcpy(factors, &product, sizeof product);
        for (const double factor : factors)
            logarithms += std::log(factor);
        product = Real{} + 1.0;
    }
};

template <class Real, class Bits>
void addSoftmax(const double* z, std::size_t stride, std::size_t classes, const double* y, double* gradient, double* hessian,
                SoftmaxSums<Real>& sums)
{
    const auto at = [](const double* from) { return loaded<Real>(from); };
    const Real code = at(y);
    Real largest = at(z), scoreOfTruth{}, sum{};
    for (std::size_t k = 1; k < classes; ++k) {
        const Real score = at(z + k * stride);
        largest = score > largest ? score : largest;
    }
    for (std::size_t k = 0; k < classes; ++k) {
        const Real score = at(z + k * stride), e = exponentialOfNegative<Real, Bits>(score - largest);
        scoreOfTruth = code == Real{} + double(k) ? score : scoreOfTruth;
        stored(gradient + k * stride, e);
        sum += e;
    }
    sums.product *= sum;
    sums.losses += largest - scoreOfTruth;
    for (std::size_t k = 0; k < classes; ++k) {
        const Real p = at(gradient + k * stride) / sum;
        const Real g = code == Real{} + double(k) ? p - 1 : p, h = p * (1 - p), size = g < 0 ? -g : g;
        stored(gradient + k * stride, g);
        stored(hessian + k * stride, h);
        sums.largestGradient = size > sums.largestGradient ? size : sums.largestGradient;
        sums.largestHessian = h > sums.largestHessian ? h : sums.largestHessian;
    }
}

} // namespace

void modelariumBestBoostingCut(const BoostingCell* cells, std::size_t bins, const BoostingCutSearch* search, BoostingCut* best) noexcept
{
    constexpr std::int64_t manyTimes = 32;
    constexpr double none = -std::numeric_limits<double>::infinity();
    const std::int64_t countMask = (std::int64_t(1) << search->countBits) - 1;
    const std::int64_t count = search->total.hessianAndCount & countMask;
    CutPlaces places;
    if (count / manyTimes < search->leastCount)
        sumFromLeft<true>(cells, bins, *search, places);
    else
        sumFromLeft<false>(cells, bins, *search, places);
    const std::int64_t hessian = search->total.hessianAndCount >> search->countBits;
    Lanes highest = all(none), where = all(0), place{};
    for (std::size_t i = 0; i < lanes; ++i)
        place[i] = double(i);
    for (std::size_t first = 0; first < places.count; first += lanes) {
        const LaneBits packed = loadBits(places.hessianAndCount + first);
        const LaneBits countLeft = packed & countMask, hessianLeft = packed >> search->countBits;
        const LaneBits countRight = count - countLeft, hessianRight = hessian - hessianLeft;
        const LaneBits gradientLeft = loadBits(places.gradient + first);
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
    double lowest = double(mostBins);
    for (std::size_t i = 0; i < lanes; ++i)
        lowest = highest[i] == best->score && where[i] < lowest ? where[i] : lowest;
    best->bin = places.count > 0 ? places.bin[std::size_t(lowest)] : 0;
}

void modelariumAddPackedCells(const PackedBoostingCell* packed, std::size_t bins, unsigned countBits, BoostingCell* cells) noexcept
{
    constexpr std::int64_t hessianMask = (std::int64_t(1) << 25) - 1, countMask = (std::int64_t(1) << 11) - 1;
    for (std::size_t bin = 0; bin < bins; ++bin) {
        const std::int64_t sums = packed[bin];
        cells[bin].gradient += sums >> 36;
        cells[bin].hessianAndCount += (((sums >> 11) & hessianMask) << countBits) + (sums & countMask);
    }
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
    SoftmaxSums<NativeDoubles> many;
    SoftmaxSums<double> rest;
    // The sum of exponentials of a row is at most the number of classes: so many of them multiply to a double.
    const std::size_t piece = 1000 / std::bit_width(classes);
    std::size_t row = 0;
    for (; row + nativeDoubles <= rows; row += nativeDoubles) {
        addSoftmax<NativeDoubles, NativeWords>(z + row, stride, classes, y + row, gradient + row, hessian + row, many);
        if ((row / nativeDoubles + 1) % piece == 0)
            many.takeLogarithms();
    }
    many.takeLogarithms();
    for (; row < rows; ++row) {
        addSoftmax<double, std::int64_t>(z + row, stride, classes, y + row, gradient + row, hessian + row, rest);
        rest.takeLogarithms();
    }
    *sums = {sumOf(many.losses) + many.logarithms + rest.losses + rest.logarithms,
             largestOf(larger(many.largestGradient, all(rest.largestGradient))), largestOf(larger(many.largestHessian, all(rest.largestHessian)))};
}

void modelariumBoostingCells(const double* gradient, const double* hessian, std::size_t rows, double gradientScale, double hessianScale,
                             unsigned countBits, BoostingCell* cells) noexcept
{
    for (std::size_t row = 0; row < rows; ++row) {
        cells[row].gradient = whole(gradient[row] * gradientScale);
        cells[row].hessianAndCount = (whole(hessian[row] * hessianScale) << countBits) + 1;
    }
}

void modelariumPackedCells(const double* gradient, const double* hessian, std::size_t rows, double gradientScale, double hessianScale,
                           PackedBoostingCell* cells, DerivativeSums* sizes) noexcept
{
    std::int64_t gradients = 0, hessians = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::int64_t g = whole(gradient[row] * gradientScale), h = whole(hessian[row] * hessianScale);
        cells[row] = (g << 36) + (h << 11) + 1;
        gradients += g < 0 ? -g : g;
        hessians += h;
    }
    *sizes = {gradients, hessians};
}

void modelariumSumDerivatives(const double* gradient, const double* hessian, const std::uint32_t* rows, std::size_t count,
                              double gradientScale, double hessianScale, DerivativeSums* sums) noexcept
{
    std::int64_t gradients = 0, hessians = 0;
    for (std::size_t i = 0; i < count; ++i) {
        gradients += whole(gradient[rows[i]] * gradientScale);
        hessians += whole(hessian[rows[i]] * hessianScale);
    }
    *sums = {gradients, hessians};
}

} // namespace modelarium::kernels
