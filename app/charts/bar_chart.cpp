#include "app/charts/bar_chart.h"

#include "app/widgets/elided_label.h"
#include "app/widgets/look.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace modelarium {
namespace {

constexpr int barHeight = 10;
constexpr int gap = 10;
constexpr int inset = 4;

} // namespace

BarChart::BarChart(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::StrongFocus);
}

void BarChart::setBars(std::vector<ChartBar> bars)
{
    const bool moved = bars.size() != m_bars.size();
    m_bars = std::move(bars);
    QStringList spoken;
    for (const ChartBar& bar : m_bars)
        spoken << tr("%1: %2").arg(bar.name, bar.text);
    setAccessibleDescription(spoken.join(QStringLiteral(", ")));
    if (m_current >= int(m_bars.size()))
        m_current = -1;
    if (moved)
        updateGeometry();
    update();
}

void BarChart::setCurrent(int bar)
{
    m_current = bar >= 0 && bar < int(m_bars.size()) ? bar : -1;
    update();
}

int BarChart::rowHeight() const
{
    return fontMetrics().height() + barHeight + gap;
}

int BarChart::barAt(QPoint position) const
{
    const int bar = position.y() < 0 ? -1 : position.y() / rowHeight();
    return bar < int(m_bars.size()) ? bar : -1;
}

QSize BarChart::sizeHint() const
{
    return {220, int(m_bars.size()) * rowHeight()};
}

QSize BarChart::minimumSizeHint() const
{
    return {140, sizeHint().height()};
}

void BarChart::paintEvent(QPaintEvent*)
{
    const Look& look = Look::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    double low = 0, high = 0;
    for (const ChartBar& bar : m_bars) {
        low = std::min(low, bar.value - bar.spread);
        high = std::max(high, bar.value + bar.spread);
    }
    if (high <= low)
        high = low + 1;
    const int textHeight = fontMetrics().height();
    QStringList names;
    for (const ChartBar& bar : m_bars)
        names << bar.name;
    for (int i = 0; i < int(m_bars.size()); ++i) {
        const ChartBar& bar = m_bars[std::size_t(i)];
        const int top = i * rowHeight();
        if (i == m_current) {
            painter.setPen(hasFocus() ? QPen(look.accent, 1) : QPen(Qt::NoPen));
            painter.setBrush(mixed(look.accent, look.card, 0.14));
            painter.drawRoundedRect(QRectF(0.5, top + 0.5, width() - 1, rowHeight() - 2), 4, 4);
        }
        painter.setPen(look.text);
        const int valueWidth = fontMetrics().horizontalAdvance(bar.text);
        painter.drawText(QRect(width() - inset - valueWidth, top + 2, valueWidth, textHeight), Qt::AlignRight | Qt::AlignVCenter, bar.text);
        const int nameWidth = width() - 2 * inset - valueWidth - 8;
        painter.drawText(QRect(inset, top + 2, nameWidth, textHeight), Qt::AlignLeft | Qt::AlignVCenter,
                         elidedApart(bar.name, names, fontMetrics(), nameWidth));
        drawBar(painter, look, i, QRectF(inset, top + textHeight + 4, width() - 2 * inset, barHeight), low, high);
    }
}

void BarChart::drawBar(QPainter& painter, const Look& look, int index, const QRectF& groove, double low, double high) const
{
    const ChartBar& bar = m_bars[std::size_t(index)];
    const auto at = [&](double value) { return groove.left() + (value - low) / (high - low) * groove.width(); };
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.grid);
    painter.drawRoundedRect(groove, 3, 3);
    painter.setBrush(bar.code ? look.classColour(*bar.code) : bar.value < 0 ? look.negative : look.positive);
    const double from = std::min(at(0), at(bar.value));
    painter.drawRoundedRect(QRectF(from, groove.top(), std::max(1.5, std::abs(at(bar.value) - at(0))), groove.height()), 3, 3);
    const double middle = groove.center().y();
    if (bar.spread > 0) {
        painter.setPen(QPen(look.text, 1.4));
        const double left = at(bar.value - bar.spread), right = at(bar.value + bar.spread);
        painter.drawLine(QPointF(left, middle), QPointF(right, middle));
        for (const double end : {left, right})
            painter.drawLine(QPointF(end, middle - 3.5), QPointF(end, middle + 3.5));
    }
    if (low < 0) {
        painter.setPen(QPen(look.secondText, 1));
        painter.drawLine(QPointF(at(0), groove.top() - 2), QPointF(at(0), groove.bottom() + 2));
    }
}

void BarChart::choose(int bar)
{
    if (bar < 0 || bar >= int(m_bars.size()))
        return;
    setCurrent(bar);
    Q_EMIT chosen(bar);
}

void BarChart::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        choose(barAt(event->position().toPoint()));
}

void BarChart::keyPressEvent(QKeyEvent* event)
{
    const int last = int(m_bars.size()) - 1;
    switch (event->key()) {
    case Qt::Key_Down: choose(std::min(m_current + 1, last)); return;
    case Qt::Key_Up: choose(std::max(m_current - 1, 0)); return;
    case Qt::Key_Home: choose(0); return;
    case Qt::Key_End: choose(last); return;
    default: QWidget::keyPressEvent(event);
    }
}

bool BarChart::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int bar = barAt(help->pos());
    if (bar < 0)
        QToolTip::hideText();
    else
        // Names come from files: as HTML they could say anything.
        QToolTip::showText(help->globalPos(), m_bars[std::size_t(bar)].help.toHtmlEscaped(), this);
    return true;
}

} // namespace modelarium
