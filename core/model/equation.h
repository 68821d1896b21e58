#pragma once

#include "core/model/model.h"

#include <string>
#include <vector>

namespace modelarium {

/// A parameter with the name that a person gives it.
struct NamedParameter {
    std::string name;                               ///< "(intercept)", "mass", "island = Dream", "x^2"; with classes "Adelie: mass"
    double value = 0;
};

/// A name within a formula or a question: one that could be taken for arithmetic stands in brackets, "[island = Dream]".
std::string nameText(const std::string& name);

/// The parameters of a linear or polynomial model in the units of the data: scaling is undone, polynomials are expanded
/// in extended precision. "(intercept)" comes first (one a class for softmax, one a component for projection: "pc1: mass"). Of clusters the centres, or the weights, means and
/// standard deviations: "cluster 1: mass". Empty for shapes that have no such reading, and where one of them is beyond the range of
/// numbers: equationText() says so then.
/// Where a step is no straight line (a logarithm, an interval), they belong to what it gives: "log(mass)"; readingNote() says so.
///
/// Math     for z = sum w_j (x_j - mean_j) / scale_j + b: weight w_j / scale_j, intercept b - sum w_j mean_j / scale_j
std::vector<NamedParameter> parametersInDataUnits(const Model& model);

/// One sentence where the parameters of parametersInDataUnits() are not all in the units of the data; empty where they are.
std::string readingNote(const Model& model);

/// "yes from P(yes) = 0.24 on, no below": how a model of two classes decides that has a threshold; empty where it answers with the
/// likelier one. A part of equationText(), as the threshold is one of the model.
std::string decisionText(const Model& model);

/// The model as a person writes it: "y = 2.31 x + 0.84". Shapes that are no formula get the sentence that says what they do; trees their
/// questions, "if mass <= 3700:" about numbers and "if island is not Dream:" about categories, the answer to a yes below them.
///
/// With `digits` significant digits at least, and as many more as the numbers of a sum need for a result by hand to have so many (see
/// WrittenDigits), or as a threshold needs to part the same values (see thresholdText()); all digits where `digits` is 17.
std::string equationText(const Model& model, int digits = 4);
std::string equationLatex(const Model& model, int digits = 4);

/// The arithmetic that gave one prediction: "2.31 x 4.0 + 0.84 = 10.08", line by line; with a threshold the last line compares with it.
/// `raw` as for Model::predictRow.
std::vector<std::string> arithmeticText(const Model& model, const double* raw, int digits = 4);

} // namespace modelarium
