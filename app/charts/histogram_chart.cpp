#include "app/charts/histogram_chart.h"

#include "app/charts/ticks.h"
#include "core/base/number_text.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace modelarium {
namespace {

constexpr int titleHeight = 18;
constexpr int labelHeight = 16;
constexpr int missingGap = 6;
/// More levels than this would be bars too thin to have names.
constexpr std::size_t mostLevels = 12;
constexpr int pixelsPerTick = 64;

QFont smallFont(const QWidget* widget)
{
    QFont font = widget->font();
    font.setPointSizeF(8);
    return font;
}

} // namespace

HistogramChart::HistogramChart(QWidget* parent) : QWidget(parent)
{
    setFixedHeight(112);
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void HistogramChart::setTitle(const QString& title)
{
    m_title = title;
    setAccessibleName(title);
    update();
}

void HistogramChart::setSentence(const QString& sentence)
{
    m_sentence = sentence;
    m_bars.clear();
    m_chosen.reset();
    setAccessibleDescription(sentence);
    update();
}

void HistogramChart::setProfile(const ColumnProfile& profile, bool isDate)
{
    m_sentence.clear();
    m_bars.clear();
    m_chosen.reset();
    m_isDate = isDate;
    m_isCategorical = profile.isCategorical();
    if (m_isCategorical)
        addLevels(profile);
    else
        addNumbers(profile);
    m_most = 0;
    for (const Bar& bar : m_bars)
        m_most = std::max(m_most, bar.count);
    if (profile.missing > 0)
        m_bars.push_back({tr("missing"), profile.missing, true});
    QStringList readings;
    for (int i = 0; i < bars(); ++i)
        readings << reading(i);
    setAccessibleDescription(readings.join(QStringLiteral("; ")));
    update();
}

void HistogramChart::addNumbers(const ColumnProfile& profile)
{
    m_low = profile.low;
    m_high = profile.high;
    // Halves first: the span of numbers such as -1e308 and 1e308 is more than a number can hold.
    const double step = (m_high / 2 - m_low / 2) / double(std::max<std::size_t>(1, profile.bars.size()));
    for (std::size_t i = 0; i < profile.bars.size(); ++i)
        m_bars.push_back({{}, profile.bars[i], false, m_low + 2 * step * double(i), m_low + 2 * step * double(i + 1)});
}

/// The largest levels in the order in which the column has them, and the others as one.
void HistogramChart::addLevels(const ColumnProfile& profile)
{
    std::vector<std::size_t> order(profile.bars.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::size_t others = 0;
    if (order.size() > mostLevels) {
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return profile.bars[a] > profile.bars[b]; });
        for (std::size_t i = mostLevels - 1; i < order.size(); ++i)
            others += profile.bars[order[i]];
        order.resize(mostLevels - 1);
        std::sort(order.begin(), order.end());
    }
    for (const std::size_t level : order)
        m_bars.push_back({QString::fromStdString(profile.levels[level]), profile.bars[level]});
    if (order.size() < profile.bars.size())
        m_bars.push_back({tr("%Ln other(s)", nullptr, int(profile.bars.size() - order.size())), others});
}

QString HistogramChart::valueText(double value) const
{
    return m_isDate ? QString::fromStdString(dateText(value)) : QString::fromStdString(shortText(value)).replace(u'-', QChar(0x2212));
}

QString HistogramChart::reading(int bar) const
{
    const Bar& shown = m_bars[std::size_t(bar)];
    const QString rows = tr("%Ln row(s)", nullptr, int(shown.count));
    if (!shown.name.isEmpty())
        return tr("%1: %2").arg(shown.name, rows);
    const double middle = shown.low / 2 + shown.high / 2;
    const bool isOneValue = shown.high - shown.low == 1 && middle == std::floor(middle);
    if (isOneValue)
        return tr("%1: %2").arg(valueText(middle), rows);
    return tr("%1 to %2: %3").arg(valueText(shown.low), valueText(shown.high), rows);
}

QRectF HistogramChart::area() const
{
    return QRectF(rect()).adjusted(1, titleHeight, -1, -labelHeight);
}

QRectF HistogramChart::barRect(int bar) const
{
    const QRectF whole = area();
    const Bar& shown = m_bars[std::size_t(bar)];
    const bool hasMissing = m_bars.back().isMissing;
    // Missing cells take a narrow place of their own beside intervals, and one as wide as the others beside levels.
    const double count = double(m_bars.size()) - (hasMissing ? 1 : 0);
    const double missingWidth = !hasMissing ? 0 : m_isCategorical || count == 0 ? whole.width() / (count + 1) : 44;
    const double values = whole.width() - missingWidth - (hasMissing ? missingGap : 0);
    const double most = double(std::max<std::size_t>(1, std::max(m_most, hasMissing && count == 0 ? m_bars.back().count : 0)));
    const double height = std::min(1.0, double(shown.count) / most) * whole.height();
    const double left = shown.isMissing ? whole.right() - missingWidth : whole.left() + double(bar) * values / count;
    const double width = shown.isMissing ? missingWidth : values / count;
    return QRectF(left, whole.bottom() - height, width, height);
}

