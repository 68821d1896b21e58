#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Lasso: least squares with a price on the absolute weights, which brings weak ones to exactly 0.
///
/// Math     minimises |y - X w - b|^2 / (2 n) + alpha |w|_1; the intercept b is free. The loss shown is that
/// Shape    X (n_samples, n_features), y (n_samples) -> Linear {W (1, n_features), b (1)}
/// Unit     the price depends on the units of the features: standardise them first
/// Errors   those of checkDataset; TooFewSamples (more folds than rows); NotFinite (a weight too large for a number)
/// Cost     see ElasticNetData and CoordinateDescent
/// Finds    where the penalty is cross-validated: the path of penalties with their errors on rows of other folds (PenaltyPath)
/// Random   which row is in which fold, for cross-validation
/// Source   R. Tibshirani, J. R. Stat. Soc. B 58(1), 1996
LearnerInfo lassoRegression();

/// Elastic net: lasso and ridge regression mixed.
///
/// Math     minimises |y - X w - b|^2 / (2 n) + alpha l1_ratio |w|_1 + alpha (1 - l1_ratio) |w|^2 / 2; b is free
/// Shape, Unit, Errors, Cost, Finds, Random   as lassoRegression()
/// Source   H. Zou, T. Hastie, J. R. Stat. Soc. B 67(2), 2005
LearnerInfo elasticNet();

} // namespace modelarium
