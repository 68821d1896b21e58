#include "app/charts/plot_view.h"

#include "app/charts/arrow.h"
#include "app/charts/ticks.h"
#include "app/widgets/elided_label.h"

#include <QChart>
#include <QCoreApplication>
#include <QFileInfo>
#include <QGraphicsLayout>
#include <QPageSize>
#include <QPdfWriter>
#include <QPointer>
#include <QSvgGenerator>

#include <algorithm>
#include <cmath>
#include <utility>

namespace modelarium {
namespace {

constexpr double margin = 0.05;                     // of the range, around the points

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
    const auto unitOf = [](const PlotAxis& axis, double low, double high) { return axis.dates || !axis.levels.isEmpty() ? 1 : axisUnit(high - low); };
    const double xBefore = std::exchange(m_xUnit, unitOf(m_x, m_left, m_right)), yBefore = std::exchange(m_yUnit, unitOf(m_y, m_bottom, m_top));
    if (m_xUnit != xBefore || m_yUnit != yBefore)
        placeCurve();
    // Two features that are named alike must not read the same; a chart by itself leaves out their ends.
    constexpr double beside = 90;                           // what labels and margins take of a side
    const auto name = [this](QAbstractAxis* axis, const PlotAxis& shown, const PlotAxis& other, double unit, double pixels) {
        const QFontMetrics metrics(axis->titleFont());
        const int room = int(pixels - beside * m_magnification) - metrics.horizontalAdvance(titleInUnit({}, unit));
        const QString title = titleInUnit(elidedApart(shown.title, {other.title}, metrics, room), unit);
        if (pixels > 2 * beside && axis->titleText() != title)
            axis->setTitleText(title);
    };
    name(m_xAxis, m_x, m_y, m_xUnit, width());
    name(m_yAxis, m_y, m_x, m_yUnit, height());
    const auto apply = [this](const PlotAxis& kind, QAbstractAxis* axis, double low, double high, double unit, double pixels) {
        const int ticks = int(std::clamp(pixels / (70 * m_magnification), 3.0, 12.0));
        if (kind.dates)
            setDateTicks(*qobject_cast<QCategoryAxis*>(axis), low, high, ticks * 3 / 4);
        else if (kind.levels.isEmpty())
            setRoundTicks(*qobject_cast<QValueAxis*>(axis), low / unit, high / unit, ticks);
        else
            axis->setRange(low, high);
    };
    apply(m_x, m_xAxis, m_left, m_right, m_xUnit, width());
    apply(m_y, m_yAxis, m_bottom, m_top, m_yUnit, height());
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
    m_curvePoints = curve;
    placeCurve();
    viewport()->update();
}

void PlotView::placeCurve()
{
    QList<QPointF> points = m_curvePoints;
    for (QPointF& point : points)
        point = {point.x() / m_xUnit, point.y() / m_yUnit};
    m_curve->replace(points);
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