void HistogramChart::paintEvent(QPaintEvent*)
{
    const Look& look = Look::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(smallFont(this));
    const QRectF whole = area();
    const QString reading = m_chosen ? this->reading(*m_chosen) : QString();
    const QFontMetricsF metrics(painter.font());
    const double readingWidth = std::min(metrics.horizontalAdvance(reading) + 8, whole.width());
    painter.setPen(look.secondText);
    const QRectF title(whole.left(), 0, whole.width() - readingWidth, titleHeight);
    painter.drawText(title, int(Qt::AlignLeft) | int(Qt::AlignVCenter), metrics.elidedText(m_title, Qt::ElideMiddle, title.width()));
    painter.setPen(look.text);
    painter.drawText(QRectF(whole.right() - readingWidth, 0, readingWidth, titleHeight), int(Qt::AlignRight) | int(Qt::AlignVCenter),
                     metrics.elidedText(reading, Qt::ElideMiddle, readingWidth));
    painter.fillRect(whole, look.plot);
    painter.setPen(QPen(look.border, 1));
    painter.drawLine(whole.bottomLeft(), whole.bottomRight());
    if (!m_sentence.isEmpty()) {
        painter.setPen(look.secondText);
        painter.drawText(whole.adjusted(4, 4, -4, -4), int(Qt::AlignCenter) | int(Qt::TextWordWrap), m_sentence);
        return;
    }
    for (int i = 0; i < bars(); ++i) {
        QColor fill = m_bars[std::size_t(i)].isMissing ? look.secondText : look.accent;
        fill.setAlphaF(m_chosen == i ? 1.0f : 0.72f);
        QRectF bar = barRect(i);
        // Touching bars are an interval each, parted ones a level each; what is there at all is seen.
        const double gap = m_isCategorical ? std::min(4.0, bar.width() / 6) : 0.5;
        bar.adjust(gap, 0, -gap, 0);
        if (m_bars[std::size_t(i)].count > 0 && bar.height() < 1.5)
            bar.setTop(bar.bottom() - 1.5);
        painter.fillRect(bar, fill);
    }
    if (hasFocus()) {
        painter.setPen(QPen(look.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(whole);
    }
    drawNames(painter, look);
    if (!m_isCategorical && !m_bars.empty() && !m_bars.front().isMissing)
        drawNumberTicks(painter, look);
}

void HistogramChart::drawNames(QPainter& painter, const Look& look) const
{
    const QFontMetricsF metrics(painter.font());
    painter.setPen(look.secondText);
    for (int i = 0; i < bars(); ++i) {
        const Bar& bar = m_bars[std::size_t(i)];
        if (bar.name.isEmpty())
            continue;
        const QRectF place = barRect(i);
        const QRectF label(place.left(), area().bottom() + 2, place.width(), labelHeight - 2);
        painter.drawText(label, Qt::AlignCenter, metrics.elidedText(bar.name, Qt::ElideRight, label.width()));
    }
}

/// Round values under the intervals; dates and numbers too far apart for round ones have their ends.
void HistogramChart::drawNumberTicks(QPainter& painter, const Look& look) const
{
    const QRectF first = barRect(0);
    const int last = bars() - (m_bars.back().isMissing ? 2 : 1);
    const double left = first.left(), right = barRect(last).right();
    const QFontMetricsF metrics(painter.font());
    painter.setPen(look.secondText);
    const double span = m_high - m_low;
    std::vector<double> ticks;
    if (!m_isDate && std::isfinite(span) && span > 0) {
        const double interval = niceInterval(span, std::max(2, int((right - left) / pixelsPerTick)));
        for (double tick = std::ceil(m_low / interval) * interval; tick <= m_high && ticks.size() < 20; tick += interval)
            ticks.push_back(std::abs(tick) < interval * 1e-9 ? 0 : tick);
    }
    if (ticks.size() < 2 && last > 0)
        ticks = {m_low, m_high};
    double free = left - 1;
    for (const double tick : ticks) {
        const double x = left + (tick / 2 - m_low / 2) / (m_high / 2 - m_low / 2) * (right - left);
        const QString text = valueText(tick);
        const double width = metrics.horizontalAdvance(text);
        const double begin = std::clamp(x - width / 2, left, std::max(left, right - width));
        if (begin < free)
            continue;
        painter.drawLine(QPointF(x, area().bottom()), QPointF(x, area().bottom() + 3));
        painter.drawText(QPointF(begin, area().bottom() + labelHeight - 3), text);
        free = begin + width + 8;
    }
}

int HistogramChart::barAt(QPointF position) const
{
    const QRectF whole = area();
    for (int i = 0; i < bars(); ++i) {
        const QRectF bar = barRect(i);
        if (position.x() >= bar.left() && position.x() < bar.right() && position.y() >= whole.top() && position.y() <= whole.bottom())
            return i;
    }
    return -1;
}

void HistogramChart::choose(std::optional<int> bar)
{
    if (bar == m_chosen)
        return;
    m_chosen = bar;
    update();
}

void HistogramChart::mouseMoveEvent(QMouseEvent* event)
{
    const int bar = barAt(event->position());
    choose(bar < 0 ? std::nullopt : std::optional<int>(bar));
}

void HistogramChart::leaveEvent(QEvent*)
{
    choose({});
}

void HistogramChart::focusOutEvent(QFocusEvent* event)
{
    choose({});
    QWidget::focusOutEvent(event);
}

void HistogramChart::keyPressEvent(QKeyEvent* event)
{
    const int direction = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (direction == 0 || m_bars.empty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const int next = m_chosen ? *m_chosen + direction : direction > 0 ? 0 : bars() - 1;
    choose(std::clamp(next, 0, bars() - 1));
}

} // namespace modelarium
