#include "core/learn/linear/gradient_descent.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"

#include <cmath>

namespace modelarium {

HyperparameterTable descentHyperparameters()
{
    HyperparameterTable table;
    table.push_back(HyperparameterSpec::real("learning_rate", "Learning rate",
                                             "How far each step goes along the slope: small ones crawl, large ones jump over the "
                                             "minimum and diverge.",
                                             0.1, 0, 1000, true)
                        .aboveMinimum()
                        .when("solver", {"gradient_descent"}));
    return table;
}

DescentSettings descentSettings(const Hyperparameters& hyperparameters)
{
    return {hyperparameters.real("learning_rate"), std::size_t(hyperparameters.integer("max_iterations")),
            hyperparameters.real("tolerance")};
}

GradientDescentRun::GradientDescentRun(std::unique_ptr<const DescentObjective> objective, const DescentSettings& settings)
    : m_objective(std::move(objective)), m_settings(settings), m_theta(Vector::Zero(m_objective->size())),
      m_gradient(m_objective->size())
{
}

Result<Progress> GradientDescentRun::step()
{
    if (m_steps == 0)
        m_lossAtStart = m_loss = m_objective->evaluate(m_theta, m_gradient);
    const double before = m_loss;
    m_theta -= m_settings.learningRate * m_gradient;
    m_loss = m_objective->evaluate(m_theta, m_gradient);
    ++m_steps;
    if (!std::isfinite(m_loss) || !m_gradient.allFinite()) {
        Error error{ErrorCode::Diverged, "The loss became infinite at step " + std::to_string(m_steps) + ": the learning rate "
                                             + shortText(m_settings.learningRate, 6) + " is too large."};
        error.place.hyperparameter = "learning_rate";
        return error;
    }
    // Features far below 1 are looked at in a unit of their own size; their weights are not.
    if (!modelarium::isFinite(freeze()))
        return Error{ErrorCode::NotFinite, "A weight would be too large for a number: bring the features to comparable units."};
    m_converged = std::abs(before - m_loss) <= m_settings.tolerance * m_loss;
    m_finished = m_converged || m_steps >= m_settings.maximumIterations;
    return Progress{m_steps, m_loss, "gradient step " + std::to_string(m_steps)};
}

std::vector<std::string> GradientDescentRun::notices() const
{
    if (m_steps == 0)
        return {};
    if (m_loss > m_lossAtStart)
        return {"The loss grew: the learning rate " + shortText(m_settings.learningRate, 6) + " is too large."};
    if (m_finished && !m_converged) {
        return {"The loss was still falling after " + counted(std::size_t(m_steps), "step", "steps")
                + ": allow more steps, or a larger learning rate."};
    }
    return {};
}

} // namespace modelarium
