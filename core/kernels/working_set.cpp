#include "core/kernels/working_set.h"

#include "core/kernels/vectors.h"

#include <limits>

namespace modelarium::kernels {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double smallestCurvature = 1e-12;

/// The largest number of a vector and its place; of equal ones the first place.
template <class Vector, class Bits>
inline std::size_t placeOfLargest(const Vector& values, const Bits& places, std::size_t count)
{
    std::size_t best = 0;
    for (std::size_t lane = 1; lane < count; ++lane)
        if (values[lane] > values[best] || (values[lane] == values[best] && places[lane] < places[best]))
            best = lane;
    return best;
}

struct Extremes {
    double highest;                     // of up - score
    double lowest;                      // of down - score
    std::size_t highestPlace;
};

/// score += t (K_i - K_j), and the extremes that follow, in one pass.
inline Extremes moveAndScan(const WorkingSet& set, double t, const float* Ki, const float* Kj)
{
    constexpr EightBits lanes = {0, 1, 2, 3, 4, 5, 6, 7};
    Eight highest = Eight{} - infinity, lowest = Eight{} + infinity;
    EightBits places = {};
    for (std::size_t k = 0; k < set.size; k += 8) {
        const Eight score = loaded<Eight>(set.score + k) + (widened(Ki + k) - widened(Kj + k)) * t;
        stored(set.score + k, score);
        const Eight up = loaded<Eight>(set.up + k) - score;
        const Eight down = loaded<Eight>(set.down + k) - score;
        const EightBits higher = up > highest;
        highest = higher ? up : highest;
        places = higher ? lanes + std::int64_t(k) : places;
        lowest = down < lowest ? down : lowest;
    }
    const std::size_t lane = placeOfLargest(highest, places, 8);
    Extremes extremes{highest[lane], lowest[0], std::size_t(places[lane])};
    for (std::size_t k = 1; k < 8; ++k)
        extremes.lowest = lowest[k] < extremes.lowest ? lowest[k] : extremes.lowest;
    return extremes;
}

/// The partner with which the objective falls most, in float: near ties may go either way.
inline std::size_t bestPartner(const WorkingSet& set, std::size_t i, const Extremes& extremes)
{
    constexpr SixteenBits lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const float* Ki = set.K + i * set.size;
    const double scale = 1 / (extremes.highest - extremes.lowest);
    const float curvature = float(set.diagonal[i]);
    Sixteen best = Sixteen{} - 1.0f;
    SixteenBits places = {};
    for (std::size_t k = 0; k < set.size; k += 16) {
        const Eight b0 = ((extremes.highest - loaded<Eight>(set.down + k)) + loaded<Eight>(set.score + k)) * scale;
        const Eight b1 = ((extremes.highest - loaded<Eight>(set.down + k + 8)) + loaded<Eight>(set.score + k + 8)) * scale;
        const Sixteen b = narrowed(b0, b1);
        Sixteen a = curvature + narrowed(loaded<Eight>(set.diagonal + k), loaded<Eight>(set.diagonal + k + 8)) - 2.0f * loaded<Sixteen>(Ki + k);
        a = a < 1e-12f ? Sixteen{} + 1e-12f : a;
        const Sixteen gain = b > 0.0f ? b * b / a : Sixteen{} - 2.0f;
        const SixteenBits better = gain > best;
        best = better ? gain : best;
        places = better ? lanes + std::int32_t(k) : places;
    }
    return std::size_t(places[placeOfLargest(best, places, 16)]);
}

inline void setDirections(const WorkingSet& set, std::size_t i)
{
    modelariumSetDirections(set.beta[i], set.lower[i], set.upper[i], set.below[i], set.above[i], set.up + i, set.down + i);
}

/// Moves beta_i up and beta_j down; how far.
inline double movePair(const WorkingSet& set, std::size_t i, std::size_t j)
{
    const double b = (set.up[i] - set.score[i]) - (set.down[j] - set.score[j]);
    const double a = set.diagonal[i] + set.diagonal[j] - 2.0 * double(set.K[i * set.size + j]);
    const double endOfI = set.beta[i] < 0 ? 0 : set.upper[i];
    const double endOfJ = set.beta[j] > 0 ? 0 : set.lower[j];
    const double roomOfI = endOfI - set.beta[i], roomOfJ = set.beta[j] - endOfJ;
    double t = b / (a > smallestCurvature ? a : smallestCurvature);
    t = roomOfI < t ? roomOfI : t;
    t = roomOfJ < t ? roomOfJ : t;
    set.beta[i] = t == roomOfI ? endOfI : set.beta[i] + t;
    set.beta[j] = t == roomOfJ ? endOfJ : set.beta[j] - t;
    setDirections(set, i);
    setDirections(set, j);
    return t;
}

} // namespace

void modelariumSetDirections(double beta, double lower, double upper, double below, double above, double* up, double* down) noexcept
{
    *up = beta < 0 ? below : beta < upper ? above : -infinity;
    *down = beta > 0 ? above : beta > lower ? below : infinity;
}

std::size_t modelariumSolveWorkingSet(const WorkingSet* set, double tolerance, std::size_t most) noexcept
{
    for (std::size_t i = 0; i < set->size; ++i)
        setDirections(*set, i);
    Extremes extremes = moveAndScan(*set, 0, set->K, set->K);
    std::size_t moves = 0;
    while (moves < most && extremes.highest - extremes.lowest > tolerance) {
        const std::size_t i = extremes.highestPlace;
        const std::size_t j = bestPartner(*set, i, extremes);
        const double t = movePair(*set, i, j);
        if (!(t > 0))
            break;                                      // rounding leaves nothing to gain
        extremes = moveAndScan(*set, t, set->K + i * set->size, set->K + j * set->size);
        ++moves;
    }
    return moves;
}

} // namespace modelarium::kernels
