#include "app/charts/plot_view.h"

#include "app/charts/arrow.h"
#include "app/charts/ticks.h"
#include "app/widgets/elided_label.h"

#include <QChart>
#include <QCoreApplication>
#include <QFileInfo>
#include <QGraphicsLayout>
#include <QPageSize>
#include <QPainterPath>
#include <QPdfWriter>
#include <QPointer>
#include <QSvgGenerator>

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

constexpr double margin = 0.05;                     // of the range, around the points
constexpr std::size_t vectorPoints = 20'000;
constexpr std::size_t residualPoints = 5'000;

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

PlotView::PlotView(QWidget* parent) : QChartView(parent)
{
    auto* chart = new QChart;
    chart->setBackgroundVisible(false);
    chart->setPlotAreaBackgroundVisible(false);
    chart->legend()->hide();
    chart->setAnimationOptions(QChart::NoAnimation);
    setChart(chart);
    m_curve = new QLineSeries(chart);
    chart->addSeries(m_curve);
    setRenderHint(QPainter::Antialiasing);
    setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAcceptDrops(true);
    setAccessibleName(tr("Plot of the data and the model"));
    setAxes({}, {});
    connect(chart, &QChart::plotAreaChanged, this, &PlotView::viewChanged);
}

PlotScale PlotView::plotScale() const
{
    return {chart()->mapRectToScene(chart()->plotArea()), m_left, m_right, m_bottom, m_top};
}

void PlotView::setLook(const Look& look)
{
    m_look = &look;
    m_points.setLook(look);
    m_regions.setLook(look);
    applyStyle();
}

void PlotView::setMagnification(double factor)
{
    m_magnification = factor;
    m_points.setRadius(radius());
    applyStyle();
}

