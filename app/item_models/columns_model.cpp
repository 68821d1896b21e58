#include "app/item_models/columns_model.h"

#include "core/base/number_text.h"

#include <QLocale>

namespace modelarium {

ColumnsModel::ColumnsModel(Experiment& experiment, QObject* parent) : QAbstractTableModel(parent), m_experiment(experiment)
{
    connect(&experiment, &Experiment::dataChanged, this, &ColumnsModel::follow);
    connect(&experiment, &Experiment::rolesChanged, this, &ColumnsModel::followRoles);
    connect(&m_job, &SummaryJob::finished, this, [this](const ColumnSummaries& summaries) {
        m_summaries = summaries;
        if (rowCount() > 0)
            Q_EMIT dataChanged(index(0, Missing), index(rowCount() - 1, Maximum));
    });
    follow();
}

void ColumnsModel::follow()
{
    const Table& table = m_experiment.setup().table;
    if (sharesColumns(table, m_table))
        return;
    const bool sameColumns = table.columns() == m_table.columns();
    if (!sameColumns)
        beginResetModel();
    m_table = table;
    if (!sameColumns) {
        m_summaries.reset();
        endResetModel();
    } else {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
    m_job.start(m_table);
}

void ColumnsModel::followRoles()
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, Use), index(rowCount() - 1, Use));
}

int ColumnsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_table.columns());
}

int ColumnsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString ColumnsModel::roleName(Role role)
{
    switch (role) {
    case Role::Feature: return tr("feature");
    case Role::Target: return tr("target");
    case Role::Ignored: return tr("left out");
    }
    return {};
}

QString ColumnsModel::typeName(ColumnType type)
{
    switch (type) {
    case ColumnType::Number: return tr("number");
    case ColumnType::Category: return tr("category");
    case ColumnType::Boolean: return tr("yes or no");
    case ColumnType::Date: return tr("date");
    case ColumnType::Text: return tr("text");
    case ColumnType::Empty: return tr("empty");
    }
    return {};
}

QString ColumnsModel::summaryText(std::size_t column, Column what) const
{
    if (!m_summaries || column >= m_summaries->size())
        return {};
    const ColumnSummary& summary = (*m_summaries)[column];
    const bool isDate = m_table.column(column).type() == ColumnType::Date;
    const auto number = [isDate](double value) {
        return QString::fromStdString(isDate ? dateText(value) : shortText(value));
    };
    const auto count = [](std::size_t rows) { return QLocale().toString(qulonglong(rows)); };
    const bool countStopped = summary.distinct >= ColumnSummary::distinctLimit;
    switch (what) {
    case Missing: return count(summary.missing);
    case Distinct: return countStopped ? tr("%1 or more").arg(count(summary.distinct)) : count(summary.distinct);
    case Minimum: return summary.hasRange ? number(summary.minimum) : QString();
    case Mean: return summary.hasRange ? number(summary.mean) : QString();
    case Maximum: return summary.hasRange ? number(summary.maximum) : QString();
    default: return {};
    }
}

QVariant ColumnsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const std::size_t row = std::size_t(index.row());
    const modelarium::Column& column = m_table.column(row);
    const std::vector<Role>& roles = m_experiment.setup().roles;
    const Role use = row < roles.size() ? roles[row] : Role::Ignored;
    if (role == RoleRole || (role == Qt::EditRole && index.column() == Use))
        return int(use);
    if (role == Qt::TextAlignmentRole)
        return int((index.column() >= Missing ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && index.column() == Name)
        return QString::fromStdString(column.name());
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Name: return QString::fromStdString(column.name());
    case Type: return typeName(column.type());
    case Use: return roleName(use);
    default: return summaryText(row, Column(index.column()));
    }
}

QVariant ColumnsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Column");
    case Type: return tr("Type");
    case Use: return tr("Used as");
    case Missing: return tr("Missing");
    case Distinct: return tr("Distinct");
    case Minimum: return tr("Smallest");
    case Mean: return tr("Mean");
    case Maximum: return tr("Largest");
    default: return {};
    }
}

Qt::ItemFlags ColumnsModel::flags(const QModelIndex& index) const
{
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (index.isValid() && index.column() == Use && !m_experiment.isFrozen())
        flags |= Qt::ItemIsEditable;
    return flags;
}

bool ColumnsModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::EditRole || !checkIndex(index, CheckIndexOption::IndexIsValid) || index.column() != Use)
        return false;
    bool isNumber = false;
    const int use = value.toInt(&isNumber);
    if (!isNumber || use < int(Role::Feature) || use > int(Role::Ignored))
        return false;
    m_experiment.choices().setRole(std::size_t(index.row()), Role(use));
    return m_experiment.setup().roles[std::size_t(index.row())] == Role(use);
}

} // namespace modelarium
