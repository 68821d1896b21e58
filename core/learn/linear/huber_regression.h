#pragma once

#include "core/learn/registry.h"

namespace modelarium {

/// Huber regression: squared errors near the line, absolute ones far from it, so that a few outliers hardly move it.
///
/// Math     minimises sum_i [sigma + H(r_i / sigma) sigma] + alpha |w|^2 over w, b and sigma > 0, with r = X w + b - y,
///          H(z) = z^2 for |z| < epsilon, 2 epsilon |z| - epsilon^2 beyond; b is free. The loss shown is that divided by n
/// Shape    X (n_samples, n_features), y (n_samples) -> Linear {W (1, n_features), b (1)}
/// Unit     sigma is in those of the target, and is found with the weights: epsilon has none; the price depends on the
///          units of the features
/// Errors   those of checkDataset; NotFinite (a weight too large for a number)
/// Cost     a Newton step a step, or one of an interior-point method where the width goes to 0: O(n_samples * n_features^2)
/// Source   P. J. Huber, E. M. Ronchetti, Robust Statistics, 2nd ed., 2009, p. 172; A. B. Owen, Contemp. Math. 443, 2007
LearnerInfo huberRegression();

} // namespace modelarium
