#include "core/model/cluster_text.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/model/feature_forms.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

constexpr Index mostClustersWritten = 12;
constexpr Index mostFeaturesWritten = 8;

/// Means and standard deviations of clusters in the units of the data; a centre has no spread, and no weight.
struct ClusterPlaces {
    std::vector<FeatureForm> features;
    Matrix mean;
    Matrix deviation;                               // empty for centres
    Vector weight;                                  // empty for centres
};

Matrix deviationsOf(const FullGaussianClasses& p)
{
    Matrix result(p.mean.rows(), p.mean.cols());
    for (Index k = 0; k < p.mean.rows(); ++k)
        result.row(k) = p.factor[std::size_t(k)].rowwise().norm();
    return result;
}

ClusterPlaces placesOf(const Model& model)
{
    ClusterPlaces places;
    places.features = featureForms(model.preparation());
    if (const auto* centroids = std::get_if<Centroids>(&model.parameters())) {
        places.mean = centroids->centres;
    } else if (const auto* bells = std::get_if<GaussianClasses>(&model.parameters())) {
        places.mean = bells->mean;
        places.deviation = bells->variance.cwiseSqrt();
        places.weight = bells->logPrior.array().exp();
    } else if (const auto* tilted = std::get_if<FullGaussianClasses>(&model.parameters())) {
        places.mean = tilted->mean;
        places.deviation = deviationsOf(*tilted);
        places.weight = tilted->logPrior.array().exp();
    }
    for (Index j = 0; j < places.mean.cols(); ++j) {
        const FeatureForm& form = places.features[std::size_t(j)];
        places.mean.col(j) = places.mean.col(j).array() * form.scale + form.mean;
        // What is left of a 0 after the centring was undone is no place of its own.
        const double rounding = 8 * std::numeric_limits<double>::epsilon() * std::max(places.mean.col(j).cwiseAbs().maxCoeff(), std::abs(form.mean));
        places.mean.col(j) = (places.mean.col(j).array().abs() <= rounding).select(0.0, places.mean.col(j));
        if (places.deviation.size() > 0)
            places.deviation.col(j) *= std::abs(form.scale);
    }
    return places;
}

/// Whether every number can be written; in the units of the data some may be beyond the range of numbers.
bool isWritable(const ClusterPlaces& places) { return places.mean.allFinite() && places.deviation.allFinite(); }

/// Where one cluster is: "eruptions = 4.29, waiting = 80.3"; with its spread where it has one.
std::string placeText(const ClusterPlaces& places, Index k, int digits)
{
    std::string text;
    if (places.weight.size() > 0)
        text = "weight " + numberText(places.weight[k], digits);
    for (Index j = 0; j < std::min(places.mean.cols(), mostFeaturesWritten); ++j) {
        text += (text.empty() ? "" : ", ") + places.features[std::size_t(j)].name + " = " + numberText(places.mean(k, j), digits);
        if (places.deviation.size() > 0)
            text += " \u00B1 " + numberText(places.deviation(k, j), digits);
    }
    if (places.mean.cols() > mostFeaturesWritten)
        text += ", ... (" + countText(places.mean.cols() - mostFeaturesWritten) + " more)";
    return text;
}

bool isScaled(const std::vector<FeatureForm>& features)
{
    return std::any_of(features.begin(), features.end(), [](const FeatureForm& form) { return form.isScaled(); });
}

std::string coreSentence(const CorePoints& p, const Model& model, int digits)
{
    if (p.X.rows() == 0)
        return "There is no core sample, so every row is noise.";
    return counted(p.clusters, "cluster", "clusters") + " of " + counted(p.X.rows(), "core sample", "core samples") + " in all: a row belongs to the cluster of the nearest core sample within "
        + numberText(p.eps, digits) + (isScaled(featureForms(model.preparation())) ? " (on the scaled features)" : "")
        + ", and is noise where there is none.";
}

/// sqrt((3.6 - 4.29)^2 + (79 - 80.3)^2), or nothing where that would be too long.
std::string distanceTerms(const double* from, const std::vector<double>& x, Index stride, int digits)
{
    constexpr std::size_t mostTerms = 3;
    if (x.size() > mostTerms || !std::all_of(x.begin(), x.end(), [](double value) { return std::isfinite(value); }))
        return {};
    std::string text;
    for (std::size_t j = 0; j < x.size(); ++j) {
        const double place = from[Index(j) * stride];
        text += (j ? " + (" : "(") + numberText(x[j], digits) + (place < 0 ? " + " : " - ") + numberText(std::abs(place), digits) + ")^2";
    }
    return "sqrt(" + text + ") = ";
}

