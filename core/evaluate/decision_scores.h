#pragma once

#include "core/model/predictor.h"

namespace modelarium {

/// The scores behind the answers of a model that only decides, with 0 and 1, so that its boundary can be drawn between two cells
/// of a grid. Null where the answers are graded themselves, or no smooth score decides: nearest core samples, votes of several machines.
///
/// Math     Linear, Hard: W x + b. Centroids: 2 d_k (x - m) - |d_k|^2 with d_k = c_k - m and m the mean of the centres, which is |x - m|^2
///          less the squared distance and so has the same order.
///          KernelExpansion of two classes: f(x)
/// Shape    X (n, n_features) -> a score a class, the largest decides; or a single one, which decides for class 1 above 0
PredictorPtr scorePredictor(const Parameters& parameters);

} // namespace modelarium
