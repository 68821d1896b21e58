#include "core/prepare/category_columns.h"

#include <algorithm>

namespace modelarium {

namespace {

/// One row as numbers that a preparation knows: the typical value of every number, the first level of every category.
std::vector<double> typicalRow(const Preparation& preparation)
{
    std::vector<double> raw;
    for (const InputColumn& input : preparation.inputs())
        raw.push_back(input.levels.empty() ? input.typical : 0);
    return raw;
}

/// The prepared row of every level of an input; the other inputs stay as they are in `raw`.
Matrix rowsOfLevels(const Preparation& preparation, std::size_t input, std::vector<double> raw)
{
    const Eigen::Index levels = Eigen::Index(preparation.inputs()[input].levels.size());
    std::vector<double> scratch(preparation.scratchSize());
    RowVector row(Eigen::Index(preparation.outputs()));
    Matrix rows(levels, row.size());
    for (Eigen::Index level = 0; level < levels; ++level) {
        raw[input] = double(level);
        preparation.applyRow(raw.data(), scratch.data(), row.data());
        rows.row(level) = row;
    }
    return rows;
}

/// The only level at which the column has a number of its own; of two levels the second. -1 where there is no such level.
Eigen::Index ownLevel(const Vector& column)
{
    const auto asFirst = (column.array() == column[0]).count();
    if (asFirst == column.size() - 1) {
        Eigen::Index own = 1;
        while (column[own] == column[0])
            ++own;
        return own;
    }
    return asFirst == 1 && (column.tail(column.size() - 1).array() == column[1]).all() ? 0 : -1;
}

CategoryColumns columnsOf(const InputColumn& input, const Matrix& rows, std::vector<char>& taken)
{
    CategoryColumns category;
    category.name = input.name;
    for (const std::string& level : input.levels)
        category.levels.push_back({level, -1, 0, 1});
    for (Eigen::Index j = 0; j < rows.cols(); ++j) {
        if ((rows.col(j).array() == rows(0, j)).all())
            continue;
        const Eigen::Index own = ownLevel(rows.col(j));
        const bool isNew = own >= 0 && !taken[std::size_t(j)];
        taken[std::size_t(j)] = 1;
        if (!isNew) {
            category.levels.clear();
            return category;
        }
        CategoryColumns::Level& level = category.levels[std::size_t(own)];
        level.column = j;
        level.present = rows(own, j);
        level.absent = rows(own == 0 ? rows.rows() - 1 : 0, j);
    }
    return category;
}

/// At most one level may go without a column, or two of them could not be told apart.
bool isComplete(const CategoryColumns& category)
{
    return std::count_if(category.levels.begin(), category.levels.end(), [](const auto& level) { return level.column < 0; }) <= 1;
}

} // namespace

std::vector<CategoryColumns> categoryColumns(const Preparation& preparation)
{
    std::vector<CategoryColumns> categories;
    std::vector<char> taken(preparation.outputs());
    const std::vector<double> raw = typicalRow(preparation);
    for (std::size_t i = 0; i < preparation.inputs().size(); ++i) {
        const InputColumn& input = preparation.inputs()[i];
        if (input.levels.empty())
            continue;
        categories.push_back(columnsOf(input, rowsOfLevels(preparation, i, raw), taken));
        if (!isComplete(categories.back()))
            categories.back().levels.clear();
    }
    return categories;
}

} // namespace modelarium
