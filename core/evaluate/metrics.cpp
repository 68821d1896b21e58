#include "core/evaluate/metrics.h"

#include "core/base/buffer.h"
#include "core/base/parallel.h"
#include "core/evaluate/clustering_metrics.h"
#include "core/evaluate/curves.h"
#include "core/evaluate/projection_metrics.h"
#include "core/prepare/column_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

double rootMeanSquare(const Vector& error) { return std::sqrt(error.squaredNorm() / double(error.size())); }

double logLoss(const Vector& truth, const Matrix& probabilities)
{
    double sum = 0;
    for (Index i = 0; i < truth.size(); ++i)
        sum -= std::log(std::clamp(probabilities(i, Index(truth[i])), 0x1p-52, 1.0));
    return sum / double(truth.size());
}

double brierScore(const Vector& truth, const Matrix& probabilities)
{
    double sum = 0;
    for (Index i = 0; i < truth.size(); ++i)
        for (Index k = probabilities.cols() == 2 ? 1 : 0; k < probabilities.cols(); ++k) {
            const double error = probabilities(i, k) - (Index(truth[i]) == k ? 1 : 0);
            sum += error * error;
        }
    return sum / double(truth.size());
}

/// Hits, true rows and predicted rows of one class.
struct ClassCounts {
    double hits = 0, inTruth = 0, inPrediction = 0;

    double precision() const { return inPrediction > 0 ? hits / inPrediction : 0; }
    double recall() const { return inTruth > 0 ? hits / inTruth : 0; }
    double f1() const { return inTruth + inPrediction > 0 ? 2 * hits / (inTruth + inPrediction) : 0; }
};

std::vector<ClassCounts> countsByClass(const Eigen::MatrixXi& confusion)
{
    std::vector<ClassCounts> classes;
    for (Index k = 0; k < confusion.rows(); ++k)
        classes.push_back({double(confusion(k, k)), double(confusion.row(k).sum()), double(confusion.col(k).sum())});
    return classes;
}

void addAverages(const std::vector<ClassCounts>& classes, double rows, Metrics& metrics)
{
    // Classes that appear neither in the truth nor in the predictions have no score of their own.
    double recalls = 0, macro[3] = {}, weighted[3] = {};
    int classesInTruth = 0, classesSeen = 0;
    for (const ClassCounts& one : classes) {
        classesInTruth += one.inTruth > 0;
        classesSeen += one.inTruth + one.inPrediction > 0;
        recalls += one.recall();
        const double scores[3] = {one.precision(), one.recall(), one.f1()};
        for (int s = 0; s < 3; ++s) {
            macro[s] += scores[s];
            weighted[s] += scores[s] * one.inTruth;
        }
    }
    metrics["balanced_accuracy"] = recalls / classesInTruth;
    const char* const names[3] = {"precision", "recall", "f1"};
    for (int s = 0; s < 3; ++s) {
        metrics[std::string(names[s]) + "_macro"] = macro[s] / classesSeen;
        metrics[std::string(names[s]) + "_weighted"] = weighted[s] / rows;
    }
}

double matthews(const std::vector<ClassCounts>& classes, double rows)
{
    double right = 0, both = 0, predicted = 0, inTruth = 0;
    for (const ClassCounts& one : classes) {
        right += one.hits;
        both += one.inPrediction * one.inTruth;
        predicted += one.inPrediction * one.inPrediction;
        inTruth += one.inTruth * one.inTruth;
    }
    const double product = (rows * rows - predicted) * (rows * rows - inTruth);
    return product > 0 ? (rows * right - both) / std::sqrt(product) : 0;
}

void addRanking(const Vector& truth, const Matrix& probabilities, Metrics& metrics)
{
    double roc = 0, precisionRecall = 0;
    int classes = 0;
    for (Index k = probabilities.cols() == 2 ? 1 : 0; k < probabilities.cols(); ++k) {
        const std::optional<RankingAreas> areas = rankingAreas(truth, probabilities.col(k), std::size_t(k));
        if (!areas)
            continue;
        roc += areas->roc;
        precisionRecall += areas->averagePrecision;
        ++classes;
    }
    if (classes > 0) {
        metrics["roc_auc"] = roc / classes;
        metrics["pr_auc"] = precisionRecall / classes;
    }
}

} // namespace

