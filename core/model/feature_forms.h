#pragma once

#include "core/model/model.h"

#include <string>
#include <vector>

namespace modelarium {

/// A prepared feature as a straight line in something that has a name: prepared = (variable - mean) / scale.
///
/// Scaling is undone as far back as it goes: to the column of the data itself (stage 0), or to what a curve, a product,
/// an interval or a principal component made of it.
struct FeatureForm {
    std::string name;                               ///< of the variable: "mass", "island = Dream", "log(mass)", "mass^2", "PC1"
    std::size_t stage = 0;                          ///< the variable is a column after so many steps ...
    std::size_t column = 0;                         ///< ... and which
    double mean = 0;
    double scale = 1;
    std::string yes{}, no{};                        ///< what 1 and 0 say, where it has no other value: "island is Dream", "island is not Dream"

    bool isScaled() const { return mean != 0 || scale != 1; }
};

/// The limit that a threshold of its prepared feature sets to the variable, with as few digits, `digits` at least, as tell the same values
/// apart: 2007.5 between 2007 and 2008, never 2008.
///
/// Trees compare floats, and a threshold stands in the middle between two values, which are at least one spacing of floats apart. So a text
/// less than half a spacing off lies between the two as well, and thresholds that part other values have other texts. From 17 digits on
/// it is the exact text. A prepared value that is compared with a threshold is told in the same way.
std::string thresholdText(const FeatureForm& form, double threshold, int digits);

/// A question about a form, as a threshold of its prepared feature asks it: whether it is at most that. Where the form says yes or no, the
/// question is about that: "island is not Dream".
std::string questionText(const FeatureForm& form, double threshold, int digits);

/// The columns after the first `steps` steps.
std::vector<FeatureForm> featureForms(const Preparation& preparation, std::size_t steps);
/// The features that the parameters see.
std::vector<FeatureForm> featureForms(const Preparation& preparation);

/// What the variables of some forms are in one row; `raw` as for Model::predictRow.
std::vector<double> variableValues(const Preparation& preparation, const std::vector<FeatureForm>& forms, const double* raw);

} // namespace modelarium
