#pragma once

#include "core/model/equation.h"

#include <string>
#include <vector>

namespace modelarium {

/// One weighted sum in the units of the data: label = intercept + sum weights * features.
struct LinearReading {
    std::string label;                              ///< the class whose score it is; empty where there is only one sum
    double intercept = 0;
    bool hasIntercept = true;
    std::vector<NamedParameter> terms;
    std::vector<std::vector<int>> exponents;        ///< of the encoded features, one a term
};

/// The weighted sums that a linear or polynomial model is, scaling undone; empty for other shapes.
std::vector<LinearReading> linearReadings(const Model& model);

} // namespace modelarium
