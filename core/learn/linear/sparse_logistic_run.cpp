#include "core/learn/linear/sparse_logistic_run.h"

#include "core/base/counted.h"
#include "core/learn/linear/coordinate_descent.h"
#include "core/learn/linear/least_squares.h"

#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr Index largestSparseHessian = 2000;

/// The price on the squares goes into the smooth part.
double smoothC(const SparseLogisticSettings& settings)
{
    return settings.l1Ratio < 1 ? settings.C / (1 - settings.l1Ratio) : std::numeric_limits<double>::infinity();
}

/// A sample to begin with, where the data are so many that its optimum is close to theirs.
std::unique_ptr<const LogisticObjective> firstSparseSample(const LogisticObjective& objective)
{
    constexpr Index manyRows = 30000;
    const Index every = objective.scores() == 1 ? 16 : 8;
    if (objective.samples() < manyRows || objective.samples() / every < 5 * objective.size())
        return nullptr;
    return objective.sample(every);
}

} // namespace

SparseLogisticRun::SparseLogisticRun(DatasetPtr data, const SparseLogisticSettings& settings)
    : m_data(std::move(data)), m_settings(settings), m_objective(std::make_unique<LogisticObjective>(m_data, smoothC(settings), true)),
      m_theta(Vector::Zero(m_objective->size())), m_gradient(m_objective->size())
{
    const double lambda = settings.l1Ratio / (settings.C * double(m_data->samples()));
    const Index p = m_objective->features();
    constexpr double largest = 1e200;
    m_lambda = Vector::Zero(m_objective->size());
    for (Index k = 0; k < m_objective->scores(); ++k)
        m_lambda.segment(k * (p + 1), p) = (lambda / m_objective->featureScale().array()).min(largest);
    if (usesSecondDerivatives())
        m_sample = firstSparseSample(*m_objective);
}

bool SparseLogisticRun::usesSecondDerivatives() const { return m_objective->size() <= largestSparseHessian; }

void SparseLogisticRun::begin()
{
    m_loss = price(m_theta);
    m_loss += usesSecondDerivatives() ? current().withHessian(m_theta, m_gradient, m_H).loss : current().at(m_theta, m_gradient).loss;
    m_decrement = m_loss;
    m_ahead = m_theta;
    m_begun = true;
}

/// Minimises g'd + d'H d / 2 + lambda'|theta + d| over theta + d.
Vector SparseLogisticRun::minimumOfModel() const
{
    // A little damping about theta: directions in which nothing changes (a constant added to all scores) are left alone.
    constexpr double damping = 1e-10;
    Matrix H = m_H;
    H.diagonal() *= 1 + damping;
    Vector c = H * m_theta - m_gradient;
    CoordinateDescent descent(std::make_unique<GramLoss>(std::move(H), std::move(c), 0));
    descent.setPenalty({m_lambda, Vector::Zero(m_theta.size())});
    descent.startAt(m_theta);
    constexpr int mostSweeps = 2000;
    descent.settle(std::max(1e-6 * m_decrement, 1e-4 * m_settings.tolerance * m_loss), mostSweeps);
    return descent.weights();
}

void SparseLogisticRun::newtonStep()
{
    const Vector d = minimumOfModel() - m_theta;
    const Vector start = m_theta;
    const double before = m_loss, priceBefore = price(start);
    const double slope = m_gradient.dot(d) + price(start + d) - priceBefore;
    constexpr double enough = 1e-4;
    constexpr int mostHalvings = 30;
    const double rounding = 1e-15 * before;
    bool moved = false;
    double t = 1;
    for (int halving = 0; halving <= mostHalvings && !moved && d.allFinite(); ++halving, t /= 2) {
        m_theta = start + t * d;
        m_loss = current().withHessian(m_theta, m_gradient, m_H).loss + price(m_theta);
        moved = m_loss <= before + enough * t * slope + rounding && m_gradient.allFinite();
    }
    if (!moved) {
        m_theta = start;
        m_loss = current().withHessian(m_theta, m_gradient, m_H).loss + priceBefore;
    }
    m_decrement = std::max(0.0, -slope);
    const double tolerance = m_sample ? 1e-5 : m_settings.tolerance;
    // Half the decrement is what the step gained; what is left after a Newton step is far less.
    const bool near = m_decrement <= 2 * tolerance * m_loss;
    if (!moved || near) {
        if (m_sample) {
            m_sample.reset();
            m_begun = false;
            return;
        }
        m_converged = m_finished = true;
    }
}

