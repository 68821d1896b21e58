#include "app/charts/curve_chart.h"

#include "app/charts/ticks.h"

#include <QChart>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <tuple>
#include <utility>

namespace modelarium {
namespace {

constexpr double pointRadius = 3.5;
constexpr double reach = 12;
constexpr double clickPixels = 4;
constexpr int widestLevel = 70;                     ///< of a label beside the plot

} // namespace

CurveChart::CurveChart(QWidget* parent)
    : QChartView(parent), m_x(new QValueAxis), m_y(new QValueAxis), m_look(&Look::current())
{
    auto* shown = new QChart;
    shown->setBackgroundVisible(false);
    shown->legend()->hide();
    shown->setAnimationOptions(QChart::NoAnimation);
    shown->setMargins(QMargins(0, 18, 8, 0));
    shown->addAxis(m_x, Qt::AlignBottom);
    shown->addAxis(m_y, Qt::AlignLeft);
    setChart(shown);
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMinimumHeight(220);
    setFocusPolicy(Qt::StrongFocus);
    m_points.setRadius(pointRadius);
    setLook(*m_look);
}

void CurveChart::setLook(const Look& look)
{
    m_look = &look;
    setBackgroundBrush(look.card);
    m_points.setLook(look);
    QFont labels = font();
    labels.setPointSizeF(8);
    QFont titles = font();
    titles.setPointSizeF(8.5);
    for (QValueAxis* axis : {m_x, m_y}) {
        axis->setLabelsFont(labels);
        axis->setTitleFont(titles);
        axis->setTitleBrush(look.secondText);
        axis->setLabelsBrush((axis == m_x ? m_xRange : m_yRange).labels.isEmpty() ? QBrush(look.secondText) : QBrush(Qt::transparent));
        axis->setGridLinePen(QPen(look.grid, 1));
        axis->setLinePen(QPen(look.border, 1));
    }
    style();
}

QPen CurveChart::penOf(ChartCurve::Style style) const
{
    switch (style) {
    case ChartCurve::Style::Main: return QPen(m_look->accent, 2);
    case ChartCurve::Style::Second: return QPen(m_look->positive, 2, Qt::DashLine);
    case ChartCurve::Style::Reference: return QPen(m_look->secondText, 1, Qt::DotLine);
    case ChartCurve::Style::Faint: return QPen(mixed(m_look->secondText, m_look->plot, m_look->dark ? 0.4 : 0.3), 1);
    }
    return {};
}

void CurveChart::style()
{
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        m_series[i]->setPen(penOf(m_curves[i].style));
        m_series[i]->setPointsVisible(m_curves[i].markers);
    }
    viewport()->update();
}

void CurveChart::setAxes(const ChartAxis& x, const ChartAxis& y)
{
    m_xRange = x;
    m_yRange = y;
    for (ChartAxis* axis : {&m_xRange, &m_yRange}) {
        if (!(axis->high > axis->low)) {
            axis->low -= 0.5;
            axis->high = axis->low + 1;
        }
    }
    // The numbers keep their room and are not seen: the labels stand there.
    m_xUnit = axisUnit(m_xRange.high - m_xRange.low);
    m_yUnit = axisUnit(m_yRange.high - m_yRange.low);
    for (const auto& [axis, range, unit] : {std::tuple{m_x, &m_xRange, m_xUnit}, {m_y, &m_yRange, m_yUnit}}) {
        axis->setLabelsBrush(range->labels.isEmpty() ? QBrush(m_look->secondText) : QBrush(Qt::transparent));
        axis->setGridLineVisible(range->labels.isEmpty());
        axis->setTitleText(titleInUnit(range->title, unit));
    }
    // Words are wider than the numbers whose room they take.
    QFont small = font();
    small.setPointSizeF(8);
    const QFontMetrics metrics(small);
    int widest = 0;
    for (const QString& label : m_yRange.labels)
        widest = std::max(widest, metrics.horizontalAdvance(label));
    chart()->setMargins(QMargins(std::clamp(widest - metrics.horizontalAdvance(QStringLiteral("0.0")), 0, widestLevel), 18, 8, 0));
    applyAxes();
    placeCurves();
}

void CurveChart::applyAxes()
{
    const QRectF area = chart()->plotArea();
    setRoundTicks(*m_x, m_xRange.low / m_xUnit, m_xRange.high / m_xUnit, std::clamp(int(area.width() / 46), 2, 8));
    setRoundTicks(*m_y, m_yRange.low / m_yUnit, m_yRange.high / m_yUnit, std::clamp(int(area.height() / 34), 2, 8));
    viewport()->update();
}

