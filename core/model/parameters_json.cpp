#include "core/model/parameters_json.h"

#include "core/base/counted.h"
#include "core/model/full_gaussian_predictor.h"
#include "core/model/json_fields.h"
#include "core/model/trees_json.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::int64_t mostFeaturesInFile = 100'000;
constexpr std::int64_t mostClasses = 10'000;
constexpr std::size_t mostLayers = 100;

/// Names of enumerators as they stand in files.
template <class Enum>
struct Names {
    std::vector<std::pair<Enum, const char*>> pairs;

    std::string of(Enum value) const
    {
        for (const auto& [enumerator, name] : pairs)
            if (enumerator == value)
                return name;
        return {};
    }

    Enum read(const JsonFields& fields, const char* key) const
    {
        const std::string text = fields.text(key);
        for (const auto& [enumerator, name] : pairs)
            if (text == name)
                return enumerator;
        fields.refuse(key, "is \"" + text.substr(0, 80) + "\", which this program does not know");
    }
};

const Names<Link> links{{{Link::Identity, "identity"}, {Link::Logistic, "logistic"}, {Link::Softmax, "softmax"}, {Link::Hard, "hard"}}};
const Names<Activation> activations{{{Activation::Identity, "identity"},
                                     {Activation::Relu, "relu"},
                                     {Activation::Tanh, "tanh"},
                                     {Activation::Logistic, "logistic"}}};
const Names<TreeAggregation> aggregations{{{TreeAggregation::Mean, "mean"}, {TreeAggregation::Sum, "sum"}}};
const Names<Kernel> kernelNames{{{Kernel::Linear, "linear"}, {Kernel::Rbf, "rbf"}, {Kernel::Polynomial, "poly"}}};
const Names<NeighbourWeights> neighbourWeights{{{NeighbourWeights::Uniform, "uniform"}, {NeighbourWeights::Distance, "distance"}}};
const Names<DistanceMetric> metrics{{{DistanceMetric::Euclidean, "euclidean"}, {DistanceMetric::Manhattan, "manhattan"}}};

ordered_json numbersToJson(const std::vector<std::int32_t>& values)
{
    if (values.size() <= mostReadableNumbers)
        return values;
    return vectorToJson(Eigen::Map<const Eigen::VectorXi>(values.data(), Eigen::Index(values.size())).cast<double>());
}

Linear readLinear(const JsonFields& fields)
{
    Linear result{fields.matrix("W"), fields.vector("b"), links.read(fields, "link")};
    if (result.W.rows() != result.b.size())
        fields.refuse("b", "does not have one number for each row of \"W\"");
    const bool severalRows = result.link == Link::Softmax || result.link == Link::Hard;
    const bool oneRow = result.link != Link::Softmax;
    if (result.W.rows() < 1 || (result.W.rows() == 1 ? !oneRow : !severalRows))
        fields.refuse("W", "does not have the number of rows that its link needs");
    return result;
}

Polynomial readPolynomial(const JsonFields& fields)
{
    Polynomial result;
    result.centre = fields.vector("centre");
    result.scale = fields.vector("scale");
    result.weights = fields.vector("weights");
    result.intercept = fields.number("intercept");
    const Matrix exponents = fields.matrix("exponents");
    if (result.scale.size() != result.centre.size())
        fields.refuse("scale", "does not have one number for each feature");
    if (!(result.scale.array() > 0).all())
        fields.refuse("scale", "holds a number that is not positive");
    if (exponents.rows() != result.weights.size())
        fields.refuse("weights", "does not have one number for each term");
    if (exponents.rows() > 0 && exponents.cols() != result.centre.size())
        fields.refuse("exponents", "does not have one number for each feature");
    for (Eigen::Index term = 0; term < exponents.rows(); ++term) {
        std::vector<int> row;
        for (Eigen::Index j = 0; j < exponents.cols(); ++j) {
            const double exponent = exponents(term, j);
            if (exponent < 0 || exponent > 100 || exponent != std::floor(exponent))
                fields.refuse("exponents", "holds a number that is not a whole number from 0 to 100");
            row.push_back(int(exponent));
        }
        result.exponents.push_back(std::move(row));
    }
    return result;
}

/// 0 for a regression; one class would leave nothing to tell apart.
int readClasses(const JsonFields& fields)
{
    const std::int64_t classes = fields.integer("classes", 0, mostClasses);
    if (classes == 1)
        fields.refuse("classes", "is 1, but there must be at least two classes, or 0 for a regression");
    return int(classes);
}

