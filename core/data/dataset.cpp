#include "core/data/dataset.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/base/parallel.h"

#include <cmath>

namespace modelarium {

namespace {

std::size_t personRow(const Dataset& data, Eigen::Index i)
{
    return (std::size_t(i) < data.sourceRows.size() ? data.sourceRows[std::size_t(i)] : std::size_t(i)) + 1;
}

Error notFinite(const Dataset& data, Eigen::Index i, const std::string& column, double value)
{
    Place place;
    place.row = personRow(data, i);
    place.column = column;
    const std::string what = std::isnan(value) ? "is missing" : "is infinite";
    return {ErrorCode::NotFinite,
            "Row " + std::to_string(*place.row) + " of \"" + column + "\" " + what + ": leave the row out, or fill the cell.", place};
}

Result<void> checkFinite(const Dataset& data)
{
    // 0 times anything that is not finite is NaN: sums over whole columns find the column, and only then cells are looked at.
    std::vector<char> finite(std::size_t(data.X.cols()));
    parallelFor(finite.size(), [&](std::size_t j) { finite[j] = (data.X.col(Eigen::Index(j)) * 0.0).sum() == 0; });
    for (Eigen::Index j = 0; j < data.X.cols(); ++j)
        for (Eigen::Index i = 0; !finite[std::size_t(j)] && i < data.X.rows(); ++i)
            if (!std::isfinite(data.X(i, j)))
                return notFinite(data, i, data.featureNames[std::size_t(j)], data.X(i, j));
    for (Eigen::Index i = 0; i < data.y.size(); ++i)
        if (!std::isfinite(data.y[i]))
            return notFinite(data, i, "the target", data.y[i]);
    return {};
}

} // namespace

std::string_view taskName(Task task)
{
    switch (task) {
    case Task::Regression: return "regression";
    case Task::Classification: return "classification";
    case Task::Clustering: return "clustering";
    case Task::Projection: return "projection";
    }
    return {};
}

bool hasTarget(Task task) { return task == Task::Regression || task == Task::Classification; }

Result<void> checkShape(const Dataset& data, std::size_t minimumSamples)
{
    if (data.features() == 0)
        return Error{ErrorCode::TooFewFeatures, hasTarget(data.task)
                         ? "There is no feature to learn from: choose at least one column besides the target."
                         : "There is no feature to learn from: choose at least one column."};
    if (data.samples() < minimumSamples) {
        return Error{ErrorCode::TooFewSamples, counted(data.samples(), "row is", "rows are")
                                                   + " not enough: this learner needs at least " + std::to_string(minimumSamples) + "."};
    }
    return {};
}

Result<void> checkTarget(const Dataset& data)
{
    if (!hasTarget(data.task))                      // no answers to look at; rows that are all alike make one group
        return {};
    const double first = data.y.size() ? data.y[0] : 0;
    if (data.samples() >= 2 && (data.y.array() == first).all()) {
        if (data.task == Task::Classification) {
            return Error{ErrorCode::OneClass, "Every row to learn from is of the class \"" + data.classNames[std::size_t(first)]
                                                  + "\": there is nothing to tell apart."};
        }
        return Error{ErrorCode::ConstantTarget,
                     "The target is " + shortText(first) + " in every row to learn from: there is nothing to predict."};
    }
    return {};
}

Result<void> checkDataset(const Dataset& data, std::size_t minimumSamples)
{
    if (Result<void> shape = checkShape(data, minimumSamples); !shape)
        return shape;
    if (Result<void> finite = checkFinite(data); !finite)
        return finite;
    return checkTarget(data);
}

} // namespace modelarium
