#pragma once

#include "core/model/parameters.h"

#include <string>

namespace modelarium {

/// The share of the variance of the training rows that each component keeps, of all that there would be.
///
/// Shape    (n_features): the first are those of the components that the projection has; empty where nothing varies
/// Math     variance_k / sum of all variances: scikit-learn's explained_variance_ratio_
Vector varianceShares(const Projection& projection);

/// "pc1 keeps 73 % of the variance, pc2 22.9 %: 95.8 % in all."
std::string shareSentence(const Projection& projection);

} // namespace modelarium