const std::vector<MetricInfo>& metricTable()
{
    constexpr Task numbers = Task::Regression, classes = Task::Classification, groups = Task::Clustering, directions = Task::Projection;
    static const std::vector<MetricInfo> table = {
        {"r2", "R²", "The share of the target's variation that the model explains: 1 is perfect, 0 no better than the mean.", numbers, true},
        {"adjusted_r2", "Adjusted R²", "R² with a price on every feature: it falls where a further feature explains less than chance would.", numbers, true},
        {"rmse", "Root mean squared error", "The typical size of an error, in the unit of the target; large errors count more.", numbers, false},
        {"mae", "Mean absolute error", "The mean size of an error, in the unit of the target.", numbers, false},
        {"median_ae", "Median absolute error", "Half of the errors are smaller than this; a few wild rows do not move it.", numbers, false},
        {"mape", "Mean absolute percentage error", "The mean error as a share of the true value; there is none where a true value is 0.", numbers, false},
        {"max_error", "Largest error", "The size of the worst error, in the unit of the target.", numbers, false},
        {"accuracy", "Accuracy", "The share of rows whose class is predicted right.", classes, true},
        {"balanced_accuracy", "Balanced accuracy", "The mean over classes of the share that is found: rare classes count as much as common ones.", classes, true},
        {"precision", "Precision", "Of the rows predicted as the second class, the share that is.", classes, true},
        {"recall", "Recall", "Of the rows of the second class, the share that is found.", classes, true},
        {"f1", "F1", "The harmonic mean of precision and recall of the second class.", classes, true},
        {"precision_macro", "Precision, averaged", "The mean of the precision of all classes.", classes, true},
        {"recall_macro", "Recall, averaged", "The mean of the recall of all classes.", classes, true},
        {"f1_macro", "F1, averaged", "The mean of F1 of all classes.", classes, true},
        {"precision_weighted", "Precision, weighted", "The mean of the precision of all classes, common classes counting more.", classes, true},
        {"recall_weighted", "Recall, weighted", "The mean of the recall of all classes, common classes counting more: the accuracy once more.", classes, true},
        {"f1_weighted", "F1, weighted", "The mean of F1 of all classes, common classes counting more.", classes, true},
        {"matthews", "Matthews correlation", "The correlation of truth and prediction: 1 is perfect, 0 is chance; honest where classes are uneven.", classes, true},
        {"log_loss", "Log loss", "The mean surprise at the true class: confident mistakes cost most.", classes, false},
        {"brier", "Brier score", "The mean squared error of the probabilities.", classes, false},
        {"roc_auc", "Area under the ROC curve", "The chance that a row of the class gets a higher score than one of the others: 0.5 is guessing.", classes, true},
        {"pr_auc", "Average precision", "The area under the precision-recall curve: telling where the class is rare.", classes, true},
        {"silhouette", "Silhouette", "How much nearer a row is to its own cluster than to the next one, on average: 1 is clearly apart, 0 on the border.", groups, true},
        {"inertia", "Inertia", "The sum of squared distances of the rows to their centres: it falls with every further centre, so compare it only at one number of them.", groups, false},
        {"log_likelihood", "Log likelihood", "How likely the rows are under the bells, as the mean logarithm of the density: higher fits better.", groups, true},
        {"bic", "BIC", "The fit with a price on every parameter that grows with the rows: the number of bells with the lowest BIC is a good choice.", groups, false, true},
        {"aic", "AIC", "The fit with a price of 2 on every parameter: lower is better; it allows more bells than BIC.", groups, false, true},
        {"noise_share", "Share of noise", "The share of the rows that belong to no cluster.", groups, false},
        {"explained_variance_ratio", "Variance kept", "The share of the rows' spread about the mean that their coordinates keep: 1 is all of it. It rises with every further component, so compare it only at one number of them.", directions, true},
        {"reconstruction_error", "Reconstruction error", "The mean squared distance between a row and what its coordinates give back: what is lost with the other components.", directions, false},
    };
    return table;
}

const MetricInfo* findMetric(std::string_view id)
{
    for (const MetricInfo& metric : metricTable())
        if (metric.id == id)
            return &metric;
    return nullptr;
}