void CurveChart::setCurves(const std::vector<ChartCurve>& curves)
{
    while (m_series.size() > curves.size()) {
        chart()->removeSeries(m_series.back());
        delete m_series.back();
        m_series.pop_back();
    }
    const bool attaches = m_series.size() < curves.size();
    // An axis that gets a series shows another range for a moment, in which its ticks could be millions.
    for (QValueAxis* axis : {m_x, m_y})
        axis->setTickType(attaches ? QValueAxis::TicksFixed : axis->tickType());
    while (m_series.size() < curves.size()) {
        auto* series = new QLineSeries;
        chart()->addSeries(series);
        series->attachAxis(m_x);
        series->attachAxis(m_y);
        m_series.push_back(series);
    }
    m_curves = curves;
    if (attaches)
        applyAxes();
    placeCurves();
    style();
}

void CurveChart::placeCurves()
{
    for (std::size_t i = 0; i < m_curves.size(); ++i) {
        QList<QPointF> points = m_curves[i].points;
        for (QPointF& point : points)
            point = {point.x() / m_xUnit, point.y() / m_yUnit};
        m_series[i]->replace(points);
    }
}

void CurveChart::setPoints(std::vector<PlotPoint> points)
{
    // The layer finds a point by its row.
    std::sort(points.begin(), points.end(), [](const PlotPoint& a, const PlotPoint& b) { return a.row < b.row; });
    m_points.setPoints(std::move(points));
    viewport()->update();
}

void CurveChart::setPointColours(std::vector<QColor> colours)
{
    m_points.setColours(std::move(colours));
    viewport()->update();
}

void CurveChart::setPointNames(const QStringList& names)
{
    m_pointNames = names;
}

void CurveChart::setSelection(const std::vector<std::size_t>& rows)
{
    m_selection = rows;
    viewport()->update();
}

void CurveChart::setMarker(const std::optional<QPointF>& at, const QString& reading, bool movable)
{
    m_marker = at;
    m_reading = reading;
    m_movable = movable;
    setAccessibleDescription(reading);
    viewport()->update();
}

void CurveChart::setSentence(const QString& sentence)
{
    m_sentence = sentence;
    viewport()->update();
}

PlotScale CurveChart::scale() const
{
    PlotScale scale;
    scale.area = chart()->mapRectToScene(chart()->plotArea());
    scale.xMinimum = m_x->min() * m_xUnit;
    scale.xMaximum = m_x->max() * m_xUnit;
    scale.yMinimum = m_y->min() * m_yUnit;
    scale.yMaximum = m_y->max() * m_yUnit;
    return scale;
}

void CurveChart::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    applyAxes();
}

void CurveChart::drawBackground(QPainter* painter, const QRectF& rect)
{
    painter->fillRect(rect, m_look->card);
    painter->fillRect(scale().area, m_look->plot);
}

void CurveChart::drawForeground(QPainter* painter, const QRectF&)
{
    const PlotScale shown = scale();
    if (shown.area.width() < 2 || shown.area.height() < 2)
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (!m_sentence.isEmpty()) {
        painter->fillRect(sceneRect(), m_look->card);
        painter->setPen(m_look->secondText);
        painter->drawText(sceneRect().adjusted(8, 8, -8, -8), int(Qt::AlignCenter) | int(Qt::TextWordWrap), m_sentence);
        painter->restore();
        return;
    }
    drawLegend(*painter, shown.area);
    drawLabels(*painter, shown);
    drawLevels(*painter, shown);
    painter->setClipRect(shown.area.adjusted(-5, -5, 5, 5));
    drawSpreads(*painter, shown);
    drawPoints(*painter, shown);
    drawMarker(*painter, shown);
    if (m_frame) {
        painter->setPen(QPen(m_look->accent, 1, Qt::DashLine));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(*m_frame);
    }
    painter->restore();
}

void CurveChart::drawLegend(QPainter& painter, const QRectF& area)
{
    QFont small = font();
    small.setPointSizeF(8.5);
    painter.setFont(small);
    const QFontMetricsF metrics(small);
    double needed = 0;
    for (const ChartCurve& curve : m_curves)
        needed += curve.name.isEmpty() ? 0 : 30 + metrics.horizontalAdvance(curve.name);
    // In a narrow column the names may begin left of the plot.
    double x = std::clamp(viewport()->width() - needed, 2.0, std::max(2.0, area.left()));
    for (const ChartCurve& curve : m_curves) {
        if (curve.name.isEmpty())
            continue;
        painter.setPen(penOf(curve.style));
        painter.drawLine(QPointF(x, 9), QPointF(x + 14, 9));
        painter.setPen(m_look->secondText);
        painter.drawText(QPointF(x + 18, 13), curve.name);
        x += 30 + metrics.horizontalAdvance(curve.name);
    }
}

