#pragma once

#include "core/base/matrix.h"
#include "core/model/tree.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace modelarium {

/// What turns a linear score into the answer.
enum class Link { Identity, Logistic, Softmax, Hard };

/// A weighted sum of the features, for every learner that draws a straight line, plane or boundary.
///
/// Math     z = W x + b; Identity: y = z; Logistic: P(class 1) = 1 / (1 + exp(-z)); Softmax: P(class k) = exp(z_k) / sum exp(z);
///          Hard: 1 for the class with the largest score (of equal ones the first), 0 for the others: no probability is claimed;
///          with a single score it is class 1 where z > 0, class 0 elsewhere
/// Shape    W (outputs, n_features), b (outputs); outputs = 1 for Identity and Logistic, classes for Softmax, 1 (two classes) or
///          classes for Hard
struct Linear {
    Matrix W;
    Vector b;
    Link link = Link::Identity;
};

/// A polynomial in centred and scaled features, as it was fitted; expand() of equation.h gives it in data units.
///
/// Math     t_j = (x_j - centre_j) / scale_j; y = intercept + sum_k weights_k prod_j t_j^exponents_kj
/// Shape    centre, scale (n_features); exponents (terms, n_features); weights (terms)
struct Polynomial {
    Vector centre;
    Vector scale;
    std::vector<std::vector<int>> exponents;
    Vector weights;
    double intercept = 0;
};

enum class NeighbourWeights { Uniform, Distance };
enum class DistanceMetric { Euclidean, Manhattan };

/// The training rows themselves: this model remembers instead of summarising.
///
/// Math     Euclidean: d^2 = sum_j (x_j - x'_j)^2; Manhattan: d = sum_j |x_j - x'_j|, in double, j ascending; the k smallest count,
///          of equal distances those with the smaller index. Uniform: the mean of their answers; Distance: weighted by 1 / d,
///          where samples at distance 0 leave the others without weight
/// Shape    X (n_samples, n_features), y (n_samples): values, or class codes when classes > 0
struct NearestNeighbours {
    Matrix X;
    Vector y;
    int k = 5;
    NeighbourWeights weights = NeighbourWeights::Uniform;
    DistanceMetric metric = DistanceMetric::Euclidean;
    int classes = 0;
};

/// How the answers of several trees become one.
enum class TreeAggregation { Mean, Sum };

/// Trees whose answers are averaged (a single tree, a forest), or added up to scores (boosting).
///
/// Math     Mean: the mean of what the trees answer, values or shares of classes. Sum: z_k = base_k + the sum of the answers
///          of trees k, k + scores, k + 2 scores, ...; Identity: y = z; Logistic: P(class 1) = 1 / (1 + exp(-z));
///          Softmax: P(class k) = exp(z_k) / sum exp(z)
/// Shape    Mean: base empty, values of a tree (nodes, outputs), link Identity. Sum: base (scores), values (nodes, 1);
///          scores = 1 for Identity and Logistic, classes for Softmax
struct TreeEnsemble {
    TreeList trees;
    int classes = 0;                                ///< 0: regression
    int features = 0;                               ///< of a sample; a tree need not ask about all of them
    TreeAggregation aggregation = TreeAggregation::Mean;
    Link link = Link::Identity;
    Vector base{};
};

/// A Gaussian with a diagonal covariance a class.
///
/// Math     log P(class k | x) = logPrior_k - 1/2 sum_j [log(2 pi variance_kj) + (x_j - mean_kj)^2 / variance_kj] + const
/// Shape    logPrior (classes); mean, variance (classes, n_features)
struct GaussianClasses {
    Vector logPrior;
    Matrix mean;
    Matrix variance;
};

/// A Gaussian with a full covariance a class: a bell that may be longer one way than the other, and tilted.
///
/// Math     log P(class k | x) = logPrior_k - sum_j log L_k,jj - 1/2 |L_k^-1 (x - mean_k)|^2 + const; covariance_k = L_k L_k^T
/// Shape    logPrior (classes); mean (classes, n_features); factor: one lower triangular L (n_features, n_features) a class
struct FullGaussianClasses {
    Vector logPrior;
    Matrix mean;
    std::vector<Matrix> factor;
};

/// What a layer of a network does with its weighted sums before it hands them on.
///
/// Math     Identity: z; Relu: max(0, z); Tanh: tanh(z); Logistic: 1 / (1 + exp(-z))
enum class Activation { Identity, Relu, Tanh, Logistic };

/// A layer of more units than this would not fit the scratch of a prediction.
inline constexpr std::size_t mostUnitsInLayer = 10'000;

struct DenseLayer {
    Matrix W;                                       ///< (outputs, inputs)
    Vector b;                                       ///< (outputs)
    Activation activation = Activation::Identity;
};

/// A neural network whose layers are fully connected: each unit is a weighted sum of the whole layer before it.
///
/// Math     h_0 = x; h_l = activation_l(W_l h_(l-1) + b_l); the answer is the link of the last h
/// Shape    at least one layer; the inputs of a layer are the outputs of the one before; the last has 1 output for Identity
///          and Logistic, one a class for Softmax
struct DenseNetwork {
    std::vector<DenseLayer> layers;
    Link link = Link::Identity;
};

/// How alike two samples are, for models that compare a sample with what they remember.
///
/// Math     Linear: x s; Rbf: exp(-gamma |x - s|^2); Polynomial: (gamma x s + coef0)^degree
enum class Kernel { Linear, Rbf, Polynomial };

