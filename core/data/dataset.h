#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace modelarium {

/// What is learned: a number, a class, or, where there is no target, which rows belong together or in which directions they spread.
enum class Task { Regression, Classification, Clustering, Projection };

std::string_view taskName(Task task);               ///< "regression", "classification", "clustering", "projection"
bool hasTarget(Task task);                          ///< whether there are answers to learn from and to compare with

/// Where a category of the data stands among the prepared features: a column a level, with one number where a sample has the level
/// and another where it has not.
struct CategoryColumns {
    struct Level {
        std::string name;
        Eigen::Index column = -1;                   ///< -1: none of its own; a sample has the level where no column says otherwise
        double absent = 0;
        double present = 1;
    };

    std::string name;
    std::vector<Level> levels;                      ///< empty where the prepared features are no columns of this kind
};

/// What a learner sees: prepared numbers, and the answers.
///
/// Shape    X (n_samples, n_features); y (n_samples): values in data units, or class codes 0 .. classes-1; empty without a target
struct Dataset {
    Task task = Task::Regression;
    Matrix X;
    Vector y;
    std::vector<std::string> featureNames;
    std::vector<std::string> classNames;            ///< empty for all but classification
    std::vector<CategoryColumns> categories;        ///< for learners that count levels; empty for all others
    std::vector<std::size_t> sourceRows;            ///< row of the table that each sample came from (from 0)

    std::size_t samples() const { return std::size_t(X.rows()); }
    std::size_t features() const { return std::size_t(X.cols()); }
    std::size_t classes() const { return classNames.size(); }
};

using DatasetPtr = std::shared_ptr<const Dataset>;

/// What every learner asks of its data before it begins.
///
/// Errors   TooFewSamples; TooFewFeatures; NotFinite (names row and column); OneClass; ConstantTarget
Result<void> checkDataset(const Dataset& data, std::size_t minimumSamples = 2);

/// The two parts of it that need no pass over the cells, for learners whose own first pass shows whether all of them are numbers.
///
/// Errors   TooFewSamples, TooFewFeatures; OneClass, ConstantTarget
Result<void> checkShape(const Dataset& data, std::size_t minimumSamples = 2);
Result<void> checkTarget(const Dataset& data);

} // namespace modelarium
