#include "core/model/separable_grid.h"

#include <algorithm>
#include <cmath>

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
        const std::vector<float>& places = axis.rounded;
        if (places.size() < 2)
            continue;
        const double step = (double(places.back()) - places.front()) / double(places.size() - 1);
        axis.even = step != 0;
        for (std::size_t i = 0; i < places.size() && axis.even; ++i)
            axis.even = std::abs(places.front() + double(i) * step - places[i]) <= std::abs(step);
        axis.perStep = 1 / step;
    }
}

SeparableGrid::Cut SeparableGrid::cut(std::size_t feature, float threshold, std::size_t begin, std::size_t end) const
{
    const Axis& axis = m_axes[feature];
    const float* values = axis.rounded.data();
    const auto isBefore = [&](float value) { return (value <= threshold) == axis.rises; };
    if (!axis.even)
        return {std::size_t(std::partition_point(values + begin, values + end, isBefore) - values), axis.rises};
    // Where it would be if nothing were rounded, and from there to where it is.
    auto place = std::size_t(std::clamp((double(threshold) - values[0]) * axis.perStep, double(begin), double(end)));
    while (place < end && isBefore(values[place]))
        ++place;
    while (place > begin && !isBefore(values[place - 1]))
        --place;
    return {place, axis.rises};
}

} // namespace modelarium