/// In extended range: the squares of a row that is far out overflow.
double distanceTo(const double* from, const std::vector<double>& x, Index stride)
{
    long double sum = 0;
    for (std::size_t j = 0; j < x.size(); ++j) {
        const long double difference = static_cast<long double>(x[j]) - from[Index(j) * stride];
        sum += difference * difference;
    }
    return double(std::sqrt(sum));
}

std::string distanceText(double distance, int digits) { return std::isfinite(distance) ? numberText(distance, digits) : "beyond the range of numbers"; }

} // namespace

bool isClustering(const Model& model) { return model.target().task == Task::Clustering; }

std::string clusterSentence(const Model& model, int digits)
{
    if (const auto* points = std::get_if<CorePoints>(&model.parameters()))
        return coreSentence(*points, model, digits);
    const ClusterPlaces places = placesOf(model);
    std::string text = places.weight.size() > 0
        ? "Every cluster is a bell with a weight; a row belongs to the one under whose bell it is likeliest, times the weight"
        : "A row belongs to the cluster whose centre is nearest";
    if (places.weight.size() == 0 && isScaled(places.features))
        text += " (measured on the scaled features)";
    if (!isWritable(places))
        return text + "; in the units of the data some of its numbers are beyond the range of numbers.";
    text += ":";
    for (Index k = 0; k < std::min(places.mean.rows(), mostClustersWritten); ++k)
        text += "\n" + model.target().classes[std::size_t(k)] + ": " + placeText(places, k, digits);
    if (places.mean.rows() > mostClustersWritten)
        text += "\n... and " + countText(places.mean.rows() - mostClustersWritten) + " more";
    return text;
}

std::vector<std::string> centroidArithmetic(const Centroids& centroids, const Model& model, const std::vector<double>& x, int digits)
{
    const Index clusters = centroids.centres.rows();
    std::vector<std::string> lines;
    Index nearest = 0;
    double smallest = std::numeric_limits<double>::infinity();
    for (Index k = 0; k < clusters; ++k) {
        const double* centre = &centroids.centres(k, 0);
        const double distance = distanceTo(centre, x, clusters);
        if (distance < smallest) {
            smallest = distance;
            nearest = k;
        }
        if (k < mostClustersWritten) {
            lines.push_back(model.target().classes[std::size_t(k)] + ": distance " + distanceTerms(centre, x, clusters, digits)
                            + distanceText(distance, digits));
        }
    }
    if (clusters > mostClustersWritten)
        lines.push_back("... and " + countText(clusters - mostClustersWritten) + " more");
    lines.push_back("the nearest: " + model.target().classes[std::size_t(nearest)]);
    return lines;
}

std::vector<std::string> corePointArithmetic(const CorePoints& points, const Model& model, const std::vector<double>& x, int digits)
{
    Index nearest = -1;
    double smallest = std::numeric_limits<double>::infinity();
    for (Index i = 0; i < points.X.rows(); ++i) {
        const double distance = distanceTo(&points.X(i, 0), x, points.X.rows());
        if (distance < smallest) {
            smallest = distance;
            nearest = i;
        }
    }
    if (nearest < 0)
        return {"no core sample: noise"};
    std::vector<double> out(model.outputs());
    model.predictor().predictRow(x.data(), out.data());
    const bool isNoise = out.back() > 0;
    const std::string eps = numberText(points.eps, digits);
    return {"nearest core sample: distance " + distanceTerms(&points.X(nearest, 0), x, points.X.rows(), digits) + distanceText(smallest, digits)
                + ", of " + model.target().classes[std::size_t(points.cluster[std::size_t(nearest)])],
            isNoise ? "farther than " + eps + ": noise"
                    : "within " + eps + ": " + model.target().classes[std::size_t(points.cluster[std::size_t(nearest)])]};
}

std::vector<NamedParameter> clusterParameters(const Model& model)
{
    std::vector<NamedParameter> result;
    if (!isClustering(model) || std::holds_alternative<CorePoints>(model.parameters()))
        return result;
    const ClusterPlaces places = placesOf(model);
    for (Index k = 0; isWritable(places) && k < places.mean.rows(); ++k) {
        const std::string prefix = model.target().classes[std::size_t(k)] + ": ";
        if (places.weight.size() > 0)
            result.push_back({prefix + "(weight)", places.weight[k]});
        for (Index j = 0; j < places.mean.cols(); ++j) {
            const std::string& name = places.features[std::size_t(j)].name;
            result.push_back({prefix + name, places.mean(k, j)});
            if (places.deviation.size() > 0)
                result.push_back({prefix + name + ", standard deviation", places.deviation(k, j)});
        }
    }
    return result;
}

} // namespace modelarium
