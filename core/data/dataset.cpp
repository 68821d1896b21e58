#include "core/data/dataset.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/base/parallel.h"
#include "core/data/kept_columns.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

Error notFinite(const Dataset& data, Eigen::Index i, const std::string& column, double value)
{
    Place place;
    place.row = data.rowNumber(i);
    place.column = column;
    const std::string what = std::isnan(value) ? "is missing" : "is infinite";
    return {ErrorCode::NotFinite,
            "Row " + std::to_string(*place.row) + " of \"" + column + "\" " + what + ": leave the row out, or fill the cell.", place};
}

/// Some rows of a column of X, or of y, which stands past the last one.
struct Part {
    Eigen::Index column;
    Eigen::Index first;
    Eigen::Map<const Vector> cells;
};

Part partOf(const ColumnView& X, const Vector& y, Eigen::Index column, Eigen::Index first, Eigen::Index most)
{
    const bool isTarget = column == X.cols();
    const Eigen::Index size = isTarget ? y.size() : X.rows();
    const double* cells = isTarget ? y.data() : X.col(column).data();
    first = std::min(first, size);                  // without a target there are no answers
    return {column, first, {cells + first, std::min(size - first, most)}};
}

Result<void> checkFinite(const Dataset& data)
{
    // 0 times anything that is not finite is NaN: sums over parts of columns find the part, and only then cells are looked at.
    constexpr Eigen::Index most = 1 << 16;
    const ColumnView X = data.columns();
    const Eigen::Index partsAColumn = (X.rows() + most - 1) / most;
    const auto part = [&](std::size_t index) {
        return partOf(X, data.y, Eigen::Index(index) / partsAColumn, Eigen::Index(index) % partsAColumn * most, most);
    };
    std::vector<char> finite(std::size_t((X.cols() + 1) * partsAColumn));
    parallelFor(finite.size(), [&](std::size_t index) { finite[index] = (part(index).cells * 0.0).sum() == 0; });
    const auto spoilt = std::find(finite.begin(), finite.end(), false);
    if (spoilt == finite.end())
        return {};
    const Part where = part(std::size_t(spoilt - finite.begin()));
    const Eigen::Index i = std::find_if(where.cells.begin(), where.cells.end(), [](double x) { return !std::isfinite(x); }) - where.cells.begin();
    const std::string name = where.column < X.cols() ? data.featureNames[std::size_t(where.column)] : "the target";
    return notFinite(data, where.first + i, name, where.cells[i]);
}

} // namespace

const Matrix& Dataset::keptMatrix() const { return m_kept->matrix(); }

Matrix& Dataset::X()
{
    if (m_kept) {
        m_X = m_kept->matrix();
        m_kept.reset();
    }
    return m_X;
}

ColumnView Dataset::columns() const { return m_kept ? m_kept->view() : ColumnView(m_X); }
std::size_t Dataset::samples() const { return std::size_t(m_kept ? m_kept->rows() : m_X.rows()); }
std::size_t Dataset::features() const { return std::size_t(m_kept ? m_kept->cols() : m_X.cols()); }

std::vector<std::size_t> Dataset::rows() const
{
    std::vector<std::size_t> all = sourceRows;
    if (all.empty()) {
        all.resize(samples());
        std::iota(all.begin(), all.end(), std::size_t(0));
    }
    return all;
}

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
                                                   + " not enough: this learner needs at least " + countText(minimumSamples) + "."};
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
