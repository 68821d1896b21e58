#include "core/learn/linear/online_perceptron.h"

#include "core/model/link.h"

#include <cmath>

namespace modelarium {

OnlinePerceptron::OnlinePerceptron(OnlineShape shape, double learningRate) : OnlineRun(std::move(shape)), m_rate(learningRate)
{
    m_b = Vector::Zero(outputs() == 2 ? 1 : Eigen::Index(outputs()));
    m_W = Matrix::Zero(m_b.size(), Eigen::Index(this->shape().features));
}

double OnlinePerceptron::score(const double* x, Eigen::Index boundary) const
{
    double z = m_b[boundary];
    for (Eigen::Index j = 0; j < m_W.cols(); ++j)
        z += m_W(boundary, j) * x[j];
    return z;
}

void OnlinePerceptron::predictRow(const double* x, double* out) const
{
    if (m_b.size() == 1)
        hardDecision(score(x, 0), out);
    else
        hardDecision([&](std::size_t k) { return score(x, Eigen::Index(k)); }, out, outputs());
}

Result<void> OnlinePerceptron::learnRow(const double* x, double y)
{
    bool finite = true;
    for (Eigen::Index k = 0; k < m_b.size(); ++k) {
        const double s = y == (m_b.size() == 1 ? 1.0 : double(k)) ? 1 : -1;
        const double margin = s * score(x, k);
        finite = finite && std::isfinite(margin);
        if (margin > 0)
            continue;
        m_losses -= margin;
        for (Eigen::Index j = 0; j < m_W.cols(); ++j)
            m_W(k, j) += m_rate * s * x[j];
        m_b[k] += m_rate * s;
        finite = finite && m_W.row(k).allFinite();
    }
    if (!finite || !std::isfinite(m_losses)) {
        return Error{ErrorCode::Diverged, "the scores of the perceptron left the range of numbers. Standardise the features, or choose a "
                                          "smaller learning rate."};
    }
    return {};
}

void OnlinePerceptron::saveState(OnlineState& state) const
{
    state.numbers["weights"] = m_W.reshaped();
    state.numbers["intercepts"] = m_b;
    state.numbers["losses"] = Vector::Constant(1, m_losses);
}

bool OnlinePerceptron::takeState(const OnlineState& state)
{
    Vector weights(m_W.size()), losses(1);
    if (!takeNumbers(state, "weights", weights) || !takeNumbers(state, "intercepts", m_b) || !takeNumbers(state, "losses", losses))
        return false;
    m_W = weights.reshaped(m_W.rows(), m_W.cols());
    m_losses = losses[0];
    return true;
}

} // namespace modelarium
