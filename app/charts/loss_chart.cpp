#include "app/charts/loss_chart.h"

#include "app/charts/ticks.h"

#include <QChart>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace modelarium {

LossChart::LossChart(QWidget* parent)
    : QChartView(parent), m_training(new QLineSeries), m_test(new QLineSeries), m_x(new QValueAxis), m_y(new QValueAxis)
{
    auto* shown = new QChart;
    shown->setBackgroundVisible(false);
    shown->legend()->hide();
    shown->setAnimationOptions(QChart::NoAnimation);
    shown->setMargins(QMargins(0, 16, 6, 0));
    setChart(shown);
    shown->addSeries(m_test);
    shown->addSeries(m_training);
    shown->addAxis(m_x, Qt::AlignBottom);
    shown->addAxis(m_y, Qt::AlignLeft);
    for (QLineSeries* series : {m_training, m_test}) {
        series->attachAxis(m_x);
        series->attachAxis(m_y);
    }
    connect(shown, &QChart::plotAreaChanged, this, [this](const QRectF& area) {
        if (std::exchange(m_height, area.height()) != area.height())
            layOutTicks();
    });
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setMinimumHeight(104);
    setAccessibleName(tr("Error over the steps of the training"));
    setToolTip(tr("Click to look at that step."));
    setLook(Look::light());
}

void LossChart::setLook(const Look& look)
{
    m_look = &look;
    setBackgroundBrush(look.card);
    QFont labels = font();
    labels.setPointSizeF(8);
    for (QValueAxis* axis : {m_x, m_y}) {
        axis->setLabelsFont(labels);
        axis->setLabelsBrush(look.secondText);
        axis->setGridLinePen(QPen(look.grid, 1));
        axis->setLinePen(QPen(look.border, 1));
    }
    m_training->setPen(QPen(look.accent, 2));
    m_test->setPen(QPen(look.positive, 2, Qt::DashLine));
    viewport()->update();
}

void LossChart::setName(const QString& name)
{
    m_name = name;
    viewport()->update();
}

void LossChart::setSentence(const QString& sentence)
{
    m_sentence = sentence;
    viewport()->update();
}

void LossChart::setCurves(const QList<QPointF>& training, const QList<QPointF>& test)
{
    m_test->setVisible(!test.isEmpty());
    // A loss that runs away leaves the picture; what matters is where it begins to.
    constexpr double farthest = 20;
    const double start = training.isEmpty() ? 0 : std::abs(training.first().y());
    const double highest = start > 0 ? farthest * start : std::numeric_limits<double>::max();
    double low = 0;
    double high = 0;
    double last = 1;
    std::vector<QList<QPointF>> curves;
    for (QLineSeries* series : {m_training, m_test}) {
        QList<QPointF> curve = series == m_training ? training : test;
        for (QPointF& point : curve) {
            point.setY(std::min(point.y(), highest));
            high = std::max(high, point.y());
            low = std::min(low, point.y());
            last = std::max(last, point.x());
        }
        curves.push_back(curve);
    }
    m_unit = axisUnit(high - low);
    for (QList<QPointF>& curve : curves) {
        for (QPointF& point : curve)
            point.setY(point.y() / m_unit);
    }
    m_training->replace(curves[0]);
    m_test->replace(curves[1]);
    for (QValueAxis* axis : {m_x, m_y})
        axis->setVisible(!training.isEmpty());
    setRoundTicks(*m_x, 0, last, 4, true);
    m_low = low / m_unit;
    m_high = high / m_unit;
    layOutTicks();
    viewport()->update();
}

void LossChart::layOutTicks()
{
    // Labels need their height.
    constexpr double labelHeight = 24, halfLabel = 9;
    const double height = chart()->plotArea().height();
    if (height >= 2 * labelHeight || m_low < 0 || !(m_high > 0)) {
        const double top = m_high > m_low ? m_high * 1.05 : m_low + 1;
        const double interval = niceInterval(top - m_low, std::max(1, int(height / labelHeight)));
        setTicks(*m_y, m_low, std::ceil(top / interval) * interval, interval);
        return;
    }
    // There is room for two: zero, and a round number where its label still fits.
    const double tick = roundedDown(m_high), room = height > 2 * halfLabel ? tick * height / (height - halfLabel) : tick;
    setTicks(*m_y, 0, std::max(m_high * 1.05, room), tick);
}

void LossChart::setCursorStep(double step)
{
    m_step = step;
    viewport()->update();
}

void LossChart::drawForeground(QPainter* painter, const QRectF&)
{
    const QRectF area = chart()->mapRectToScene(chart()->plotArea());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QFont small = font();
    small.setPointSizeF(8.5);
    painter->setFont(small);
    const QFontMetricsF metrics(small);
    double x = area.left();
    const auto entry = [&](const QString& text, const QPen& pen) {
        painter->setPen(pen);
        painter->drawLine(QPointF(x, 8), QPointF(x + 16, 8));
        painter->setPen(m_look->secondText);
        painter->drawText(QPointF(x + 20, 12), text);
        x += 34 + metrics.horizontalAdvance(text);
    };
    if (m_training->count() == 0) {
        painter->setPen(m_look->secondText);
        painter->drawText(QRectF(rect()).adjusted(12, 4, -12, -4), Qt::AlignCenter | Qt::TextWordWrap, m_sentence);
        painter->restore();
        return;
    }
    painter->setPen(m_look->secondText);
    const QString name = titleInUnit(m_name, m_unit);
    painter->drawText(QPointF(x, 12), name);
    x += metrics.horizontalAdvance(name) + 14;
    entry(tr("training"), m_training->pen());
    if (m_test->isVisible())
        entry(tr("test"), m_test->pen());
    const double at = area.left() + std::clamp(m_step / m_x->max(), 0.0, 1.0) * area.width();
    painter->setPen(QPen(m_look->text, 1.5));
    painter->drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()));
    painter->restore();
}

void LossChart::choose(QPointF pixel)
{
    const QRectF area = chart()->mapRectToScene(chart()->plotArea());
    if (area.width() > 0)
        Q_EMIT stepChosen(std::clamp((pixel.x() - area.left()) / area.width(), 0.0, 1.0) * m_x->max());
}

void LossChart::mousePressEvent(QMouseEvent* event)
{
    choose(event->position());
}

void LossChart::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        choose(event->position());
}

} // namespace modelarium
