#include "core/kernels/working_set.h"

#include "core/kernels/vectors.h"

#include <limits>

namespace modelarium::kernels {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double smallestCurvature = 1e-12;

/// Vectors of the numbers that gains are kept in.
template <class Number> struct Lanes;
template <> struct Lanes<double> {
    typedef double Values __attribute__((vector_size(nativeBytes)));
    typedef std::int64_t Places __attribute__((vector_size(nativeBytes)));
    typedef float Kernels __attribute__((vector_size(nativeBytes / 2)));
    using Place = std::int64_t;
    static constexpr std::size_t count = nativeBytes / sizeof(double);
    static Values kernel(const float* from) { return __builtin_convertvector(loaded<Kernels>(from), Values); }
};
template <> struct Lanes<float> {
    typedef float Values __attribute__((vector_size(nativeBytes)));
    typedef std::int32_t Places __attribute__((vector_size(nativeBytes)));
    using Place = std::int32_t;
    static constexpr std::size_t count = nativeBytes / sizeof(float);
    static Values kernel(const float* from) { return loaded<Values>(from); }
};

/// 0, 1, 2, ...
template <class Number>
inline typename Lanes<Number>::Places firstPlaces()
{
    typename Lanes<Number>::Places places;
    for (std::size_t lane = 0; lane < Lanes<Number>::count; ++lane)
        places[lane] = typename Lanes<Number>::Place(lane);
    return places;
}

/// The largest number of a vector and its place; of equal ones the first place.
template <class Number>
inline std::size_t laneOfLargest(const typename Lanes<Number>::Values& values, const typename Lanes<Number>::Places& places)
{
    std::size_t best = 0;
    for (std::size_t lane = 1; lane < Lanes<Number>::count; ++lane)
        if (values[lane] > values[best] || (values[lane] == values[best] && places[lane] < places[best]))
            best = lane;
    return best;
}

void computeRow(const WorkingSet& set, std::size_t i, double* memory, float* row)
{
    if (set.distance == Distance::InSingle) {
        auto* x = reinterpret_cast<float*>(memory);
        for (std::size_t j = 0; j <= set.features; ++j)
            x[j] = set.single[j * set.size + i];
        modelariumRbfRowsInSingle(set.single, set.size, set.size, set.features, &x, 1, &row);
    } else {
        for (std::size_t j = 0; j < set.features; ++j)
            memory[j] = set.X[j * set.size + i];
        const double* x = memory;
        modelariumKernelRows(set.kernel, set.distance, set.X, set.size, set.size, set.features, &x, 1, &row);
    }
}

/// The row of K of a variable, made when it is first asked for; null where there is no room for another.
const float* rowOf(WorkingSet& set, std::size_t i, double* x)
{
    if (set.rowOf[i] < 0) {
        if (set.usedRows == set.mostRows)
            return nullptr;
        float* row = set.rows + set.usedRows * set.size;
        if (const float* whole = set.wholeRows[i]) {
            for (std::size_t k = 0; k < set.size; ++k)
                row[k] = whole[set.sample[k]];
        } else {
            computeRow(set, i, x, row);
        }
        set.rowOf[i] = std::int32_t(set.usedRows++);
    }
    return set.rows + std::size_t(set.rowOf[i]) * set.size;
}

/// Sequential minimal optimisation on the working set, with what can be gained kept for each variable:
/// up = what a step upwards gains, down = what one downwards loses, both less the middle of the two at the start.
template <class Number>
class Solver {
public:
    Solver(WorkingSet& set, double* memory)
        : m_set(set), m_up(reinterpret_cast<Number*>(memory)), m_down(m_up + set.size), m_diagonal(m_down + set.size), m_x(memory + 3 * set.size)
    {
        for (std::size_t k = 0; k < set.size; ++k) {
            m_diagonal[k] = Number(set.diagonal[k]);
            m_largestKernel = set.diagonal[k] > m_largestKernel ? set.diagonal[k] : m_largestKernel;
            double up, down;
            gains(k, set.score[k], up, down);
            m_highest = up > m_highest ? up : m_highest;
            m_lowest = down < m_lowest ? down : m_lowest;
        }
        m_middle = (m_highest + m_lowest) / 2;
        for (std::size_t k = 0; k < set.size; ++k) {
            double up, down;
            gains(k, set.score[k], up, down);
            m_up[k] = Number(up - m_middle);
            m_down[k] = Number(down - m_middle);
        }
        moveAndScan(0, set.rows, set.rows, false);
    }

