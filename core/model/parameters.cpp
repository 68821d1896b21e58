#include "core/model/parameters.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

bool allFinite(const std::vector<double>& values)
{
    return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

bool isFinite(const Tree& tree)
{
    return allFinite(tree.threshold) && allFinite(tree.samples) && allFinite(tree.impurity) && tree.values.allFinite();
}

/// A split is a feature and a threshold; a leaf is its answer.
std::size_t parameterCount(const Tree& tree)
{
    const std::size_t leaves = leafCount(tree);
    return 2 * (tree.feature.size() - leaves) + leaves * std::size_t(tree.values.cols());
}

} // namespace

std::string_view shapeName(const Parameters& parameters)
{
    return std::visit(Overloaded{[](const Linear&) { return "linear"; },
                                 [](const Polynomial&) { return "polynomial"; },
                                 [](const NearestNeighbours&) { return "nearest_neighbours"; },
                                 [](const TreeEnsemble&) { return "tree_ensemble"; },
                                 [](const GaussianClasses&) { return "gaussian_classes"; },
                                 [](const FullGaussianClasses&) { return "full_gaussian_classes"; },
                                 [](const DenseNetwork&) { return "dense_network"; },
                                 [](const KernelExpansion&) { return "kernel_expansion"; },
                                 [](const Centroids&) { return "centroids"; },
                                 [](const CorePoints&) { return "core_points"; },
                                 [](const Projection&) { return "projection"; }},
                      parameters);
}

std::size_t parameterCount(const Parameters& parameters)
{
    return std::visit(Overloaded{[](const Linear& p) { return std::size_t(p.W.size() + p.b.size()); },
                                 [](const Polynomial& p) {
                                     return std::size_t(p.centre.size() + p.scale.size() + p.weights.size() + 1);
                                 },
                                 [](const NearestNeighbours& p) { return std::size_t(p.X.size() + p.y.size()); },
                                 [](const TreeEnsemble& p) {
                                     auto count = std::size_t(p.base.size());
                                     for (const Tree& tree : p.trees)
                                         count += parameterCount(tree);
                                     return count;
                                 },
                                 [](const GaussianClasses& p) {
                                     return std::size_t(p.logPrior.size() + p.mean.size() + p.variance.size());
                                 },
                                 [](const FullGaussianClasses& p) {
                                     const auto triangle = std::size_t(p.mean.cols() * (p.mean.cols() + 1) / 2);
                                     return std::size_t(p.logPrior.size() + p.mean.size()) + p.factor.size() * triangle;
                                 },
                                 [](const DenseNetwork& p) {
                                     std::size_t count = 0;
                                     for (const DenseLayer& layer : p.layers)
                                         count += std::size_t(layer.W.size() + layer.b.size());
                                     return count;
                                 },
                                 [](const KernelExpansion& p) {
                                     return std::size_t(p.vectors.size() + p.coefficients.size() + p.intercepts.size() + p.slopes.size() + p.offsets.size());
                                 },
                                 [](const Centroids& p) { return std::size_t(p.centres.size()); },
                                 [](const CorePoints& p) { return std::size_t(p.X.size()) + p.cluster.size() + 1; },
                                 [](const Projection& p) {
                                     return std::size_t(p.mean.size() + p.directions.size() + p.scale.size());
                                 }},
                      parameters);
}

std::size_t outputCount(const Parameters& parameters)
{
    return std::visit(Overloaded{[](const Linear& p) {
                                     const bool twoClasses = p.link == Link::Logistic || (p.link == Link::Hard && p.W.rows() == 1);
                                     return twoClasses ? std::size_t(2) : std::size_t(p.W.rows());
                                 },
                                 [](const Polynomial&) { return std::size_t(1); },
                                 [](const NearestNeighbours& p) { return std::size_t(p.classes > 0 ? p.classes : 1); },
                                 [](const TreeEnsemble& p) { return std::size_t(p.classes > 0 ? p.classes : 1); },
                                 [](const GaussianClasses& p) { return std::size_t(p.logPrior.size()); },
                                 [](const FullGaussianClasses& p) { return std::size_t(p.logPrior.size()); },
                                 [](const DenseNetwork& p) {
                                     return p.link == Link::Logistic ? 2 : std::size_t(p.layers.back().W.rows());
                                 },
                                 [](const KernelExpansion& p) {
                                     return p.vectorsOfClass.empty() ? std::size_t(1) : p.vectorsOfClass.size();
                                 },
                                 [](const Centroids& p) { return std::size_t(p.centres.rows()); },
                                 [](const CorePoints& p) { return std::size_t(p.clusters) + 1; },
                                 [](const Projection& p) { return std::size_t(p.directions.rows()); }},
                      parameters);
}