NearestNeighbours readNeighbours(const JsonFields& fields)
{
    NearestNeighbours result;
    result.X = fields.matrix("X");
    result.y = fields.vector("y");
    result.classes = readClasses(fields);
    result.weights = neighbourWeights.read(fields, "weights");
    result.metric = metrics.read(fields, "metric");
    if (result.X.rows() == 0 || result.X.rows() != result.y.size())
        fields.refuse("y", "does not have one answer for each remembered sample");
    result.k = int(fields.integer("k", 1, std::min<std::int64_t>(result.X.rows(), 2147483647)));
    for (const double y : result.y)
        if (result.classes > 0 && (y < 0 || y >= result.classes || y != std::floor(y)))
            fields.refuse("y", "holds a class that the model does not have");
    return result;
}

/// What trees are added up to; files from before there was boosting know only the mean.
void readAggregation(const JsonFields& fields, TreeEnsemble& ensemble)
{
    if (!fields.has("aggregation"))
        return;
    ensemble.aggregation = aggregations.read(fields, "aggregation");
    if (ensemble.aggregation == TreeAggregation::Mean)
        return;
    ensemble.link = links.read(fields, "link");
    ensemble.base = fields.vector("base");
    const bool fits = ensemble.classes == 0 ? ensemble.link == Link::Identity
                                            : ensemble.link == Link::Softmax || (ensemble.link == Link::Logistic && ensemble.classes == 2);
    if (!fits)
        fields.refuse("link", "does not fit the number of classes");
    if (ensemble.base.size() != (ensemble.link == Link::Softmax ? ensemble.classes : 1))
        fields.refuse("base", "does not have one number for each score");
}

TreeEnsemble readTrees(const JsonFields& fields)
{
    TreeEnsemble result;
    result.classes = readClasses(fields);
    result.features = int(fields.integer("features", 1, mostFeaturesInFile));
    readAggregation(fields, result);
    const bool sum = result.aggregation == TreeAggregation::Sum;
    result.trees = treesFromJson(fields, result);
    if (result.trees.empty() && !sum)
        fields.refuse("trees", "is a list without a tree");
    if (sum && result.trees.size() % std::size_t(result.base.size()) != 0)
        fields.refuse("trees", "does not have equally many trees for each score");
    return result;
}

void checkPriors(const Vector& logPrior, const JsonFields& fields)
{
    if (std::abs(logPrior.array().exp().sum() - 1) > 1e-9)
        fields.refuse("log_prior", "holds logarithms of probabilities that do not sum to 1");
}

GaussianClasses readGaussians(const JsonFields& fields)
{
    GaussianClasses result{fields.vector("log_prior"), fields.matrix("mean"), fields.matrix("variance")};
    if (result.mean.rows() != result.logPrior.size() || result.variance.rows() != result.mean.rows()
        || result.variance.cols() != result.mean.cols())
        fields.refuse("mean", "does not have one row for each class and one column for each feature");
    if (!(result.variance.array() > 0).all())
        fields.refuse("variance", "holds a number that is not positive");
    checkPriors(result.logPrior, fields);
    return result;
}

FullGaussianClasses readFullGaussians(const JsonFields& fields)
{
    FullGaussianClasses result{fields.vector("log_prior"), fields.matrix("mean"), {}};
    if (result.mean.rows() == 0 || result.mean.rows() != result.logPrior.size())
        fields.refuse("mean", "does not have one row for each class");
    checkPriors(result.logPrior, fields);
    const json& factors = fields.at("covariance_factors");
    if (!factors.is_array() || factors.size() != std::size_t(result.mean.rows()))
        fields.refuse("covariance_factors", "is not a list of one factor for each class");
    for (std::size_t k = 0; k < factors.size(); ++k) {
        const JsonFields factor(factors[k], "covariance factor " + std::to_string(k + 1));
        Matrix L = factor.matrix("L");
        if (L.rows() != result.mean.cols() || L.cols() != result.mean.cols())
            factor.refuse("L", "does not have one row and one column for each feature");
        if (!L.isLowerTriangular(0))
            factor.refuse("L", "holds a number other than 0 above its diagonal");
        if (!(L.diagonal().array() > 0).all() || !inverseOfFactor(L).allFinite())
            factor.refuse("L", "has no inverse: a number on its diagonal is not positive, or too small");
        result.factor.push_back(std::move(L));
    }
    return result;
}

