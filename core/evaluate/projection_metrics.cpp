#include "core/evaluate/projection_metrics.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace modelarium {

namespace {

using Eigen::Index;

/// Sums of squares over some rows.
struct Spread {
    double total = 0;                               ///< of the ways from the mean
    double lost = 0;                                ///< of what the coordinates do not give back
    Vector kept;                                    ///< along each component
};

/// In blocks that do not depend on the number of threads. What is lost is summed from differences: total less kept would cancel.
Spread spreadOf(const Projection& p, const Matrix& X)
{
    constexpr Index rowsInBlock = 2048;
    std::vector<Spread> parts(std::size_t((X.rows() + rowsInBlock - 1) / rowsInBlock));
    parallelFor(parts.size(), [&](std::size_t block) {
        const Index first = Index(block) * rowsInBlock;
        Matrix rest = X.middleRows(first, std::min(rowsInBlock, X.rows() - first)).rowwise() - p.mean.transpose();
        parts[block].total = rest.squaredNorm();
        const Matrix ways = rest * p.directions.transpose();
        rest.noalias() -= ways * p.directions;
        parts[block].lost = rest.squaredNorm();
        parts[block].kept = ways.colwise().squaredNorm().transpose();
    });
    Spread spread{0, 0, Vector::Zero(p.directions.rows())};
    for (const Spread& part : parts) {
        spread.total += part.total;
        spread.lost += part.lost;
        spread.kept += part.kept;
    }
    return spread;
}

} // namespace

Metrics projectionMetrics(const Projection& projection, const Matrix& X)
{
    Metrics metrics;
    if (X.rows() == 0)
        return metrics;
    const Spread spread = spreadOf(projection, X);
    metrics["reconstruction_error"] = spread.lost / double(X.rows());
    if (spread.total > 0)
        metrics["explained_variance_ratio"] = 1 - spread.lost / spread.total;
    std::erase_if(metrics, [](const auto& metric) { return !std::isfinite(metric.second); });
    return metrics;
}

double projectionLoss(const Projection& projection, const Matrix& X)
{
    return X.rows() == 0 ? std::numeric_limits<double>::quiet_NaN() : spreadOf(projection, X).lost / double(X.rows());
}

Vector keptShares(const Projection& projection, const Matrix& X)
{
    const Spread spread = spreadOf(projection, X);
    return spread.total > 0 && std::isfinite(spread.total) ? Vector(spread.kept / spread.total) : Vector();
}

} // namespace modelarium
