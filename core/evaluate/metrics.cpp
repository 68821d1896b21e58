#include "core/evaluate/metrics.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

std::map<std::string, double> regressionMetrics(const Vector& truth, const Vector& predicted)
{
    std::map<std::string, double> metrics;
    if (truth.size() == 0)
        return metrics;
    const Vector error = truth - predicted;
    const double mean = truth.mean();
    const double total = (truth.array() - mean).square().sum();
    if (total > 0)
        metrics["r2"] = 1 - error.squaredNorm() / total;
    metrics["rmse"] = std::sqrt(error.squaredNorm() / double(truth.size()));
    metrics["mae"] = error.cwiseAbs().mean();
    metrics["max_error"] = error.cwiseAbs().maxCoeff();
    return metrics;
}

Eigen::MatrixXi confusionMatrix(const Vector& truth, const Vector& predicted, std::size_t classes)
{
    Eigen::MatrixXi counts = Eigen::MatrixXi::Zero(Eigen::Index(classes), Eigen::Index(classes));
    for (Eigen::Index i = 0; i < truth.size(); ++i)
        ++counts(Eigen::Index(truth[i]), Eigen::Index(predicted[i]));
    return counts;
}

std::map<std::string, double> classificationMetrics(const Vector& truth, const Prediction& predicted, std::size_t classes)
{
    std::map<std::string, double> metrics;
    if (truth.size() == 0)
        return metrics;
    const Eigen::MatrixXi counts = confusionMatrix(truth, predicted.values, classes);
    const double n = double(truth.size());
    metrics["accuracy"] = double(counts.trace()) / n;

    // Classes that appear neither in the truth nor in the predictions have no score of their own.
    double recalls = 0, scores = 0;
    int classesInTruth = 0, classesSeen = 0;
    for (Eigen::Index k = 0; k < counts.rows(); ++k) {
        const double hits = counts(k, k), inTruth = counts.row(k).sum(), inPrediction = counts.col(k).sum();
        if (inTruth > 0) {
            recalls += hits / inTruth;
            ++classesInTruth;
        }
        if (inTruth + inPrediction > 0) {
            scores += 2 * hits / (inTruth + inPrediction);
            ++classesSeen;
        }
    }
    metrics["balanced_accuracy"] = recalls / classesInTruth;
    metrics["f1_macro"] = scores / classesSeen;

    if (predicted.probabilities.rows() == truth.size()) {
        double sum = 0;
        for (Eigen::Index i = 0; i < truth.size(); ++i)
            sum -= std::log(std::clamp(predicted.probabilities(i, Eigen::Index(truth[i])), 0x1p-52, 1.0));
        metrics["log_loss"] = sum / n;
    }
    return metrics;
}

std::map<std::string, double> metricsOf(const Model& model, const Dataset& data)
{
    const Prediction predicted = model.predictPrepared(data.X);
    return data.task == Task::Regression ? regressionMetrics(data.y, predicted.values)
                                         : classificationMetrics(data.y, predicted, data.classes());
}

} // namespace modelarium
