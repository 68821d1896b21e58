#include "app/charts/thumbnail.h"

#include "app/charts/arrow.h"
#include "app/charts/region_layer.h"

#include <QPainter>
#include <QPainterPath>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

constexpr double radius = 2;

void drawPoints(QPainter& painter, const Thumbnail& content, const PlotScale& scale, const Look& look)
{
    double low = 0, high = 1;
    if (!content.values.empty()) {
        low = high = content.values.front();
        for (const double value : content.values) {
            if (std::isfinite(value)) {
                low = std::isfinite(low) ? std::min(low, value) : value;
                high = std::isfinite(high) ? std::max(high, value) : value;
            }
        }
    }
    for (std::size_t i = 0; i < content.points.size(); ++i) {
        const PlotPoint& point = content.points[i];
        const QColor colour = !content.values.empty() ? scaleColour(content.values[i], low, high, look)
            : point.code < 0                          ? look.secondText
                                                      : look.classColour(point.code);
        painter.setPen(point.test ? QPen(colour, 1) : QPen(look.plot, 0.5));
        painter.setBrush(point.test ? QBrush(look.plot) : QBrush(colour));
        painter.drawPath(markerPath(point.code, radius).translated(scale.toPixel(point.x, point.y)));
    }
}

} // namespace

QImage drawThumbnail(const Thumbnail& content, QSize size, double pixelRatio, const Look& look)
{
    QImage image(size * pixelRatio, QImage::Format_RGB32);
    image.setDevicePixelRatio(pixelRatio);
    image.fill(look.plot);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    PlotScale scale;
    scale.area = QRectF(QPointF(0, 0), QSizeF(size));
    const double xMargin = (content.xMaximum - content.xMinimum) * 0.03;
    const double yMargin = (content.yMaximum - content.yMinimum) * 0.03;
    scale.xMinimum = content.xMinimum - xMargin;
    scale.xMaximum = content.xMaximum + xMargin;
    scale.yMinimum = content.yMinimum - yMargin;
    scale.yMaximum = content.yMaximum + yMargin;
    if (content.surface) {
        RegionLayer regions;
        regions.setLook(look);
        if (content.surface->outputs == 1 && !content.surface->values.empty()) {
            const auto [low, high] = std::minmax_element(content.surface->values.begin(), content.surface->values.end());
            regions.setValueRange(double(*low), double(*high));
        }
        regions.setSurface(content.surface, content.spansHeight);
        regions.draw(painter, scale, 1);
    }
    drawPoints(painter, content, scale, look);
    if (!content.curve.isEmpty()) {
        QPolygonF line;
        for (const QPointF& point : content.curve)
            line << scale.toPixel(point.x(), point.y());
        painter.setPen(QPen(look.text, 1.8));
        painter.drawPolyline(line);
    }
    drawArrows(painter, content.arrows, scale, look, 0.7, false);
    return image;
}

} // namespace modelarium
