#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Linear regression by least squares: exactly in one step, or by gradient descent to watch it.
///
/// Math     minimises the mean of (y - x w - b)^2; gradient descent: w <- w - rate dL/dw, b <- b - rate dL/db
/// Shape    X (n_samples, n_features), y (n_samples) -> Linear {W (1, n_features), b (1)}
/// Unit     exact: any; gradient descent: standardised features
/// Errors   those of checkDataset; NotFinite (a weight too large for a number); Diverged (gradient descent)
/// Cost     see solveLeastSquares; a gradient step O(n_samples * n_features)
LearnerInfo linearRegression();

} // namespace modelarium
