#include "core/model/linear_predictor.h"

#include "core/model/link.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

std::vector<double> rowByRow(const Matrix& W)
{
    std::vector<double> values(std::size_t(W.size()));
    Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(values.data(), W.rows(), W.cols()) = W;
    return values;
}

/// Eight partial sums hide the latency of the additions; their order is part of the answer's bits.
double dot(const double* w, const double* x, std::size_t count) noexcept
{
    double s[8] = {};
    std::size_t j = 0;
    for (; j + 8 <= count; j += 8)
        for (std::size_t lane = 0; lane < 8; ++lane)
            s[lane] += w[j + lane] * x[j + lane];
    for (std::size_t lane = 0; j < count; ++j, ++lane)
        s[lane] += w[j] * x[j];
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

} // namespace

LinearPredictor::LinearPredictor(const Linear& parameters)
    : Predictor(featureCount(parameters), outputCount(parameters)),
      m_W(rowByRow(parameters.W)),
      m_b(parameters.b.data(), parameters.b.data() + parameters.b.size()),
      m_link(parameters.link)
{
}

double LinearPredictor::score(const double* x, std::size_t output) const noexcept
{
    const double z = m_b[output] + dot(&m_W[output * features()], x, features());
    return std::isfinite(z) ? z : limitedScore(x, output);
}

double LinearPredictor::limitedScore(const double* x, std::size_t output) const noexcept
{
    const double* w = &m_W[output * features()];
    long double z = m_b[output];
    for (std::size_t j = 0; j < features(); ++j)
        z += static_cast<long double>(w[j]) * x[j];
    constexpr long double largest = std::numeric_limits<double>::max();
    return double(std::clamp(z, -largest, largest));
}

void LinearPredictor::predictRow(const double* x, double* out) const noexcept
{
    if (m_link == Link::Logistic) {
        logisticProbabilities(score(x, 0), out);
        return;
    }
    for (std::size_t k = 0; k < outputs(); ++k)
        out[k] = score(x, k);
    if (m_link == Link::Softmax)
        softmaxProbabilities(out, out, outputs());
}

} // namespace modelarium
