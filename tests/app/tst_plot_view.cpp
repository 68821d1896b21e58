#include "app/charts/curve_chart.h"
#include "app/charts/loss_chart.h"
#include "app/charts/plot_view.h"
#include "app/charts/ticks.h"
#include "tests/support/hand.h"

#include <QGraphicsScene>
#include <QGraphicsTextItem>
#include <QImageReader>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QToolTip>
#include <QWheelEvent>

#include <cmath>

using namespace modelarium;
using modelarium::test::Hand;

/// Nine points on a grid from 1 to 3, in a window of 640 x 480.
class TestPlotView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void theMouseFindsThePointBelowIt();
    void tinySpansAreLabelledInTheirUnit();
    void aChartOfTinyErrorsTakesMoreCurves();
    void aRangeThatEndsOnATickHasItsLabel();
    void theTextOfARestingPointerStays();
    void theWheelZoomsAboutThePointer();
    void theGroundIsDraggedAndComesBack();
    void aFrameSelectsWhatIsInIt();
    void shiftClickWantsAPointThere();
    void aPointIsDraggedAndLetGo();
    void keysWalkAndMove();
    void theProbeFollowsTheHand();
    void theGuessIsTakenByItsEnds();
    void regionsLieWhereTheModelSays();
    void levelsHaveEdges();
    void aWrongPointWearsThePredictedColourInside();
    void testRowsAreHollow();
    void noiseIsGrey();
    void frostCanBeSeen();
    void manyPointsBecomeADensity();
    void picturesAreKept_data();
    void picturesAreKept();
    void legendNamesEveryClass();
    void aLegendWithoutRoomSaysHowManyMore();
    void zeroHasNoSign();
    void ticksAreRoundAndFew_data();
    void ticksAreRoundAndFew();
    void datesHaveDatesAtTheirTicks();
    void theLossHasTwoLabels_data();
    void theLossHasTwoLabels();

private:
    QPoint pixel(double x, double y) const { return m_view->plotScale().toPixel(x, y).toPoint(); }
    QColor colourAt(double x, double y);
    QByteArray drawn();

    std::unique_ptr<PlotView> m_view;
    QTemporaryDir m_folder;
};

namespace {

std::vector<PlotPoint> grid()
{
    std::vector<PlotPoint> points;
    for (int i = 0; i < 9; ++i)
        points.push_back({1.0 + i % 3, 1.0 + i / 3, std::size_t(100 + i), i % 2, i % 2, false});
    return points;
}

void sendMouse(QWidget* widget, QEvent::Type type, QPointF at, Qt::MouseButton button, Qt::KeyboardModifiers modifiers)
{
    QMouseEvent event(type, at, widget->mapToGlobal(at), button, button == Qt::NoButton ? Qt::NoButton : Qt::LeftButton, modifiers);
    QApplication::sendEvent(widget, &event);
}

/// P(second class) rises from 0 to 1 at x = 2, whatever y.
std::shared_ptr<const DecisionSurface> stepSurface(const PlotScale& scale)
{
    auto surface = std::make_shared<DecisionSurface>();
    surface->outputs = 2;
    surface->slice.columns = surface->slice.rows = 100;
    surface->slice.xMinimum = scale.xMinimum;
    surface->slice.xMaximum = scale.xMaximum;
    surface->slice.yMinimum = scale.yMinimum;
    surface->slice.yMaximum = scale.yMaximum;
    for (int row = 0; row < 100; ++row) {
        for (int column = 0; column < 100; ++column) {
            const double x = scale.xMinimum + (column + 0.5) / 100 * (scale.xMaximum - scale.xMinimum);
            const float p = float(1 / (1 + std::exp(-40 * (x - 2))));
            surface->values.insert(surface->values.end(), {1 - p, p});
        }
    }
    return surface;
}

} // namespace

void TestPlotView::init()
{
    m_view = std::make_unique<PlotView>();
    m_view->resize(640, 480);
    m_view->setAxes({QStringLiteral("across"), {}, false, 1, 3}, {QStringLiteral("up"), {}, false, 1, 3});
    m_view->setHeading(QStringLiteral("Nine points"), {QStringLiteral("even"), QStringLiteral("odd")});
    m_view->setPoints(grid());
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
}

