#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Kernel support vector machine: the widest margin in the space of a kernel, so that the boundary may bend; its weights are those
/// of a few training rows.
///
/// Math     for each two classes k < l, s_i = +1 for l, -1 for k: minimises 1/2 sum_ij beta_i beta_j K(x_i, x_j) - sum_i s_i beta_i,
///          sum beta_i = 0, 0 <= s_i beta_i <= C (beta_i = s_i alpha_i: LIBSVM's and scikit-learn's SVC's dual);
///          f(x) = sum beta_i K(x_i, x) + b; primal: |w|^2 / 2 + C sum max(0, 1 - s_i f(x_i)). One boundary for each two classes,
///          each votes; of equal votes the class that comes first in the list of classes is the answer, as LIBSVM. The
///          boundaries do not depend on the order of rows or classes, but within the tolerance. The loss shown is the sum of the primal objectives divided by C n_samples. Stops where the most violating
///          pair violates by no more than the tolerance, as LIBSVM
///          With probabilities: the scores of rows that a boundary has not seen (five folds, each with as many of every class, a row
///          more or less) give P(l | k or l) by fitSigmoid, and those of each two classes the probabilities of all
/// Shape    X (n_samples, n_features), y (n_samples) -> KernelExpansion with classes: it decides, and claims probabilities only where they
///          are asked for, from the last step on
/// Unit     distances between rows: standardise the features first
/// Errors   those of checkDataset; Unsupported for more than 200 classes; NotFinite where squares or kernel values leave the range
/// Cost     see SmoProblem; a step moves a batch of pairs of rows at up to eight boundaries, in parallel
/// Random   the folds of the probabilities
/// Source   C. Cortes, V. Vapnik, Machine Learning 20, 1995; for the method of solution see SmoProblem
LearnerInfo supportVectorMachine();

} // namespace modelarium
