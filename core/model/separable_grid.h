#pragma once

#include "core/base/matrix.h"

#include <vector>

namespace modelarium {

/// The features of the cells of a grid, each of which changes along the columns alone or along the rows alone.
class SeparableGrid {
public:
    /// Feature j of the cell (row, column) is byColumn(column, j) where alongColumns[j], otherwise byRow(row, j).
    SeparableGrid(const Matrix& byColumn, const Matrix& byRow, const std::vector<char>& alongColumns);

    /// Every feature only rises or only falls along its direction: then a threshold cuts the grid in two.
    bool isMonotone() const { return m_monotone; }
    std::size_t columns() const { return m_columns; }
    std::size_t rows() const { return m_rows; }
    std::size_t features() const { return m_axes.size(); }
    bool isAlongColumns(std::size_t feature) const { return m_axes[feature].alongColumns; }

    /// The values of a feature along its direction.
    const std::vector<double>& values(std::size_t feature) const { return m_axes[feature].values; }

    /// Places [begin, end) along the direction of a feature, cut where its values pass the threshold; values are
    /// rounded to float, as the questions of trees see them.
    struct Cut {
        std::size_t place;
        bool belowFirst;                            ///< values <= threshold are in [begin, place), otherwise in [place, end)
    };
    Cut cut(std::size_t feature, float threshold, std::size_t begin, std::size_t end) const;

private:
    struct Axis {
        bool alongColumns = false;
        bool rises = true;
        bool even = false;                          // its values lie one step apart, give or take one
        double perStep = 0;
        std::vector<double> values;
        std::vector<float> rounded;
    };

    std::vector<Axis> m_axes;                       // of each feature
    std::size_t m_columns;
    std::size_t m_rows;
    bool m_monotone = true;
};

} // namespace modelarium
