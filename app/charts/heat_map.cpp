#include "app/charts/heat_map.h"

#include "app/widgets/look.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStyledItemDelegate>

#include <algorithm>

namespace modelarium {
namespace {

constexpr int shareRole = Qt::UserRole;
constexpr int bestRole = Qt::UserRole + 1;
constexpr int knownRole = Qt::UserRole + 2;
constexpr int chosenRole = Qt::UserRole + 3;
constexpr int widestName = 72;
constexpr int cellHeight = 30;

QFont cellFont(QFont font)
{
    font.setPointSizeF(std::max(6.5, font.pointSizeF() * 0.9));
    return font;
}

class PlacePainter : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const Look& look = Look::current();
        const bool known = index.data(knownRole).toBool();
        const bool best = index.data(bestRole).toBool();
        const QColor ground = known ? mixed(look.accent, look.card, 0.08 + 0.82 * index.data(shareRole).toDouble()) : look.card;
        const QRectF cell = QRectF(option.rect).adjusted(1, 1, -1, -1);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(known ? QPen(Qt::NoPen) : QPen(look.border, 1, Qt::DashLine));
        painter->setBrush(ground);
        painter->drawRoundedRect(cell, 4, 4);
        QFont text = cellFont(option.font);
        text.setWeight(best ? QFont::Bold : QFont::Normal);
        painter->setFont(text);
        painter->setPen(known ? readableOn(ground, look) : look.secondText);
        painter->drawText(cell, Qt::AlignCenter, index.data().toString());
        if (best) {
            text.setPointSizeF(6.5);
            painter->setFont(text);
            painter->drawText(cell.adjusted(0, 1, -3, 0), Qt::AlignTop | Qt::AlignRight, QStringLiteral("★"));
        }
        painter->setBrush(Qt::NoBrush);
        if (index.data(chosenRole).toBool()) {
            painter->setPen(QPen(look.text, 2.2));
            painter->drawRoundedRect(cell.adjusted(1, 1, -1, -1), 4, 4);
        }
        if (option.state & QStyle::State_HasFocus) {
            painter->setPen(QPen(look.text, 1, Qt::DotLine));
            painter->drawRoundedRect(cell.adjusted(3, 3, -3, -3), 3, 3);
        }
        painter->restore();
    }
};

} // namespace

HeatMap::HeatMap(QWidget* parent) : QTableWidget(parent)
{
    setItemDelegate(new PlacePainter(this));
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionMode(QAbstractItemView::NoSelection);
    setTabKeyNavigation(false);
    setShowGrid(false);
    setCornerButtonEnabled(false);
    setProperty("role", QStringLiteral("plain"));
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (QHeaderView* header : {horizontalHeader(), verticalHeader()}) {
        header->setSectionResizeMode(QHeaderView::Fixed);
        header->setSectionsClickable(false);
        header->setMinimumSectionSize(20);
        header->setTextElideMode(Qt::ElideMiddle);
        header->setStyleSheet(QStringLiteral("QHeaderView::section { padding: 2px 3px; border: none; }"));
    }
    verticalHeader()->setDefaultSectionSize(cellHeight);
    verticalHeader()->setMaximumWidth(widestName);
    connect(this, &QTableWidget::cellClicked, this, &HeatMap::placePressed);
}

void HeatMap::setCells(const QStringList& columns, const QStringList& rows, const std::vector<HeatCell>& cells)
{
    clearContents();
    setColumnCount(int(columns.size()));
    setRowCount(int(rows.size()));
    const auto head = [this](const QString& name) {
        auto* item = new QTableWidgetItem(fontMetrics().elidedText(name, Qt::ElideMiddle, widestName - 8));
        item->setToolTip(name);
        return item;
    };
    for (int column = 0; column < columns.size(); ++column)
        setHorizontalHeaderItem(column, head(columns[column]));
    for (int row = 0; row < rows.size(); ++row)
        setVerticalHeaderItem(row, head(rows[row]));
    for (int row = 0; row < rows.size(); ++row) {
        for (int column = 0; column < columns.size(); ++column) {
            const HeatCell& cell = cells[std::size_t(row * columns.size() + column)];
            auto* item = new QTableWidgetItem(cell.text);
            item->setToolTip(cell.help);
            item->setData(Qt::AccessibleTextRole, cell.help);
            item->setData(shareRole, cell.share);
            item->setData(bestRole, cell.best);
            item->setData(knownRole, cell.known);
            setItem(row, column, item);
        }
    }
    verticalHeader()->setVisible(rows.size() > 1);
    fit();
}

void HeatMap::setCurrentPlace(int row, int column)
{
    for (int i = 0; i < rowCount(); ++i) {
        for (int j = 0; j < columnCount(); ++j)
            item(i, j)->setData(chosenRole, i == row && j == column);
    }
}

void HeatMap::fit()
{
    if (columnCount() == 0)
        return;
    QFont bold = cellFont(font());
    bold.setWeight(QFont::Bold);
    const QFontMetrics metrics(bold);
    int widest = 0;
    for (int row = 0; row < rowCount(); ++row) {
        for (int column = 0; column < columnCount(); ++column)
            widest = std::max(widest, metrics.horizontalAdvance(item(row, column)->text()));
    }
    const int names = verticalHeader()->isHidden() ? 0 : std::min(widestName, verticalHeader()->sizeHint().width());
    const int room = (width() - names - 2 * frameWidth() - 2) / columnCount();
    horizontalHeader()->setDefaultSectionSize(std::clamp(room, widest + 8, 110));
    const bool wide = horizontalHeader()->length() + names + 2 * frameWidth() > width();
    setFixedHeight(horizontalHeader()->sizeHint().height() + verticalHeader()->length() + 2 * frameWidth() + 2
                   + (wide ? horizontalScrollBar()->sizeHint().height() : 0));
}

QSize HeatMap::minimumSizeHint() const
{
    return {140, 60};
}

void HeatMap::resizeEvent(QResizeEvent* event)
{
    QTableWidget::resizeEvent(event);
    fit();
}

void HeatMap::keyPressEvent(QKeyEvent* event)
{
    const bool confirms = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space;
    if (confirms && currentRow() >= 0 && currentColumn() >= 0)
        Q_EMIT placePressed(currentRow(), currentColumn());
    else
        QTableWidget::keyPressEvent(event);
}

} // namespace modelarium
