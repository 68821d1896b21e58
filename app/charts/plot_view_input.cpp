#include "app/charts/plot_view.h"

#include "app/widgets/point_tray.h"

#include <QDragEnterEvent>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QStyleHints>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

constexpr double pointReach = 10;
constexpr double gripReach = 14;

double distance(QPointF a, QPointF b)
{
    return std::hypot(a.x() - b.x(), a.y() - b.y());
}

double distanceToSegment(QPointF p, QPointF a, QPointF b)
{
    const QPointF d = b - a;
    const double length = QPointF::dotProduct(d, d);
    const double t = length > 0 ? std::clamp(QPointF::dotProduct(p - a, d) / length, 0.0, 1.0) : 0;
    return distance(p, a + d * t);
}

} // namespace

PlotView::Grip PlotView::gripAt(QPointF pixel)
{
    const PlotScale scale = plotScale();
    if (m_probe && distance(pixel, scale.toPixel(m_probe->at.x(), m_probe->at.y())) <= gripReach)
        return Grip::Probe;
    if (m_guess) {
        const QPointF a = scale.toPixel(m_guess->left.x(), m_guess->left.y());
        const QPointF b = scale.toPixel(m_guess->right.x(), m_guess->right.y());
        if (distance(pixel, a) <= gripReach)
            return Grip::GuessLeft;
        if (distance(pixel, b) <= gripReach)
            return Grip::GuessRight;
        if (distanceToSegment(pixel, a, b) <= gripReach / 2)
            return Grip::GuessMiddle;
    }
    return m_points.pointAt(pixel, scale, pointReach) >= 0 ? Grip::Point : Grip::Pan;
}

void PlotView::mousePressEvent(QMouseEvent* event)
{
    const QPointF pixel = event->position();
    if (event->button() != Qt::LeftButton || !plotScale().area.contains(pixel)) {
        event->ignore();
        return;
    }
    m_pressed = m_last = pixel;
    m_moved = false;
    if (event->modifiers() & Qt::ShiftModifier) {
        Q_EMIT newPointWanted(plotScale().toData(pixel));
        return;
    }
    m_grip = gripAt(pixel);
    if (m_grip == Grip::Point) {
        const int index = m_points.pointAt(pixel, plotScale(), pointReach);
        m_gripRow = m_points.points()[std::size_t(index)].row;
        choosePoint(index, event->modifiers() & Qt::ControlModifier);
    } else if (m_grip == Grip::Pan && (event->modifiers() & Qt::ControlModifier)) {
        m_grip = Grip::Frame;
    }
    if (m_grip == Grip::Pan)
        setCursor(Qt::ClosedHandCursor);
    event->accept();
}

void PlotView::choosePoint(int index, bool extend)
{
    const std::size_t row = m_points.points()[std::size_t(index)].row;
    std::vector<std::size_t> rows;
    if (extend)
        rows = m_selection;
    const auto chosen = std::find(rows.begin(), rows.end(), row);
    if (chosen != rows.end())
        rows.erase(chosen);
    else
        rows.push_back(row);
    Q_EMIT pointsChosen(rows);
}

void PlotView::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF pixel = event->position();
    if (m_grip == Grip::None) {
        const int index = m_points.pointAt(pixel, plotScale(), pointReach);
        const Grip below = gripAt(pixel);
        viewport()->setCursor(below == Grip::Pan ? Qt::ArrowCursor : Qt::OpenHandCursor);
        if (index != m_hovered) {
            m_hovered = index;
            viewport()->update();
            Q_EMIT pointHovered(index, event->globalPosition().toPoint());
        }
        return;
    }
    if (!m_moved && distance(pixel, m_pressed) < QGuiApplication::styleHints()->startDragDistance() / 2.0)
        return;
    m_moved = true;
    moveGrip(pixel);
    m_last = pixel;
}

void PlotView::moveGrip(QPointF pixel)
{
    const PlotScale scale = plotScale();
    const QPointF to = scale.toData(pixel);
    const QPointF by = to - scale.toData(m_last);
    switch (m_grip) {
    case Grip::Pan:
        m_left -= by.x();
        m_right -= by.x();
        m_bottom -= by.y();
        m_top -= by.y();
        applyRange();
        Q_EMIT viewChanged();
        break;
    case Grip::Point:
        if (m_hovered >= 0) {
            m_hovered = -1;
            Q_EMIT pointHovered(-1, {});
        }
        Q_EMIT pointDragged(m_gripRow, to);
        break;
    case Grip::Probe: Q_EMIT probeMoved(to); break;
    case Grip::GuessLeft: m_guess->left = {std::min(to.x(), m_guess->right.x() - 1e-9), to.y()}; break;
    case Grip::GuessRight: m_guess->right = {std::max(to.x(), m_guess->left.x() + 1e-9), to.y()}; break;
    case Grip::GuessMiddle:
        m_guess->left.ry() += by.y();
        m_guess->right.ry() += by.y();
        break;
    case Grip::Frame:
    case Grip::None: break;
    }
    if (m_grip == Grip::GuessLeft || m_grip == Grip::GuessRight || m_grip == Grip::GuessMiddle)
        Q_EMIT guessMoved();
    viewport()->update();
}