/// Labels that would run into the one before them are left out; the first and the last stay.
void CurveChart::drawLabels(QPainter& painter, const PlotScale& shown)
{
    if (m_xRange.labels.isEmpty())
        return;
    QFont small = font();
    small.setPointSizeF(8);
    painter.setFont(small);
    const QFontMetricsF metrics(small);
    const auto boxOf = [&](int i) {
        const QPointF at = shown.toPixel(i, shown.yMinimum);
        const double width = metrics.horizontalAdvance(m_xRange.labels[i]);
        return QRectF(at.x() - width / 2, shown.area.bottom() + 4, width, metrics.height());
    };
    // Labels of powers of ten may stand beyond the ends of the axis.
    int first = 0, last = int(m_xRange.labels.size()) - 1;
    while (first < last && first < m_x->min())
        ++first;
    while (last > first && last > m_x->max())
        --last;
    double free = shown.area.left() - 20;
    for (int i = first; i <= last; ++i) {
        const double x = shown.toPixel(i, 0).x();
        painter.setPen(QPen(m_look->grid, 1));
        painter.drawLine(QPointF(x, shown.area.top()), QPointF(x, shown.area.bottom() + 3));
        const QRectF box = boxOf(i);
        if (box.left() < free + 4 || (i < last && box.right() + 4 > boxOf(last).left()))
            continue;
        painter.setPen(m_look->secondText);
        painter.drawText(box, Qt::AlignCenter, m_xRange.labels[i]);
        free = box.right();
    }
}

void CurveChart::drawLevels(QPainter& painter, const PlotScale& shown)
{
    QFont small = font();
    small.setPointSizeF(8);
    painter.setFont(small);
    const QFontMetricsF metrics(small);
    for (int i = 0; i < m_yRange.labels.size(); ++i) {
        const double y = shown.toPixel(0, i).y();
        if (y < shown.area.top() || y > shown.area.bottom())
            continue;
        painter.setPen(QPen(m_look->grid, 1));
        painter.drawLine(QPointF(shown.area.left() - 3, y), QPointF(shown.area.right(), y));
        painter.setPen(m_look->secondText);
        const QRectF box(shown.area.left() - 5 - widestLevel, y - metrics.height() / 2, widestLevel, metrics.height());
        painter.drawText(box, int(Qt::AlignRight) | int(Qt::AlignVCenter), metrics.elidedText(m_yRange.labels[i], Qt::ElideMiddle, widestLevel));
    }
}

void CurveChart::drawSpreads(QPainter& painter, const PlotScale& shown)
{
    for (const ChartCurve& curve : m_curves) {
        painter.setPen(QPen(penOf(curve.style).color(), 1.2));
        for (std::size_t i = 0; i < std::min(curve.spread.size(), std::size_t(curve.points.size())); ++i) {
            const QPointF& point = curve.points[qsizetype(i)];
            const QPointF low = shown.toPixel(point.x(), point.y() - curve.spread[i]), high = shown.toPixel(point.x(), point.y() + curve.spread[i]);
            painter.drawLine(low, high);
            for (const QPointF& end : {low, high})
                painter.drawLine(end - QPointF(3, 0), end + QPointF(3, 0));
        }
    }
}

void CurveChart::drawPoints(QPainter& painter, const PlotScale& shown)
{
    if (m_points.points().empty())
        return;
    painter.drawImage(shown.area.topLeft(), m_points.image(shown, painter.device()->devicePixelRatioF()));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_look->text, 2));
    for (const std::size_t row : m_selection) {
        const int index = m_points.indexOfRow(row);
        if (index < 0)
            continue;
        const PlotPoint& point = m_points.points()[std::size_t(index)];
        painter.drawEllipse(shown.toPixel(point.x, point.y), pointRadius + 3, pointRadius + 3);
    }
}

