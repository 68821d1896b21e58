#pragma once

#include "app/document/experiment.h"
#include "app/jobs/summary_job.h"

#include <QAbstractTableModel>

namespace modelarium {

/// The columns of the experiment: name, type, role, missing, distinct, range and mean. The role can be edited.
class ColumnsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Type, Use, Missing, Distinct, Minimum, Mean, Maximum, ColumnCount };
    enum Roles { RoleRole = Qt::UserRole + 1 };     ///< int(Role) of the row's column, in every cell

    explicit ColumnsModel(Experiment& experiment, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// Qt::EditRole on column Use takes int(Role).
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;

    static QString roleName(Role role);
    static QString typeName(ColumnType type);

private:
    void follow();
    void followRoles();
    QString summaryText(std::size_t column, Column what) const;

    Experiment& m_experiment;
    Table m_table;
    SummaryJob m_job;
    ColumnSummaries m_summaries;
};

} // namespace modelarium
