#pragma once

#include "app/document/experiment.h"

#include <QAbstractTableModel>
#include <QColor>

#include <vector>

namespace modelarium {

/// The rows of the experiment for a table view; nothing is copied, so millions of rows are shown as quickly as ten.
class DataTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Roles {
        ClassRole = Qt::UserRole + 1,               ///< code of the row's class, -1 where it has none
        MissingRole,                                ///< true where the cell is missing
        TestRole,                                   ///< true where the row is kept back for testing
        ValueRole,                                  ///< the exact value, for sorting and copying
    };

    explicit DataTableModel(Experiment& experiment, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;

    /// Colours of the classes, by code; the same as in the plot.
    void setClassColours(std::vector<QColor> colours);

Q_SIGNALS:
    void editRefused(const QModelIndex& index, const QString& sentence);

private:
    void follow();
    void followRoles();
    void followSplit();
    void followClasses();
    bool takeClasses();
    int classOf(std::size_t row) const;
    QString cell(std::size_t row, std::size_t column, bool exact) const;
    QVariant marker(std::size_t row, std::size_t column) const;

    Experiment& m_experiment;
    Table m_table;
    std::optional<std::size_t> m_target;
    SplitPtr m_split;
    std::vector<bool> m_test;
    std::vector<int> m_classOfLevel;                ///< of the target, as the plot has them; empty where it has no levels
    std::vector<QColor> m_colours;
};

} // namespace modelarium