void TestPlotView::cleanup()
{
    m_view.reset();
}

QColor TestPlotView::colourAt(double x, double y)
{
    return m_view->picture(1).pixelColor(pixel(x, y));
}

void TestPlotView::theMouseFindsThePointBelowIt()
{
    QSignalSpy hovered(m_view.get(), &PlotView::pointHovered);
    sendMouse(m_view->viewport(), QEvent::MouseMove, pixel(2, 3) + QPoint(3, -2), Qt::NoButton, {});
    QCOMPARE(hovered.count(), 1);
    QCOMPARE(hovered[0][0].toInt(), 7);
    sendMouse(m_view->viewport(), QEvent::MouseMove, pixel(2.5, 2.5), Qt::NoButton, {});
    QCOMPARE(hovered.count(), 2);
    QCOMPARE(hovered[1][0].toInt(), -1);
}

/// Charges in coulomb: the chart below takes a span of 1e-18 for none.
void TestPlotView::tinySpansAreLabelledInTheirUnit()
{
    PlotAxis n, charge;
    n.title = QStringLiteral("n");
    n.maximum = 40;
    charge.title = QStringLiteral("charge");
    charge.maximum = 6.4e-18;
    m_view->setAxes(n, charge);
    m_view->setCurve({{0, 0}, {40, 6.4e-18}});
    auto* axis = qobject_cast<QValueAxis*>(m_view->chart()->axes(Qt::Vertical).value(0));
    QVERIFY(axis);
    QCOMPARE(axis->titleText(), QStringLiteral("charge (\u00D7 10\u207B\u00B9\u2078)"));
    QVERIFY(axis->min() > -1 && axis->max() > 6.4 && axis->max() < 7.4);
    QCOMPARE(m_view->plotScale().yMaximum, axis->max() * 1e-18);
    const auto* curve = qobject_cast<QLineSeries*>(m_view->chart()->series().value(0));
    QVERIFY(curve);
    QCOMPARE(curve->at(1).y(), 6.4);
    charge.maximum = 0.5;
    m_view->setAxes(n, charge);
    QCOMPARE(axis->titleText(), QStringLiteral("charge"));
    QCOMPARE(curve->at(1).y(), 6.4e-18);
}

/// What a line leaves over of rows that lie on it: rounding. One more curve once made a chart lay out 1e15 ticks.
void TestPlotView::aChartOfTinyErrorsTakesMoreCurves()
{
    CurveChart chart;
    chart.resize(300, 240);
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    chart.setAxes({QStringLiteral("Fitted"), 0, 80, {}}, {QStringLiteral("Error"), -3.6e-15, 3.6e-15, {}});
    const ChartCurve zero{{}, {{0, 0}, {80, 0}}};
    chart.setCurves({zero});
    chart.setCurves({zero, {{}, {{0, -1e-15}, {80, 1e-15}}}});
    QCOMPARE(chart.chart()->series().size(), 2);
    QCOMPARE(chart.scale().yMinimum, -3.6e-15);
    QCOMPARE(chart.scale().yMaximum, 3.6e-15);
    QCOMPARE(qobject_cast<QLineSeries*>(chart.chart()->series().value(1))->at(1).y(), 1.0);
    QCOMPARE(chart.chart()->axes(Qt::Vertical).value(0)->titleText(), QStringLiteral("Error (\u00D7 10\u207B\u00B9\u2075)"));
}

/// Shares from 0 to 1, as a ROC curve has them.
void TestPlotView::aRangeThatEndsOnATickHasItsLabel()
{
    CurveChart chart;
    chart.resize(300, 240);
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    chart.setAxes({QStringLiteral("false alarms"), 0, 1, {}}, {QStringLiteral("hits"), 0, 1, {}});
    QCoreApplication::processEvents();
    QStringList labels;
    for (const QGraphicsItem* item : chart.scene()->items()) {
        if (const auto* label = dynamic_cast<const QGraphicsTextItem*>(item); label && label->isVisible())
            labels << label->toPlainText();
    }
    QVERIFY2(labels.count(QStringLiteral("1.0")) == 2, qPrintable(labels.join(u' ')));
}

