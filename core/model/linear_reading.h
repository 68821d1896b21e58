#pragma once

#include "core/model/equation.h"
#include "core/model/feature_forms.h"

#include <string>
#include <vector>

namespace modelarium {

/// One weighted sum: label = intercept + sum weights * products of variables.
struct LinearReading {
    std::string label;                              ///< the class whose score it is, or the component; empty where there is only one sum
    double intercept = 0;
    bool hasIntercept = true;
    std::vector<NamedParameter> terms;
    std::vector<std::vector<int>> exponents;        ///< of the variables, one list a term
};

/// The weighted sums that a linear or polynomial model or a projection is, in the plainest variables that it is a straight line or polynomial of.
struct LinearReadings {
    std::vector<FeatureForm> variables;             ///< columns of the data where stage is 0; what steps made of them otherwise
    std::vector<LinearReading> sums;                ///< empty for other shapes, and where a weight in data units is beyond the range of numbers

    bool isInDataUnits() const;
    std::vector<std::string> variableNames() const;
};

/// Scaling, polynomial terms and principal components are undone, in extended precision; logarithms, powers and intervals are not
/// straight lines, so what they give are variables of their own.
LinearReadings linearReadings(const Model& model);

} // namespace modelarium