Vector SparseLogisticRun::thresholded(const Vector& theta, double length) const
{
    return theta.array().sign() * (theta.array().abs() - length * m_lambda.array()).max(0.0);
}

void SparseLogisticRun::gradientStep()
{
    Vector next(m_theta.size()), gradient(m_theta.size());
    const double smooth = current().at(m_ahead, m_gradient).loss;
    double smoothNext = 0;
    constexpr double largestCurvature = 1e30;
    for (m_curvature *= 0.9; m_curvature < largestCurvature; m_curvature *= 2) {
        next = thresholded(m_ahead - m_gradient / m_curvature, 1 / m_curvature);
        const Vector d = next - m_ahead;
        smoothNext = current().at(next, gradient).loss;
        if (smoothNext <= smooth + m_gradient.dot(d) + m_curvature / 2 * d.squaredNorm() + 1e-15 * smooth)
            break;
    }
    const double loss = smoothNext + price(next);
    const double fallen = m_loss - loss;
    if (fallen < 0 && m_momentum > 1) {                 // momentum has carried too far: begin again without it
        m_ahead = m_theta;
        m_momentum = 1;
        return;
    }
    const double momentum = (1 + std::sqrt(1 + 4 * m_momentum * m_momentum)) / 2;
    m_ahead = next + (m_momentum - 1) / momentum * (next - m_theta);
    m_momentum = momentum;
    m_theta = next;
    m_loss = loss;
    constexpr int enough = 10;
    m_idleSteps = fallen <= m_settings.tolerance * m_loss ? m_idleSteps + 1 : 0;
    m_converged = m_finished = m_idleSteps >= enough;
}

Result<Progress> SparseLogisticRun::step()
{
    if (!m_begun)
        begin();
    ++m_steps;
    std::string what = usesSecondDerivatives() ? "Newton step " : "gradient step ";
    what += std::to_string(m_steps);
    if (m_sample)
        what += ", on a sample of " + countText(m_sample->samples()) + " rows";
    if (usesSecondDerivatives())
        newtonStep();
    else
        gradientStep();
    if (!std::isfinite(m_loss)) {
        return Error{ErrorCode::Diverged, "The loss became infinite at step " + std::to_string(m_steps)
                                              + ": bring the features to a common scale and try again."};
    }
    m_finished = m_finished || m_steps >= m_settings.maximumIterations;
    return Progress{m_steps, m_loss, what};
}

std::vector<std::string> SparseLogisticRun::notices() const
{
    if (m_steps == 0)
        return {};
    std::vector<std::string> notices;
    const Index p = m_objective->features();
    const Eigen::Map<const Matrix> T(m_theta.data(), p + 1, m_objective->scores());
    std::vector<std::size_t> left;
    for (Index j = 0; j < p; ++j)
        if ((T.row(j).array() == 0).all())
            left.push_back(std::size_t(j));
    if (left.size() == m_data->features()) {
        notices.push_back("C is so small that every weight is 0, and the prediction the share of each class: choose a larger C.");
    } else if (!left.empty()) {
        notices.push_back("The penalty leaves out " + namedColumns(left, m_data->featureNames)
                          + (left.size() == 1 ? ": its weight is 0." : ": their weights are 0."));
    }
    if (m_finished && !m_converged) {
        notices.push_back("The training stopped after " + counted(m_steps, "step", "steps") + ", before the minimum was reached: allow more steps.");
    }
    return notices;
}

} // namespace modelarium