DenseLayer readLayer(const json& value, std::size_t position)
{
    const JsonFields fields(value, "layer " + std::to_string(position + 1));
    DenseLayer layer{fields.matrix("W"), fields.vector("b"), activations.read(fields, "activation")};
    if (layer.W.rows() == 0 || layer.W.cols() == 0)
        fields.refuse("W", "has no numbers");
    if (layer.W.rows() > Eigen::Index(mostUnitsInLayer))
        fields.refuse("W", "has more than " + countText(mostUnitsInLayer) + " rows");
    if (layer.b.size() != layer.W.rows())
        fields.refuse("b", "does not have one number for each row of \"W\"");
    return layer;
}

DenseNetwork readNetwork(const JsonFields& fields)
{
    DenseNetwork result;
    result.link = links.read(fields, "link");
    if (result.link == Link::Hard)
        fields.refuse("link", "is \"hard\", which no network has");
    const json& layers = fields.at("layers");
    if (!layers.is_array() || layers.empty() || layers.size() > mostLayers)
        fields.refuse("layers", "is not a list of 1 to " + countText(mostLayers) + " layers");
    for (const json& value : layers) {
        DenseLayer layer = readLayer(value, result.layers.size());
        if (!result.layers.empty() && layer.W.cols() != result.layers.back().W.rows())
            fields.refuse("layers", "has a layer whose inputs are not the outputs of the one before");
        result.layers.push_back(std::move(layer));
    }
    const DenseLayer& last = result.layers.back();
    if (result.link == Link::Softmax ? last.W.rows() < 2 : last.W.rows() != 1)
        fields.refuse("layers", "does not end in the number of outputs that its link needs");
    if (last.activation != Activation::Identity)
        fields.refuse("layers", "ends in an activation, where only the link belongs");
    return result;
}

/// How the vectors are shared out among the classes; nothing for a regression.
std::vector<std::int32_t> readVectorsOfClass(const JsonFields& fields, Eigen::Index vectors)
{
    std::vector<std::int32_t> counts = fields.integers("vectors_of_class");
    if (counts.size() == 1 || counts.size() > std::size_t(mostKernelClasses))
        fields.refuse("vectors_of_class", "does not have 2 to " + countText(mostKernelClasses) + " classes, or none for a regression");
    std::int64_t sum = 0;
    for (const std::int32_t count : counts) {
        if (count < 0)
            fields.refuse("vectors_of_class", "holds a number below 0");
        sum += count;
    }
    if (!counts.empty() && sum != vectors)
        fields.refuse("vectors_of_class", "does not sum to the number of vectors");
    return counts;
}

KernelExpansion readExpansion(const JsonFields& fields)
{
    KernelExpansion result;
    result.kernel = kernelNames.read(fields, "kernel");
    result.gamma = fields.number("gamma");
    result.degree = int(fields.integer("degree", 1, mostKernelDegree));
    result.coef0 = fields.number("coef0");
    if (!(result.gamma > 0))
        fields.refuse("gamma", "is not positive");
    if (!(std::abs(result.coef0) <= 1e9))
        fields.refuse("coef0", "is not a number from -1e9 to 1e9");
    const std::int64_t features = fields.integer("features", 1, mostFeaturesInFile);
    result.vectors = fields.matrix("vectors");
    result.coefficients = fields.matrix("coefficients");
    result.intercepts = fields.vector("intercepts");
    const Eigen::Index vectors = result.vectors.rows();
    result.vectorsOfClass = readVectorsOfClass(fields, vectors);
    const auto classes = Eigen::Index(result.vectorsOfClass.size());
    if (vectors > 0 && result.vectors.cols() != features)
        fields.refuse("vectors", "does not have one number for each feature");
    if (result.coefficients.rows() != std::max<Eigen::Index>(1, classes - 1) || (vectors > 0 && result.coefficients.cols() != vectors))
        fields.refuse("coefficients", "does not have one number for each vector and boundary");
    if (vectors == 0 && result.coefficients.size() > 0)
        fields.refuse("coefficients", "has numbers without vectors");
    if (result.intercepts.size() != std::max<Eigen::Index>(1, classes * (classes - 1) / 2))
        fields.refuse("intercepts", "does not have one number for each boundary");
    if (fields.has("slopes") || fields.has("offsets")) {
        result.slopes = fields.vector("slopes");
        result.offsets = fields.vector("offsets");
        for (const auto& [key, numbers] : {std::pair("slopes", &result.slopes), std::pair("offsets", &result.offsets)})
            if (classes == 0 || numbers->size() != result.intercepts.size())
                fields.refuse(key, "does not have one number for each boundary between two classes");
    }
    result.vectors.conservativeResize(vectors, features);
    result.coefficients.conservativeResize(Eigen::NoChange, vectors);
    return result;
}

