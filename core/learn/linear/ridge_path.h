#pragma once

#include "core/base/result.h"
#include "core/data/column_view.h"
#include "core/model/findings.h"

namespace modelarium {

/// Ridge regression along a whole path of penalties, each judged by leaving out every row in turn: exactly, without learning anew for
/// any row.
///
/// Math     with Z and v the columns and the target about their means (as they are without an intercept) and its right singular vectors V:
///          Q = Z V, l_k the squared lengths of its columns, f = Q (L + alpha)^-1 Q'v, h_i = 1 / n + sum_k q_ik^2 / (l_k + alpha) (1 / n only with an intercept); what the line
///          learned from the others misses row i by is (v_i - f_i) / (1 - h_i). errors: the mean of its square; standardErrors: its
///          standard deviation (ddof 1) / sqrt(n). As scikit-learn's RidgeCV without `cv`.
///          The path begins at 100 times the mean squared length of the columns of Z, which makes all weights small, or at 1e9
/// Shape    X (n_samples, n_features), y (n_samples); the path has `count` alphas, down to `ratio` of the first
/// Errors   TooFewSamples (below two rows); NotFinite (products of cells leave the range of numbers)
/// Cost     O(n p min(n, p) + min(n, p)^3 + n min(n, p) count), n samples and p features; memory O(min(n, p) (n + p)) where p > n, else O(p^2)
/// Source   T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning, 2nd ed., 7.10 and 3.4.1
Result<PenaltyPath> leaveOneOutPath(const ColumnView& X, const Vector& y, bool intercept, Eigen::Index count, double ratio);

} // namespace modelarium
