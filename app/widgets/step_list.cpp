#include "app/widgets/step_list.h"

#include "app/widgets/look.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStyledItemDelegate>

namespace modelarium {
namespace {

constexpr int margin = 8;
constexpr int switchSide = 16;
constexpr int textLeft = margin + switchSide + 8;
constexpr int lineGap = 2;

/// Fonts of a row: the title, and what stands under it.
struct RowFonts {
    explicit RowFonts(const QFont& base) : title(base), small(base)
    {
        title.setWeight(QFont::DemiBold);
        small.setPointSizeF(base.pointSizeF() * 0.9);
    }
    QFont title;
    QFont small;
};

QRect switchIn(const QRect& row)
{
    return QRect(row.left() + margin, row.top() + margin, switchSide, switchSide);
}

int heightOf(const QString& sentence, const QFont& font, int width)
{
    return QFontMetrics(font).boundingRect(QRect(0, 0, std::max(20, width), 10000), Qt::AlignLeft | Qt::TextWordWrap, sentence).height();
}

class RowPainter : public QStyledItemDelegate {
public:
    explicit RowPainter(StepList* list) : QStyledItemDelegate(list), m_list(list) {}

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const auto place = std::size_t(index.row());
        if (place >= m_list->rows().size())
            return QSize(0, 0);
        const StepRow& row = m_list->rows()[place];
        const RowFonts fonts(m_list->font());
        const int width = m_list->viewport()->width() - (m_list->isChangeable() ? textLeft : margin) - margin - 1;
        int height = 2 * margin - 2 + QFontMetrics(fonts.title).height();
        for (const QString& line : {row.detail, row.touched, row.problem})
            height += line.isEmpty() ? 0 : heightOf(line, fonts.small, width) + lineGap;
        Q_UNUSED(option)
        return QSize(std::max(0, width), height);
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const auto place = std::size_t(index.row());
        if (place >= m_list->rows().size())
            return;
        const StepRow& row = m_list->rows()[place];
        const Look& look = Look::current();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state & QStyle::State_Selected) {
            painter->fillRect(option.rect, mixed(look.accent, look.card, 0.12));
            painter->fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())), look.accent);
        }
        if (index.row() > 0) {
            painter->setPen(look.grid);
            painter->drawLine(option.rect.topLeft(), option.rect.topRight());
        }
        if (m_list->isChangeable())
            drawSwitch(*painter, switchIn(option.rect), row.on, look);
        drawText(*painter, option.rect, index.row(), row, look);
        painter->restore();
    }

private:
    static void drawSwitch(QPainter& painter, const QRect& box, bool on, const Look& look)
    {
        painter.setPen(QPen(on ? look.accent : look.secondText, 1));
        painter.setBrush(on ? look.accent : look.card);
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        if (!on)
            return;
        QPainterPath tick;
        tick.moveTo(box.left() + 4, box.center().y() + 1);
        tick.lineTo(box.left() + 7, box.bottom() - 4);
        tick.lineTo(box.right() - 3, box.top() + 5);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(look.onAccent, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPath(tick);
    }

    void drawText(QPainter& painter, const QRect& place, int number, const StepRow& row, const Look& look) const
    {
        const RowFonts fonts(m_list->font());
        const int left = place.left() + (m_list->isChangeable() ? textLeft : margin);
        const int width = place.right() - margin - left;
        const QFontMetrics titleMetrics(fonts.title);
        int y = place.top() + margin - 1;
        painter.setFont(fonts.title);
        painter.setPen(row.on ? look.text : look.secondText);
        painter.drawText(QRect(left, y, width, titleMetrics.height()), int(Qt::AlignLeft) | int(Qt::AlignVCenter),
                         titleMetrics.elidedText(StepList::tr("%1. %2").arg(number + 1).arg(row.title), Qt::ElideRight, width));
        y += titleMetrics.height() + lineGap;
        painter.setFont(fonts.small);
        const auto say = [&](const QString& sentence, const QColor& colour) {
            if (sentence.isEmpty())
                return;
            const int height = heightOf(sentence, fonts.small, width);
            painter.setPen(colour);
            painter.drawText(QRect(left, y, width, height), int(Qt::AlignLeft) | int(Qt::TextWordWrap), sentence);
            y += height + lineGap;
        };
        say(row.detail, row.on ? look.secondText : look.faintText());
        say(row.touched, row.on ? look.secondText : look.faintText());
        say(row.problem, look.danger);
    }

    StepList* m_list;
};

} // namespace

