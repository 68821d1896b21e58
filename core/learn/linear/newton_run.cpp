#include "core/learn/linear/newton_run.h"

#include "core/base/counted.h"

#include <cmath>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr std::size_t mostCorrections = 20;
constexpr Index largestHessian = 2000;
constexpr double slowContraction = 0.25;                // of the decrement in a step: second derivatives are out of date

double hessianCost(const LogisticObjective& objective)
{
    const double size = double(objective.size());
    return double(objective.samples()) * size * size / 2;
}

/// One row in how many to begin with. Rows a weight in such numbers bring the sample's optimum so close that one exact step is enough; where
/// there are fewer, a small sample costs less than the steps that it cannot save.
Index sampleEvery(const LogisticObjective& objective)
{
    constexpr Index enoughRowsAWeight = 8000, most = 64;
    if (objective.scores() > 1)
        return 8;
    const Index every = objective.samples() / (enoughRowsAWeight * objective.size());
    return every >= 8 ? std::min(every, most) : 16;
}

/// By chance alone the loss at a sample's optimum is off by about the number of weights over that of rows: it is no use to come much closer to it.
double sampleTolerance(const LogisticObjective& sample)
{
    constexpr double share = 0.05, closest = 1e-5;
    return std::max(closest, share * double(sample.size()) / double(sample.samples()));
}

/// A sample to begin with, where the data are so many that its optimum is close to theirs.
std::unique_ptr<const LogisticObjective> firstSample(const LogisticObjective& objective)
{
    constexpr Index manyRows = 30000;
    const Index every = sampleEvery(objective);
    const Index rows = objective.samples() / every;
    if (objective.samples() < manyRows || rows < 5 * objective.size())
        return nullptr;
    return objective.sample(every);
}

} // namespace

NewtonRun::NewtonRun(std::unique_ptr<const LogisticObjective> objective, const NewtonSettings& settings)
    : m_objective(std::move(objective)), m_settings(settings), m_theta(Vector::Zero(m_objective->size())), m_gradient(m_objective->size())
{
}

/// Where that is cheap, but for the few steps that a sample leaves where some blocks of the rows are enough.
bool NewtonRun::refreshesEveryStep() const
{
    constexpr double cheap = 1e8;
    const bool fewSteps = m_sampleSteps > 0 && m_objective->scores() == 1;
    return !fewSteps && canTakeAllRows() && hessianCost(current()) <= cheap;
}

/// Whether the second derivatives of all rows fit into memory.
bool NewtonRun::canTakeAllRows() const
{
    return m_settings.useSecondDerivatives && m_objective->size() <= largestHessian;
}

void NewtonRun::evaluate(const Vector& theta, Derivatives derivatives)
{
    m_curvatureIsCurrent = false;
    if (derivatives == Derivatives::First) {
        m_evaluation = current().at(theta, m_gradient);
        return;
    }
    Matrix H;
    m_evaluation = derivatives == Derivatives::Second ? current().withHessian(theta, m_gradient, H) : current().withSampledHessian(theta, m_gradient, H);
    m_curvature = m_objective->curvatureOf(std::move(H));
    m_curvatureShare = m_evaluation.hessianShare * double(current().samples()) / double(m_objective->samples());
    m_curvatureIsCurrent = m_curvatureShare == 1;
    m_corrections.clear();
}

/// Looks at the data for the first time, or for the first time at all of them.
void NewtonRun::begin()
{
    if (m_steps == 0 && m_settings.useSecondDerivatives)
        m_sample = firstSample(*m_objective);
    const bool twoClasses = m_objective->scores() == 1 && canTakeAllRows();
    // What is refreshed at once is taken whole; what is kept is corrected on the way.
    const Derivatives kept = twoClasses ? Derivatives::SampledSecond : Derivatives::First;
    evaluate(m_theta, refreshesEveryStep() ? Derivatives::Second : kept);
    if (m_settings.useSecondDerivatives && !m_curvature && m_objective->features() <= largestHessian)
        m_curvature = current().curvatureAtZero();
    chooseDirection();
    m_begun = true;
}

/// The L-BFGS two-loop recursion around the curvature: without corrections it is the Newton direction.
void NewtonRun::chooseDirection()
{
    Vector q = m_gradient;
    std::vector<double> a(m_corrections.size());
    for (std::size_t i = m_corrections.size(); i-- > 0;) {
        a[i] = m_corrections[i].s.dot(q) / m_corrections[i].sy;
        q -= a[i] * m_corrections[i].y;
    }
    if (m_curvature)
        q = m_curvature->solve(q);
    else if (!m_corrections.empty())
        q *= m_corrections.back().sy / m_corrections.back().y.squaredNorm();
    else
        q /= std::max(1.0, q.norm());
    for (std::size_t i = 0; i < m_corrections.size(); ++i)
        q += (a[i] - m_corrections[i].y.dot(q) / m_corrections[i].sy) * m_corrections[i].s;
    m_direction = std::move(q);
    m_decrement = m_gradient.dot(m_direction);
}