void CurveChart::drawMarker(QPainter& painter, const PlotScale& shown)
{
    if (!m_marker)
        return;
    const QPointF at = shown.toPixel(m_marker->x(), m_marker->y());
    painter.setPen(QPen(m_look->text, 1, Qt::DashLine));
    painter.drawLine(QPointF(at.x(), shown.area.bottom()), at);
    painter.drawLine(QPointF(shown.area.left(), at.y()), at);
    painter.setPen(QPen(m_look->text, 2));
    painter.setBrush(m_movable ? m_look->card : m_look->frost);
    painter.drawEllipse(at, 7, 7);
    if (m_reading.isEmpty())
        return;
    QFont small = font();
    small.setPointSizeF(9);
    small.setWeight(QFont::DemiBold);
    painter.setFont(small);
    const QFontMetricsF metrics(small);
    QRectF box = metrics.boundingRect(QRectF(0, 0, shown.area.width(), 200), Qt::AlignLeft, m_reading).adjusted(-6, -3, 6, 3);
    box.moveTopLeft(at + QPointF(12, 10));
    if (box.right() > shown.area.right())
        box.moveRight(at.x() - 12);
    if (box.left() < shown.area.left())
        box.moveLeft(shown.area.left() + 2);
    if (box.bottom() > shown.area.bottom())
        box.moveBottom(at.y() - 10);
    QColor ground = m_look->card;
    ground.setAlphaF(0.9f);
    painter.setPen(QPen(m_look->border, 1));
    painter.setBrush(ground);
    painter.drawRoundedRect(box, 4, 4);
    painter.setPen(m_look->text);
    painter.drawText(box, Qt::AlignCenter, m_reading);
}

void CurveChart::mousePressEvent(QMouseEvent* event)
{
    setFocus(Qt::MouseFocusReason);
    if (event->button() != Qt::LeftButton || !m_sentence.isEmpty())
        return;
    if (m_marker) {
        m_dragging = m_movable;
        Q_EMIT markerDragged(scale().toData(event->position()), false);
    } else if (!m_points.points().empty()) {
        m_frame = QRectF(event->position(), event->position());
    }
}

void CurveChart::mouseMoveEvent(QMouseEvent* event)
{
    if (m_dragging) {
        Q_EMIT markerDragged(scale().toData(event->position()), false);
    } else if (m_frame) {
        m_frame->setBottomRight(event->position());
        viewport()->update();
    }
}

void CurveChart::mouseReleaseEvent(QMouseEvent* event)
{
    if (std::exchange(m_dragging, false)) {
        Q_EMIT markerDragged(scale().toData(event->position()), true);
        return;
    }
    if (!m_frame)
        return;
    const QRectF frame = std::exchange(m_frame, std::nullopt)->normalized();
    std::vector<std::size_t> rows;
    std::optional<std::size_t> pressed;
    if (frame.width() > clickPixels || frame.height() > clickPixels) {
        rows = m_points.pointsIn(frame, scale());
    } else if (const int index = m_points.pointAt(event->position(), scale(), reach); index >= 0) {
        rows.push_back(m_points.points()[std::size_t(index)].row);
        pressed = rows.back();
        if (event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier))
            rows.insert(rows.end(), m_selection.begin(), m_selection.end());
    }
    viewport()->update();
    Q_EMIT pointsChosen(rows);
    if (pressed)
        Q_EMIT pointPressed(*pressed);
}

void CurveChart::walk(int direction)
{
    const auto& points = m_points.points();
    if (points.empty())
        return;
    const int current = m_selection.empty() ? -1 : m_points.indexOfRow(m_selection.front());
    const int next = current < 0 ? (direction > 0 ? 0 : int(points.size()) - 1) : (current + direction + int(points.size())) % int(points.size());
    Q_EMIT pointsChosen({points[std::size_t(next)].row});
}

void CurveChart::keyPressEvent(QKeyEvent* event)
{
    const bool confirms = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (confirms && !m_marker && m_selection.size() == 1 && m_points.indexOfRow(m_selection.front()) >= 0) {
        Q_EMIT pointPressed(m_selection.front());
        return;
    }
    const int direction = event->key() == Qt::Key_Right || event->key() == Qt::Key_Up ? 1
        : event->key() == Qt::Key_Left || event->key() == Qt::Key_Down               ? -1
                                                                                     : 0;
    if (direction == 0 || (!m_marker && m_points.points().empty())) {
        QChartView::keyPressEvent(event);
        return;
    }
    event->accept();
    if (m_marker)
        Q_EMIT markerStepped(direction);
    else
        walk(direction);
}

bool CurveChart::viewportEvent(QEvent* event)
{
    if (event->type() != QEvent::ToolTip || m_points.points().empty())
        return QChartView::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int index = m_points.pointAt(help->pos(), scale(), reach);
    if (index < 0) {
        QToolTip::hideText();
        return true;
    }
    const std::size_t row = m_points.points()[std::size_t(index)].row;
    const QString name = m_pointNames.value(qsizetype(row));
    QToolTip::showText(help->globalPos(), name.isEmpty() ? tr("Row %1").arg(row + 1) : name.toHtmlEscaped(), this);
    return true;
}

} // namespace modelarium