/// A prediction keeps a sum for each two classes at hand; with more classes they would not fit its scratch.
inline constexpr int mostKernelClasses = 200;
inline constexpr int mostKernelDegree = 10;

/// Weighted comparisons with a few remembered samples, the support vectors.
///
/// Math     f(x) = sum_s coefficient_s K(x, vector_s) + intercept. Regression: y = f(x).
///          Classes: f_kl for each two classes k < l, in the order 01, 02, .., 12, .., over the vectors of these two classes alone:
///          those of class k have coefficients(l - 1, s), those of class l coefficients(k, s). Above 0 it votes for l, elsewhere for k;
///          1 for the class with the most votes (of equal ones the first), 0 for the others: no probability is claimed.
///          With slopes and offsets P(l | k or l) = 1 / (1 + exp(-(slope_kl f_kl + offset_kl))), coupled to probabilities of all
///          classes by coupleProbabilities
/// Shape    vectors (n_vectors, n_features), class by class; coefficients (1, or classes - 1, n_vectors); intercepts (1, or one for
///          each two classes); vectorsOfClass: how many vectors each class has; empty for regression. There may be no vector at all.
///          slopes, offsets: one for each two classes, or none
struct KernelExpansion {
    Kernel kernel = Kernel::Rbf;
    double gamma = 1;                               ///< not used by the linear kernel
    int degree = 3;                                 ///< of the polynomial, as coef0
    double coef0 = 0;
    Matrix vectors;
    Matrix coefficients;
    Vector intercepts;
    std::vector<std::int32_t> vectorsOfClass;
    Vector slopes;
    Vector offsets;
};

/// The centres of clusters, for learners that know a cluster by its middle.
///
/// Math     a row belongs to the cluster k with the smallest sum_j (x_j - centres_kj)^2, in double, j ascending; of equal ones the
///          first. 1 for this cluster, 0 for the others: no probability is claimed
/// Shape    centres (clusters, n_features), at least one
struct Centroids {
    Matrix centres;
};

/// The core samples of a density clustering: rows that have many others close by.
///
/// What is frozen answers for any row: it belongs to the cluster of its nearest core sample, where that is within eps, and is noise
/// elsewhere. For the training rows this is what DBSCAN itself says, but for a border row (no core sample) within eps of several
/// clusters: DBSCAN leaves it to the order of the rows, here the nearest core sample decides.
/// Math     d^2 = sum_j (x_j - X_ij)^2 in double, j ascending; within: d^2 <= eps * eps; of equal distances the smaller i.
///          1 for the cluster, or for noise, which comes last; 0 for the others
/// Shape    X (n_core, n_features), cluster (n_core): 0 .. clusters-1. There may be no core sample: then every row is noise
struct CorePoints {
    Matrix X;
    std::vector<std::int32_t> cluster;
    int clusters = 0;
    double eps = 0;
};

/// The directions along which rows spread most, the widest first: a row becomes its coordinates along them.
///
/// Math     z_k = sum_j directions_kj (x_j - mean_j) / scale_k, j ascending; back again x' = mean + sum_k z_k scale_k directions_k.
///          The share of the variance that component k keeps is variance_k / sum of all variances
/// Shape    mean (n_features); directions (components, n_features), orthonormal; scale (components), above 0: 1 each unless the
///          coordinates are whitened; variance (n_features), ddof 1: of all the components that there would be, falling.
///          There may be no component yet: then a row has no coordinate, and what it gives back is the mean
struct Projection {
    Vector mean;
    Matrix directions;
    Vector scale;
    Vector variance;
};

/// What is left when training is over. A closed set of shapes covers every algorithm; a visitor that forgets one does not compile.
using Parameters = std::variant<Linear, Polynomial, NearestNeighbours, TreeEnsemble, GaussianClasses, FullGaussianClasses,
                                DenseNetwork, KernelExpansion, Centroids, CorePoints, Projection>;

/// "linear", "polynomial", "nearest_neighbours", "tree_ensemble", "gaussian_classes",
/// "full_gaussian_classes", "dense_network", "kernel_expansion", "centroids", "core_points", "projection"
std::string_view shapeName(const Parameters& parameters);

/// How many numbers the model is: all that are needed to predict.
std::size_t parameterCount(const Parameters& parameters);

/// How many numbers one prediction has: 1 for regression, the number of classes, clusters (noise among them) or components otherwise.
std::size_t outputCount(const Parameters& parameters);
/// Of shapes that answer with a number a class or cluster: false where that is 1 for what is decided and 0 for the rest, or shares of votes.
bool givesProbabilities(const Parameters& parameters);
std::size_t featureCount(const Parameters& parameters);

/// Whether the last output stands for the rows that belong to no cluster.
bool hasNoise(const Parameters& parameters);

/// What the outputs are called where no target gives them names: "cluster 1", "cluster 2", ..., "noise".
std::vector<std::string> clusterNames(const Parameters& parameters);
/// "pc1", "pc2", ..., one a coordinate of a projection; empty for other shapes.
std::vector<std::string> componentNames(const Parameters& parameters);

/// True where every number is finite; a run that reaches anything else has diverged.
bool isFinite(const Parameters& parameters);

/// Small helper for std::visit over parameters.
template <class... Cases> struct Overloaded : Cases... { using Cases::operator()...; };
template <class... Cases> Overloaded(Cases...) -> Overloaded<Cases...>;

} // namespace modelarium
