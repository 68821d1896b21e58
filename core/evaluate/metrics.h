#pragma once

#include "core/base/matrix.h"
#include "core/data/dataset.h"
#include "core/model/model.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelarium {

/// Metrics by the names used on the command line and in files.
using Metrics = std::map<std::string, double>;

/// What a metric is called and which way it points.
struct MetricInfo {
    std::string id;                                 ///< "rmse"
    std::string name;                               ///< "Root mean squared error"
    std::string help;                               ///< one sentence: what it says
    Task task = Task::Regression;
    bool higherIsBetter = true;
    bool ofTraining = false;                        ///< charges for parameters instead of asking rows kept back: it belongs to the rows learned from
};

/// Every metric below, in the order in which a person should read them.
const std::vector<MetricInfo>& metricTable();
/// The metrics as they should be read; those that the table does not know come last.
std::vector<std::pair<std::string, double>> inReadingOrder(const Metrics& metrics);
/// Null where there is no such metric.
const MetricInfo* findMetric(std::string_view id);
/// The metric that models are compared by unless a person chooses another: "rmse", "accuracy", "silhouette", "explained_variance_ratio".
std::string_view defaultMetric(Task task);

/// How far predicted numbers y' are from the true ones y, over n rows.
///
/// Math     r2 = 1 - sum (y - y')^2 / sum (y - mean y)^2; adjusted_r2 = 1 - (1 - r2) (n - 1) / (n - p - 1), p = `features`, the terms of a sum;
///          rmse = sqrt(mean (y - y')^2); mae = mean |y - y'|; median_ae = median |y - y'|; max_error = max |y - y'|;
///          mape = mean |y - y'| / |y|, as a fraction: 0.1 is ten per cent
/// Errors   r2 and adjusted_r2 are left out where the target is constant, adjusted_r2 where n <= p + 1 or p = 0, mape where any
///          true value is 0, for no share of nothing can be told; what overflows is left out, and everything where there are no rows
Metrics regressionMetrics(const Vector& truth, const Vector& predicted, std::size_t features = 0);

/// How well predicted classes agree with the true ones.
///
/// Math     for class k: tp, fp, fn are hits, false alarms and misses; precision = tp / (tp + fp), recall = tp / (tp + fn),
///          f1 = 2 tp / (2 tp + fp + fn), each 0 where its denominator is 0.
///          accuracy = share of right rows; balanced_accuracy = mean recall over the classes in the truth;
///          *_macro = plain mean, *_weighted = mean weighted by true rows, over the classes in truth or prediction;
///          precision, recall, f1 (two classes only) = those of the second class;
///          matthews = (s c - sum p_k t_k) / sqrt((s^2 - sum p_k^2) (s^2 - sum t_k^2)), with s rows, c right ones, t_k true and p_k
///          predicted rows of class k; 0 where the denominator is 0.
///          From probabilities P: log_loss = -mean log P(true class), P clipped to [2^-52, 1]; brier = mean (P(second class) - y)^2
///          for two classes, mean sum_k (P_k - [y = k])^2 for more; roc_auc and pr_auc (average precision; see curves.h) = those
///          of the second class for two classes, else the mean over classes, each against the rest
/// Errors   roc_auc and pr_auc skip classes that no row, or every row, belongs to, and are left out where none is left;
///          metrics of probabilities are left out where there are none, or where the model only decides: its zeros and ones rank nothing;
///          everything is left out where there are no rows
Metrics classificationMetrics(const Vector& truth, const Prediction& predicted, std::size_t classes);

/// The p of adjusted_r2: what the model weighs. A polynomial weighs its terms, every other model the `prepared` features.
std::size_t weighedTerms(const Model& model, std::size_t prepared);

/// Either of the above, for prepared samples; without a target clusteringMetrics() or projectionMetrics().
Metrics metricsOf(const Model& model, const Dataset& data);
Metrics metricsOf(const Vector& truth, const Prediction& predicted, const TargetColumn& target, std::size_t features = 0);

/// Makes `positive` the second of two classes, the one that precision, recall and F1 look for, in the truth and the answers too.
/// Errors   WrongTask where there are not two classes; UnknownCategory where it is neither
Result<void> lookFor(const std::string& positive, TargetColumn& target, Vector& truth, Prediction& predicted);

/// The one figure that a training is followed by: rmse; log_loss, or the share of wrong answers of a kernel machine or a model that only decides; without a
/// target clusteringLoss() or projectionLoss(). Cheap enough for every frame. NaN where there are no rows.
double trackedError(const Model& model, const Dataset& data);
/// Whether that is log_loss, for a model of classes. A kernel machine has its probabilities from its last step on only: one curve follows one figure.
bool tracksLogLoss(const Model& model);

/// Shape    (classes, classes): rows are the truth, columns the prediction
Eigen::MatrixXi confusionMatrix(const Vector& truth, const Vector& predicted, std::size_t classes);

} // namespace modelarium
