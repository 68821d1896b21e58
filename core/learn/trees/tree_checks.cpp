#include "core/learn/trees/tree_checks.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"

#include <cmath>
#include <cstdint>
#include <limits>

namespace modelarium {

namespace {

/// A tree compares floats: a value that is infinite as a float could not be told from any larger one.
Result<void> checkRange(const Dataset& data)
{
    constexpr double largestFeature = std::numeric_limits<float>::max();
    constexpr double largestTarget = 1e150;
    const Matrix& X = data.X();
    for (Eigen::Index i = 0; i < X.rows(); ++i) {
        const std::size_t row = data.rowNumber(i);
        for (Eigen::Index j = 0; j < X.cols(); ++j) {
            if (std::abs(X(i, j)) <= largestFeature)
                continue;
            const std::string& name = data.featureNames[std::size_t(j)];
            return Error{ErrorCode::NotFinite,
                         "The value " + shortText(X(i, j)) + " of \"" + name + "\" in row " + std::to_string(row)
                             + " is too large for a tree, which compares numbers up to 3.4e+38: standardise the features, "
                               "or leave the column out.",
                         Place{.row = row, .column = name}};
        }
        if (std::abs(data.y[i]) > largestTarget)
            return Error{ErrorCode::NotFinite,
                         "The target value " + shortText(data.y[i]) + " in row " + std::to_string(row)
                             + " is too large: its square is beyond the range of numbers; give the target in a larger unit.",
                         Place{.row = row}};
    }
    return {};
}

} // namespace

Result<void> checkForTrees(const Dataset& data, Task task)
{
    if (const Result<void> checked = checkDataset(data); !checked)
        return checked.error();
    if (const Result<void> checked = checkRange(data); !checked)
        return checked.error();
    constexpr std::size_t mostClasses = std::numeric_limits<std::uint16_t>::max();
    if (data.classes() > mostClasses)
        return Error{ErrorCode::Unsupported, "The target has " + countText(data.classes()) + " classes; a tree can tell "
                                                 + countText(mostClasses) + " apart at most."};
    if (data.task != task)
        return Error{ErrorCode::WrongTask, "This learner was set up for " + std::string(taskName(task)) + ", but the data ask for "
                                               + std::string(taskName(data.task)) + "."};
    return {};
}

} // namespace modelarium
