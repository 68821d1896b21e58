#include "app/charts/arrow.h"

#include "app/widgets/look.h"

#include <QFontMetricsF>
#include <QLineF>
#include <QPainter>
#include <QPainterPath>
#include <QPolygonF>

#include <algorithm>
#include <utility>

namespace modelarium {
namespace {

/// The shaft, and the head with the tip at the end of the line.
struct Shape {
    QLineF shaft;
    QPolygonF head;
};

Shape shapeOf(const QLineF& line, double size)
{
    const QPointF along = (line.p2() - line.p1()) / line.length(), across(-along.y(), along.x());
    const double head = std::min(size, line.length());
    const QPointF base = line.p2() - along * head;
    return {QLineF(line.p1(), base), QPolygonF({line.p2(), base + across * head * 0.45, base - across * head * 0.45})};
}

/// Beside the tip, away from where the arrow comes from; with an edge, so that points below do not swallow it.
void drawName(QPainter& painter, const QLineF& line, const QString& name, const PlotScale& scale, const Look& look, double magnification)
{
    QFont font = painter.font();
    font.setPointSizeF(10.5 * magnification);
    font.setWeight(QFont::DemiBold);
    const QFontMetricsF metrics(font);
    const double width = metrics.horizontalAdvance(name), height = metrics.height(), gap = 6 * magnification;
    const QPointF along = (line.p2() - line.p1()) / line.length();
    QRectF box(0, 0, width, height);
    box.moveCenter(line.p2() + QPointF(along.x() * (width / 2 + gap), along.y() * (height / 2 + gap)));
    box.moveLeft(std::clamp(box.left(), scale.area.left() + 2, std::max(scale.area.left() + 2, scale.area.right() - width - 2)));
    box.moveTop(std::clamp(box.top(), scale.area.top() + 2, std::max(scale.area.top() + 2, scale.area.bottom() - height - 2)));
    QPainterPath path;
    path.addText(QPointF(box.left(), box.top() + metrics.ascent()), font, name);
    painter.strokePath(path, QPen(look.plot, 4 * magnification, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.fillPath(path, look.text);
}

} // namespace

void drawArrows(QPainter& painter, const std::vector<PlotArrow>& arrows, const PlotScale& scale, const Look& look, double magnification, bool named)
{
    // Pixels: below the one there is no direction to see, beyond the other a painter cannot reckon.
    constexpr double shortest = 2, longest = 1e6;
    std::vector<std::pair<QLineF, QString>> lines;
    for (const PlotArrow& arrow : arrows) {
        const QLineF line(scale.toPixel(arrow.from.x(), arrow.from.y()), scale.toPixel(arrow.to.x(), arrow.to.y()));
        if (line.length() >= shortest && line.length() <= longest)
            lines.emplace_back(line, arrow.name);
    }
    // All edges first: an arrow that crosses another does not cut it.
    for (const auto& [colour, width] : {std::pair(look.plot, 6.5), std::pair(look.text, 2.6)}) {
        for (const auto& [line, name] : lines) {
            const Shape shape = shapeOf(line, 12 * magnification);
            painter.setPen(QPen(colour, width * magnification, Qt::SolidLine, Qt::FlatCap));
            painter.drawLine(shape.shaft);
            painter.setPen(QPen(colour, (width - 2.6) * magnification + 0.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            painter.setBrush(colour);
            painter.drawPolygon(shape.head);
        }
    }
    for (const auto& [line, name] : lines)
        if (named)
            drawName(painter, line, name, scale, look, magnification);
}

} // namespace modelarium