Centroids readCentroids(const JsonFields& fields)
{
    Centroids result{fields.matrix("centres")};
    if (result.centres.rows() == 0 || result.centres.cols() == 0 || result.centres.rows() > mostClasses)
        fields.refuse("centres", "does not have 1 to " + countText(mostClasses) + " rows of numbers");
    return result;
}

CorePoints readCorePoints(const JsonFields& fields)
{
    CorePoints result;
    const std::int64_t features = fields.integer("features", 1, mostFeaturesInFile);
    result.eps = fields.number("eps");
    result.clusters = int(fields.integer("clusters", 0, mostClasses));
    result.cluster = fields.integers("cluster");
    result.X = fields.matrix("X");
    if (!(result.eps > 0 && result.eps <= 1e100))
        fields.refuse("eps", "is not a number above 0, up to 1e100");
    if (std::size_t(result.X.rows()) != result.cluster.size())
        fields.refuse("cluster", "does not have one number for each core sample");
    if (result.X.rows() > 0 && result.X.cols() != features)
        fields.refuse("X", "does not have one number for each feature");
    for (const std::int32_t cluster : result.cluster)
        if (cluster < 0 || cluster >= result.clusters)
            fields.refuse("cluster", "names a cluster that is not there");
    result.X.conservativeResize(result.X.rows(), features);
    return result;
}

/// Directions are orthonormal, up to rounding: else what a row gives back would not be the nearest place to it.
bool areOrthonormal(const Matrix& directions)
{
    const Matrix products = directions * directions.transpose();
    return (products - Matrix::Identity(products.rows(), products.cols())).cwiseAbs().maxCoeff() <= 1e-9;
}

Projection readProjection(const JsonFields& fields)
{
    Projection result{fields.vector("mean"), fields.matrix("directions"), fields.vector("scale"), fields.vector("variance")};
    const Eigen::Index features = result.mean.size(), components = result.directions.rows();
    if (features < 1 || features > mostFeaturesInFile)
        fields.refuse("mean", "does not have 1 to " + countText(mostFeaturesInFile) + " numbers");
    if (components > features || (components > 0 && result.directions.cols() != features))
        fields.refuse("directions", "does not have one number for each feature, or has more rows than there are features");
    if (components > 0 && !areOrthonormal(result.directions))
        fields.refuse("directions", "has rows that are not of length 1, or not at right angles");
    if (result.scale.size() != components)
        fields.refuse("scale", "does not have one number for each row of \"directions\"");
    if (!(result.scale.array() > 0).all())
        fields.refuse("scale", "holds a number that is not positive");
    if (result.variance.size() != features)
        fields.refuse("variance", "does not have one number for each feature");
    for (Eigen::Index k = 0; k < features; ++k)
        if (result.variance[k] < 0 || (k > 0 && result.variance[k] > result.variance[k - 1]))
            fields.refuse("variance", "holds a number below 0, or one that is larger than the number before it");
    result.directions.conservativeResize(components, features);
    return result;
}

} // namespace

