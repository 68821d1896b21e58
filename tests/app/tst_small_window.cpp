#include "app/charts/plot_view.h"
#include "app/main_window.h"
#include "app/pages/data_page.h"
#include "app/pages/evaluate_page.h"
#include "app/pages/plot_card.h"
#include "app/pages/prepare_page.h"
#include "app/pages/section.h"
#include "app/pages/train_page.h"
#include "app/pages/use_page.h"
#include "app/settings/settings.h"
#include "app/widgets/elided_label.h"

#include <QAbstractAxis>
#include <QChart>
#include <QComboBox>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QStyleOptionComboBox>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace modelarium;

/// A screen of 1366x768 that magnifies twice has room for 683x384: pages wrap and scroll, and nothing of them is cut at the right.
class TestSmallWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void nothingIsCut_data();
    void nothingIsCut();
    void axesCanBeRead();
    void namesAreToldApart_data();
    void namesAreToldApart();
    void columnsFit();
    void theProbeLeavesTheNumbersOfTheAxes();
    void theNameGivesWay();
    void thePlotHasRoom_data();
    void thePlotHasRoom();

private:
    std::unique_ptr<MainWindow> makeWindow();
    void open(MainWindow& window, const QByteArray& text);
    void openFile(MainWindow& window, const QString& path);

    QTemporaryDir m_folder;
    std::unique_ptr<Settings> m_settings;
};

namespace {

constexpr int roomAcross = 683, roomDown = 384;

/// A name as spreadsheets have them, without a place where it could wrap.
QByteArray longNames()
{
    QByteArray text = "average_number_of_employees_in_the_previous_fiscal_year_adjusted,anotherColumnWhoseNameHasNoPlaceAtAllWhereItCouldWrapToTheNextLine,kind_of_enterprise_by_its_legal_form\n";
    for (int i = 0; i < 60; ++i)
        text += QByteArray::number(i) + ',' + QByteArray::number(i * 7 % 11) + ",a_class_with_a_rather_long_name_number_" + QByteArray::number(i * 3 % 10) + '\n';
    return text;
}

/// The innermost widgets that need more room than there is, with what they hold, for the message.
QStringList tooWide(const QWidget* widget, int room)
{
    QStringList found, parts;
    for (const QObject* child : widget->children()) {
        const auto* part = qobject_cast<const QWidget*>(child);
        if (!part || !part->isVisible())
            continue;
        if (part->minimumSizeHint().width() > room || part->minimumWidth() > room)
            found << tooWide(part, room);
        parts << QStringLiteral("%1 \"%2\" %3").arg(QString::fromLatin1(part->metaObject()->className()), qobject_cast<const QLabel*>(part) ? static_cast<const QLabel*>(part)->text() : part->accessibleName()).arg(part->minimumSizeHint().width());
    }
    if (found.isEmpty())
        found << QStringLiteral("%1 \"%2\" needs %3 of %4 [%5]").arg(QString::fromLatin1(widget->metaObject()->className()), qobject_cast<const QLabel*>(widget) ? static_cast<const QLabel*>(widget)->text() : widget->accessibleName())
                     .arg(widget->minimumSizeHint().width()).arg(room).arg(parts.join(QStringLiteral(", ")));
    return found;
}

} // namespace

void TestSmallWindow::initTestCase()
{
    m_settings = std::make_unique<Settings>(m_folder.filePath(QStringLiteral("settings.ini")));
}

std::unique_ptr<MainWindow> TestSmallWindow::makeWindow()
{
    auto window = std::make_unique<MainWindow>(*m_settings);
    window->resize(roomAcross, roomDown);
    window->show();
    return window;
}

