#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"

namespace modelarium {

/// How far the weights of a softmax regression without a penalty could have come out otherwise.
///
/// Only differences of scores say anything, so the first class is the reference: theta_k = (w_k - w_0, b_k - b_0).
///
/// Math     observed information I_kl = sum_i P_ik ([k = l] - P_il) z_i z_i', z = [x, 1]; I^-1 = F F'
/// Shape    X (n_samples, n_features), P (n_samples, classes) -> F, square, ((n_features + 1) * (classes - 1)): class after class, the
///          weights and then the intercept
/// Errors   Singular where the rows do not tell some weights: columns that are combinations of others, classes that are nearly separated
/// Cost     O(n_samples * (n_features * classes)^2)
/// Source   A. Agresti, Categorical Data Analysis, 3rd ed., 8.1
Result<Matrix> softmaxSpread(const Matrix& X, const Matrix& P);

} // namespace modelarium