std::vector<std::pair<std::string, double>> inReadingOrder(const Metrics& metrics)
{
    std::vector<std::pair<std::string, double>> ordered;
    for (const MetricInfo& metric : metricTable())
        if (const auto found = metrics.find(metric.id); found != metrics.end())
            ordered.push_back(*found);
    for (const auto& metric : metrics)
        if (!findMetric(metric.first))
            ordered.push_back(metric);
    return ordered;
}

std::string_view defaultMetric(Task task)
{
    switch (task) {
    case Task::Regression: return "rmse";
    case Task::Classification: return "accuracy";
    case Task::Clustering: return "silhouette";
    case Task::Projection: return "explained_variance_ratio";
    }
    return {};
}

namespace {

/// What the errors of some rows add to the metrics.
struct ErrorSums {
    double squares = 0, sizes = 0, shares = 0, largest = 0;
    double truthMean = 0, truthSquares = 0;         ///< mean of the truth, and the squares about it
    double truthLow = 0, truthHigh = 0;
    bool allShares = true;                          ///< no truth is 0

    /// The mean of equal values is rounded, and the squares about it need not be 0.
    bool truthIsConstant() const { return truthLow == truthHigh; }
};

/// `error` becomes the size of the error.
template <class Values, class Errors>
ErrorSums sumErrors(const Values& truth, const Values& predicted, Errors&& error)
{
    ErrorSums sums;
    error = truth - predicted;
    sums.squares = error.squaredNorm();
    error = error.cwiseAbs();
    sums.sizes = error.sum();
    sums.largest = error.maxCoeff();
    sums.truthMean = truth.mean();
    sums.truthSquares = (truth.array() - sums.truthMean).square().sum();
    sums.truthLow = truth.minCoeff();
    sums.truthHigh = truth.maxCoeff();
    sums.allShares = (truth.array() != 0).all();
    if (sums.allShares)
        sums.shares = (error.array() / truth.array().abs()).sum();
    return sums;
}

/// Sums over blocks that stay in the cache, put together in order: the same whoever computed them.
///
/// Math     squares about the common mean: those about the means of two parts, and n_a n_b / (n_a + n_b) (mean_a - mean_b)^2
ErrorSums sumErrors(const Vector& truth, const Vector& predicted, Vector& error)
{
    constexpr Index blockRows = 16384;
    const Index n = truth.size(), blocks = (n + blockRows - 1) / blockRows;
    std::vector<ErrorSums> parts(static_cast<std::size_t>(blocks));
    const auto rowsOf = [&](Index block) { return std::min(blockRows, n - block * blockRows); };
    parallelFor(parts.size(), [&](std::size_t block) {
        const Index first = Index(block) * blockRows, rows = rowsOf(Index(block));
        parts[block] = sumErrors(truth.segment(first, rows), predicted.segment(first, rows), error.segment(first, rows));
    });
    ErrorSums all = parts.front();
    for (Index block = 1; block < blocks; ++block) {
        const ErrorSums& part = parts[std::size_t(block)];
        const double before = double(block * blockRows), more = double(rowsOf(block)), apart = part.truthMean - all.truthMean;
        all.truthMean += apart * (more / (before + more));
        all.truthSquares += part.truthSquares + apart * apart * (before * more / (before + more));
        all.squares += part.squares;
        all.sizes += part.sizes;
        all.shares += part.shares;
        all.largest = std::isnan(all.largest) ? all.largest : std::isnan(part.largest) ? part.largest : std::max(all.largest, part.largest);
        all.truthLow = std::min(all.truthLow, part.truthLow);
        all.truthHigh = std::max(all.truthHigh, part.truthHigh);
        all.allShares = all.allShares && part.allShares;
    }
    return all;
}

} // namespace

Metrics regressionMetrics(const Vector& truth, const Vector& predicted, std::size_t features)
{
    Metrics metrics;
    if (truth.size() == 0)
        return metrics;
    const double n = double(truth.size()), p = double(features);
    Vector sizes(truth.size());
    preferHugePages(sizes.data(), std::size_t(sizes.size()) * sizeof(double));
    const ErrorSums sums = sumErrors(truth, predicted, sizes);
    if (sums.truthSquares > 0 && !sums.truthIsConstant()) {
        const double r2 = 1 - sums.squares / sums.truthSquares;
        metrics["r2"] = r2;
        if (features > 0 && n > p + 1)
            metrics["adjusted_r2"] = 1 - (1 - r2) * (n - 1) / (n - p - 1);
    }
    metrics["rmse"] = std::sqrt(sums.squares / n);
    metrics["mae"] = sums.sizes / n;
    if (!std::isnan(metrics["mae"]))                // there is no middle among values that cannot be compared
        metrics["median_ae"] = medianOf({sizes.data(), std::size_t(sizes.size())});
    metrics["max_error"] = sums.largest;
    if (sums.allShares)
        metrics["mape"] = sums.shares / n;
    std::erase_if(metrics, [](const auto& metric) { return !std::isfinite(metric.second); });
    return metrics;
}