void TestPlotView::theTextOfARestingPointerStays()
{
    // As the card does: what is below the pointer is told beside it.
    connect(m_view.get(), &PlotView::pointHovered, m_view.get(), [this](int index, QPoint global) {
        if (index < 0)
            QToolTip::hideText();
        else
            QToolTip::showText(global, QStringLiteral("Row %1").arg(m_view->points()[std::size_t(index)].row), m_view.get());
    });
    const auto rest = [this](QPoint at) {
        QHelpEvent event(QEvent::ToolTip, at, m_view->viewport()->mapToGlobal(at));
        QApplication::sendEvent(m_view->viewport(), &event);
        QTest::qWait(400);                                  // a text that goes takes its time
    };
    sendMouse(m_view->viewport(), QEvent::MouseMove, pixel(2, 3), Qt::NoButton, {});
    QCOMPARE(QToolTip::text(), QStringLiteral("Row 107"));
    rest(pixel(2, 3));
    QVERIFY(QToolTip::isVisible());
    QCOMPARE(QToolTip::text(), QStringLiteral("Row 107"));
    rest(pixel(2.5, 2.5));
    QVERIFY(!QToolTip::isVisible());
}

void TestPlotView::theWheelZoomsAboutThePointer()
{
    const QPointF at = pixel(2.4, 1.7);
    const QPointF before = m_view->plotScale().toData(at);
    const double span = m_view->plotScale().xMaximum - m_view->plotScale().xMinimum;
    QWheelEvent event(at, m_view->viewport()->mapToGlobal(at), {}, {0, 120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(m_view->viewport(), &event);
    const PlotScale after = m_view->plotScale();
    QVERIFY(after.xMaximum - after.xMinimum < 0.9 * span);
    QVERIFY(QLineF(m_view->plotScale().toData(at), before).length() < 1e-9);
    m_view->resetView();
    QCOMPARE(m_view->plotScale().xMaximum - m_view->plotScale().xMinimum, span);
}

void TestPlotView::theGroundIsDraggedAndComesBack()
{
    const PlotScale before = m_view->plotScale();
    const QPoint from = pixel(1.5, 1.5);
    Hand::drag(m_view->viewport(), from, from + QPoint(60, 0));
    QVERIFY(m_view->plotScale().xMinimum < before.xMinimum);
    QCOMPARE(m_view->plotScale().yMinimum, before.yMinimum);
    QTest::keyClick(m_view.get(), Qt::Key_0);
    QCOMPARE(m_view->plotScale().xMinimum, before.xMinimum);
}

void TestPlotView::aFrameSelectsWhatIsInIt()
{
    QSignalSpy chosen(m_view.get(), &PlotView::pointsChosen);
    const QPoint from = pixel(1.5, 1.5), to = pixel(3.04, 3.04);
    sendMouse(m_view->viewport(), QEvent::MouseButtonPress, from, Qt::LeftButton, Qt::ControlModifier);
    sendMouse(m_view->viewport(), QEvent::MouseMove, (from + to) / 2, Qt::LeftButton, Qt::ControlModifier);
    sendMouse(m_view->viewport(), QEvent::MouseMove, to, Qt::LeftButton, Qt::ControlModifier);
    sendMouse(m_view->viewport(), QEvent::MouseButtonRelease, to, Qt::LeftButton, Qt::ControlModifier);
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(chosen[0][0].value<std::vector<std::size_t>>(), (std::vector<std::size_t>{104, 105, 107, 108}));
}

void TestPlotView::shiftClickWantsAPointThere()
{
    QSignalSpy wanted(m_view.get(), &PlotView::newPointWanted);
    sendMouse(m_view->viewport(), QEvent::MouseButtonPress, pixel(2.5, 1.5), Qt::LeftButton, Qt::ShiftModifier);
    QCOMPARE(wanted.count(), 1);
    const QPointF at = wanted[0][0].toPointF();
    QVERIFY2(QLineF(at, {2.5, 1.5}).length() < 0.02, qPrintable(QStringLiteral("%1, %2").arg(at.x()).arg(at.y())));
}

void TestPlotView::aPointIsDraggedAndLetGo()
{
    QSignalSpy dragged(m_view.get(), &PlotView::pointDragged);
    QSignalSpy released(m_view.get(), &PlotView::pointReleased);
    Hand::drag(m_view->viewport(), pixel(2, 2), pixel(2.5, 2.8));
    QVERIFY(dragged.count() > 2);
    QCOMPARE(released.count(), 1);
    QCOMPARE(released[0][0].value<std::size_t>(), std::size_t(104));
    QVERIFY(QLineF(released[0][1].toPointF(), {2.5, 2.8}).length() < 0.02);
}

void TestPlotView::keysWalkAndMove()
{
    QSignalSpy chosen(m_view.get(), &PlotView::pointsChosen);
    QTest::keyClick(m_view.get(), Qt::Key_N);
    QCOMPARE(chosen.last()[0].value<std::vector<std::size_t>>(), std::vector<std::size_t>{100});
    m_view->setSelection({100});
    QTest::keyClick(m_view.get(), Qt::Key_P);
    QCOMPARE(chosen.last()[0].value<std::vector<std::size_t>>(), std::vector<std::size_t>{108});
    QSignalSpy released(m_view.get(), &PlotView::pointReleased);
    QTest::keyClick(m_view.get(), Qt::Key_Right);
    QCOMPARE(released.count(), 1);
    const QPointF to = released[0][1].toPointF();
    QVERIFY(to.x() > 1 && to.x() < 1.1);
    QVERIFY(std::abs(to.y() - 1) < 1e-9);
}

void TestPlotView::theProbeFollowsTheHand()
{
    m_view->setProbe(Probe{{1.5, 2.5}, QStringLiteral("up = 4"), -1, {}});
    QSignalSpy moved(m_view.get(), &PlotView::probeMoved);
    Hand::drag(m_view->viewport(), pixel(1.5, 2.5), pixel(2.5, 1.5));
    QVERIFY(moved.count() > 2);
    QVERIFY(QLineF(moved.last()[0].toPointF(), {2.5, 1.5}).length() < 0.02);
}

void TestPlotView::theGuessIsTakenByItsEnds()
{
    m_view->setGuess(GuessLine{{1.2, 2.5}, {2.8, 2.5}});
    QSignalSpy moved(m_view.get(), &PlotView::guessMoved);
    Hand::drag(m_view->viewport(), pixel(2.8, 2.5), pixel(2.8, 1.5));
    QVERIFY(moved.count() > 2);
    QVERIFY(std::abs(m_view->guess()->right.y() - 1.5) < 0.02);
    QVERIFY(std::abs(m_view->guess()->left.y() - 2.5) < 1e-9);
}

void TestPlotView::regionsLieWhereTheModelSays()
{
    m_view->setSurface(stepSurface(m_view->plotScale()), false);
    const Look& look = Look::light();
    const auto nearer = [&](const QColor& seen, const QColor& one, const QColor& other) {
        const auto far = [&](const QColor& a) {
            return std::abs(a.red() - seen.red()) + std::abs(a.green() - seen.green()) + std::abs(a.blue() - seen.blue());
        };
        return far(one) < far(other);
    };
    QVERIFY(nearer(colourAt(1.5, 1.5), look.classColour(0), look.classColour(1)));
    QVERIFY(nearer(colourAt(2.5, 2.5), look.classColour(1), look.classColour(0)));
    // The boundary is a dark line at x = 2, at most two cells of the surface wide and spread over two pixels where it lies between.
    const QImage picture = m_view->picture(1);
    int darkest = 255;
    for (int column = pixel(1.96, 1.55).x(); column <= pixel(2.04, 1.55).x(); ++column)
        darkest = std::min(darkest, picture.pixelColor(column, pixel(2, 1.55).y()).lightness());
    QVERIFY2(darkest < 128, qPrintable(QString::number(darkest)));
    QVERIFY(picture.pixelColor(pixel(1.9, 1.55)).lightness() > 160 && picture.pixelColor(pixel(2.1, 1.55)).lightness() > 160);
}

/// Nothing lies between two levels: each cell has one colour up to its edge, and the boundary runs there and nowhere else.
void TestPlotView::levelsHaveEdges()
{
    auto surface = std::make_shared<DecisionSurface>();
    surface->outputs = 2;
    surface->slice.columns = surface->slice.rows = 2;
    surface->slice.xMinimum = surface->slice.yMinimum = 1;
    surface->slice.xMaximum = surface->slice.yMaximum = 3;
    surface->xLevels = surface->yLevels = true;
    surface->values = {0.9f, 0.1f, 0.4f, 0.6f, 0.3f, 0.7f, 0.3f, 0.7f};
    m_view->setPoints({});
    m_view->setSurface(surface, false);
    const QImage picture = m_view->picture(1);
    const auto colour = [&](double x, double y) { return picture.pixelColor(pixel(x, y)); };
    for (const auto& [x, y] : {std::pair(1.1, 1.1), std::pair(1.9, 1.1), std::pair(1.1, 1.9), std::pair(1.9, 1.9)})
        QCOMPARE(colour(x, y), colour(1.37, 1.63));
    const auto darkest = [&](QPoint at) {
        int lightness = 255;
        for (int i = -1; i <= 1; ++i)
            for (int j = -1; j <= 1; ++j)
                lightness = std::min(lightness, picture.pixelColor(at + QPoint(i, j)).lightness());
        return lightness;
    };
    for (const QPoint edge : {pixel(2, 1.37), pixel(2, 1.93), pixel(1.37, 2), pixel(1.93, 2)})
        QVERIFY(darkest(edge) < 128);
    for (const QPoint inside : {pixel(2, 2.37), pixel(2.37, 2), pixel(1.63, 1.63), pixel(2.37, 2.37)})
        QVERIFY(darkest(inside) > 150);             // grid lines are faint
}

void TestPlotView::aWrongPointWearsThePredictedColourInside()
{
    std::vector<PlotPoint> points = grid();
    points[4].predicted = 1;
    m_view->setPoints(points);
    QCOMPARE(colourAt(2, 2), Look::light().classColour(1));
    QCOMPARE(colourAt(1, 1), Look::light().classColour(0));
}

void TestPlotView::testRowsAreHollow()
{
    std::vector<PlotPoint> points = grid();
    points[4].test = true;
    m_view->setPoints(points);
    QCOMPARE(colourAt(2, 2), Look::light().plot);
}

void TestPlotView::noiseIsGrey()
{
    std::vector<PlotPoint> points = grid();
    points[4].code = points[4].predicted = noGroup;
    m_view->setPoints(points);
    QCOMPARE(colourAt(2, 2), Look::light().secondText);
    auto surface = std::make_shared<DecisionSurface>(*stepSurface(m_view->plotScale()));
    surface->noise = 1;
    m_view->setSurface(surface, false);
    const QColor ground = colourAt(2.5, 2.5);
    QVERIFY2(ground.saturation() < 16 && ground != Look::light().plot, qPrintable(ground.name()));
    QVERIFY(colourAt(1.5, 1.5).saturation() > 32);
    // Many points: noise is counted apart from the first group.
    points.clear();
    for (std::size_t i = 0; i < 2 * PointLayer::densityFrom; ++i)
        points.push_back({1 + 2 * double(i % 1000) / 999, i % 2 ? 1.2 : 2.8, i, i % 2 ? 0 : noGroup, 0, false});
    m_view->setSurface({}, false);
    m_view->setPoints(points);
    const auto strongest = [&](double y) {
        int saturation = 0;
        for (int row = -3; row <= 3; ++row)
            saturation = std::max(saturation, m_view->picture(1).pixelColor(pixel(2.13, y) + QPoint(0, row)).saturation());
        return saturation;
    };
    QVERIFY(strongest(1.2) > 128);
    QVERIFY(strongest(2.8) < 96);
}

void TestPlotView::frostCanBeSeen()
{
    const QRectF area = m_view->plotScale().area;
    const QPoint edge(int(area.left()) + 2, int(area.center().y()));
    const QColor before = m_view->picture(1).pixelColor(edge);
    m_view->setFrozen(true);
    QVERIFY(m_view->picture(1).pixelColor(edge) != before);
}

void TestPlotView::manyPointsBecomeADensity()
{
    std::vector<PlotPoint> points;
    for (std::size_t i = 0; i < 2 * PointLayer::densityFrom; ++i)
        points.push_back({1 + 2 * double(i % 1000) / 999, 1 + 0.5 * double(i % 77) / 76, i, 0, 0, false});
    m_view->setPoints(points);
    // The points lie in a band; above it there is none.
    const QImage picture = m_view->picture(1);
    const auto coloured = [&](double x, double y) {
        int count = 0;
        for (int i = -5; i <= 5; ++i) {
            for (int j = -5; j <= 5; ++j)
                count += picture.pixelColor(pixel(x, y) + QPoint(i, j)) != Look::light().plot;
        }
        return count;
    };
    QVERIFY(coloured(2.13, 1.25) > 30);
    QCOMPARE(coloured(2.13, 2.63), 0);
}

void TestPlotView::picturesAreKept_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"plot.png", "plot.svg", "plot.pdf"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestPlotView::picturesAreKept()
{
    QFETCH(QString, name);
    const QString path = m_folder.filePath(name);
    QCOMPARE(m_view->save(path), QString());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    if (name.endsWith(QStringLiteral("png"))) {
        QVERIFY(QImageReader(path).read().width() >= 640);
    } else if (name.endsWith(QStringLiteral("svg"))) {
        QVERIFY(QSvgRenderer(bytes).isValid());
        QVERIFY(bytes.contains("Nine points"));
        // Points are vectors and not one picture.
        QVERIFY(bytes.count("<path") >= 9);
        QVERIFY(!bytes.contains("<image"));
    } else {
        QVERIFY(bytes.startsWith("%PDF-"));
    }
    QVERIFY(!m_view->save(m_folder.filePath(QStringLiteral("nowhere/")) + name).isEmpty());
}

void TestPlotView::legendNamesEveryClass()
{
    QStringList classes;
    for (int i = 0; i < 10; ++i)
        classes << QStringLiteral("a class with quite a long name %1").arg(i);
    m_view->setHeading(QStringLiteral("Ten classes"), classes);
    const QString path = m_folder.filePath(QStringLiteral("legend.svg"));
    QCOMPARE(m_view->save(path), QString());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray svg = file.readAll();
    for (int i = 0; i < 10; ++i)
        QVERIFY2(svg.contains("name " + QByteArray::number(i)), qPrintable(QString::number(i)));
}

/// Everything that is written in the picture.
QByteArray TestPlotView::drawn()
{
    const QString path = m_folder.filePath(QStringLiteral("drawn.svg"));
    QFile file(path);
    return m_view->save(path).isEmpty() && file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void TestPlotView::aLegendWithoutRoomSaysHowManyMore()
{
    QStringList classes;
    for (int i = 0; i < 10; ++i)
        classes << QStringLiteral("class %1").arg(i);
    m_view->setHeading(QStringLiteral("Ten classes"), classes);
    for (const int width : {160, 190}) {
        m_view->resize(width, 300);
        const QByteArray svg = drawn();
        int named = 0;
        for (int i = 0; i < 10; ++i)
            named += svg.contains("class " + QByteArray::number(i));
        static const QRegularExpression words(QStringLiteral("and (\\d) more"));
        const int more = words.match(QString::fromUtf8(svg)).captured(1).toInt();
        // The last name before the words may have lost its middle.
        QVERIFY2(more > 0 && (named + more == 10 || named + more == 9), qPrintable(QStringLiteral("%1: %2 and %3").arg(width).arg(named).arg(more)));
    }
    m_view->resize(640, 480);
    QVERIFY(!drawn().contains(" more<"));
}

/// Ticks are added up from the left: the one at zero came out as -0.0 on some ranges.
void TestPlotView::zeroHasNoSign()
{
    for (int i = 1; i < 40; ++i) {
        PlotAxis axis;
        axis.minimum = -0.05 * i;
        axis.maximum = 0.013 * i * i;
        m_view->setAxes(axis, axis);
        m_view->resetView();
        QCoreApplication::processEvents();
        QStringList labels;
        for (const QGraphicsItem* item : m_view->scene()->items()) {
            if (const auto* label = dynamic_cast<const QGraphicsTextItem*>(item))
                labels << label->toPlainText();
        }
        const bool hasZero = std::any_of(labels.begin(), labels.end(), [](const QString& label) { return label == u'0' || label.startsWith(QLatin1String("0.0")); });
        QVERIFY2(hasZero, qPrintable(labels.join(u' ')));
        static const QRegularExpression signedZero(QStringLiteral("^[-−]0([.,]0+)?$"));
        QVERIFY2(labels.filter(signedZero).isEmpty(), qPrintable(labels.join(u' ')));
    }
}

void TestPlotView::ticksAreRoundAndFew_data()
{
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<double>("interval");
    QTest::newRow("0 to 1") << 0.0 << 1.0 << 0.2;
    QTest::newRow("a loss that ran away") << 0.0 << 1e150 << 2e149;
    QTest::newRow("tiny") << 1e-9 << 1.1e-9 << 2e-11;
    QTest::newRow("far from zero") << 1e9 << 1e9 + 100 << 20.0;
    QTest::newRow("negative") << -7.0 << -3.0 << 1.0;
}

void TestPlotView::ticksAreRoundAndFew()
{
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(double, interval);
    QValueAxis axis;
    axis.setRange(-1e-3, 1e-3);
    setRoundTicks(axis, low, high, 5);
    QVERIFY(std::abs(axis.tickInterval() / interval - 1) < 1e-9);
    QCOMPARE(axis.min(), low);
    QCOMPARE(axis.max(), high);
    // Two ticks next to each other do not read the same.
    const QByteArray format = axis.labelFormat().toLatin1();
    const double first = std::ceil(low / interval) * interval;
    QVERIFY(QString::asprintf(format.constData(), first) != QString::asprintf(format.constData(), first + interval));
}

void TestPlotView::datesHaveDatesAtTheirTicks()
{
    QCategoryAxis axis;
    setDateTicks(axis, 15'340, 16'801, 6);              // 2012 to 2015
    QCOMPARE(axis.categoriesLabels(), (QStringList{QStringLiteral("2012"), QStringLiteral("2013"), QStringLiteral("2014"), QStringLiteral("2015"), QStringLiteral("2016")}));
    setDateTicks(axis, 0, 5, 6);
    QVERIFY(axis.categoriesLabels().contains(QStringLiteral("1970-01-03")));
}

void TestPlotView::theLossHasTwoLabels_data()
{
    QTest::addColumn<double>("first");
    QTest::addColumn<double>("tick");
    QTest::newRow("log loss of three classes") << 1.0986 << 1.0;
    QTest::newRow("a share of all") << 1.0 << 1.0;
    QTest::newRow("small") << 0.0371 << 0.03;
    QTest::newRow("large") << 98000.0 << 90000.0;
}

/// However low the chart is, zero and one round number can be read beside it.
void TestPlotView::theLossHasTwoLabels()
{
    QFETCH(double, first);
    QFETCH(double, tick);
    LossChart chart;
    chart.resize(500, 104);
    chart.setCurves({{0, first}, {1, first / 2}, {2, first / 4}}, {});
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    const auto* axis = qobject_cast<QValueAxis*>(chart.chart()->axes(Qt::Vertical).front());
    const double height = chart.chart()->plotArea().height();
    QVERIFY2(height > 20 && height < 48, qPrintable(QString::number(height)));
    QVERIFY(std::abs(axis->tickInterval() / tick - 1) < 1e-12);
    QCOMPARE(axis->min(), 0.0);
    QVERIFY(axis->max() >= first);
    QVERIFY((axis->max() - tick) / axis->max() * height >= 8.5);    // half a label of 8 points
}

QTEST_MAIN(TestPlotView)
#include "tst_plot_view.moc"
