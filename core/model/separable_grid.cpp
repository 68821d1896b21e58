#include "core/model/separable_grid.h"

#include <algorithm>

namespace modelarium {

SeparableGrid::SeparableGrid(const Matrix& byColumn, const Matrix& byRow, const std::vector<char>& alongColumns)
    : m_axes(alongColumns.size()), m_columns(std::size_t(byColumn.rows()))
{
    for (std::size_t j = 0; j < m_axes.size(); ++j) {
        Axis& axis = m_axes[j];
        axis.alongColumns = alongColumns[j];
        const auto values = (axis.alongColumns ? byColumn : byRow).col(Eigen::Index(j));
        for (const double value : values)
            axis.values.push_back(float(value));
        axis.rises = std::is_sorted(axis.values.begin(), axis.values.end());
        m_monotone &= axis.rises || std::is_sorted(axis.values.rbegin(), axis.values.rend());
    }
}

SeparableGrid::Cut SeparableGrid::cut(std::size_t feature, float threshold, std::size_t begin, std::size_t end) const
{
    const Axis& axis = m_axes[feature];
    const auto place = std::partition_point(axis.values.begin() + std::ptrdiff_t(begin), axis.values.begin() + std::ptrdiff_t(end),
                                            [&](float value) { return (value <= threshold) == axis.rises; });
    return {std::size_t(place - axis.values.begin()), axis.rises};
}

} // namespace modelarium
