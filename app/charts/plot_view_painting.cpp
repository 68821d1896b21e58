// How the plot paints what lies over its axes, and its heading.

#include "app/charts/plot_view.h"

#include "app/charts/arrow.h"
#include "app/charts/ticks.h"
#include "app/widgets/elided_label.h"

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

constexpr std::size_t vectorPoints = 20'000;
constexpr std::size_t residualPoints = 5'000;
constexpr std::size_t crowd = 500;                  // of points, behind which a curve is not seen

/// Above a point, below it or beside it, wherever it is whole: what stands around the plot is read too.
QRectF bubbleBeside(QPointF at, QSizeF size, double away, const QRectF& within)
{
    const QRectF above(QPointF(at.x() - size.width() / 2, at.y() - away - size.height()), size);
    const QRectF below = above.translated(0, 2 * away + size.height());
    const QRectF right(QPointF(at.x() + away, at.y() - size.height() / 2), size);
    const QRectF left = right.translated(-2 * away - size.width(), 0);
    const auto moved = [&](QRectF box, bool across, bool down) {
        if (across)
            box.moveLeft(std::max(within.left(), std::min(box.left(), within.right() - size.width())));
        if (down)
            box.moveTop(std::max(within.top(), std::min(box.top(), within.bottom() - size.height())));
        return box;
    };
    for (const QRectF& box : {moved(above, true, false), moved(below, true, false), moved(right, false, true), moved(left, false, true)}) {
        if (within.contains(box))
            return box;
    }
    return moved(above, true, true);
}

} // namespace

void PlotView::drawBackground(QPainter* painter, const QRectF& rect)
{
    painter->fillRect(rect, m_look->card);
    const PlotScale scale = plotScale();
    painter->fillRect(scale.area, m_look->plot);
    m_regions.draw(*painter, scale, 1.4 * m_magnification);
}

void PlotView::drawForeground(QPainter* painter, const QRectF&)
{
    const PlotScale scale = plotScale();
    if (scale.area.width() < 2 || scale.area.height() < 2)
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    drawHeading(*painter);
    painter->setClipRect(scale.area);
    drawResiduals(*painter, scale);
    if (m_vectors && m_points.points().size() <= vectorPoints)
        m_points.drawAll(*painter, scale);
    else
        painter->drawImage(scale.area.topLeft(), m_points.image(scale, painter->device()->devicePixelRatioF()));
    if (m_points.points().size() > crowd)
        drawCurve(*painter, scale);
    drawSelection(*painter, scale);
    drawGuess(*painter, scale);
    drawMarks(*painter, scale);
    drawArrows(*painter, m_arrows, scale, *m_look, m_magnification, true);
    drawFrost(*painter, scale);
    painter->setClipping(false);
    drawProbe(*painter, scale);
    if (m_grip == Grip::Frame) {
        painter->setPen(QPen(m_look->accent, 1, Qt::DashLine));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(QRectF(m_pressed, m_last).normalized());
    }
    painter->restore();
}

/// The legend stands beside the title where it fits there, and otherwise in rows below it.
void PlotView::layOutLegend()
{
    // A quarter of the height at most: the plot is what is looked at.
    const int mostRows = std::clamp(int(height() / (4 * 22 * m_magnification)), 1, 4);
    QFont legend = font();
    legend.setPointSizeF(10 * m_magnification);
    const QFontMetricsF metrics(legend);
    const double gap = (isLow() ? 12 : 20) * m_magnification, marker = 12 * m_magnification;
    const double left = 18, right = width() - 20.0;
    m_legend.clear();
    std::vector<double> widths;
    double total = 0;
    for (int code = 0; code < int(m_classes.size()); ++code) {
        const QString name = metrics.elidedText(m_classes[code], Qt::ElideMiddle, 140 * m_magnification);
        m_legend.push_back({codeOf(code, m_noise), name, {}});
        widths.push_back(marker + metrics.horizontalAdvance(name) + gap);
        total += widths.back();
    }
    // A low plot has no second row to spare: there the title gives way.
    constexpr double leastTitle = 60;
    const bool beside = total < 0.75 * (right - left) || (isLow() && total < right - left - leastTitle * m_magnification);
    double x = beside ? right - total + gap : left;
    int row = 0;
    for (std::size_t i = 0; i < m_legend.size(); ++i) {
        if (!beside && x > left && x + widths[i] - gap > right) {
            x = left;
            if (++row == mostRows) {
                shortenLegend(i, right);
                break;
            }
        }
        m_legend[i].at = {x, 22 * m_magnification * (beside ? 1 : row + 2)};
        x += widths[i];
    }
    m_legendRows = beside || m_legend.empty() ? 0 : std::min(row + 1, mostRows);
}