void TestSmallWindow::openFile(MainWindow& window, const QString& path)
{
    window.open(path);
    QTRY_VERIFY_WITH_TIMEOUT(window.experiment().state() == ExperimentState::Trained && window.experiment().evaluation(), 60'000);
}

void TestSmallWindow::open(MainWindow& window, const QByteArray& text)
{
    QFile file(m_folder.filePath(QStringLiteral("a file whose name is longer than the title of most films.csv")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
    file.close();
    openFile(window, file.fileName());
}

void TestSmallWindow::nothingIsCut_data()
{
    QTest::addColumn<QString>("file");
    for (const char* name : {"penguins", "titanic", "wine", "cars", "seattle_weather"})
        QTest::newRow(name) << QStringLiteral(MODELARIUM_SOURCE_DIR "/resources/sample_data/%1.csv").arg(QLatin1String(name));
    QTest::newRow("long names and ten classes") << QString();
}

void TestSmallWindow::nothingIsCut()
{
    QFETCH(QString, file);
    const auto window = makeWindow();
    file.isEmpty() ? open(*window, longNames()) : openFile(*window, file);
    QCOMPARE(window->size(), QSize(roomAcross, roomDown));
    const std::vector<QWidget*> pages{window->findChild<DataPage*>(), window->findChild<PreparePage*>(), window->findChild<TrainPage*>(),
                                      window->findChild<EvaluatePage*>(), window->findChild<UsePage*>()};
    QStringList cut;
    for (int stage = 0; stage < stageCount; ++stage) {
        window->experiment().setStage(Stage(stage));
        QTest::qWait(80);
        QWidget* page = pages[std::size_t(stage)];
        QVERIFY(page->isVisible());
        for (Section* section : page->findChildren<Section*>())
            section->setFolded(false);
        QTest::qWait(400);                                  // what is computed for the parts that were opened
        for (QScrollArea* area : window->findChildren<QScrollArea*>()) {
            const bool isColumn = area->widget() && area->widget()->isAncestorOf(page) && !area->isAncestorOf(window->findChild<PlotCard*>());
            if (isColumn && area->horizontalScrollBar()->maximum() > 0)
                cut << QStringLiteral("stage %1: ").arg(stage + 1) + tooWide(page, area->viewport()->width() - 8).join(QStringLiteral("; "));
        }
    }
    QVERIFY2(cut.isEmpty(), qPrintable(cut.join(u'\n')));
}

void TestSmallWindow::axesCanBeRead()
{
    const auto window = makeWindow();
    openFile(*window, QStringLiteral(MODELARIUM_SOURCE_DIR "/resources/sample_data/penguins.csv"));
    QTest::qWait(100);
    for (const QString& name : {QStringLiteral("Across"), QStringLiteral("Up")}) {
        QComboBox* box = nullptr;
        for (QComboBox* each : window->findChild<PlotCard*>()->findChildren<QComboBox*>())
            box = each->accessibleName() == name ? each : box;
        QVERIFY(box);
        QStyleOptionComboBox option;
        option.initFrom(box);
        const QRect field = box->style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, box);
        QVERIFY2(field.width() >= box->fontMetrics().horizontalAdvance(QStringLiteral("bill_…_mm")), qPrintable(QString::number(field.width())));
        QVERIFY(box->toolTip().contains(box->currentText()));
    }
}

void TestSmallWindow::namesAreToldApart_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::newRow("middles") << QStringList{QStringLiteral("bill_length_mm"), QStringLiteral("bill_depth_mm"), QStringLiteral("flipper_length_mm"), QStringLiteral("body_mass_g")};
    QTest::newRow("ends") << QStringList{QStringLiteral("pressure_of_the_left_valve_1"), QStringLiteral("pressure_of_the_left_valve_2")};
    QTest::newRow("beginnings") << QStringList{QStringLiteral("north_pressure_of_the_valve"), QStringLiteral("south_pressure_of_the_valve")};
    QTest::newRow("far within") << QStringList{QStringLiteral("the_same_beginning_here_7_and_the_same_ending_there"), QStringLiteral("the_same_beginning_here_8_and_the_same_ending_there")};
}

/// Where there is no room for a name, what is left of it is no other one's.
void TestSmallWindow::namesAreToldApart()
{
    QFETCH(QStringList, names);
    const QFontMetrics metrics(qApp->font());
    const int width = metrics.horizontalAdvance(QStringLiteral("bill_…h_mm"));
    QStringList shown;
    for (const QString& name : names) {
        shown << elidedApart(name, names, metrics, width);
        QVERIFY2(metrics.horizontalAdvance(shown.back()) <= width, qPrintable(shown.back()));
    }
    QVERIFY2(shown.removeDuplicates() == 0, qPrintable(shown.join(u'|')));
    QCOMPARE(elidedApart(names[0], names, metrics, 1000), names[0]);
}

/// The table of columns ends where a column ends.
void TestSmallWindow::columnsFit()
{
    const auto window = makeWindow();
    openFile(*window, QStringLiteral(MODELARIUM_SOURCE_DIR "/resources/sample_data/penguins.csv"));
    window->experiment().setStage(Stage::Data);
    const auto* view = window->findChild<DataPage*>()->findChild<QTableView*>();
    for (const QSize size : {QSize(roomAcross, roomDown), QSize(1366, 748), QSize(900, 700)}) {
        window->resize(size);
        QTest::qWait(50);
        const int room = view->viewport()->width();
        int end = 0;
        bool fits = view->horizontalHeader()->length() <= room;
        for (int column = 0; column < view->model()->columnCount(); ++column) {
            end += view->columnWidth(column);
            fits = fits || end == room;
        }
        QVERIFY2(fits, qPrintable(QStringLiteral("%1 of %2").arg(end).arg(room)));
        QVERIFY(view->columnWidth(0) >= 70);
    }
}

/// The reading stands where it covers neither the point nor what is written around the plot.
void TestSmallWindow::theProbeLeavesTheNumbersOfTheAxes()
{
    const auto window = makeWindow();
    openFile(*window, QStringLiteral(MODELARIUM_SOURCE_DIR "/resources/sample_data/penguins.csv"));
    QTRY_VERIFY_WITH_TIMEOUT(window->experiment().state() == ExperimentState::Trained, 20'000);
    PlotView& plot = window->plot().view();
    window->experiment().view().setProbeShown(false);
    QTest::qWait(300);
    const QImage before = plot.grab().toImage();
    const QRect area = plot.plotScale().area.toAlignedRect();
    window->experiment().view().setProbeShown(true);
    QTest::qWait(300);
    const QImage after = plot.grab().toImage();
    const double ratio = after.devicePixelRatio();
    for (int y = int((area.bottom() + 4) * ratio); y < after.height() && before.size() == after.size(); ++y)
        for (int x = 0; x < int(area.width() * ratio); ++x)
            QVERIFY2(before.pixel(x, y) == after.pixel(x, y), qPrintable(QStringLiteral("%1, %2").arg(x).arg(y)));
}

void TestSmallWindow::theNameGivesWay()
{
    const auto window = makeWindow();
    open(*window, longNames());
    QTest::qWait(100);
    ElidedLabel* source = nullptr;
    for (ElidedLabel* label : window->findChildren<ElidedLabel*>())
        source = label->accessibleName() == QStringLiteral("Data") ? label : source;
    QVERIFY(source);
    QVERIFY(source->text().contains(QStringLiteral("…")));
    QVERIFY2(source->fontMetrics().horizontalAdvance(source->text()) <= source->width(), qPrintable(source->text()));
    QVERIFY(source->toolTip().contains(QStringLiteral("longer than the title of most films.csv")));
    window->resize(1366, 768);
    QTest::qWait(50);
    QVERIFY(source->fullText().contains(QStringLiteral("60 row")));
}

void TestSmallWindow::thePlotHasRoom_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<double>("share");
    QTest::addColumn<bool>("turned");
    QTest::newRow("magnified twice") << QSize(roomAcross, 374) << 0.5 << false;
    QTest::newRow("as it is") << QSize(1366, 748) << 0.65 << true;
}

/// What is around the points gives way where there is little height; the title of the axis up has room for its name, turned or above it.
void TestSmallWindow::thePlotHasRoom()
{
    QFETCH(QSize, size);
    QFETCH(double, share);
    QFETCH(bool, turned);
    const auto window = makeWindow();
    window->resize(size);
    window->openFirstSample();
    QTRY_VERIFY_WITH_TIMEOUT(window->experiment().state() == ExperimentState::Trained, 20'000);
    QTest::qWait(100);
    PlotView& plot = window->plot().view();
    const double height = plot.plotScale().area.height();
    QVERIFY2(height >= share * plot.height(), qPrintable(QStringLiteral("%1 of %2").arg(height).arg(plot.height())));
    const QAbstractAxis* up = plot.chart()->axes(Qt::Vertical).value(0);
    QVERIFY(up);
    QCOMPARE(up->isTitleVisible(), turned);
    const QFontMetrics metrics(up->titleFont());
    QVERIFY(metrics.horizontalAdvance(up->titleText()) <= (turned ? height : plot.plotScale().area.right()));
    // It comes and goes with the height.
    window->resize(turned ? QSize(roomAcross, 374) : QSize(1366, 748));
    QTRY_COMPARE(up->isTitleVisible(), !turned);
}

QTEST_MAIN(TestSmallWindow)
#include "tst_small_window.moc"