void PlotView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const Grip grip = m_grip;
    m_grip = Grip::None;
    unsetCursor();
    const PlotScale scale = plotScale();
    if (grip == Grip::Point && m_moved)
        Q_EMIT pointReleased(m_gripRow, scale.toData(event->position()));
    else if (grip == Grip::Frame)
        Q_EMIT pointsChosen(m_points.pointsIn(QRectF(m_pressed, event->position()).normalized(), scale));
    else if (grip == Grip::Pan && !m_moved)
        Q_EMIT emptyPlaceClicked(scale.toData(event->position()));
    viewport()->update();
}

void PlotView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && gripAt(event->position()) == Grip::Pan)
        Q_EMIT projectorWanted();
}

void PlotView::wheelEvent(QWheelEvent* event)
{
    if (event->angleDelta().y() != 0 && plotScale().area.contains(event->position()))
        zoom(std::pow(0.85, event->angleDelta().y() / 120.0), event->position());
    event->accept();
}

void PlotView::walk(int direction)
{
    const std::vector<PlotPoint>& points = m_points.points();
    if (points.empty())
        return;
    int index = m_selection.empty() ? -1 : m_points.indexOfRow(m_selection.front());
    index = index < 0 ? (direction > 0 ? 0 : int(points.size()) - 1)
                      : (index + direction + int(points.size())) % int(points.size());
    choosePoint(index, false);
    const PlotPoint& point = points[std::size_t(index)];
    Q_EMIT pointHovered(index, mapToGlobal(plotScale().toPixel(point.x, point.y).toPoint()));
}

/// The arrow keys move what is chosen: the one selected point, otherwise the probe.
bool PlotView::moveWithKeys(int key, bool fast)
{
    const PlotScale scale = plotScale();
    const double step = fast ? 10 : 2;
    const QPointF by = key == Qt::Key_Left ? QPointF(-step, 0) : key == Qt::Key_Right ? QPointF(step, 0)
        : key == Qt::Key_Up ? QPointF(0, -step) : QPointF(0, step);
    const int index = m_selection.size() == 1 ? m_points.indexOfRow(m_selection.front()) : -1;
    if (index >= 0) {
        const PlotPoint& point = m_points.points()[std::size_t(index)];
        Q_EMIT pointReleased(point.row, scale.toData(scale.toPixel(point.x, point.y) + by));
        return true;
    }
    if (!m_probe)
        return false;
    Q_EMIT probeMoved(scale.toData(scale.toPixel(m_probe->at.x(), m_probe->at.y()) + by));
    return true;
}

void PlotView::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (moveWithKeys(event->key(), event->modifiers() & Qt::ShiftModifier))
            return;
        break;
    case Qt::Key_N: walk(1); return;
    case Qt::Key_P: walk(-1); return;
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoomAtCentre(0.8); return;
    case Qt::Key_Minus: zoomAtCentre(1.25); return;
    case Qt::Key_0: resetView(); return;
    case Qt::Key_Delete: Q_EMIT deletionWanted(); return;
    case Qt::Key_Escape: Q_EMIT pointsChosen({}); break;
    default: break;
    }
    event->ignore();
}

void PlotView::leaveEvent(QEvent* event)
{
    if (m_hovered >= 0) {
        m_hovered = -1;
        Q_EMIT pointHovered(-1, {});
        viewport()->update();
    }
    QChartView::leaveEvent(event);
}

/// A pointer that rests is told again what it rests on: left to itself the scene would show its own text, which is empty, and take ours away.
bool PlotView::viewportEvent(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QChartView::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (m_grip == Grip::None)
        Q_EMIT pointHovered(m_points.pointAt(help->pos(), plotScale(), pointReach), help->globalPos());
    return true;
}

void PlotView::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasFormat(QLatin1String(PointTray::mimeType)))
        event->acceptProposedAction();
    else
        event->ignore();
}

void PlotView::dragMoveEvent(QDragMoveEvent* event)
{
    if (plotScale().area.contains(event->position()))
        event->acceptProposedAction();
    else
        event->ignore();
}

void PlotView::dropEvent(QDropEvent* event)
{
    Q_EMIT trayPointDropped(plotScale().toData(event->position()),
                            event->mimeData()->data(QLatin1String(PointTray::mimeType)).toInt());
    event->acceptProposedAction();
}

} // namespace modelarium
