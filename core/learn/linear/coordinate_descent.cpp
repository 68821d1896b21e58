#include "core/learn/linear/coordinate_descent.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

/// The weights in use, in ascending order.
std::vector<Index> usedOf(const Vector& w)
{
    std::vector<Index> used;
    for (Index j = 0; j < w.size(); ++j)
        if (w[j] != 0)
            used.push_back(j);
    return used;
}

/// Of the first weight that may be used.
double priceOfOne(const Vector& l1)
{
    const auto finite = std::find_if(l1.begin(), l1.end(), [](double price) { return std::isfinite(price); });
    return finite == l1.end() ? 0 : *finite;
}

} // namespace

CoordinateDescent::CoordinateDescent(std::unique_ptr<QuadraticLoss> loss)
    : m_loss(std::move(loss)), m_w(Vector::Zero(m_loss->features()))
{
    m_objective = m_loss->targetSquares() / 2;
}

void CoordinateDescent::setPenalty(WeightPenalty penalty)
{
    const bool sameSquares = m_penalty.l2.size() == penalty.l2.size() && m_penalty.l2 == penalty.l2;
    m_penalty = std::move(penalty);
    if (!sameSquares)
        m_factor.clear();
    goOnAlongPath(priceOfOne(m_penalty.l1));
    // A factor that fits the weights in use tells at once where the minimum has moved to.
    m_beginWithSolution = m_factor.size() > 0;
    m_factorIsUseful = true;
    m_converged = m_stuck = false;
    m_work = 0;
    m_stepsWithoutGain = 0;
    m_usedSweeps = 0;
    m_lastObjective = std::numeric_limits<double>::infinity();
}

/// Where there is a factor, it finds the minimum from anywhere.
void CoordinateDescent::goOnAlongPath(double price)
{
    const Vector here = m_w;
    if (m_converged && m_olderWeights.size() > 0 && m_factor.size() == 0 && price < m_price && m_price < m_olderPrice) {
        const double t = std::min(1.0, (m_price - price) / (m_olderPrice - m_price));
        for (Index j = 0; j < m_w.size(); ++j) {
            const double next = here[j] + t * (here[j] - m_olderWeights[j]);
            m_w[j] = next * here[j] > 0 ? next : 0;
        }
        m_loss->standAt(m_w);
    }
    m_olderWeights = m_converged ? here : Vector();
    m_olderPrice = m_price;
    m_price = price;
}

/// Objective and duality gap. Two points of the dual: the residuals themselves, where every weight has a square price, and
/// the residuals of the problem with a row sqrt(l2_j) e_j for each square price, shrunk until every slope is allowed.
void CoordinateDescent::measure()
{
    const auto [rr, vr] = m_loss->residualProducts(m_w);
    const Vector& slopes = m_loss->slopes();
    double absolute = 0, squares = 0, excess = 0;
    double largestScale = std::numeric_limits<double>::infinity();
    for (Index j = 0; j < m_w.size(); ++j) {
        const double l1 = m_penalty.l1[j], l2 = m_penalty.l2[j];
        if (std::isinf(l1))
            continue;
        absolute += l1 * std::abs(m_w[j]);
        squares += l2 * m_w[j] * m_w[j];
        const double extended = std::abs(slopes[j] - l2 * m_w[j]);
        if (extended * largestScale > l1)
            largestScale = l1 / extended;
        const double above = std::max(0.0, std::abs(slopes[j]) - l1);
        if (above > 0)
            excess += l2 > 0 ? above * above / (2 * l2) : std::numeric_limits<double>::infinity();
    }
    m_objective = rr / 2 + absolute + squares / 2;
    const double extendedSquares = rr + squares;
    double scale = extendedSquares > 0 ? std::clamp(vr / extendedSquares, 0.0, largestScale) : 0;
    const double shrunk = scale * vr - scale * scale * extendedSquares / 2;
    const double direct = vr - rr / 2 - excess;
    m_gap = std::max(0.0, m_objective - std::max(shrunk, direct));
}

/// What a solution for the weights in use costs, in multiplications: most of it is factoring where the factor is no longer near.
double CoordinateDescent::solutionCost() const
{
    const double m = double(used());
    double changes = 0;
    for (const Index j : m_factor.columns())
        changes += m_w[j] == 0;
    changes = 3 * changes + std::max(0.0, m - (double(m_factor.size()) - changes));
    const double factoring = std::min(changes * m * m, m * m * m / 3);
    return factoring + 2 * m * m + m_loss->sweepCost(Index(m)) + 1000;
}

/// Makes the factor that of the weights in use.
bool CoordinateDescent::fitFactorToUsed()
{
    const std::vector<Index>& here = m_factor.columns();
    const Index going = std::count_if(here.begin(), here.end(), [&](Index j) { return m_w[j] == 0; });
    if (double(going) * 9 > double(m_factor.size()))
        m_factor.clear();                               // factoring anew is cheaper
    for (Index position = m_factor.size(); position-- > 0;)
        if (m_w[m_factor.columns()[std::size_t(position)]] == 0)
            m_factor.remove(position);

    std::vector<char> inFactor(std::size_t(m_w.size()), 0);
    for (const Index j : m_factor.columns())
        inFactor[std::size_t(j)] = 1;
    std::vector<Index> added;
    for (const Index j : usedOf(m_w))
        if (!inFactor[std::size_t(j)])
            added.push_back(j);
    if (added.empty())
        return true;
    Matrix inner = m_loss->products(added, added);
    for (std::size_t i = 0; i < added.size(); ++i)
        inner(Index(i), Index(i)) += m_penalty.l2[added[i]];
    return m_factor.append(added, m_loss->products(m_factor.columns(), added), inner);
}

