#include "app/charts/point_layer.h"

#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <tuple>

namespace modelarium {
namespace {

constexpr double cellSize = 16;                     // pixels of the hit grid
constexpr int shapes = 8;

QPainterPath polygon(int corners, double radius, double turn, double innerRadius = 0)
{
    QPainterPath path;
    const int n = innerRadius > 0 ? 2 * corners : corners;
    for (int i = 0; i < n; ++i) {
        const double angle = turn + 2 * std::numbers::pi * i / n;
        const double r = innerRadius > 0 && i % 2 == 1 ? innerRadius : radius;
        const QPointF corner(r * std::sin(angle), -r * std::cos(angle));
        if (i == 0)
            path.moveTo(corner);
        else
            path.lineTo(corner);
    }
    path.closeSubpath();
    return path;
}

QPainterPath plusPath(double radius)
{
    const double a = radius / 3;
    QPainterPath path;
    path.addPolygon(QPolygonF({{-a, -radius}, {a, -radius}, {a, -a}, {radius, -a}, {radius, a}, {a, a}, {a, radius}, {-a, radius},
                               {-a, a}, {-radius, a}, {-radius, -a}, {-a, -a}}));
    path.closeSubpath();
    return path;
}

} // namespace

QPainterPath markerPath(int code, double r)
{
    QPainterPath path;
    if (code == noGroup)
        return QTransform().rotate(45).map(plusPath(r * 1.2));
    // Colours repeat after the eighth class; then each comes with another shape.
    const int turned = std::max(0, code) + std::max(0, code) / shapes * 3;
    switch (turned % shapes) {
    case 1: return polygon(3, r * 1.25, 0);
    case 2: path.addRect(-r * 0.9, -r * 0.9, 1.8 * r, 1.8 * r); return path;
    case 3: return polygon(4, r * 1.25, 0);
    case 4: return polygon(5, r * 1.35, 0, r * 0.6);
    case 5: return QTransform().rotate(45).map(plusPath(r * 1.2));
    case 6: return plusPath(r * 1.2);
    case 7: return polygon(5, r * 1.15, 0);
    default: path.addEllipse(QPointF(0, 0), r, r); return path;
    }
}

void drawMarker(QPainter& painter, QPointF at, const PlotPoint& point, double radius, const Look& look)
{
    const QColor colour = point.code == -1 ? look.accent : look.classColour(point.code);
    const QPainterPath path = markerPath(point.code, radius).translated(at);
    const bool wrong = point.predicted >= 0 && point.code >= 0 && point.predicted != point.code;
    if (point.test) {
        painter.setPen(QPen(look.plot, 3.2));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(path);
        painter.setPen(QPen(colour, 1.8));
        painter.setBrush(wrong ? look.classColour(point.predicted) : look.plot);
    } else if (wrong) {
        painter.setPen(QPen(colour, 2.4));
        painter.setBrush(look.classColour(point.predicted));
    } else {
        painter.setPen(QPen(look.plot, 1));
        painter.setBrush(colour);
    }
    painter.drawPath(path);
}

void PointLayer::setPoints(std::vector<PlotPoint> points)
{
    m_points = std::move(points);
    m_stale = m_gridStale = true;
}

std::vector<PlotPoint>& PointLayer::editPoints()
{
    m_stale = m_gridStale = true;
    return m_points;
}

void PointLayer::setColours(std::vector<QColor> colours)
{
    m_colours = std::move(colours);
    m_stale = true;
}

void PointLayer::setRadius(double radius)
{
    m_stale = m_stale || radius != m_radius;
    m_radius = radius;
}

void PointLayer::setLook(const Look& look)
{
    m_look = &look;
    m_stale = true;
}

const QImage& PointLayer::image(const PlotScale& scale, double pixelRatio)
{
    if (m_stale || !(scale == m_scale) || pixelRatio != m_pixelRatio) {
        m_scale = scale;
        m_pixelRatio = pixelRatio;
        render(scale, pixelRatio);
        m_stale = false;
    }
    return m_image;
}

void PointLayer::render(const PlotScale& scale, double pixelRatio)
{
    const QSize size = (scale.area.size() * pixelRatio).toSize();
    if (m_image.size() != size)
        m_image = QImage(size, QImage::Format_ARGB32_Premultiplied);
    m_image.setDevicePixelRatio(pixelRatio);
    m_image.fill(Qt::transparent);
    if (m_points.size() < densityFrom)
        renderStamps(scale, pixelRatio);
    else
        renderDensity(scale, pixelRatio);
}

QImage PointLayer::stamp(const PlotPoint& point, double pixelRatio) const
{
    const int side = int(std::ceil((2 * m_radius * 1.35 + 6) * pixelRatio));
    QImage image(side, side, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(pixelRatio);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    drawMarker(painter, QPointF(side, side) / (2 * pixelRatio), point, m_radius, *m_look);
    return image;
}

void PointLayer::renderStamps(const PlotScale& scale, double pixelRatio)
{
    std::map<std::tuple<int, int, bool>, QImage> stamps;
    QPainter painter(&m_image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(-scale.area.topLeft());
    const QRectF visible = scale.area.adjusted(-20, -20, 20, 20);
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        const PlotPoint& point = m_points[i];
        const QPointF at = scale.toPixel(point.x, point.y);
        if (!visible.contains(at))
            continue;
        if (!m_colours.empty()) {
            painter.setPen(QPen(point.test ? m_colours[i] : m_look->plot, point.test ? 1.8 : 1));
            painter.setBrush(point.test ? m_look->plot : m_colours[i]);
            painter.drawEllipse(at, m_radius, m_radius);
            continue;
        }
        const bool wrong = point.predicted >= 0 && point.code >= 0 && point.predicted != point.code;
        QImage& image = stamps[{point.code, wrong ? point.predicted : -1, point.test}];
        if (image.isNull())
            image = stamp(point, pixelRatio);
        const double side = image.width() / pixelRatio;
        painter.drawImage(at - QPointF(side, side) / 2, image);
    }
}

/// Counts a pixel a class; opacity grows with the logarithm of the count, so that single points and crowds are both seen.
void PointLayer::renderDensity(const PlotScale& scale, double pixelRatio)
{
    const int width = m_image.width();
    const int height = m_image.height();
    // What has no class comes first.
    const int classes = std::clamp(2 + std::max_element(m_points.begin(), m_points.end(), [](const PlotPoint& a, const PlotPoint& b) {
                                           return a.code < b.code;
                                       })->code, 1, 17);
    std::vector<std::uint32_t> counts(std::size_t(width) * std::size_t(height) * std::size_t(classes));
    const double xFactor = scale.area.width() * pixelRatio / (scale.xMaximum - scale.xMinimum);
    const double yFactor = scale.area.height() * pixelRatio / (scale.yMaximum - scale.yMinimum);
    for (const PlotPoint& point : m_points) {
        const double px = (point.x - scale.xMinimum) * xFactor;
        const double py = height - (point.y - scale.yMinimum) * yFactor;
        if (!(px >= 0 && py >= 0 && px < width && py < height))
            continue;
        const std::size_t code = std::size_t(std::clamp(point.code + 1, 0, classes - 1));
        ++counts[(std::size_t(py) * std::size_t(width) + std::size_t(px)) * std::size_t(classes) + code];
    }
    std::vector<QColor> colours;
    for (int k = 0; k < classes; ++k)
        colours.push_back(classes == 1 && m_points.front().code == -1 ? m_look->accent : m_look->classColour(k - 1));
    for (int y = 0; y < height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(m_image.scanLine(y));
        for (int x = 0; x < width; ++x) {
            const std::uint32_t* cell = &counts[(std::size_t(y) * std::size_t(width) + std::size_t(x)) * std::size_t(classes)];
            double total = 0, red = 0, green = 0, blue = 0;
            for (int k = 0; k < classes; ++k) {
                total += cell[k];
                red += cell[k] * colours[std::size_t(k)].red();
                green += cell[k] * colours[std::size_t(k)].green();
                blue += cell[k] * colours[std::size_t(k)].blue();
            }
            if (total == 0)
                continue;
            const double alpha = std::min(1.0, 0.45 + 0.16 * std::log2(total));
            line[x] = qPremultiply(qRgba(int(red / total), int(green / total), int(blue / total), int(alpha * 255)));
        }
    }
}

void PointLayer::drawAll(QPainter& painter, const PlotScale& scale) const
{
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        const QPointF at = scale.toPixel(m_points[i].x, m_points[i].y);
        if (!scale.area.contains(at))
            continue;
        if (m_colours.empty()) {
            drawMarker(painter, at, m_points[i], m_radius, *m_look);
            continue;
        }
        painter.setPen(QPen(m_look->plot, 1));
        painter.setBrush(m_colours[i]);
        painter.drawEllipse(at, m_radius, m_radius);
    }
}

void PointLayer::buildGrid(const PlotScale& scale)
{
    m_gridColumns = std::max(1, int(scale.area.width() / cellSize) + 1);
    const int rows = std::max(1, int(scale.area.height() / cellSize) + 1);
    const auto cellOf = [&](const PlotPoint& point) {
        const QPointF at = scale.toPixel(point.x, point.y) - scale.area.topLeft();
        if (!(at.x() >= 0 && at.y() >= 0 && at.x() <= scale.area.width() && at.y() <= scale.area.height()))
            return -1;
        return int(at.y() / cellSize) * m_gridColumns + int(at.x() / cellSize);
    };
    m_cellStart.assign(std::size_t(m_gridColumns) * std::size_t(rows) + 1, 0);
    for (const PlotPoint& point : m_points) {
        if (const int cell = cellOf(point); cell >= 0)
            ++m_cellStart[std::size_t(cell) + 1];
    }
    for (std::size_t i = 1; i < m_cellStart.size(); ++i)
        m_cellStart[i] += m_cellStart[i - 1];
    m_cellPoints.resize(m_cellStart.back());
    std::vector<std::uint32_t> next(m_cellStart.begin(), m_cellStart.end() - 1);
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        if (const int cell = cellOf(m_points[i]); cell >= 0)
            m_cellPoints[next[std::size_t(cell)]++] = std::uint32_t(i);
    }
    m_gridScale = scale;
    m_gridStale = false;
}

