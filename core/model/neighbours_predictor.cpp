#include "core/model/neighbours_predictor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

constexpr int stackNeighbours = 256;

/// Keeps the k smallest of the neighbours offered, sorted.
void insertSorted(Neighbour* nearest, int& count, int k, const Neighbour& candidate) noexcept
{
    int place = count < k ? count++ : k - 1;
    for (; place > 0 && candidate < nearest[place - 1]; --place)
        nearest[place] = nearest[place - 1];
    nearest[place] = candidate;
}

} // namespace

NeighboursPredictor::NeighboursPredictor(const NearestNeighbours& parameters)
    : Predictor(featureCount(parameters), outputCount(parameters)),
      m_X(std::size_t(parameters.X.size())),
      m_y(parameters.y.data(), parameters.y.data() + parameters.y.size()),
      m_k(std::min(parameters.k, int(parameters.X.rows()))),
      m_classes(parameters.classes),
      m_weights(parameters.weights),
      m_metric(parameters.metric)
{
    using RowByRow = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<RowByRow>(m_X.data(), parameters.X.rows(), parameters.X.cols()) = parameters.X;
}

double NeighboursPredictor::distance(const double* x, std::size_t sample) const noexcept
{
    const double* row = &m_X[sample * features()];
    double sum = 0;
    if (m_metric == DistanceMetric::Euclidean) {
        for (std::size_t j = 0; j < features(); ++j)
            sum += (x[j] - row[j]) * (x[j] - row[j]);
    } else {
        for (std::size_t j = 0; j < features(); ++j)
            sum += std::abs(x[j] - row[j]);
    }
    return sum;
}

void NeighboursPredictor::findNearest(const double* x, Neighbour* nearest) const noexcept
{
    int count = 0;
    const std::size_t samples = m_y.size();
    for (std::size_t i = 0; i < samples; ++i) {
        const Neighbour candidate{distance(x, i), std::int64_t(i)};
        if (count < m_k || candidate < nearest[m_k - 1])
            insertSorted(nearest, count, m_k, candidate);
    }
}

void NeighboursPredictor::vote(const Neighbour* nearest, double* out) const noexcept
{
    std::fill(out, out + outputs(), 0.0);
    const bool exactHit = nearest[0].distance == 0;
    double total = 0;
    for (int i = 0; i < m_k; ++i) {
        double weight = 1;
        if (m_weights == NeighbourWeights::Distance) {
            // Relative to the nearest, so that no weight overflows and the first is 1.
            if (exactHit || !std::isfinite(nearest[i].distance))
                weight = nearest[i].distance == nearest[0].distance;
            else
                weight = nearest[0].distance / nearest[i].distance;
            if (m_metric == DistanceMetric::Euclidean)
                weight = std::sqrt(weight);
        }
        const double answer = m_y[std::size_t(nearest[i].index)];
        total += weight;
        if (m_classes > 0)
            out[std::size_t(answer)] += weight;
        else
            out[0] += weight * answer;
    }
    for (std::size_t output = 0; output < outputs(); ++output)
        out[output] /= total;
}

void NeighboursPredictor::predictRow(const double* x, double* out) const noexcept
{
    if (m_k <= stackNeighbours) {
        std::array<Neighbour, stackNeighbours> nearest;
        findNearest(x, nearest.data());
        vote(nearest.data(), out);
    } else {
        std::vector<Neighbour> nearest(static_cast<std::size_t>(m_k));
        findNearest(x, nearest.data());
        vote(nearest.data(), out);
    }
}

} // namespace modelarium
