#include "app/item_models/data_table_model.h"

#include "core/base/number_text.h"

#include <QBrush>
#include <QPalette>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace modelarium {
namespace {

constexpr int shownDigits = 6;

QString number(double value, bool exact)
{
    return QString::fromStdString(exact ? exactText(value) : shortText(value, shownDigits));
}

} // namespace

DataTableModel::DataTableModel(Experiment& experiment, QObject* parent)
    : QAbstractTableModel(parent), m_experiment(experiment)
{
    connect(&experiment, &Experiment::dataChanged, this, &DataTableModel::follow);
    connect(&experiment, &Experiment::rolesChanged, this, &DataTableModel::followRoles);
    connect(&experiment, &Experiment::historyChanged, this, &DataTableModel::followSplit);
    connect(&experiment, &Experiment::frozenChanged, this, &DataTableModel::followSplit);
    connect(&experiment, &Experiment::modelChanged, this, &DataTableModel::followClasses);
    m_table = experiment.table();
    m_target = targetColumn(experiment.setup());
    takeClasses();
}

/// Cells change often (a drag), the shape of the table seldom: only then do views lose their place.
void DataTableModel::follow()
{
    const Table& table = m_experiment.table();
    const auto sameNames = [&] {
        for (std::size_t j = 0; j < table.columns(); ++j) {
            if (table.column(j).name() != m_table.column(j).name())
                return false;
        }
        return true;
    };
    const bool sameShape = table.rows() == m_table.rows() && table.columns() == m_table.columns() && sameNames();
    if (!sameShape)
        beginResetModel();
    m_table = table;
    m_target = targetColumn(m_experiment.setup());
    takeClasses();
    if (!sameShape) {
        m_test.clear();
        m_split.reset();
        endResetModel();
        followSplit();
    } else if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
}

void DataTableModel::followRoles()
{
    m_target = targetColumn(m_experiment.setup());
    takeClasses();
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    if (columnCount() > 0)
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
}

void DataTableModel::followSplit()
{
    // The history grows at display rate, its split stays the same object.
    const SplitPtr split = m_experiment.split();
    if (split == m_split)
        return;
    m_split = split;
    m_test.assign(m_table.rows(), false);
    for (const std::size_t row : split ? split->test : std::vector<std::size_t>())
        m_test[row] = true;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {TestRole, Qt::ToolTipRole});
}

/// The classes of the model on show, so that a class has the colour that it has in the plot; before there is one those that it will have.
/// False where they are those of before.
bool DataTableModel::takeClasses()
{
    std::vector<int> classOfLevel;
    if (m_target && *m_target < m_table.columns() && m_table.column(*m_target).isCategorical()) {
        const Column& column = m_table.column(*m_target);
        const std::vector<std::string>& levels = column.categoryCells().levels;
        const ModelPtr model = m_experiment.model();
        const bool isAnswered = model && model->target().task == Task::Classification && model->target().name == column.name();
        std::vector<std::string> classes = isAnswered ? model->target().classes : twoClasses(m_experiment.setup());
        if (classes.empty())
            classes = levels;
        for (const std::string& level : levels) {
            const auto found = std::find(classes.begin(), classes.end(), level);
            classOfLevel.push_back(found == classes.end() ? -1 : int(found - classes.begin()));
        }
    }
    return std::exchange(m_classOfLevel, classOfLevel) != classOfLevel;
}

void DataTableModel::followClasses()
{
    if (takeClasses() && rowCount() > 0 && m_target)
        Q_EMIT dataChanged(index(0, int(*m_target)), index(rowCount() - 1, int(*m_target)), {Qt::DecorationRole, ClassRole});
}

int DataTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(std::min<std::size_t>(m_table.rows(), std::numeric_limits<int>::max()));
}

int DataTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_table.columns());
}

int DataTableModel::classOf(std::size_t row) const
{
    if (!m_target || m_classOfLevel.empty())
        return -1;
    const std::int32_t level = m_table.column(*m_target).categoryCells().codes[row];
    return level < 0 ? -1 : m_classOfLevel[std::size_t(level)];
}

QString DataTableModel::cell(std::size_t row, std::size_t column, bool exact) const
{
    const Column& cells = m_table.column(column);
    if (cells.type() == ColumnType::Number && !cells.isMissing(row))
        return number(cells.numberValues()[row], exact);
    return QString::fromStdString(cells.cellText(row));
}

QVariant DataTableModel::marker(std::size_t row, std::size_t column) const
{
    const int code = classOf(row);
    if (code < 0 || m_colours.empty() || column != *m_target)
        return {};
    return m_colours[std::size_t(code) % m_colours.size()];
}

QVariant DataTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const std::size_t row = std::size_t(index.row());
    const std::size_t column = std::size_t(index.column());
    const Column& cells = m_table.column(column);
    const bool missing = cells.isMissing(row);
    switch (role) {
    case Qt::DisplayRole: return missing ? QStringLiteral("–") : cell(row, column, false);
    case Qt::EditRole:
    case ValueRole: return cell(row, column, true);
    case Qt::ToolTipRole:
    case Qt::AccessibleDescriptionRole:
        if (missing)
            return tr("This cell is missing.");
        return cells.type() == ColumnType::Number ? cell(row, column, true) : QVariant();
    case Qt::TextAlignmentRole: return int((cells.isNumeric() ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ForegroundRole: return missing ? QBrush(QPalette().color(QPalette::PlaceholderText)) : QVariant();
    case Qt::DecorationRole: return marker(row, column);
    case ClassRole: return classOf(row);
    case MissingRole: return missing;
    case TestRole: return row < m_test.size() && m_test[row];
    default: return {};
    }
}

QVariant DataTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return role == Qt::DisplayRole ? QVariant(section + 1) : QVariant();
    if (section < 0 || section >= columnCount())
        return {};
    const Column& column = m_table.column(std::size_t(section));
    constexpr qsizetype firstLetters = 20, lastLetters = 17;    // columns are often told apart by their ends
    const QString name = QString::fromStdString(column.nameWithUnit());
    if (role == Qt::ToolTipRole)
        return name;
    if (role == Qt::DisplayRole)
        return name.size() <= firstLetters + lastLetters + 1 ? name : name.left(firstLetters) + u'…' + name.right(lastLetters);
    if (role == Qt::TextAlignmentRole)
        return int((column.isNumeric() ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return {};
}

Qt::ItemFlags DataTableModel::flags(const QModelIndex& index) const
{
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (index.isValid() && m_table.column(std::size_t(index.column())).type() != ColumnType::Empty)
        flags |= Qt::ItemIsEditable;
    return flags;
}

bool DataTableModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::EditRole || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    const auto edited = m_experiment.rows().editCell(std::size_t(index.row()), std::size_t(index.column()), value.toString());
    if (edited)
        return true;
    Q_EMIT editRefused(index, errorText(edited.error()));
    return false;
}

void DataTableModel::setClassColours(std::vector<QColor> colours)
{
    m_colours = std::move(colours);
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {Qt::DecorationRole});
}

} // namespace modelarium