    WorkingSetEnd run(double tolerance, std::size_t most)
    {
        // Each move rounds every gain by some units in the last place of what is added to it, at most of t times a kernel value.
        const double mostTravel = 0.05 * tolerance / (double(std::numeric_limits<Number>::epsilon()) * m_largestKernel);
        double travelled = 0;
        WorkingSetEnd end{0, false};
        while (end.moves < most && m_highest - m_lowest > tolerance) {
            const std::size_t i = m_highestPlace;
            const float* Ki = rowOf(m_set, i, m_x);
            if (!Ki)
                break;
            const std::size_t j = bestPartner(i, Ki);
            const float* Kj = rowOf(m_set, j, m_x);
            if (!Kj)
                break;
            const double t = movePair(i, j, double(Ki[j]));
            if (!(t > 0)) {                             // rounding leaves nothing to gain
                end.lostDigits = true;
                break;
            }
            moveAndScan(Number(t), Ki, Kj, true);
            ++end.moves;
            travelled += t;
            if (travelled > mostTravel) {
                end.lostDigits = true;
                break;
            }
        }
        return end;
    }

private:
    using L = Lanes<Number>;
    using Values = typename L::Values;
    using Places = typename L::Places;

    /// How many vectors are compared side by side.
    static constexpr std::size_t streams = workingSetStep / L::count < 2 ? workingSetStep / L::count : 2;

    /// Of equal numbers the one whose place is the first, however the places are dealt out.
    static void keepLarger(Values& best, Places& places, const Values& other, const Places& otherPlaces)
    {
        const auto larger = (other > best) | ((other == best) & (otherPlaces < places));
        best = larger ? other : best;
        places = larger ? otherPlaces : places;
    }

    void gains(std::size_t k, double score, double& up, double& down) const
    {
        modelariumSetDirections(m_set.beta[k], m_set.lower[k], m_set.upper[k], m_set.below[k], m_set.above[k], &up, &down);
        up -= score;
        down -= score;
    }

    /// Takes t (K_i - K_j) from all gains, and finds the extremes that follow, in one pass.
    void moveAndScan(Number t, const float* Ki, const float* Kj, bool moves)
    {
        const Number infinite = std::numeric_limits<Number>::infinity();
        Values highests[streams], lowests[streams];
        Places allPlaces[streams];
        for (std::size_t s = 0; s < streams; ++s) {
            highests[s] = Values{} - infinite;
            lowests[s] = Values{} + infinite;
            allPlaces[s] = Places{};
        }
        const Places lanePlaces = firstPlaces<Number>();
        for (std::size_t first = 0; first < m_set.size; first += streams * L::count) {
            for (std::size_t s = 0; s < streams; ++s) {
                const std::size_t k = first + s * L::count;
                Values up = loaded<Values>(m_up + k), down = loaded<Values>(m_down + k);
                if (moves) {
                    const Values change = (L::kernel(Ki + k) - L::kernel(Kj + k)) * t;
                    up -= change;
                    down -= change;
                    stored(m_up + k, up);
                    stored(m_down + k, down);
                }
                const auto higher = up > highests[s];
                highests[s] = higher ? up : highests[s];
                allPlaces[s] = higher ? lanePlaces + typename L::Place(k) : allPlaces[s];
                lowests[s] = down < lowests[s] ? down : lowests[s];
            }
        }
        Values highest = highests[0], lowest = lowests[0];
        Places places = allPlaces[0];
        for (std::size_t s = 1; s < streams; ++s) {
            keepLarger(highest, places, highests[s], allPlaces[s]);
            lowest = lowests[s] < lowest ? lowests[s] : lowest;
        }
        const std::size_t lane = laneOfLargest<Number>(highest, places);
        m_highest = highest[lane];
        m_highestPlace = std::size_t(places[lane]);
        m_lowest = lowest[0];
        for (std::size_t k = 1; k < L::count; ++k)
            m_lowest = lowest[k] < m_lowest ? lowest[k] : m_lowest;
    }

