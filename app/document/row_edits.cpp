#include "app/document/row_edits.h"

#include <algorithm>
#include <utility>

namespace modelarium {
namespace {

/// The rows that a frozen model learned from keep their meaning when others go.
FrozenRowsPtr withoutRows(const FrozenRowsPtr& frozen, std::size_t count, const std::vector<std::size_t>& removed)
{
    if (!frozen || frozen->rows != count)
        return nullptr;
    const auto renumber = [&](const std::vector<std::size_t>& rows) {
        std::vector<std::size_t> kept;
        for (const std::size_t row : rows) {
            const auto place = std::lower_bound(removed.begin(), removed.end(), row);
            if (place == removed.end() || *place != row)
                kept.push_back(row - std::size_t(place - removed.begin()));
        }
        return kept;
    };
    FrozenRows after;
    after.split = Split{renumber(frozen->split.train), renumber(frozen->split.test)};
    after.rows = count - removed.size();
    return std::make_shared<const FrozenRows>(std::move(after));
}

FrozenRowsPtr withOneMore(const FrozenRowsPtr& frozen)
{
    if (!frozen)
        return nullptr;
    return std::make_shared<const FrozenRows>(FrozenRows{frozen->split, frozen->rows + 1});
}

} // namespace

RowEdits::RowEdits(SetupStore& store, QObject* parent) : QObject(parent), m_store(store) {}

void RowEdits::changeTable(const QString& text, Table table, const QString& mergeKey)
{
    Setup next = m_store.setup();
    next.table = std::move(table);
    m_store.change(text, std::move(next), mergeKey);
}

Result<void> RowEdits::editCell(std::size_t row, std::size_t column, const QString& text)
{
    const Table& table = m_store.setup().table;
    if (row >= table.rows() || column >= table.columns())
        return {};
    const QByteArray typed = text.toUtf8();
    auto edited = withCell(table, row, column, std::string_view(typed.constData(), std::size_t(typed.size())));
    if (!edited)
        return edited.error();
    const QString name = QString::fromStdString(table.column(column).name());
    changeTable(tr("Edit %1 of row %2").arg(name).arg(row + 1), *std::move(edited));
    return {};
}

void RowEdits::movePoint(std::size_t row, const CellValues& to)
{
    const Table& table = m_store.setup().table;
    if (row >= table.rows())
        return;
    endWhatIf();
    changeTable(tr("Move point %1").arg(row + 1), withValues(table, row, to), QStringLiteral("move %1").arg(row));
}

void RowEdits::addPoint(const CellValues& values)
{
    const Setup& setup = m_store.setup();
    if (!setup.source)
        return;
    auto table = withRow(setup.table, values);
    if (!table)
        return;
    Setup next = setup;
    next.frozenRows = withOneMore(setup.frozenRows);
    next.table = *std::move(table);
    const std::size_t row = next.table.rows();
    m_store.change(tr("Add point %1").arg(row), std::move(next));
}

void RowEdits::deleteRows(const std::vector<std::size_t>& rows)
{
    const Setup& setup = m_store.setup();
    std::vector<std::size_t> removed;
    for (const std::size_t row : rows) {
        if (row < setup.table.rows())
            removed.push_back(row);
    }
    std::sort(removed.begin(), removed.end());
    removed.erase(std::unique(removed.begin(), removed.end()), removed.end());
    if (removed.empty())
        return;
    Setup next = setup;
    next.frozenRows = withoutRows(setup.frozenRows, setup.table.rows(), removed);
    next.table = modelarium::withoutRows(setup.table, removed);
    m_store.change(tr("Delete %Ln row(s)", nullptr, int(removed.size())), std::move(next));
}

void RowEdits::whatIf(std::size_t row, const CellValues& to)
{
    const Table& table = m_store.setup().table;
    if (row >= table.rows())
        return;
    m_whatIf = withValues(table, row, to);
    Q_EMIT whatIfChanged();
}

void RowEdits::endWhatIf()
{
    if (!m_whatIf)
        return;
    m_whatIf.reset();
    Q_EMIT whatIfChanged();
}

} // namespace modelarium
