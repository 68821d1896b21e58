#include "core/model/separable_grid.h"

#include <algorithm>

namespace modelarium {

SeparableGrid::SeparableGrid(const Matrix& byColumn, const Matrix& byRow, const std::vector<char>& alongColumns)
    : m_axes(alongColumns.size()), m_columns(std::size_t(byColumn.rows())), m_rows(std::size_t(byRow.rows()))
{
    for (std::size_t j = 0; j < m_axes.size(); ++j) {
        Axis& axis = m_axes[j];
        axis.alongColumns = alongColumns[j];
        const auto values = (axis.alongColumns ? byColumn : byRow).col(Eigen::Index(j));
        axis.values.assign(values.begin(), values.end());
        axis.rounded.assign(values.begin(), values.end());
        axis.rises = std::is_sorted(axis.rounded.begin(), axis.rounded.end());
        m_monotone &= axis.rises || std::is_sorted(axis.rounded.rbegin(), axis.rounded.rend());
    }
}

SeparableGrid::Cut SeparableGrid::cut(std::size_t feature, float threshold, std::size_t begin, std::size_t end) const
{
    const Axis& axis = m_axes[feature];
    const auto place = std::partition_point(axis.rounded.begin() + std::ptrdiff_t(begin), axis.rounded.begin() + std::ptrdiff_t(end),
                                            [&](float value) { return (value <= threshold) == axis.rises; });
    return {std::size_t(place - axis.rounded.begin()), axis.rises};
}

} // namespace modelarium
