#include "core/evaluate/clustering_metrics.h"

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/model/centroids_predictor.h"
#include "core/model/mixture_density.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>

namespace modelarium {

namespace {

using Eigen::Index;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Sum over the rows, in blocks that do not depend on the number of threads; each row as numbers one after the other.
double sumOverRows(const Matrix& X, const std::function<double(const double*)>& value)
{
    constexpr Index rowsInBlock = 2048;
    std::vector<double> sums(std::size_t((X.rows() + rowsInBlock - 1) / rowsInBlock));
    parallelFor(sums.size(), [&](std::size_t block) {
        const Index first = Index(block) * rowsInBlock;
        const RowMajor rows = X.middleRows(first, std::min(rowsInBlock, X.rows() - first));
        for (Index i = 0; i < rows.rows(); ++i)
            sums[block] += value(rows.row(i).data());
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double inertia(const Centroids& p, const Matrix& X)
{
    const RowMajor centres = p.centres;
    return sumOverRows(X, [&](const double* x) {
        return nearestCentre(centres.data(), std::size_t(centres.rows()), std::size_t(centres.cols()), x).squaredDistance;
    });
}

double meanLogDensity(const Parameters& mixture, const Matrix& X)
{
    const MixtureDensity density(mixture);
    return sumOverRows(X, [&](const double* x) { return density.logDensity(x); }) / double(X.rows());
}

bool isMixture(const Parameters& parameters)
{
    return std::holds_alternative<GaussianClasses>(parameters) || std::holds_alternative<FullGaussianClasses>(parameters);
}

double noiseShare(const Parameters& parameters, const Matrix& X)
{
    Matrix out;
    makePredictor(parameters)->predict(X, out);
    return out.col(out.cols() - 1).sum() / double(X.rows());
}

/// The rows that are compared with each other: all that belong to a cluster, or a draw of them.
std::vector<Index> comparedRows(const std::vector<int>& clusters)
{
    std::vector<Index> rows;
    for (std::size_t i = 0; i < clusters.size(); ++i)
        if (clusters[i] >= 0)
            rows.push_back(Index(i));
    if (rows.size() > mostSilhouetteRows) {
        Random(1).shuffle(rows);
        rows.resize(mostSilhouetteRows);
        std::sort(rows.begin(), rows.end());
    }
    return rows;
}

/// (b - a) / max(a, b) of one row, from its summed distances to the rows of each cluster.
double silhouetteOf(const std::vector<double>& sums, const std::vector<double>& sizes, std::size_t own)
{
    if (sizes[own] < 2)
        return 0;
    const double within = sums[own] / (sizes[own] - 1);
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < sums.size(); ++k)
        if (k != own && sizes[k] > 0)
            nearest = std::min(nearest, sums[k] / sizes[k]);
    const double larger = std::max(within, nearest);
    return larger > 0 ? (nearest - within) / larger : 0;
}

} // namespace

double silhouette(const Matrix& X, const std::vector<int>& clusters, std::size_t count)
{
    const std::vector<Index> rows = comparedRows(clusters);
    std::vector<double> sizes(count);
    for (const Index i : rows)
        ++sizes[std::size_t(clusters[std::size_t(i)])];
    const auto used = std::size_t(std::count_if(sizes.begin(), sizes.end(), [](double size) { return size > 0; }));
    if (used < 2 || used >= rows.size())
        return std::numeric_limits<double>::quiet_NaN();
    const RowMajor compared = X(rows, Eigen::all);
    std::vector<double> values(rows.size());
    constexpr std::size_t rowsInBlock = 64;
    parallelFor((rows.size() + rowsInBlock - 1) / rowsInBlock, [&](std::size_t block) {
        std::vector<double> sums(count);
        for (std::size_t i = block * rowsInBlock; i < std::min(rows.size(), (block + 1) * rowsInBlock); ++i) {
            std::fill(sums.begin(), sums.end(), 0.0);
            for (std::size_t other = 0; other < rows.size(); ++other)
                sums[std::size_t(clusters[std::size_t(rows[other])])] += (compared.row(Index(i)) - compared.row(Index(other))).norm();
            values[i] = silhouetteOf(sums, sizes, std::size_t(clusters[std::size_t(rows[i])]));
        }
    });
    return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

std::size_t freeParameters(const Parameters& parameters)
{
    const std::size_t clusters = outputCount(parameters), p = featureCount(parameters);
    const std::size_t covariance = std::holds_alternative<FullGaussianClasses>(parameters) ? p * (p + 1) / 2 : p;
    return clusters * (p + covariance) + clusters - 1;
}

double clusteringLoss(const Parameters& parameters, const Matrix& X)
{
    if (X.rows() == 0)
        return std::numeric_limits<double>::quiet_NaN();
    if (const auto* centroids = std::get_if<Centroids>(&parameters))
        return inertia(*centroids, X) / double(X.rows());
    return isMixture(parameters) ? -meanLogDensity(parameters, X) : noiseShare(parameters, X);
}

Metrics clusteringMetrics(const Model& model, const Matrix& X)
{
    Metrics metrics;
    if (X.rows() == 0)
        return metrics;
    const Parameters& parameters = model.parameters();
    const double n = double(X.rows());
    if (const auto* centroids = std::get_if<Centroids>(&parameters))
        metrics["inertia"] = inertia(*centroids, X);
    if (isMixture(parameters)) {
        const double mean = meanLogDensity(parameters, X), q = double(freeParameters(parameters));
        metrics["log_likelihood"] = mean;
        metrics["bic"] = -2 * n * mean + q * std::log(n);
        metrics["aic"] = -2 * n * mean + 2 * q;
    }
    const Vector answers = model.predictPrepared(X).values;
    std::vector<int> clusters(answers.begin(), answers.end());
    const std::size_t count = model.outputs() - hasNoise(parameters);
    if (hasNoise(parameters)) {
        std::replace(clusters.begin(), clusters.end(), int(count), -1);
        metrics["noise_share"] = double(std::count(clusters.begin(), clusters.end(), -1)) / n;
    }
    metrics["silhouette"] = silhouette(X, clusters, count);
    std::erase_if(metrics, [](const auto& metric) { return !std::isfinite(metric.second); });
    return metrics;
}

} // namespace modelarium