void NewtonRun::addCorrection(const Vector& s, const Vector& previousGradient)
{
    Vector y = m_gradient - previousGradient;
    const double sy = s.dot(y);
    if (!(sy > 1e-14 * s.norm() * y.norm()))
        return;
    m_corrections.push_back({s, std::move(y), sy});
    if (m_corrections.size() > mostCorrections)
        m_corrections.pop_front();
}

/// Goes along the direction as far as the loss falls enough. False where the step had to be shortened; stalled where no length would do.
bool NewtonRun::moveAlongDirection()
{
    constexpr double enough = 1e-4;                     // Armijo's condition
    // A direction from some rows that is this far off does not know the others.
    const bool knowsSomeRows = m_curvatureShare > 0 && m_curvatureShare < 1 && !m_sample;
    const int mostHalvings = knowsSomeRows ? 5 : 30;
    m_stalled = false;
    const Vector start = m_theta;
    const Vector gradient = m_gradient;
    const LogisticObjective::Evaluation before = m_evaluation;
    const bool withHessian = refreshesEveryStep() || m_refresh, wasCurrent = m_curvatureIsCurrent;
    double t = 1;
    for (int halving = 0; halving <= mostHalvings; ++halving, t /= 2) {
        m_theta = start - t * m_direction;
        evaluate(m_theta, withHessian ? Derivatives::Second : Derivatives::First);
        const double rounding = 1e-15 * before.loss;
        if (m_evaluation.loss <= before.loss - enough * t * m_decrement + rounding && m_gradient.allFinite()) {
            if (!withHessian)
                addCorrection(m_theta - start, gradient);
            m_refresh = false;
            return halving == 0;
        }
    }
    m_theta = start;
    m_gradient = gradient;
    m_evaluation = before;
    m_stalled = true;
    m_curvatureIsCurrent = wasCurrent;
    return false;
}

/// Decides after a step whether the minimum is reached, and takes the last, free step to it.
void NewtonRun::judge(double decrementBefore, bool fullStep)
{
    if (!m_settings.penalised && m_evaluation.smallestMargin > 0) {
        m_separated = !m_sample;
        m_finished = m_separated;
        if (m_sample)
            leaveSample();
        return;
    }
    if (m_stalled) {
        judgeStall();
        return;
    }
    chooseDirection();
    const double contraction = decrementBefore > 0 ? m_decrement / decrementBefore : 1;
    if (isWithinTolerance(contraction, fullStep)) {
        if (m_sample) {
            m_theta -= m_direction;
            leaveSample();
            return;
        }
        const bool asksAllRows = needsConfirmation(contraction, fullStep);
        if (asksAllRows)
            takeAllRows();
        if (!asksAllRows || isWithinTolerance(1, false)) {
            finishAtMinimum();
            return;
        }
    }
    m_refresh = m_objective->scores() == 1 && canTakeAllRows() && contraction > slowContraction;
}

/// A direction that leads nowhere is the end only where its own decrement, from the best second derivatives that there are, is one of rounding.
void NewtonRun::judgeStall()
{
    constexpr double rounding = 1e-7;
    if (m_sample) {
        leaveSample();
    } else if (canTakeAllRows() && !m_curvatureIsCurrent) {
        takeAllRows();
    } else if (m_decrement <= rounding * m_evaluation.loss) {
        m_converged = m_finished = true;
    } else if (!m_corrections.empty()) {
        m_corrections.clear();
        chooseDirection();
    } else if (m_sampleSteps > 0) {
        startAnew();
    } else {
        m_finished = true;
    }
}

/// From zero, where no probability is so close to 0 or 1 that the second derivatives vanish: the sample has led astray.
void NewtonRun::startAnew()
{
    m_theta.setZero();
    m_curvature.reset();
    m_curvatureShare = 0;
    m_corrections.clear();
    m_sampleSteps = 0;
    m_begun = false;
}

/// Whether the minimum is so near that at most one step to it, which costs nothing, is left.
bool NewtonRun::isWithinTolerance(double contraction, bool fullStep) const
{
    const double tolerance = m_sample ? sampleTolerance(*m_sample) : m_settings.tolerance;
    const double target = 2 * tolerance * m_evaluation.loss;
    const bool isOfThisSample = m_sample && m_curvature;
    if (m_curvatureShare == 1 || isOfThisSample) {
        // Of corrected second derivatives nobody knows how much of the decrement a step will leave.
        const bool foreseen = fullStep && (m_sample || m_corrections.empty());
        return m_decrement * (foreseen ? std::min(1.0, 10 * contraction) : 1) <= target;
    }
    // Gradients and the second derivatives at theta = 0 give a rougher estimate of the distance to the minimum.
    constexpr double rough = 0.01;
    return m_decrement <= target * (m_curvatureShare > 0 ? m_curvatureShare : rough);
}

