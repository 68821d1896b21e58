#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/data/column_view.h"

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

class KeptColumns;

/// What a learner sees: prepared numbers, and the answers.
///
/// Shape    X (n_samples, n_features); y (n_samples): values in data units, or class codes 0 .. classes-1; empty without a target
class Dataset {
public:
    Task task = Task::Regression;
    Vector y;
    std::vector<std::string> featureNames;
    std::vector<std::string> classNames;            ///< empty for all but classification
    std::vector<CategoryColumns> categories;        ///< for learners that count levels; empty for all others
    std::vector<std::string> statements;            ///< of features that say whether something is so: "island is Dream", "" for numbers; empty where none does
    std::vector<std::size_t> sourceRows;            ///< row of the table that each sample came from (from 0); empty: sample i is row i

    /// Where columns of the table are X as they are, they may stay where they lie: then X() copies them when it is first asked for, and
    /// columns() never does.
    const Matrix& X() const { return m_kept ? keptMatrix() : m_X; }
    Matrix& X();
    ColumnView columns() const;
    void keep(std::shared_ptr<const KeptColumns> columns) { m_kept = std::move(columns); }

    std::size_t samples() const;
    std::size_t features() const;
    std::size_t classes() const { return classNames.size(); }
    /// The row of the table that a sample came from, as people count: from 1.
    std::size_t rowNumber(Eigen::Index sample) const { return (sourceRows.empty() ? std::size_t(sample) : sourceRows[std::size_t(sample)]) + 1; }
    std::vector<std::size_t> rows() const;          ///< those of all samples, from 0

private:
    const Matrix& keptMatrix() const;

    Matrix m_X;
    std::shared_ptr<const KeptColumns> m_kept;      ///< in place of m_X
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