StepList::StepList(QWidget* parent) : QListWidget(parent)
{
    setItemDelegate(new RowPainter(this));
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setResizeMode(QListView::Adjust);
    setTextElideMode(Qt::ElideRight);
    setTabKeyNavigation(false);
}

QString StepList::sentence(std::size_t place) const
{
    const StepRow& row = m_rows[place];
    QStringList parts{tr("Step %1: %2").arg(place + 1).arg(row.title)};
    for (const QString& part : {row.detail, row.touched, row.problem}) {
        if (!part.isEmpty())
            parts << part;
    }
    return parts.join(QStringLiteral(", "));
}

void StepList::setRows(const std::vector<StepRow>& rows)
{
    const QSignalBlocker blocker(this);
    const int current = currentRow();
    m_rows = rows;
    while (count() > int(rows.size()))
        delete takeItem(count() - 1);
    while (count() < int(rows.size()))
        addItem(new QListWidgetItem);
    for (int i = 0; i < count(); ++i) {
        const StepRow& row = rows[std::size_t(i)];
        item(i)->setData(Qt::AccessibleTextRole, sentence(std::size_t(i)));
        QStringList hover{row.title};
        for (const QString& part : {row.detail, row.touched, row.problem}) {
            if (!part.isEmpty())
                hover << part;
        }
        item(i)->setToolTip(hover.join(u'\n'));
    }
    setCurrentRow(count() == 0 ? -1 : std::clamp(current, 0, count() - 1));
    scheduleDelayedItemsLayout();
    fitHeight();
    viewport()->update();
}

void StepList::setChangeable(bool changeable)
{
    m_changeable = changeable;
    viewport()->update();
}

QRect StepList::switchRect(int row) const
{
    return switchIn(visualItemRect(item(row)));
}

void StepList::fitHeight()
{
    int height = 2 * frameWidth() + 4;
    for (int i = 0; i < count(); ++i)
        height += sizeHintForRow(i);
    if (height != minimumHeight())
        setFixedHeight(height);
}

void StepList::resizeEvent(QResizeEvent* event)
{
    QListWidget::resizeEvent(event);
    // A narrower sentence is a higher one.
    if (event->oldSize().width() != event->size().width()) {
        scheduleDelayedItemsLayout();
        fitHeight();
    }
}

bool StepList::isOurs(const QKeyEvent& event) const
{
    const auto modifiers = event.modifiers() & ~Qt::KeypadModifier;
    const bool moves = modifiers == Qt::AltModifier && (event.key() == Qt::Key_Up || event.key() == Qt::Key_Down);
    const bool acts = modifiers == Qt::NoModifier && (event.key() == Qt::Key_Delete || event.key() == Qt::Key_Backspace || event.key() == Qt::Key_Space);
    return currentRow() >= 0 && m_changeable && (moves || acts);
}

/// The keys of the list go before those of the menus, whatever a menu has them for.
bool StepList::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && isOurs(*static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    return QListWidget::event(event);
}

void StepList::keyPressEvent(QKeyEvent* event)
{
    if (!isOurs(*event)) {
        QListWidget::keyPressEvent(event);
        return;
    }
    const int place = currentRow();
    switch (event->key()) {
    case Qt::Key_Up: Q_EMIT moveWanted(place, -1); break;
    case Qt::Key_Down: Q_EMIT moveWanted(place, 1); break;
    case Qt::Key_Space: Q_EMIT switched(place, !m_rows[std::size_t(place)].on); break;
    default: Q_EMIT removeWanted(place);
    }
}

void StepList::mouseReleaseEvent(QMouseEvent* event)
{
    QListWidget::mouseReleaseEvent(event);
    const QPoint at = event->position().toPoint();
    const QListWidgetItem* hit = itemAt(at);
    if (!m_changeable || !hit || event->button() != Qt::LeftButton)
        return;
    const int place = row(hit);
    if (switchRect(place).adjusted(-6, -6, 6, 6).contains(at))
        Q_EMIT switched(place, !m_rows[std::size_t(place)].on);
}

} // namespace modelarium
