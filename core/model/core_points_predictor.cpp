#include "core/model/core_points_predictor.h"

#include <algorithm>

namespace modelarium {

CorePointsPredictor::CorePointsPredictor(const CorePoints& parameters)
    : Predictor(featureCount(parameters), outputCount(parameters)), m_cluster(parameters.cluster),
      m_squaredEps(parameters.eps * parameters.eps)
{
    m_rows.reserve(std::size_t(parameters.X.size()));
    for (Eigen::Index i = 0; i < parameters.X.rows(); ++i)
        for (Eigen::Index j = 0; j < parameters.X.cols(); ++j)
            m_rows.push_back(parameters.X(i, j));
    if (parameters.X.rows() > 0)
        m_search.emplace(parameters.X, DistanceMetric::Euclidean);
}

void CorePointsPredictor::predictRow(const double* x, double* out) const noexcept
{
    std::fill(out, out + outputs(), 0.0);
    std::size_t answer = outputs() - 1;
    if (m_search) {
        Neighbour nearest;
        m_search->findNearest(x, 1, &nearest);
        // Taken again: the search may have measured what overflows in another unit.
        const double* row = &m_rows[std::size_t(nearest.index) * features()];
        double distance = 0;
        for (std::size_t j = 0; j < features(); ++j)
            distance += (x[j] - row[j]) * (x[j] - row[j]);
        if (distance <= m_squaredEps)
            answer = std::size_t(m_cluster[std::size_t(nearest.index)]);
    }
    out[answer] = 1;
}

} // namespace modelarium