/// The first `fitting` classes, fewer where the words that tell how many are left out need their place.
void PlotView::shortenLegend(std::size_t fitting, double right)
{
    QFont legend = font();
    legend.setPointSizeF(10 * m_magnification);
    const QFontMetricsF metrics(legend);
    const std::size_t all = m_legend.size();
    for (std::size_t kept = fitting; kept > 0; --kept) {
        const LegendEntry& last = m_legend[kept - 1];
        const QString words = tr("and %Ln more", nullptr, int(all - kept));
        const double x = last.at.x() + 32 * m_magnification + metrics.horizontalAdvance(last.name);
        // Nothing but one class is left of the row: its name makes room.
        const bool alone = kept == 1 || m_legend[kept - 2].at.y() < last.at.y();
        if (!alone && x + metrics.horizontalAdvance(words) > right)
            continue;
        const double room = right - metrics.horizontalAdvance(words) - last.at.x() - 32 * m_magnification;
        if (x + metrics.horizontalAdvance(words) > right)
            m_legend[kept - 1].name = metrics.elidedText(last.name, Qt::ElideMiddle, std::max(0.0, room));
        const double end = last.at.x() + 32 * m_magnification + metrics.horizontalAdvance(m_legend[kept - 1].name);
        m_legend.resize(kept);
        m_legend.push_back({-1, words, {end, m_legend.back().at.y()}});
        return;
    }
}

void PlotView::drawHeading(QPainter& painter)
{
    const PlotScale scale = plotScale();
    QFont title = font();
    title.setPointSizeF((isLow() ? 11 : 13) * m_magnification);
    title.setWeight(QFont::DemiBold);
    const double baseline = 22 * m_magnification;
    QFont legend = font();
    legend.setPointSizeF(10 * m_magnification);
    const QFontMetricsF metrics(legend);
    painter.setFont(legend);
    for (const LegendEntry& entry : m_legend) {
        if (entry.code == -1) {
            painter.setPen(m_look->secondText);
            painter.drawText(entry.at, entry.name);
            continue;
        }
        painter.setPen(m_look->text);
        painter.drawText(entry.at + QPointF(12 * m_magnification, 0), entry.name);
        drawMarker(painter, entry.at - QPointF(0, 4 * m_magnification), {0, 0, 0, entry.code, -1, false}, 4.5 * m_magnification, *m_look);
    }
    const bool beside = !m_legend.empty() && m_legendRows == 0;
    const double room = (beside ? m_legend.front().at.x() - (isLow() ? 12 : 20) : scale.area.right()) - 10;
    painter.setFont(title);
    painter.setPen(m_look->text);
    painter.drawText(QPointF(10, baseline), QFontMetricsF(title).elidedText(m_title, Qt::ElideRight, std::max(0.0, room)));
    if (isLow()) {
        const QFont name = m_yAxis->titleFont();
        painter.setFont(name);
        painter.drawText(QPointF(10, scale.area.top() - 7 * m_magnification), titleInUnit(elidedApart(m_y.title, {m_x.title}, QFontMetrics(name), int(scale.area.right()) - 10), m_yUnit));
    }
    painter.setFont(legend);
    painter.setPen(m_look->secondText);
    if (!m_footnote.isEmpty())
        painter.drawText(QRectF(10, height() - 22 * m_magnification, width() - 20, 20 * m_magnification), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(m_footnote, Qt::ElideRight, width() - 20));
    if (!m_sentence.isEmpty())
        painter.drawText(scale.area.adjusted(20, 20, -20, -20), Qt::AlignCenter | Qt::TextWordWrap, m_sentence);
}

/// Over the points, with a rim that parts it from them.
void PlotView::drawCurve(QPainter& painter, const PlotScale& scale)
{
    QPolygonF line;
    for (const QPointF& point : m_curvePoints)
        line << scale.toPixel(point.x(), point.y());
    const QPen pen = m_curve->pen();
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_look->plot, pen.widthF() + 3 * m_magnification, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(line);
    painter.setPen(pen);
    painter.drawPolyline(line);
}

void PlotView::drawResiduals(QPainter& painter, const PlotScale& scale)
{
    const std::vector<PlotPoint>& points = m_points.points();
    if (m_residualStyle == ResidualStyle::None || m_predictions.size() != points.size() || points.size() > residualPoints)
        return;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (!std::isfinite(m_predictions[i]))
            continue;
        const QPointF at = scale.toPixel(points[i].x, points[i].y);
        const QPointF foot = scale.toPixel(points[i].x, m_predictions[i]);
        QColor colour = points[i].y < m_predictions[i] ? m_look->negative : m_look->positive;
        if (m_residualStyle == ResidualStyle::Segments) {
            painter.setPen(QPen(colour, 1.4 * m_magnification));
            painter.drawLine(at, foot);
            continue;
        }
        const double side = std::abs(at.y() - foot.y());
        painter.setPen(QPen(colour, 1));
        colour.setAlphaF(0.14f);
        painter.setBrush(colour);
        painter.drawRect(QRectF(at.x(), std::min(at.y(), foot.y()), side, side));
    }
}