int PointLayer::pointAt(QPointF pixel, const PlotScale& scale, double reach)
{
    if (m_points.empty() || !scale.area.contains(pixel))
        return -1;
    if (m_gridStale || !(scale == m_gridScale))
        buildGrid(scale);
    const int rows = int(m_cellStart.size() - 1) / m_gridColumns;
    const QPointF local = pixel - scale.area.topLeft();
    const int span = int(std::ceil(reach / cellSize));
    const int column = int(local.x() / cellSize);
    const int row = int(local.y() / cellSize);
    int best = -1;
    double bestDistance = reach * reach;
    for (int r = std::max(0, row - span); r <= std::min(rows - 1, row + span); ++r) {
        for (int c = std::max(0, column - span); c <= std::min(m_gridColumns - 1, column + span); ++c) {
            const std::size_t cell = std::size_t(r) * std::size_t(m_gridColumns) + std::size_t(c);
            for (std::uint32_t k = m_cellStart[cell]; k < m_cellStart[cell + 1]; ++k) {
                const PlotPoint& point = m_points[m_cellPoints[k]];
                const QPointF d = scale.toPixel(point.x, point.y) - pixel;
                const double distance = QPointF::dotProduct(d, d);
                if (distance <= bestDistance) {
                    bestDistance = distance;
                    best = int(m_cellPoints[k]);
                }
            }
        }
    }
    return best;
}

std::vector<std::size_t> PointLayer::pointsIn(const QRectF& pixels, const PlotScale& scale) const
{
    std::vector<std::size_t> rows;
    for (const PlotPoint& point : m_points) {
        if (pixels.contains(scale.toPixel(point.x, point.y)))
            rows.push_back(point.row);
    }
    return rows;
}

int PointLayer::indexOfRow(std::size_t row) const
{
    const auto found = std::lower_bound(m_points.begin(), m_points.end(), row,
                                        [](const PlotPoint& point, std::size_t wanted) { return point.row < wanted; });
    return found != m_points.end() && found->row == row ? int(found - m_points.begin()) : -1;
}

} // namespace modelarium