/// Whether second derivatives of some rows, or of theta = 0, are too little to stop on. Those of some rows bound the distance to the minimum as
/// long as theta has not gone far since they were taken, which a quick contraction shows.
bool NewtonRun::needsConfirmation(double contraction, bool fullStep) const
{
    constexpr double affordable = 2e9;
    if (m_curvatureShare == 1 || !canTakeAllRows())
        return false;
    if (m_curvatureShare == 0)
        return hessianCost(*m_objective) <= affordable;
    return !fullStep || contraction > slowContraction;
}

/// The second derivatives of all rows at the present theta, and the direction that they give.
void NewtonRun::takeAllRows()
{
    evaluate(m_theta, Derivatives::Second);
    chooseDirection();
}

/// Takes the last step, whose gain is known without another look at the data.
void NewtonRun::finishAtMinimum()
{
    m_converged = m_finished = true;
    if (!m_curvature)
        return;
    m_stillGrowing = !m_settings.penalised && m_settings.tolerance <= 1e-6 && m_direction.norm() > 0.02 * m_theta.norm();
    m_theta -= m_direction;
    m_evaluation.loss -= m_decrement / 2;
}

/// The sample's optimum is near that of all rows, and so are its second derivatives: some of its rows are enough for the first steps.
void NewtonRun::leaveSample()
{
    constexpr Index enoughRows = 4096;
    m_sample->dropConstantFeatures(m_theta);
    if (m_curvatureShare == 0 && m_sample->size() <= 1200) {
        const Index every = std::max<Index>(1, m_sample->samples() / enoughRows);
        const auto part = every > 1 ? m_sample->sample(every) : std::move(m_sample);
        Vector gradient(m_theta.size());
        Matrix H;
        part->withHessian(m_theta, gradient, H);
        m_curvature = m_objective->curvatureOf(std::move(H));
        m_curvatureShare = double(part->samples()) / double(m_objective->samples());
        m_corrections.clear();
    } else if (m_curvatureShare == 0) {
        m_curvature.reset();                            // that of all rows at theta = 0 knows the features that the sample lacks
    }
    m_sampleSteps = m_steps;
    m_sample.reset();
    m_begun = false;
}

/// A cell that is no number, or weights that led too far.
Error NewtonRun::lossError() const
{
    if (const Result<void> cells = m_objective->checkCells(); !cells)
        return cells.error();
    return {ErrorCode::Diverged, "The loss became infinite at step " + std::to_string(m_steps) + ": bring the features to a common scale and try again."};
}

Result<Progress> NewtonRun::step()
{
    if (!m_begun)
        begin();
    ++m_steps;
    if (std::isnan(m_evaluation.loss))                  // no direction leads anywhere from here
        return lossError();
    const std::string what = stepText();
    const double decrementBefore = m_decrement;
    const bool fullStep = moveAlongDirection();
    if (!std::isfinite(m_evaluation.loss))
        return lossError();
    judge(decrementBefore, fullStep);
    if (m_steps >= m_settings.maximumIterations)
        m_finished = true;
    // The steps are taken in units of the features, in which tiny ones are as good as others; their weights are not.
    if (!modelarium::isFinite(m_objective->parameters(m_theta)))
        return Error{ErrorCode::NotFinite, "A weight would be too large for a number: bring the features to comparable units."};
    const bool sawAllRows = m_begun && !m_sample;
    if (m_finished && !sawAllRows)
        if (const Result<void> cells = m_objective->checkCells(); !cells)
            return cells.error();
    return Progress{m_steps, m_evaluation.loss, what};
}

std::string NewtonRun::stepText() const
{
    const std::string method = m_settings.useSecondDerivatives ? "Newton step " : "quasi-Newton step ";
    if (m_sample)
        return method + std::to_string(m_steps) + ", on a sample of " + countText(m_sample->samples()) + " rows";
    return method + std::to_string(m_steps - m_sampleSteps);
}

std::vector<std::string> NewtonRun::notices() const
{
    if (m_separated) {
        return {"The classes are separated perfectly - the weights would grow for ever: the training stopped at the first "
                "boundary without an error."};
    }
    if (m_stillGrowing) {
        return {"Some samples are separated perfectly from the other classes - some weights would grow for ever and mean "
                "nothing: a penalty keeps them finite."};
    }
    if (m_finished && !m_converged)
        return {"The training stopped after " + counted(std::size_t(m_steps), "step", "steps") + ", before the minimum was reached: allow more steps."};
    return {};
}

} // namespace modelarium
