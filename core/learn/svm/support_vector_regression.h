#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Support vector regression: the flattest curve in the space of a kernel that leaves most rows within epsilon of it.
///
/// Math     minimises |w|^2 / 2 + C sum_i max(0, |y_i - f(x_i)| - epsilon), f(x) = sum beta_i K(x_i, x) + b. Dual:
///          1/2 sum_ij beta_i beta_j K(x_i, x_j) - sum y_i beta_i + epsilon sum |beta_i|, sum beta_i = 0, |beta_i| <= C: that of
///          LIBSVM and scikit-learn's SVR, with beta = alpha - alpha*. The target and epsilon are in the units of the data. The loss
///          shown is the primal objective divided by C n_samples. Stops as LIBSVM, where the most violating pair violates by no more
///          than the tolerance
/// Shape    X (n_samples, n_features), y (n_samples) -> KernelExpansion for regression
/// Unit     distances between rows: standardise the features first
/// Errors   those of checkDataset; NotFinite where squares or kernel values leave the range
/// Cost     see SmoProblem
/// Random   nothing
/// Source   A. J. Smola, B. Schoelkopf, Statistics and Computing 14, 2004; for the method of solution see SmoProblem
LearnerInfo supportVectorRegression();

} // namespace modelarium