void PlotView::applyStyle()
{
    layOutLegend();
    // Below the heading of a low plot there is a row for the title of the axis, which costs less than what a chart leaves free around itself.
    const double heading = isLow() ? 44 : 34, around = isLow() ? 0 : -1;        // -1: as the style has it
    chart()->layout()->setContentsMargins(around, around, around, around);
    chart()->setMargins(QMargins(4, int((heading + 22 * m_legendRows) * m_magnification), 12, int(m_footnote.isEmpty() ? 4 : 4 + 18 * m_magnification)));
    styleAxis(m_xAxis);
    styleAxis(m_yAxis);
    m_curve->setPen(QPen(m_look->text, 2.4 * m_magnification, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    applyRange();
    viewport()->update();
}

QAbstractAxis* PlotView::makeAxis(const PlotAxis& axis)
{
    if (axis.dates) {
        auto* dates = new QCategoryAxis;
        dates->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
        return dates;
    }
    if (axis.levels.isEmpty())
        return new QValueAxis;
    auto* levels = new QCategoryAxis;
    levels->setStartValue(-0.5);
    for (int i = 0; i < int(axis.levels.size()); ++i)
        levels->append(axis.levels[i].left(24), i + 0.5);
    levels->setLabelsPosition(QCategoryAxis::AxisLabelsPositionCenter);
    return levels;
}

void PlotView::styleAxis(QAbstractAxis* axis)
{
    QFont labels = font();
    labels.setPointSizeF(9 * m_magnification);
    QFont title = font();
    title.setPointSizeF(10 * m_magnification);
    title.setWeight(QFont::DemiBold);
    axis->setTitleVisible(axis != m_yAxis || !isLow());
    axis->setLabelsFont(labels);
    axis->setTitleFont(title);
    axis->setLabelsBrush(m_look->secondText);
    axis->setTitleBrush(m_look->text);
    QColor grid = m_look->text;
    grid.setAlphaF(0.09f);
    axis->setGridLinePen(QPen(grid, 1));
    axis->setLinePen(QPen(m_look->border, 1));
}

void PlotView::setHeading(const QString& title, const QStringList& classes, int noise)
{
    m_title = title;
    m_classes = classes;
    m_noise = noise;
    applyStyle();
}

void PlotView::setSentence(const QString& sentence)
{
    m_sentence = sentence;
    viewport()->update();
}

void PlotView::setFootnote(const QString& text)
{
    const bool layoutChanges = text.isEmpty() != m_footnote.isEmpty();
    m_footnote = text;
    if (layoutChanges)
        applyStyle();
    viewport()->update();
}

void PlotView::setAxes(const PlotAxis& x, const PlotAxis& y)
{
    const auto exchange = [this](QAbstractAxis*& shown, const PlotAxis& axis, Qt::Alignment side) {
        if (shown) {
            chart()->removeAxis(shown);
            delete shown;
        }
        shown = makeAxis(axis);
        shown->setTitleText(axis.title);
        chart()->addAxis(shown, side);
        m_curve->attachAxis(shown);
        styleAxis(shown);
    };
    const auto differs = [](const PlotAxis& a, const PlotAxis& b) { return a.title != b.title || a.levels != b.levels || a.dates != b.dates; };
    const auto leaves = [](const PlotAxis& now, double low, double high) {
        const double span = high - low;
        return now.minimum < low - 3 * span || now.maximum > high + 3 * span || (now.maximum - now.minimum) < span / 20;
    };
    const bool otherAxes = !m_xAxis || differs(x, m_x) || differs(y, m_y);
    const bool otherRange = x.minimum != m_x.minimum || x.maximum != m_x.maximum || y.minimum != m_y.minimum || y.maximum != m_y.maximum;
    if (!m_xAxis || differs(x, m_x))
        exchange(m_xAxis, x, Qt::AlignBottom);
    if (!m_yAxis || differs(y, m_y))
        exchange(m_yAxis, y, Qt::AlignLeft);
    m_x = x;
    m_y = y;
    // While a point is dragged the axes stand still.
    if (otherAxes || (otherRange && m_grip == Grip::None && (leaves(x, m_left, m_right) || leaves(y, m_bottom, m_top))))
        resetView();
}

void PlotView::layOut()
{
    chart()->layout()->activate();
    std::vector<QPointer<QGraphicsObject>> parts;           // one that goes may take others along
    for (QGraphicsItem* item : chart()->childItems()) {
        if (QGraphicsObject* object = item->toGraphicsObject())
            parts.emplace_back(object);
    }
    for (const QPointer<QGraphicsObject>& part : parts) {
        if (part)
            QCoreApplication::sendPostedEvents(part, QEvent::DeferredDelete);
    }
}

void PlotView::resetView()
{
    const auto widen = [](const PlotAxis& axis, double& low, double& high) {
        const double extra = axis.levels.isEmpty() ? (axis.maximum - axis.minimum) * margin : 0;
        low = axis.minimum - extra;
        high = axis.maximum + extra;
    };
    widen(m_x, m_left, m_right);
    widen(m_y, m_bottom, m_top);
    applyRange();
    Q_EMIT viewChanged();
}

void PlotView::applyRange()
{
    // Two features that are named alike must not read the same; a chart by itself leaves out their ends.
    constexpr double beside = 90;                           // what labels and margins take of a side
    const auto name = [this](QAbstractAxis* axis, const PlotAxis& shown, const PlotAxis& other, double pixels) {
        const QString title = elidedApart(shown.title, {other.title}, QFontMetrics(axis->titleFont()), int(pixels - beside * m_magnification));
        if (pixels > 2 * beside && axis->titleText() != title)
            axis->setTitleText(title);
    };
    name(m_xAxis, m_x, m_y, width());
    name(m_yAxis, m_y, m_x, height());
    const auto apply = [this](const PlotAxis& kind, QAbstractAxis* axis, double low, double high, double pixels) {
        const int ticks = int(std::clamp(pixels / (70 * m_magnification), 3.0, 12.0));
        if (kind.dates)
            setDateTicks(*qobject_cast<QCategoryAxis*>(axis), low, high, ticks * 3 / 4);
        else if (kind.levels.isEmpty())
            setRoundTicks(*qobject_cast<QValueAxis*>(axis), low, high, ticks);
        else
            axis->setRange(low, high);
    };
    apply(m_x, m_xAxis, m_left, m_right, width());
    apply(m_y, m_yAxis, m_bottom, m_top, height());
    viewport()->update();
}

void PlotView::zoom(double factor, QPointF around)
{
    const QPointF centre = plotScale().toData(around);
    const double limitX = (m_x.maximum - m_x.minimum);
    const double limitY = (m_y.maximum - m_y.minimum);
    const double width = (m_right - m_left) * factor;
    const double height = (m_top - m_bottom) * factor;
    if (width > 20 * limitX || height > 20 * limitY || width < limitX * 1e-6 || height < limitY * 1e-6)
        return;
    m_left = centre.x() + (m_left - centre.x()) * factor;
    m_right = centre.x() + (m_right - centre.x()) * factor;
    m_bottom = centre.y() + (m_bottom - centre.y()) * factor;
    m_top = centre.y() + (m_top - centre.y()) * factor;
    applyRange();
    Q_EMIT viewChanged();
}

void PlotView::zoomAtCentre(double factor)
{
    zoom(factor, plotScale().area.center());
}

void PlotView::setPoints(std::vector<PlotPoint> points, std::vector<double> values)
{
    std::vector<QColor> colours;
    if (!values.empty()) {
        double low = std::numeric_limits<double>::infinity();
        double high = -low;
        for (const double value : values) {
            if (std::isfinite(value)) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
        }
        m_regions.setValueRange(low, high);
        colours.reserve(values.size());
        for (const double value : values)
            colours.push_back(std::isfinite(value) ? scaleColour(value, low, high, *m_look) : m_look->secondText);
    }
    m_points.setPoints(std::move(points));
    m_points.setColours(std::move(colours));
    m_hovered = -1;
    viewport()->update();
}

void PlotView::setSurface(std::shared_ptr<const DecisionSurface> surface, bool spansHeight)
{
    // Without any row the scale of a number goes as far as the answers do.
    if (surface && surface->outputs == 1 && m_points.points().empty() && surface->values.size() > 0) {
        const auto [low, high] = std::minmax_element(surface->values.begin(), surface->values.end());
        m_regions.setValueRange(double(*low), double(*high));
    }
    m_regions.setSurface(std::move(surface), spansHeight);
    viewport()->update();
}

void PlotView::setCurve(const QList<QPointF>& curve)
{
    m_curve->replace(curve);
    viewport()->update();
}

void PlotView::setResiduals(ResidualStyle style, std::vector<double> predictions)
{
    m_residualStyle = style;
    m_predictions = std::move(predictions);
    viewport()->update();
}

void PlotView::setProbe(const std::optional<Probe>& probe)
{
    m_probe = probe;
    viewport()->update();
}

void PlotView::setGuess(const std::optional<GuessLine>& guess)
{
    m_guess = guess;
    viewport()->update();
}

void PlotView::setSelection(const std::vector<std::size_t>& rows)
{
    m_selection = rows;
    viewport()->update();
}

void PlotView::setFrozen(bool frozen)
{
    m_frozen = frozen;
    viewport()->update();
}

void PlotView::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    applyStyle();
    Q_EMIT viewChanged();
}

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
        painter.drawText(QPointF(10, scale.area.top() - 7 * m_magnification), elidedApart(m_y.title, {m_x.title}, QFontMetrics(name), int(scale.area.right()) - 10));
    }
    painter.setFont(legend);
    painter.setPen(m_look->secondText);
    if (!m_footnote.isEmpty())
        painter.drawText(QRectF(10, height() - 22 * m_magnification, width() - 20, 20 * m_magnification), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(m_footnote, Qt::ElideRight, width() - 20));
    if (!m_sentence.isEmpty())
        painter.drawText(scale.area.adjusted(20, 20, -20, -20), Qt::AlignCenter | Qt::TextWordWrap, m_sentence);
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

