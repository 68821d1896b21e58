#include "app/item_models/rows_model.h"

#include "core/base/number_text.h"

#include <algorithm>
#include <limits>

namespace modelarium {

RowsModel::RowsModel(Table table, QObject* parent) : QAbstractTableModel(parent), m_table(std::move(table)) {}

int RowsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(std::min<std::size_t>(m_table.rows(), std::numeric_limits<int>::max()));
}

int RowsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_table.columns());
}

QVariant RowsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Column& column = m_table.column(std::size_t(index.column()));
    const std::size_t row = std::size_t(index.row());
    if (role == Qt::TextAlignmentRole)
        return int((column.isNumeric() ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return QString::fromStdString(column.cellText(row));
    if (role != Qt::DisplayRole)
        return {};
    if (column.type() == ColumnType::Number && !column.isMissing(row))
        return QString::fromStdString(shortText(column.numberValues()[row], 6));
    return QString::fromStdString(column.cellText(row));
}

QVariant RowsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole)
        return {};
    return orientation == Qt::Horizontal ? QVariant(QString::fromStdString(m_table.column(std::size_t(section)).name())) : QVariant(section + 1);
}

} // namespace modelarium