    /// The partner with which the objective falls most: near ties may go either way. Gains b^2 / a are compared crosswise, without a
    /// division; several streams, so that no choice waits for the one before.
    std::size_t bestPartner(std::size_t i, const float* Ki) const
    {
        const Number highest = Number(m_highest), scale = Number(1 / (m_highest - m_lowest)), own = m_diagonal[i];
        const Number least = Number(smallestCurvature);
        Values bestB[streams], bestA[streams];
        Places places[streams];
        for (std::size_t s = 0; s < streams; ++s) {
            bestB[s] = Values{};
            bestA[s] = Values{} + Number(1);
            places[s] = Places{};
        }
        const Places lanePlaces = firstPlaces<Number>();
        for (std::size_t first = 0; first < m_set.size; first += streams * L::count) {
            for (std::size_t s = 0; s < streams; ++s) {
                const std::size_t k = first + s * L::count;
                Values b = (highest - loaded<Values>(m_down + k)) * scale;
                b = b > Number(0) ? b : Values{};
                Values a = (own + loaded<Values>(m_diagonal + k)) - Number(2) * L::kernel(Ki + k);
                a = a > least ? a : Values{} + least;
                const Values squared = b * b;
                const auto better = squared * bestA[s] > bestB[s] * a;
                bestB[s] = better ? squared : bestB[s];
                bestA[s] = better ? a : bestA[s];
                places[s] = better ? lanePlaces + typename L::Place(k) : places[s];
            }
        }
        Values best = bestB[0] / bestA[0];
        for (std::size_t s = 1; s < streams; ++s)
            keepLarger(best, places[0], bestB[s] / bestA[s], places[s]);
        return std::size_t(places[0][laneOfLargest<Number>(best, places[0])]);
    }

    /// Moves beta_i up and beta_j down; how far.
    double movePair(std::size_t i, std::size_t j, double Kij)
    {
        const double b = double(m_up[i]) - double(m_down[j]);
        const double a = m_set.diagonal[i] + m_set.diagonal[j] - 2 * Kij;
        double& up = m_set.beta[i];
        double& down = m_set.beta[j];
        const double endOfI = up < 0 ? 0 : m_set.upper[i];
        const double endOfJ = down > 0 ? 0 : m_set.lower[j];
        const double roomOfI = endOfI - up, roomOfJ = down - endOfJ;
        double t = b / (a > smallestCurvature ? a : smallestCurvature);
        t = roomOfI < t ? roomOfI : t;
        t = roomOfJ < t ? roomOfJ : t;
        const double scoreOfI = scoreOf(i), scoreOfJ = scoreOf(j);
        up = t == roomOfI ? endOfI : up + t;
        down = t == roomOfJ ? endOfJ : down - t;
        setGains(i, scoreOfI);
        setGains(j, scoreOfJ);
        return t;
    }

    /// The score of a variable, less what the gains leave out: from a side on which it is not at its end.
    double scoreOf(std::size_t k) const
    {
        double up, down;
        gains(k, 0, up, down);
        return up > -infinity ? up - double(m_up[k]) : down - double(m_down[k]);
    }

    void setGains(std::size_t k, double score)
    {
        double up, down;
        gains(k, score, up, down);
        m_up[k] = Number(up);
        m_down[k] = Number(down);
    }

    WorkingSet& m_set;
    Number* m_up;
    Number* m_down;
    Number* m_diagonal;
    double* m_x;
    double m_middle = 0;
    double m_largestKernel = 0;
    double m_highest = -infinity;                       // of up
    double m_lowest = infinity;                         // of down
    std::size_t m_highestPlace = 0;
};

} // namespace

void modelariumSetDirections(double beta, double lower, double upper, double below, double above, double* up, double* down) noexcept
{
    *up = beta < 0 ? below : beta < upper ? above : -infinity;
    *down = beta > 0 ? above : beta > lower ? below : infinity;
}

WorkingSetEnd modelariumSolveWorkingSet(WorkingSet* set, bool singlePrecision, double tolerance, std::size_t most) noexcept
{
    if (singlePrecision)
        return Solver<float>(*set, set->workspace).run(tolerance, most);
    return Solver<double>(*set, set->workspace).run(tolerance, most);
}

} // namespace modelarium::kernels
