#include "core/learn/linear/online_logistic.h"

#include "core/base/number_text.h"
#include "core/model/link.h"

#include <cmath>

namespace modelarium {

OnlineLogistic::OnlineLogistic(OnlineShape shape, double C, double learningRate)
    : OnlineRun(std::move(shape)), m_C(C), m_rate(learningRate)
{
    m_weights = m_squares = Vector::Zero(Eigen::Index(scores() * (this->shape().features + 1)));
    m_answer = Vector::Zero(Eigen::Index(outputs()));
}

void OnlineLogistic::predictRow(const double* x, double* out) const
{
    const std::size_t features = shape().features;
    const double* w = m_weights.data();
    for (std::size_t k = 0; k < scores(); ++k, w += features + 1) {
        double z = w[features];
        for (std::size_t j = 0; j < features; ++j)
            z += w[j] * x[j];
        out[k] = std::isfinite(z) ? z : 0;
    }
    if (scores() == 1)
        logisticProbabilities(out[0], out);
    else
        softmaxProbabilities(out, outputs());
}

Result<void> OnlineLogistic::learnRow(const double* x, double y)
{
    predictRow(x, m_answer.data());
    const auto truth = Eigen::Index(y);
    m_losses -= std::log(std::max(m_answer[truth], 0x1p-52));
    const std::size_t features = shape().features;
    double* w = m_weights.data();
    double* s = m_squares.data();
    for (std::size_t k = 0; k < scores(); ++k) {
        const Eigen::Index label = scores() == 1 ? 1 : Eigen::Index(k);
        const double delta = m_answer[label] - (truth == label);
        for (std::size_t j = 0; j <= features; ++j, ++w, ++s) {
            const double g = j < features ? delta * x[j] + *w / (m_C * double(rows())) : delta;
            *s += g * g;
            if (*s > 0)
                *w -= m_rate * g / std::sqrt(*s);
        }
    }
    if (!m_weights.allFinite() || !m_squares.allFinite()) {
        Error error{ErrorCode::Diverged, "the weights became infinite. The learning rate " + shortText(m_rate, 6)
                                             + " is too large, or a feature wants a common scale."};
        error.place.hyperparameter = "learning_rate";
        return error;
    }
    return {};
}

Parameters OnlineLogistic::freeze() const
{
    const auto features = Eigen::Index(shape().features);
    const auto count = Eigen::Index(scores());
    const Matrix rows = m_weights.reshaped(features + 1, count).transpose();
    return Linear{rows.leftCols(features), rows.col(features), count == 1 ? Link::Logistic : Link::Softmax};
}

void OnlineLogistic::saveState(OnlineState& state) const
{
    state.numbers["weights"] = m_weights;
    state.numbers["squares"] = m_squares;
    state.numbers["losses"] = Vector::Constant(1, m_losses);
}

bool OnlineLogistic::takeState(const OnlineState& state)
{
    Vector losses(1);
    if (!takeNumbers(state, "weights", m_weights) || !takeNumbers(state, "squares", m_squares) || !takeNumbers(state, "losses", losses)
        || (m_squares.array() < 0).any())
        return false;
    m_losses = losses[0];
    return true;
}

} // namespace modelarium