bool givesProbabilities(const Parameters& parameters)
{
    if (const auto* linear = std::get_if<Linear>(&parameters))
        return linear->link != Link::Hard;
    if (const auto* expansion = std::get_if<KernelExpansion>(&parameters))
        return expansion->slopes.size() > 0;
    return !std::holds_alternative<Centroids>(parameters) && !std::holds_alternative<CorePoints>(parameters);
}

std::size_t featureCount(const Parameters& parameters)
{
    return std::visit(Overloaded{[](const Linear& p) { return std::size_t(p.W.cols()); },
                                 [](const Polynomial& p) { return std::size_t(p.centre.size()); },
                                 [](const NearestNeighbours& p) { return std::size_t(p.X.cols()); },
                                 [](const TreeEnsemble& p) { return std::size_t(p.features); },
                                 [](const GaussianClasses& p) { return std::size_t(p.mean.cols()); },
                                 [](const FullGaussianClasses& p) { return std::size_t(p.mean.cols()); },
                                 [](const DenseNetwork& p) { return std::size_t(p.layers.front().W.cols()); },
                                 [](const KernelExpansion& p) { return std::size_t(p.vectors.cols()); },
                                 [](const Centroids& p) { return std::size_t(p.centres.cols()); },
                                 [](const CorePoints& p) { return std::size_t(p.X.cols()); },
                                 [](const Projection& p) { return std::size_t(p.mean.size()); }},
                      parameters);
}

bool hasNoise(const Parameters& parameters) { return std::holds_alternative<CorePoints>(parameters); }

std::vector<std::string> clusterNames(const Parameters& parameters)
{
    std::vector<std::string> names;
    for (std::size_t k = 0; k < outputCount(parameters) - hasNoise(parameters); ++k)
        names.push_back("cluster " + std::to_string(k + 1));
    if (hasNoise(parameters))
        names.push_back("noise");
    return names;
}

std::vector<std::string> componentNames(const Parameters& parameters)
{
    std::vector<std::string> names;
    if (std::holds_alternative<Projection>(parameters))
        for (std::size_t k = 0; k < outputCount(parameters); ++k)
            names.push_back("pc" + std::to_string(k + 1));
    return names;
}

bool isFinite(const Parameters& parameters)
{
    return std::visit(Overloaded{[](const Linear& p) { return p.W.allFinite() && p.b.allFinite(); },
                                 [](const Polynomial& p) {
                                     return p.centre.allFinite() && p.scale.allFinite() && p.weights.allFinite()
                                         && std::isfinite(p.intercept);
                                 },
                                 [](const NearestNeighbours& p) { return p.X.allFinite() && p.y.allFinite(); },
                                 [](const TreeEnsemble& p) {
                                     return p.base.allFinite()
                                         && std::all_of(p.trees.begin(), p.trees.end(),
                                                        [](const Tree& tree) { return isFinite(tree); });
                                 },
                                 [](const GaussianClasses& p) {
                                     return p.logPrior.allFinite() && p.mean.allFinite() && p.variance.allFinite();
                                 },
                                 [](const FullGaussianClasses& p) {
                                     return p.logPrior.allFinite() && p.mean.allFinite()
                                         && std::all_of(p.factor.begin(), p.factor.end(), [](const Matrix& L) { return L.allFinite(); });
                                 },
                                 [](const DenseNetwork& p) {
                                     return std::all_of(p.layers.begin(), p.layers.end(), [](const DenseLayer& layer) {
                                         return layer.W.allFinite() && layer.b.allFinite();
                                     });
                                 },
                                 [](const KernelExpansion& p) {
                                     return std::isfinite(p.gamma) && std::isfinite(p.coef0) && p.vectors.allFinite()
                                         && p.coefficients.allFinite() && p.intercepts.allFinite() && p.slopes.allFinite() && p.offsets.allFinite();
                                 },
                                 [](const Centroids& p) { return p.centres.allFinite(); },
                                 [](const CorePoints& p) { return p.X.allFinite() && std::isfinite(p.eps); },
                                 [](const Projection& p) {
                                     return p.mean.allFinite() && p.directions.allFinite() && p.scale.allFinite()
                                         && p.variance.allFinite();
                                 }},
                      parameters);
}

} // namespace modelarium
