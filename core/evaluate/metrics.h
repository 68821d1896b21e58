#pragma once

#include "core/base/matrix.h"
#include "core/data/dataset.h"
#include "core/model/model.h"

#include <map>
#include <string>

namespace modelarium {

/// Metrics of predictions against the truth, by the names used on the command line and in files.
///
/// Math     regression: r2 = 1 - sum (y - p)^2 / sum (y - mean y)^2; rmse = sqrt(mean (y - p)^2); mae = mean |y - p|;
///          max_error = max |y - p|
///          classification: accuracy = share of p = y; log_loss = -mean log P(true class), P clipped to [2^-52, 1];
///          balanced_accuracy = mean over classes of their recall; f1_macro = mean over classes of 2 tp / (2 tp + fp + fn)
/// Errors   r2 is left out where the target is constant; everything is left out where there are no rows
std::map<std::string, double> regressionMetrics(const Vector& truth, const Vector& predicted);
std::map<std::string, double> classificationMetrics(const Vector& truth, const Prediction& predicted, std::size_t classes);
std::map<std::string, double> metricsOf(const Model& model, const Dataset& data);

/// Shape    (classes, classes): rows are the truth, columns the prediction
Eigen::MatrixXi confusionMatrix(const Vector& truth, const Vector& predicted, std::size_t classes);

} // namespace modelarium