ordered_json parametersToJson(const Parameters& parameters)
{
    ordered_json result = {{"shape", std::string(shapeName(parameters))}};
    std::visit(
        Overloaded{
            [&](const Linear& p) {
                result["link"] = links.of(p.link);
                result["W"] = matrixToJson(p.W);
                result["b"] = vectorToJson(p.b);
            },
            [&](const Polynomial& p) {
                result["centre"] = vectorToJson(p.centre);
                result["scale"] = vectorToJson(p.scale);
                result["exponents"] = p.exponents;
                result["weights"] = vectorToJson(p.weights);
                result["intercept"] = p.intercept;
            },
            [&](const NearestNeighbours& p) {
                result["k"] = p.k;
                result["weights"] = neighbourWeights.of(p.weights);
                result["metric"] = metrics.of(p.metric);
                result["classes"] = p.classes;
                result["X"] = matrixToJson(p.X);
                result["y"] = vectorToJson(p.y);
            },
            [&](const TreeEnsemble& p) {
                result["classes"] = p.classes;
                result["features"] = p.features;
                if (p.aggregation == TreeAggregation::Sum) {
                    result["aggregation"] = aggregations.of(p.aggregation);
                    result["link"] = links.of(p.link);
                    result["base"] = vectorToJson(p.base);
                }
                result["trees"] = treesToJson(p);
            },
            [&](const GaussianClasses& p) {
                result["log_prior"] = vectorToJson(p.logPrior);
                result["mean"] = matrixToJson(p.mean);
                result["variance"] = matrixToJson(p.variance);
            },
            [&](const FullGaussianClasses& p) {
                result["log_prior"] = vectorToJson(p.logPrior);
                result["mean"] = matrixToJson(p.mean);
                result["covariance_factors"] = ordered_json::array();
                for (const Matrix& L : p.factor)
                    result["covariance_factors"].push_back({{"L", matrixToJson(L)}});
            },
            [&](const DenseNetwork& p) {
                result["link"] = links.of(p.link);
                result["layers"] = ordered_json::array();
                for (const DenseLayer& layer : p.layers)
                    result["layers"].push_back({{"activation", activations.of(layer.activation)}, {"W", matrixToJson(layer.W)}, {"b", vectorToJson(layer.b)}});
            },
            [&](const KernelExpansion& p) {
                result["kernel"] = kernelNames.of(p.kernel);
                result["gamma"] = p.gamma;
                result["degree"] = p.degree;
                result["coef0"] = p.coef0;
                result["features"] = p.vectors.cols();
                result["vectors_of_class"] = p.vectorsOfClass;
                result["intercepts"] = vectorToJson(p.intercepts);
                if (p.slopes.size() > 0) {
                    result["slopes"] = vectorToJson(p.slopes);
                    result["offsets"] = vectorToJson(p.offsets);
                }
                result["coefficients"] = matrixToJson(p.coefficients);
                result["vectors"] = matrixToJson(p.vectors);
            },
            [&](const Centroids& p) { result["centres"] = matrixToJson(p.centres); },
            [&](const CorePoints& p) {
                result["features"] = p.X.cols();
                result["eps"] = p.eps;
                result["clusters"] = p.clusters;
                result["cluster"] = numbersToJson(p.cluster);
                result["X"] = matrixToJson(p.X);
            },
            [&](const Projection& p) {
                result["mean"] = vectorToJson(p.mean);
                result["directions"] = matrixToJson(p.directions);
                result["scale"] = vectorToJson(p.scale);
                result["variance"] = vectorToJson(p.variance);
            },
        },
        parameters);
    return result;
}

std::int64_t oldestReaderOf(const Parameters& parameters)
{
    if (const auto* expansion = std::get_if<KernelExpansion>(&parameters); expansion && expansion->slopes.size() > 0)
        return 4;
    const auto* trees = std::get_if<TreeEnsemble>(&parameters);
    return trees && arePacked(*trees) ? 3 : 1;
}

Result<Parameters> parametersFromJson(const json& value)
{
    try {
        const JsonFields fields(value, "the parameters");
        const std::string shape = fields.text("shape");
        Parameters parameters;
        if (shape == "linear")
            parameters = readLinear(fields);
        else if (shape == "polynomial")
            parameters = readPolynomial(fields);
        else if (shape == "nearest_neighbours")
            parameters = readNeighbours(fields);
        else if (shape == "tree_ensemble")
            parameters = readTrees(fields);
        else if (shape == "gaussian_classes")
            parameters = readGaussians(fields);
        else if (shape == "full_gaussian_classes")
            parameters = readFullGaussians(fields);
        else if (shape == "dense_network")
            parameters = readNetwork(fields);
        else if (shape == "kernel_expansion")
            parameters = readExpansion(fields);
        else if (shape == "centroids")
            parameters = readCentroids(fields);
        else if (shape == "core_points")
            parameters = readCorePoints(fields);
        else if (shape == "projection")
            parameters = readProjection(fields);
        else
            fields.refuse("shape", "is \"" + shape.substr(0, 80) + "\", which this program does not know");
        return parameters;
    } catch (const BadField& bad) {
        return Error{ErrorCode::BadModelFile, bad.message};
    }
}

ordered_json hyperparametersToJson(const HyperparameterValues& values)
{
    auto result = ordered_json::object();
    for (const auto& [name, value] : values)
        std::visit([&, &key = name](const auto& v) { result[key] = v; }, value);
    return result;
}

} // namespace modelarium
