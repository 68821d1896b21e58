#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace modelarium {

/// Every penalty that cross-validation tried, from the strongest on, and how rows were predicted that had no part in the learning.
///
/// Math     errors: the mean over folds of the mean squared error on the rows of the fold; standardErrors: the standard deviation of those
///          (ddof 1) / sqrt(folds). Leave-one-out has a fold a row
/// Shape    all lists (alphas)
/// Unit     errors of the target, squared
struct PenaltyPath {
    std::size_t folds = 0;
    std::vector<double> alphas;                     ///< falling
    std::vector<std::size_t> featuresInUse;         ///< weights that are not 0, learned from all rows
    std::vector<double> errors;
    std::vector<double> standardErrors;
    std::size_t chosen = 0;                         ///< place in the lists
};

/// What a training found out beside the parameters. It is kept with the model.
struct Findings {
    std::map<std::string, double> outOfBag{};       ///< metrics of the training rows, each answered only by trees that did not see it
    std::shared_ptr<const PenaltyPath> penaltyPath{};
};

} // namespace modelarium
