#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Ridge regression: least squares with a price on large weights.
///
/// Math     minimises |y - X w - b|^2 + alpha |w|^2; the intercept b is free
/// Shape    X (n_samples, n_features), y (n_samples) -> Linear {W (1, n_features), b (1)}
/// Unit     the price depends on the units of the features: standardise them first
/// Errors   those of checkDataset; NotFinite (a weight too large for a number); those of leaveOneOutPath
/// Cost     see solveLeastSquares; leaveOneOutPath where the penalty is cross-validated
/// Finds    where the penalty is cross-validated: the path of penalties, each judged by leaving out every row in turn (PenaltyPath)
/// Source   A. E. Hoerl, R. W. Kennard, Technometrics 12(1), 1970
LearnerInfo ridgeRegression();

} // namespace modelarium
