#include "app/pages/plain_table.h"

#include "core/base/number_text.h"

#include <QAction>
#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QHeaderView>
#include <QScrollBar>
#include <QTableWidget>

#include <cmath>

namespace modelarium {
namespace {

QString copyText(const QTableWidgetItem* cell)
{
    if (!cell)
        return {};
    const QVariant full = cell->data(fullValueRole);
    return full.isValid() ? full.toString() : cell->text();
}

/// Rows with the names that head them, columns parted by tabs: a spreadsheet takes it as it is.
void copyTable(const QTableWidget* table)
{
    const bool all = table->selectionModel()->selectedIndexes().size() < 2;
    QStringList lines;
    QStringList heads;
    const bool named = !table->verticalHeader()->isHidden();
    if (named)
        heads << QString();
    for (int column = 0; column < table->columnCount(); ++column)
        heads << copyText(table->horizontalHeaderItem(column));
    lines << heads.join(u'\t');
    for (int row = 0; row < table->rowCount(); ++row) {
        QStringList cells;
        bool any = all;
        for (int column = 0; column < table->columnCount(); ++column) {
            const QTableWidgetItem* cell = table->item(row, column);
            const bool chosen = all || (cell && cell->isSelected());
            cells << (chosen ? copyText(cell) : QString());
            any = any || chosen;
        }
        if (named)
            cells.prepend(copyText(table->verticalHeaderItem(row)));
        if (any)
            lines << cells.join(u'\t');
    }
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

} // namespace

QTableWidget* makeTable(int columns, const QString& name, QWidget* parent)
{
    auto* table = new QTableWidget(0, columns, parent);
    table->setAccessibleName(name);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->setTextElideMode(Qt::ElideMiddle);               // classes are often told apart by their ends
    table->verticalHeader()->setDefaultSectionSize(28);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* copy = new QAction(QCoreApplication::translate("modelarium::PlainTable", "Copy"), table);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    QObject::connect(copy, &QAction::triggered, table, [table] { copyTable(table); });
    table->addAction(copy);
    table->setContextMenuPolicy(Qt::ActionsContextMenu);
    return table;
}

QTableWidgetItem* makeNumberCell(const QString& shown, double value)
{
    auto* cell = new QTableWidgetItem(shown);
    cell->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    if (std::isfinite(value)) {
        const QString full = QString::fromStdString(exactText(value));
        cell->setData(fullValueRole, full);
        cell->setToolTip(full);
    }
    return cell;
}

QTableWidgetItem* makeTwoLineCell(const QString& upper, const QString& lower, const QString& help, std::initializer_list<double> values)
{
    auto* cell = new QTableWidgetItem(upper + u'\n' + lower);
    cell->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    cell->setToolTip(help);
    cell->setData(Qt::AccessibleTextRole, help);
    QStringList full;
    for (const double value : values)
        full << (std::isfinite(value) ? QString::fromStdString(exactText(value)) : QString());
    cell->setData(fullValueRole, full.join(u'\t'));
    return cell;
}

QTableWidgetItem* makeHead(const QString& text, const QString& help, const QString& copied)
{
    auto* head = new QTableWidgetItem(text);
    head->setToolTip(help);
    head->setData(Qt::AccessibleDescriptionRole, help);
    if (!copied.isEmpty())
        head->setData(fullValueRole, copied);
    return head;
}

void fitHeight(QTableWidget* table)
{
    const int header = !table->horizontalHeader()->isHidden() ? table->horizontalHeader()->sizeHint().height() : 0;
    const int names = !table->verticalHeader()->isHidden() ? table->verticalHeader()->sizeHint().width() : 0;
    const bool wide = table->horizontalScrollBarPolicy() != Qt::ScrollBarAlwaysOff && table->horizontalHeader()->length() + names > table->width();
    const int scrollBar = wide ? table->horizontalScrollBar()->sizeHint().height() : 0;
    table->setFixedHeight(header + table->verticalHeader()->length() + scrollBar + 2 * table->frameWidth() + 2);
}

} // namespace modelarium