/// Feature-sign search: towards the minimum for the present signs, weights that reach 0 on the way leaving one after the other.
bool CoordinateDescent::solveForUsed()
{
    if (!fitFactorToUsed())
        return false;
    const Vector& slopes = m_loss->slopes();
    Vector right(m_w.size());                           // minus the gradient
    for (const Index j : m_factor.columns())
        right[j] = slopes[j] - std::copysign(m_penalty.l1[j], m_w[j]) - m_penalty.l2[j] * m_w[j];
    constexpr int mostLeaving = 100;
    for (int round = 0; m_factor.size() > 0 && round < mostLeaving; ++round) {
        const std::vector<Index>& A = m_factor.columns();
        const Vector d = m_factor.solve(right(A));
        if (!d.allFinite())
            return false;
        double t = 1;
        Index leaving = -1;
        for (Index i = 0; i < d.size(); ++i) {
            const double w = m_w[A[std::size_t(i)]];
            const bool mayNotCross = m_penalty.l1[A[std::size_t(i)]] > 0;
            if (mayNotCross && (w + d[i]) * w <= 0 && -w / d[i] < t) {
                t = -w / d[i];
                leaving = i;
            }
        }
        for (Index i = 0; i < d.size(); ++i)
            m_w[A[std::size_t(i)]] += t * d[i];
        if (leaving < 0)
            break;
        right *= 1 - t;                                 // along the way the gradient shrinks evenly
        m_w[A[std::size_t(leaving)]] = 0;
        m_factor.remove(leaving);
    }
    m_loss->standAt(m_w);
    return true;
}

void CoordinateDescent::startAt(const Vector& weights)
{
    m_w = weights;
    m_loss->standAt(m_w);
}

void CoordinateDescent::settle(double smallestChange, int mostSweeps)
{
    for (int sweep = 0; sweep < mostSweeps; ++sweep) {
        if (m_loss->sweep(m_penalty, m_w, false) <= smallestChange)
            return;
        m_work += m_loss->sweepCost(std::max<Index>(1, used()));
        if (m_factorIsUseful && m_work >= solutionCost()) {
            m_factorIsUseful = solveForUsed();
            m_loss->standAt(m_w);
            m_work = 0;
        }
    }
}

void CoordinateDescent::polish()
{
    constexpr double nextToNothing = 2e7;
    // Also where a factor failed on the way: of the weights in use at the end there may be fewer.
    if (used() == 0 || solutionCost() > nextToNothing)
        return;
    const Vector before = m_w;
    const double gap = m_gap;
    bool solved = solveForUsed();
    if (!solved) {                                      // more in use than the rows tell apart: sweeps bring the weakest to 0
        const double most = 1000;
        const int sweeps = int(std::min(most, nextToNothing / std::max(1.0, m_loss->sweepCost(m_w.size()))));
        m_loss->standAt(m_w);
        for (int sweep = 0; sweep < sweeps; ++sweep)
            m_loss->sweep(m_penalty, m_w, false);
        solved = solveForUsed();
    }
    if (solved)
        measure();
    if (!solved || m_gap > std::max(gap, 1e-14 * m_loss->targetSquares())) {
        m_w = before;
        m_loss->standAt(m_w);
        measure();
    }
}

CoordinateDescent::Step CoordinateDescent::advance(double tolerance)
{
    Step step = Step::Sweep;
    bool measured = true;
    const bool slow = m_work >= solutionCost() || m_stepsWithoutGain > 3;
    if (m_factorIsUseful && (m_beginWithSolution || slow)) {
        m_factorIsUseful = solveForUsed();
        if (!m_factorIsUseful)
            m_loss->standAt(m_w);
        step = Step::Solved;
        m_work = 0;
        m_usedSweeps = 0;
    } else {
        // Where looking at a weight is dear, most sweeps pass over the weights that are 0.
        constexpr int mostUsedSweeps = 10;
        const bool onlyUsed = !m_loss->lookingIsCheap() && m_usedSweeps > 0;
        const double change = m_loss->sweep(m_penalty, m_w, onlyUsed);
        m_usedSweeps = m_usedSweeps < mostUsedSweeps && change > tolerance / 10 ? m_usedSweeps + 1 : 0;
        measured = m_loss->lookingIsCheap() || m_usedSweeps == 0;
        m_work += m_loss->sweepCost(std::max<Index>(1, used()));
    }
    m_beginWithSolution = false;
    if (!measured)
        return step;
    measure();
    const double rounding = 1e-15 * m_loss->targetSquares();
    m_stepsWithoutGain = m_objective < m_lastObjective - rounding ? 0 : m_stepsWithoutGain + 1;
    m_lastObjective = std::min(m_lastObjective, m_objective);
    constexpr double coarse = 1e-9;
    if (m_gap <= tolerance && step == Step::Sweep && tolerance < coarse * m_loss->targetSquares()) {
        m_loss->standAt(m_w);                           // once more with slopes that no rounding has gathered in
        measure();
    }
    m_converged = m_gap <= tolerance;
    constexpr int enough = 20;
    m_stuck = !m_converged && m_stepsWithoutGain >= enough;
    return step;
}

} // namespace modelarium