Eigen::MatrixXi confusionMatrix(const Vector& truth, const Vector& predicted, std::size_t classes)
{
    Eigen::MatrixXi counts = Eigen::MatrixXi::Zero(Index(classes), Index(classes));
    for (Index i = 0; i < truth.size(); ++i)
        ++counts(Index(truth[i]), Index(predicted[i]));
    return counts;
}

Metrics classificationMetrics(const Vector& truth, const Prediction& predicted, std::size_t classes)
{
    Metrics metrics;
    if (truth.size() == 0)
        return metrics;
    const Eigen::MatrixXi confusion = confusionMatrix(truth, predicted.values, classes);
    const double rows = double(truth.size());
    const std::vector<ClassCounts> counts = countsByClass(confusion);
    metrics["accuracy"] = double(confusion.trace()) / rows;
    metrics["matthews"] = matthews(counts, rows);
    addAverages(counts, rows, metrics);
    if (classes == 2) {
        metrics["precision"] = counts[1].precision();
        metrics["recall"] = counts[1].recall();
        metrics["f1"] = counts[1].f1();
    }
    if (predicted.probabilities.rows() == truth.size()) {
        if (predicted.areProbabilities) {
            metrics["log_loss"] = logLoss(truth, predicted.probabilities);
            metrics["brier"] = brierScore(truth, predicted.probabilities);
            addRanking(truth, predicted.probabilities, metrics);
        }
    }
    return metrics;
}

Metrics metricsOf(const Vector& truth, const Prediction& predicted, const TargetColumn& target, std::size_t features)
{
    return target.task == Task::Regression ? regressionMetrics(truth, predicted.values, features)
                                           : classificationMetrics(truth, predicted, target.classes.size());
}

Result<void> lookFor(const std::string& positive, TargetColumn& target, Vector& truth, Prediction& predicted)
{
    const std::vector<std::string> before = target.classes;
    if (const Result<void> ordered = putPositiveSecond(positive, target); !ordered)
        return ordered;
    if (target.classes == before)
        return {};
    truth = 1 - truth.array();
    predicted.values = 1 - predicted.values.array();
    if (predicted.probabilities.cols() == 2)
        predicted.probabilities.col(0).swap(predicted.probabilities.col(1));
    return {};
}

std::size_t weighedTerms(const Model& model, std::size_t prepared)
{
    const auto* polynomial = std::get_if<Polynomial>(&model.parameters());
    return polynomial ? polynomial->exponents.size() : prepared;
}

Metrics metricsOf(const Model& model, const Dataset& data)
{
    if (model.target().task == Task::Clustering)
        return clusteringMetrics(model, data.X());
    if (const auto* projection = std::get_if<Projection>(&model.parameters()))
        return projectionMetrics(*projection, data.X());
    return metricsOf(data.y, model.predictPrepared(data.columns()), model.target(), weighedTerms(model, data.features()));
}

bool tracksLogLoss(const Model& model) { return model.claimsProbabilities() && !std::holds_alternative<KernelExpansion>(model.parameters()); }

double trackedError(const Model& model, const Dataset& data)
{
    if (data.samples() == 0)
        return std::numeric_limits<double>::quiet_NaN();
    if (data.task == Task::Clustering)
        return clusteringLoss(model.parameters(), data.X());
    if (const auto* projection = std::get_if<Projection>(&model.parameters()))
        return projectionLoss(*projection, data.X());
    const Prediction predicted = model.predictPrepared(data.columns());
    if (data.task == Task::Regression)
        return rootMeanSquare(data.y - predicted.values);
    return tracksLogLoss(model) ? logLoss(data.y, predicted.probabilities) : double((data.y.array() != predicted.values.array()).count()) / double(data.samples());
}

} // namespace modelarium
