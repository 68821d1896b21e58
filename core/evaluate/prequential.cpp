#include "core/evaluate/prequential.h"

#include "core/base/matrix.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

void PrequentialScore::add(double truth, const double* answer)
{
    ++m_rows;
    if (m_task == Task::Regression)
        addNumber(truth, *answer);
    else
        addClass(std::size_t(truth), answer);
}

void PrequentialScore::addNumber(double truth, double answer)
{
    const double error = std::abs(truth - answer);
    m_squares += error * error;
    m_sizes += error;
    m_largest = std::max(m_largest, error);
    const double d = truth - m_mean;
    m_mean += d / double(m_rows);
    m_spread += d * (truth - m_mean);
}

void PrequentialScore::addClass(std::size_t truth, const double* answer)
{
    m_right += std::size_t(std::max_element(answer, answer + m_classes) - answer) == truth;
    m_sizes -= std::log(std::max(answer[truth], 0x1p-52));
    for (std::size_t k = m_classes == 2 ? 1 : 0; k < m_classes; ++k) {
        const double error = answer[k] - (k == truth);
        m_squares += error * error;
    }
}

Metrics PrequentialScore::metrics() const
{
    Metrics metrics;
    if (m_rows == 0)
        return metrics;
    const double n = double(m_rows);
    if (m_task == Task::Regression) {
        metrics = {{"rmse", std::sqrt(m_squares / n)}, {"mae", m_sizes / n}, {"max_error", m_largest}};
        if (m_spread > 0)
            metrics["r2"] = 1 - m_squares / m_spread;
    } else {
        metrics = {{"accuracy", double(m_right) / n}};
        if (m_areProbabilities)
            metrics.insert({{"log_loss", m_sizes / n}, {"brier", m_squares / n}});
    }
    std::erase_if(metrics, [](const auto& metric) { return !std::isfinite(metric.second); });
    return metrics;
}

void PrequentialScore::saveTo(OnlineState& state) const
{
    constexpr double largest = 1e300;               // a file holds finite numbers only
    Vector sums{{m_mean, m_spread, m_squares, m_sizes, m_largest}};
    for (double& sum : sums)
        sum = std::isfinite(sum) ? sum : largest;
    state.counts["score_rows"] = m_rows;
    state.counts["score_right"] = m_right;
    state.numbers["score_sums"] = sums;
}

bool PrequentialScore::takeFrom(const OnlineState& state)
{
    const auto rows = state.counts.find("score_rows"), right = state.counts.find("score_right");
    const auto sums = state.numbers.find("score_sums");
    if (rows == state.counts.end() || right == state.counts.end() || sums == state.numbers.end() || sums->second.size() != 5
        || right->second > rows->second || (sums->second.tail(4).array() < 0).any())
        return false;
    m_rows = rows->second;
    m_right = right->second;
    m_mean = sums->second[0];
    m_spread = sums->second[1];
    m_squares = sums->second[2];
    m_sizes = sums->second[3];
    m_largest = sums->second[4];
    return true;
}

} // namespace modelarium