void PlotView::drawSelection(QPainter& painter, const PlotScale& scale)
{
    const auto ring = [&](const PlotPoint& point) {
        const QPointF at = scale.toPixel(point.x, point.y);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(m_look->card, 4));
        painter.drawEllipse(at, radius() + 4, radius() + 4);
        painter.setPen(QPen(m_look->text, 2));
        painter.drawEllipse(at, radius() + 4, radius() + 4);
    };
    if (m_selection.size() <= residualPoints) {
        for (const std::size_t row : m_selection) {
            if (const int index = m_points.indexOfRow(row); index >= 0)
                ring(m_points.points()[std::size_t(index)]);
        }
    }
    if (m_hovered >= 0 && m_hovered < int(m_points.points().size()))
        ring(m_points.points()[std::size_t(m_hovered)]);
}

void PlotView::drawBubble(QPainter& painter, QPointF at, const QString& text, const QRectF& within)
{
    QFont bold = font();
    bold.setPointSizeF(10.5 * m_magnification);
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    // A name that is wider than the plot loses its middle; the figure behind it stays.
    const QFontMetricsF metrics(bold);
    QStringList lines = text.split(u'\n');
    for (QString& line : lines)
        line = metrics.elidedText(line, Qt::ElideMiddle, std::max(60.0, within.width() - 28));
    const QString shown = lines.join(u'\n');
    const QRectF bounds = metrics.boundingRect(QRectF(0, 0, 360 * m_magnification, 400), Qt::AlignLeft, shown);
    const QRectF bubble = bubbleBeside(at, QSizeF(bounds.width() + 22, bounds.height() + 14), 16 * m_magnification, within.adjusted(2, 2, -2, -2));
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_look->dark ? QColor(0xE8EBF0) : QColor(0x1A1D23));
    painter.drawRoundedRect(bubble, 6, 6);
    painter.setPen(m_look->dark ? QColor(0x14171C) : QColor(0xFFFFFF));
    painter.drawText(bubble.adjusted(11, 7, -11, -7), Qt::AlignLeft, shown);
}

void PlotView::drawProbe(QPainter& painter, const PlotScale& scale)
{
    if (!m_probe)
        return;
    const QPointF at = scale.toPixel(m_probe->at.x(), m_probe->at.y());
    if (!scale.area.contains(at))
        return;
    QColor line = m_look->text;
    line.setAlphaF(0.6f);
    painter.setPen(QPen(line, 1.2 * m_magnification, Qt::DashLine));
    painter.drawLine(QPointF(scale.area.left(), at.y()), at);
    painter.drawLine(QPointF(at.x(), scale.area.bottom()), at);
    const QColor colour = m_probe->code == -1 ? m_look->accent : m_look->classColour(m_probe->code);
    painter.setBrush(m_look->plot);
    painter.setPen(QPen(colour, 3 * m_magnification));
    painter.drawEllipse(at, 9 * m_magnification, 9 * m_magnification);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawEllipse(at, 3.5 * m_magnification, 3.5 * m_magnification);
    if (!m_probe->reading.isEmpty())
        drawBubble(painter, at, m_probe->reading, scale.area);
}

/// Crosses that no point looks like: the colour of the group, wide enough to be seen among its points.
void PlotView::drawMarks(QPainter& painter, const PlotScale& scale)
{
    const double arm = 9 * m_magnification;
    for (const PlotMark& mark : m_marks) {
        const QPointF at = scale.toPixel(mark.x, mark.y);
        for (const auto& [colour, width] : {std::pair(m_look->plot, 8.0), std::pair(m_look->text, 5.5), std::pair(m_look->classColour(mark.code), 2.6)}) {
            painter.setPen(QPen(colour, width * m_magnification, Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(at - QPointF(arm, arm), at + QPointF(arm, arm));
            painter.drawLine(at - QPointF(arm, -arm), at + QPointF(arm, -arm));
        }
    }
}

void PlotView::drawGuess(QPainter& painter, const PlotScale& scale)
{
    if (!m_guess)
        return;
    const QPointF a = scale.toPixel(m_guess->left.x(), m_guess->left.y());
    const QPointF b = scale.toPixel(m_guess->right.x(), m_guess->right.y());
    painter.setPen(QPen(m_look->accent, 2.4 * m_magnification, Qt::DashLine));
    painter.drawLine(a, b);
    painter.setPen(QPen(m_look->accent, 2));
    painter.setBrush(m_look->card);
    for (const QPointF& handle : {a, b, (a + b) / 2})
        painter.drawEllipse(handle, 7 * m_magnification, 7 * m_magnification);
}

/// What is frozen is seen from the last row: an edge of ice around the plot.
void PlotView::drawFrost(QPainter& painter, const PlotScale& scale)
{
    if (!m_frozen)
        return;
    painter.setBrush(Qt::NoBrush);
    constexpr int rings = 12;
    for (int i = 0; i < rings; ++i) {
        QColor ice = m_look->frost;
        ice.setAlphaF(0.75f * float(rings - i) * float(rings - i) / float(rings * rings));
        painter.setPen(QPen(ice, 1.5));
        const double inset = i * 1.5 + 0.75;
        painter.drawRect(scale.area.adjusted(inset, inset, -inset, -inset));
    }
}

} // namespace modelarium
