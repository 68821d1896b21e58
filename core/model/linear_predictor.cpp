#include "core/model/linear_predictor.h"

#include "core/base/parallel.h"
#include "core/kernels/linear_scores.h"
#include "core/model/link.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
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
    // Every index is a constant, so that the sums stay in registers.
    w += j;
    x += j;
    switch (count - j) {
    case 7: s[6] += w[6] * x[6]; [[fallthrough]];
    case 6: s[5] += w[5] * x[5]; [[fallthrough]];
    case 5: s[4] += w[4] * x[4]; [[fallthrough]];
    case 4: s[3] += w[3] * x[3]; [[fallthrough]];
    case 3: s[2] += w[2] * x[2]; [[fallthrough]];
    case 2: s[1] += w[1] * x[1]; [[fallthrough]];
    case 1: s[0] += w[0] * x[0];
    }
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
    return m_b[output] + dot(&m_W[output * features()], x, features());
}

long double LinearPredictor::wideScore(const double* x, std::size_t output) const noexcept
{
    const double* w = &m_W[output * features()];
    long double z = m_b[output];
    for (std::size_t j = 0; j < features(); ++j)
        z += static_cast<long double>(w[j]) * x[j];
    return z;
}

void LinearPredictor::predictFarRow(const double* x, double* out) const noexcept
{
    constexpr long double largest = std::numeric_limits<double>::max();
    const auto limited = [&](std::size_t k) { return double(std::clamp(wideScore(x, k), -largest, largest)); };
    if (m_link == Link::Logistic)
        logisticProbabilities(limited(0), out);
    else if (m_link == Link::Hard && m_b.size() == 1)
        hardDecision(limited(0), out);
    else if (m_link == Link::Hard)
        hardDecision([&](std::size_t k) { return wideScore(x, k); }, out, outputs());
    else if (m_link == Link::Softmax)
        softmaxProbabilities([&](std::size_t k) { return wideScore(x, k); }, out, outputs());
    else
        for (std::size_t k = 0; k < outputs(); ++k)
            out[k] = limited(k);
}

void LinearPredictor::predictRow(const double* x, double* out) const noexcept
{
    if (m_b.size() == 1 && m_link != Link::Identity) {
        const double z = score(x, 0);
        if (!std::isfinite(z))
            predictFarRow(x, out);
        else if (m_link == Link::Logistic)
            logisticProbabilities(z, out);
        else
            hardDecision(z, out);
        return;
    }
    bool finite = true;
    for (std::size_t k = 0; k < outputs(); ++k) {
        out[k] = score(x, k);
        finite = finite && std::isfinite(out[k]);
    }
    if (!finite)
        predictFarRow(x, out);
    else if (m_link == Link::Softmax)
        softmaxProbabilities(out, outputs());
    else if (m_link == Link::Hard)
        hardDecision([out](std::size_t k) { return out[k]; }, out, outputs());
}

void LinearPredictor::predictBlock(const Eigen::Ref<const Matrix>& X, Eigen::Ref<Matrix> out) const
{
    const auto score = [&](std::size_t output, double* z) {
        kernels::modelariumLinearScores(X.data(), std::size_t(X.outerStride()), std::size_t(X.rows()), features(), &m_W[output * features()], m_b[output], z);
    };
    predictScored(score, [&](std::size_t i, std::size_t j) { return X(Eigen::Index(i), Eigen::Index(j)); }, out);
}

void LinearPredictor::predictInto(const ColumnView& X, Eigen::Ref<Matrix> out) const
{
    constexpr Eigen::Index longestBlock = 4096;     // rows; columns are read from memory side by side, each far enough to be fetched ahead
    const Eigen::Index n = X.rows(), size = longestBlock;
    if (X.matrix() || n < 16 * size) {
        Predictor::predictInto(X, out);
        return;
    }
    parallelFor(std::size_t((n + size - 1) / size), [&](std::size_t block) {
        const Eigen::Index first = Eigen::Index(block) * size, rows = std::min(n - first, size);
        std::vector<const double*> columns(features());
        for (std::size_t j = 0; j < columns.size(); ++j)
            columns[j] = X.col(Eigen::Index(j)).data() + first;
        const auto score = [&](std::size_t output, double* z) {
            kernels::modelariumLinearScoresApart(columns.data(), std::size_t(rows), features(), &m_W[output * features()], m_b[output], z);
        };
        predictScored(score, [&](std::size_t i, std::size_t j) { return columns[j][i]; }, out.middleRows(first, rows));
    });
}

/// `score` writes the scores of all rows for one output, `cell` gives feature j of row i.
template <class Score, class Cell>
void LinearPredictor::predictScored(const Score& score, const Cell& cell, Eigen::Ref<Matrix> out) const
{
    const auto rows = std::size_t(out.rows());
    std::vector<std::uint8_t> far(rows);
    for (std::size_t k = 0; k < m_b.size(); ++k) {
        double* z = out.col(Eigen::Index(k)).data();
        score(k, z);
        for (std::size_t i = 0; i < rows; ++i)
            far[i] |= !std::isfinite(z[i]);
    }
    if (m_link == Link::Logistic)
        kernels::modelariumLogisticProbabilities(out.col(0).data(), rows, out.col(0).data(), out.col(1).data());
    else if (m_link == Link::Hard)
        kernels::modelariumHardDecisions(out.data(), std::size_t(out.outerStride()), rows, outputs(), m_b.size());
    else if (m_link == Link::Softmax)
        kernels::modelariumSoftmaxProbabilities(out.data(), std::size_t(out.outerStride()), rows, outputs());
    std::vector<double> x(features());
    RowVector answer(out.cols());
    for (std::size_t i = 0; i < rows; ++i) {
        if (!far[i])
            continue;
        for (std::size_t j = 0; j < x.size(); ++j)
            x[j] = cell(i, j);
        predictFarRow(x.data(), answer.data());
        out.row(Eigen::Index(i)) = answer;
    }
}

} // namespace modelarium