void PlotView::setMarks(std::vector<PlotMark> marks)
{
    m_marks = std::move(marks);
    viewport()->update();
}

void PlotView::setArrows(std::vector<PlotArrow> arrows)
{
    m_arrows = std::move(arrows);
    viewport()->update();
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

QImage PlotView::picture(double pixelRatio)
{
    QImage image(size() * pixelRatio, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(pixelRatio);
    image.fill(m_look->card);
    QPainter painter(&image);
    render(&painter, QRectF(QPointF(0, 0), QSizeF(size())), viewport()->rect());
    return image;
}

QString PlotView::save(const QString& path)
{
    const QString ending = QFileInfo(path).suffix().toLower();
    const QString refused = tr("The picture could not be written to %1: is the folder writable, and is there room on the disk?").arg(path);
    if (ending != QLatin1String("svg") && ending != QLatin1String("pdf"))
        return picture(2).save(path, "PNG") ? QString() : refused;
    QPainter painter;
    QSvgGenerator svg;
    QPdfWriter pdf(path);
    const QRectF target(QPointF(0, 0), QSizeF(size()));
    bool begun = false;
    if (ending == QLatin1String("svg")) {
        svg.setFileName(path);
        svg.setSize(size());
        svg.setViewBox(target);
        svg.setTitle(m_title);
        begun = painter.begin(&svg);
    } else {
        pdf.setPageSize(QPageSize(QSizeF(size()) * 0.75, QPageSize::Point));
        pdf.setPageMargins(QMarginsF());
        pdf.setResolution(96);
        pdf.setTitle(m_title);
        begun = painter.begin(&pdf);
    }
    if (!begun)
        return refused;
    m_vectors = true;
    render(&painter, target, viewport()->rect());
    m_vectors = false;
    painter.end();
    return QFileInfo(path).size() > 0 ? QString() : refused;
}

} // namespace modelarium
