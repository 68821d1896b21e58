#include "core/learn/bayes/online_naive_bayes.h"

#include "core/base/number_text.h"
#include "core/learn/bayes/class_statistics.h"
#include "core/model/gaussian_predictor.h"

#include <cmath>
#include <limits>

namespace modelarium {

OnlineNaiveBayes::OnlineNaiveBayes(OnlineShape shape, double varSmoothing) : OnlineRun(std::move(shape)), m_varSmoothing(varSmoothing)
{
    const auto columns = Eigen::Index(outputs()) + 1;
    m_count = Vector::Zero(columns);
    m_mean = m_squares = Matrix::Zero(Eigen::Index(this->shape().features), columns);
    m_answer = Vector::Zero(Eigen::Index(outputs()));
}

GaussianClasses OnlineNaiveBayes::classes() const
{
    const auto classes = Eigen::Index(outputs());
    const Eigen::Index features = m_mean.rows();
    const double n = std::max(m_count[classes], 1.0);
    double smoothing = m_varSmoothing * (m_squares.col(classes) / n).maxCoeff();
    if (smoothing < std::numeric_limits<double>::min())
        smoothing = 1;                              // nothing varies: any curve serves
    GaussianClasses result{Vector(classes), Matrix(classes, features), Matrix(classes, features)};
    for (Eigen::Index k = 0; k < classes; ++k) {
        const Eigen::Index from = m_count[k] > 0 ? k : classes;
        result.logPrior[k] = m_count[classes] == 0 ? -std::log(double(classes)) : m_count[k] > 0 ? std::log(m_count[k] / n) : leastLogPrior();
        result.mean.row(k) = m_mean.col(from).transpose();
        result.variance.row(k) = (m_squares.col(from) / std::max(m_count[from], 1.0)).transpose().array() + smoothing;
    }
    return result;
}

void OnlineNaiveBayes::predictRow(const double* x, double* out) const { GaussianPredictor(classes()).predictRow(x, out); }

Result<void> OnlineNaiveBayes::learnRow(const double* x, double y)
{
    constexpr double largest = 1e140;
    for (std::size_t j = 0; j < shape().features; ++j) {
        if (std::abs(x[j]) > largest) {
            return Error{ErrorCode::NotFinite, "the value " + shortText(x[j]) + " is too large: its square is beyond the range of numbers."};
        }
    }
    predictRow(x, m_answer.data());
    m_losses -= std::log(std::max(m_answer[Eigen::Index(y)], 0x1p-52));
    for (const Eigen::Index column : {Eigen::Index(y), Eigen::Index(outputs())}) {
        m_count[column] += 1;
        for (Eigen::Index j = 0; j < m_mean.rows(); ++j) {
            const double d = x[j] - m_mean(j, column);
            m_mean(j, column) += d / m_count[column];
            m_squares(j, column) += d * (x[j] - m_mean(j, column));
        }
    }
    return {};
}

void OnlineNaiveBayes::saveState(OnlineState& state) const
{
    state.numbers["count"] = m_count;
    state.numbers["mean"] = m_mean.reshaped();
    state.numbers["squares"] = m_squares.reshaped();
    state.numbers["losses"] = Vector::Constant(1, m_losses);
}

bool OnlineNaiveBayes::takeState(const OnlineState& state)
{
    Vector mean(m_mean.size()), squares(m_squares.size()), losses(1);
    if (!takeNumbers(state, "count", m_count) || !takeNumbers(state, "mean", mean) || !takeNumbers(state, "squares", squares)
        || !takeNumbers(state, "losses", losses) || (m_count.array() < 0).any() || (squares.array() < 0).any())
        return false;
    m_mean = mean.reshaped(m_mean.rows(), m_mean.cols());
    m_squares = squares.reshaped(m_squares.rows(), m_squares.cols());
    m_losses = losses[0];
    return true;
}

} // namespace modelarium
