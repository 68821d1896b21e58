#pragma once

#include "core/data/table.h"

#include <QAbstractTableModel>

namespace modelarium {

/// Any table for a view, read only; the columns are shared and nothing is copied.
class RowsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit RowsModel(Table table, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    Table m_table;
};

} // namespace modelarium
