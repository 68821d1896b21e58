#include "app/charts/plot_view.h"
#include "app/main_window.h"
#include "app/pages/plot_card.h"
#include "app/pages/preview_page.h"
#include "app/widgets/notice_bar.h"
#include "app/widgets/stage_strip.h"
#include "app/widgets/start_page.h"
#include "tests/support/hand.h"
#include "tests/support/parameters_text.h"

#include <QLocale>
#include <QMenuBar>
#include <QPainter>
#include <QPushButton>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <functional>
#include <memory>

using namespace modelarium;
using modelarium::test::Hand;

/// The first rows of a large file are looked at while the rest is read: nothing acts on them, and nothing that was there is lost.
class TestPreview : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { m_window.reset(); }
    void firstRowsAreShownAndThenAll();
    void thePlotIsReadyWhenThePreviewGoes();
    void nothingActsOnAPreview();
    void cancelKeepsWhatWasThere_data();
    void cancelKeepsWhatWasThere();
    void cancelOfTheFirstFileShowsTheStartPage_data() { cancelKeepsWhatWasThere_data(); }
    void cancelOfTheFirstFileShowsTheStartPage();
    void anErrorFarDownKeepsWhatWasThere();
    void aSmallFileHasNoPreview();
    void readingAgainHasNoPreview();
    void theRowsAreSeenInALowWindow_data();
    void theRowsAreSeenInALowWindow();
    void noticesWaitForTheEndOfAPreview();
    void aColumnThatTurnsOutOtherwiseIsTold();
    void theKeysStayWhereTheyWere();
    void anotherFileTakesThePlace();
    void aModelTakesThePlace();
    void aBadModelTakesNothing();

private:
    DataLoading& loading() { return m_window->experiment().data(); }
    /// Does this as soon as the first rows are on show: the rest may be there a moment later.
    void atPreview(std::function<void(PreviewPage&)> act);
    void cancel(PreviewPage& page, const QString& how);
    void openSample();
    QString write(const QString& name, const QByteArray& end = {});
    bool isPreviewShown() const
    {
        const auto* page = m_window->findChild<PreviewPage*>();
        return page && page->isVisible();
    }
    QAction* action(const QString& text) const;

    QTemporaryDir m_folder;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<MainWindow> m_window;
    QString m_large;
    int m_previews = 0;
};

namespace {

constexpr int largeRows = 100'000;

/// Keeps what a plot shows when it is asked to paint.
class FirstPaint : public QObject {
public:
    explicit FirstPaint(PlotView& view) : m_view(view) { view.viewport()->installEventFilter(this); }

    static QImage of(PlotView& view)
    {
        QImage image(view.viewport()->size(), QImage::Format_RGB32);
        QPainter painter(&image);
        view.render(&painter);
        return image;
    }

    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Paint && waits) {
            waits = false;
            image = of(m_view);
        }
        return false;
    }

    bool waits = false;
    QImage image;

private:
    PlotView& m_view;
};

} // namespace

void TestPreview::initTestCase()
{
    m_settings = std::make_unique<Settings>(m_folder.filePath(QStringLiteral("settings.ini")));
    m_large = write(QStringLiteral("large.csv"));
}

void TestPreview::init()
{
    m_previews = 0;
    m_window = std::make_unique<MainWindow>(*m_settings);
    m_window->resize(1200, 740);
    m_window->show();
    openSample();
}

/// Two numbers and two kinds, and a long note so that few rows make a large file.
QString TestPreview::write(const QString& name, const QByteArray& end)
{
    QByteArray text = "x,y,note,kind\n";
    const QByteArray note(400, 'n');
    for (int i = 0; i < largeRows; ++i)
        text += QByteArray::number(i) + ',' + QByteArray::number(i * 7 % 1000) + ',' + note + QByteArray::number(i) + (i % 3 ? ",a\n" : ",b\n");
    QFile file(m_folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(text + end) != text.size() + end.size())
        qFatal("The test could not write %s.", qPrintable(file.fileName()));
    return file.fileName();
}

void TestPreview::openSample()
{
    loading().openSample(samples().front());
    QTRY_VERIFY_WITH_TIMEOUT(m_window->experiment().state() == ExperimentState::Trained && !m_window->experiment().isModelStale(), 20'000);
}

void TestPreview::atPreview(std::function<void(PreviewPage&)> act)
{
    connect(&loading(), &DataLoading::previewChanged, this, [this, act = std::move(act)] {
        if (!loading().preview())
            return;
        ++m_previews;
        act(*m_window->findChild<PreviewPage*>());
    });
}

QAction* TestPreview::action(const QString& text) const
{
    for (QAction* each : m_window->findChildren<QAction*>()) {
        if (each->text().remove(u'&') == text)
            return each;
    }
    return nullptr;
}

void TestPreview::firstRowsAreShownAndThenAll()
{
    const std::size_t rows = m_window->experiment().table().rows();
    atPreview([&](PreviewPage& page) {
        QVERIFY(page.isVisible());
        QVERIFY2(page.sentence().contains(QStringLiteral("1,000")) && page.sentence().endsWith(QStringLiteral("of large.csv; reading the rest …")), qPrintable(page.sentence()));
        QCOMPARE(page.view().points().size(), std::size_t(1000));
        QCOMPARE(page.findChild<QTableView*>()->model()->rowCount(), 1000);
        const Setup& preview = *loading().preview();
        QCOMPARE(preview.table.column(0).type(), ColumnType::Number);
        QCOMPARE(preview.table.column(3).type(), ColumnType::Category);
        QVERIFY(!page.grab().isNull());
        // The document is what it was.
        QCOMPARE(m_window->experiment().table().rows(), rows);
        QCOMPARE(m_window->experiment().setup().source->name, QStringLiteral("penguins.csv"));
    });
    m_window->open(m_large);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->experiment().table().rows(), std::size_t(largeRows), 30'000);
    QCOMPARE(m_previews, 1);
    QTRY_VERIFY(!isPreviewShown());
    QVERIFY(!loading().preview());
    QVERIFY(m_window->plot().isVisible());
    QTRY_COMPARE(m_window->plot().view().points().size(), std::size_t(largeRows));
    QVERIFY(action(QStringLiteral("Train"))->isEnabled());
}

/// What is painted first after the preview is the picture of the new rows, with their axes.
void TestPreview::thePlotIsReadyWhenThePreviewGoes()
{
    PlotView& view = m_window->plot().view();
    FirstPaint first(view);
    connect(&loading(), &DataLoading::previewChanged, this, [&] {
        if (loading().preview())
            return;
        QVERIFY(m_window->plot().isVisible());
        QCOMPARE(view.points().size(), std::size_t(largeRows));
        QCOMPARE(m_window->plot().picture().x.column, std::string("x"));
        QCOMPARE(m_window->plot().picture().y.column, std::string("y"));
        first.waits = true;
    });
    m_window->experiment().setAutoTrain(false);
    m_window->open(m_large);
    QTRY_VERIFY_WITH_TIMEOUT(!first.image.isNull(), 30'000);
    QTest::qWait(300);
    QCOMPARE(first.image, FirstPaint::of(view));
}

void TestPreview::nothingActsOnAPreview()
{
    Experiment& experiment = m_window->experiment();
    const int steps = experiment.undoStack().count();
    const ModelPtr model = experiment.model();
    atPreview([&](PreviewPage& page) {
        for (const QString& text : {QStringLiteral("Train"), QStringLiteral("Freeze"), QStringLiteral("Save the model"), QStringLiteral("Save the rows…"),
                                    QStringLiteral("Export the plot…"), QStringLiteral("Predict a file…"), QStringLiteral("Read the file again")})
            QVERIFY2(!action(text)->isEnabled(), qPrintable(text));
        QVERIFY(action(QStringLiteral("Cancel loading"))->isEnabled());
        for (QPushButton* stage : m_window->findChild<StageStrip*>()->findChildren<QPushButton*>()) {
            QVERIFY(!stage->isEnabled() && stage->toolTip().contains(QStringLiteral("until all of it has been read")));
            QCOMPARE(stage->accessibleDescription(), stage->toolTip());
        }
        QVERIFY2(m_window->windowTitle().startsWith(QStringLiteral("large.csv")), qPrintable(m_window->windowTitle()));
        for (const char* keys : {"Ctrl+T", "Ctrl+F", "Ctrl+3", "Ctrl+Z"})
            Hand::press(m_window.get(), QString::fromLatin1(keys));
        for (const Qt::Key key : {Qt::Key_Space, Qt::Key_Right, Qt::Key_Delete})
            QTest::keyClick(&page, key);
        QTest::mouseClick(page.view().viewport(), Qt::LeftButton, Qt::ShiftModifier, page.view().viewport()->rect().center());
        QCOMPARE(experiment.undoStack().count(), steps);
        QVERIFY(experiment.model() == model && experiment.stage() == Stage::Data);
        loading().cancel();
    });
    experiment.setStage(Stage::Data);
    m_window->open(m_large);
    QTRY_COMPARE_WITH_TIMEOUT(m_previews, 1, 20'000);
    QVERIFY(action(QStringLiteral("Train"))->isEnabled() && action(QStringLiteral("Freeze"))->isEnabled());
    QVERIFY(!action(QStringLiteral("Save the model"))->isEnabled());            // as before: nothing is frozen
    QVERIFY(m_window->windowTitle().startsWith(QStringLiteral("penguins.csv")));
    for (QPushButton* stage : m_window->findChild<StageStrip*>()->findChildren<QPushButton*>())
        QVERIFY(stage->isEnabled() && !stage->toolTip().contains(QStringLiteral("until all of it")));
    Hand::press(m_window.get(), QStringLiteral("Ctrl+3"));
    QCOMPARE(experiment.stage(), Stage::Train);
}

void TestPreview::cancel(PreviewPage& page, const QString& how)
{
    if (how == QStringLiteral("button"))
        QTest::mouseClick(page.findChild<QPushButton*>(), Qt::LeftButton);
    else if (how == QStringLiteral("Esc"))
        QTest::keyClick(page.findChild<QTableView*>(), Qt::Key_Escape);
    else
        action(QStringLiteral("Cancel loading"))->trigger();
}

void TestPreview::cancelKeepsWhatWasThere_data()
{
    QTest::addColumn<QString>("how");
    QTest::newRow("button") << "button";
    QTest::newRow("Esc") << "Esc";
    QTest::newRow("menu") << "menu";
}

void TestPreview::cancelKeepsWhatWasThere()
{
    QFETCH(QString, how);
    Experiment& experiment = m_window->experiment();
    const std::string numbers = parametersText(experiment.model()->parameters());
    const std::size_t rows = experiment.table().rows();
    atPreview([&](PreviewPage& page) {
        cancel(page, how);
        QVERIFY(!loading().isLoading() && !isPreviewShown());
    });
    m_window->open(m_large);
    QTRY_COMPARE_WITH_TIMEOUT(m_previews, 1, 20'000);
    QTest::qWait(300);
    QCOMPARE(experiment.table().rows(), rows);
    QCOMPARE(parametersText(experiment.model()->parameters()), numbers);
    QCOMPARE(experiment.state(), ExperimentState::Trained);
    QVERIFY(m_window->plot().isVisible());
}

/// A file that the program was started with: there is no table to go back to.
void TestPreview::cancelOfTheFirstFileShowsTheStartPage()
{
    QFETCH(QString, how);
    m_window = std::make_unique<MainWindow>(*m_settings);
    m_window->resize(1200, 740);
    m_window->show();
    atPreview([&](PreviewPage& page) { cancel(page, how); });
    m_window->open(m_large);
    QTRY_COMPARE_WITH_TIMEOUT(m_previews, 1, 20'000);
    QVERIFY(!isPreviewShown() && m_window->findChild<StartPage*>()->isVisible());
}

void TestPreview::anErrorFarDownKeepsWhatWasThere()
{
    Experiment& experiment = m_window->experiment();
    const std::string numbers = parametersText(experiment.model()->parameters());
    atPreview([](PreviewPage& page) { QVERIFY(page.isVisible()); });
    m_window->open(write(QStringLiteral("broken.csv"), "1,2,\"never closed,a\n2,3,n,b\n"));
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->notice().isEmpty(), 20'000);
    QVERIFY2(m_window->notice().contains(QStringLiteral("line %1").arg(largeRows + 2)), qPrintable(m_window->notice()));
    QCOMPARE(m_previews, 1);
    QVERIFY(!isPreviewShown() && m_window->plot().isVisible());
    QCOMPARE(experiment.setup().source->name, QStringLiteral("penguins.csv"));
    QCOMPARE(parametersText(experiment.model()->parameters()), numbers);
    QVERIFY(action(QStringLiteral("Train"))->isEnabled());
}

void TestPreview::aSmallFileHasNoPreview()
{
    QFile file(m_folder.filePath(QStringLiteral("small.csv")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("x,y\n");
    for (int i = 0; i < 5000; ++i)
        file.write(QByteArray::number(i) + ',' + QByteArray::number(i % 77) + '\n');
    file.close();
    QSignalSpy previews(&loading(), &DataLoading::previewChanged);
    m_window->open(file.fileName());
    QTRY_COMPARE_WITH_TIMEOUT(m_window->experiment().table().rows(), std::size_t(5000), 20'000);
    QCOMPARE(previews.count(), 0);
    QVERIFY(!isPreviewShown());
}

/// Its rows are on show already, with what was chosen about them.
void TestPreview::readingAgainHasNoPreview()
{
    m_window->open(m_large);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->experiment().table().rows(), std::size_t(largeRows), 30'000);
    QSignalSpy previews(&loading(), &DataLoading::previewChanged), loaded(&loading(), &DataLoading::loaded);
    loading().reload();
    QTRY_COMPARE_WITH_TIMEOUT(loaded.count(), 1, 30'000);
    QCOMPARE(previews.count(), 0);
}

void TestPreview::theRowsAreSeenInALowWindow_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("plot");
    QTest::newRow("a small laptop's screen that magnifies twice") << QSize(683, 374) << false;
    QTest::newRow("a small laptop's screen") << QSize(1366, 748) << true;
}

/// They have the keys.
void TestPreview::theRowsAreSeenInALowWindow()
{
    QFETCH(QSize, size);
    QFETCH(bool, plot);
    m_window->resize(size);
    QTest::qWait(100);
    QCOMPARE(m_window->size(), size);
    atPreview([&](PreviewPage& page) {
        for (int pass = 0; pass < 3; ++pass)                // a layout may ask for another one; no other event, lest the rest be there
            QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
        page.grab();
        const auto* rows = page.findChild<QTableView*>();
        const QRect place(rows->mapTo(m_window.get(), QPoint()), rows->size());
        QVERIFY2(m_window->rect().contains(place) && place.height() >= 90, qPrintable(QStringLiteral("%1 to %2").arg(place.top()).arg(place.bottom())));
        QCOMPARE(page.view().isVisible(), plot);
        loading().cancel();
    });
    m_window->open(m_large);
    QTRY_COMPARE_WITH_TIMEOUT(m_previews, 1, 20'000);
    QTRY_VERIFY(!isPreviewShown());
}

/// Nothing lies over the rows but what failed just now.
void TestPreview::noticesWaitForTheEndOfAPreview()
{
    const auto say = [this](Severity severity, const QString& sentence) { Q_EMIT m_window->experiment().noticeRaised(severity, sentence); };
    say(Severity::Warning, QStringLiteral("before"));
    QCOMPARE(m_window->notice(), QStringLiteral("before"));
    atPreview([&](PreviewPage& page) {
        QCOMPARE(m_window->notice(), QString());
        say(Severity::Information, QStringLiteral("behind"));
        QCOMPARE(m_window->notice(), QString());
        say(Severity::Error, QStringLiteral("failed"));
        QCOMPARE(m_window->notice(), QStringLiteral("failed"));
        const auto* bar = m_window->findChild<NoticeBar*>();
        const auto* rows = page.findChild<QTableView*>();
        QVERIFY(!QRect(bar->mapToGlobal(QPoint()), bar->size()).intersects(QRect(rows->mapToGlobal(QPoint()), rows->size())));
        bar->findChild<QToolButton*>()->click();
        loading().cancel();
    });
    m_window->open(m_large);
    QTRY_COMPARE_WITH_TIMEOUT(m_previews, 1, 20'000);
    QCOMPARE(m_window->notice(), QStringLiteral("before"));
}

/// One bad cell at the end of the file: what was a number in the preview is none any more, and says why.
void TestPreview::aColumnThatTurnsOutOtherwiseIsTold()
{
    Experiment& experiment = m_window->experiment();
    atPreview([&](PreviewPage&) { QCOMPARE(loading().preview()->table.column(0).type(), ColumnType::Number); });
    m_window->open(write(QStringLiteral("bad.csv"), "12kg,1,n,a\n2,3,n,b\n"));
    QTRY_COMPARE_WITH_TIMEOUT(experiment.table().rows(), std::size_t(largeRows) + 2, 30'000);
    QCOMPARE(m_previews, 1);
    QTest::qWait(500);                                      // a training that begins puts away what was wrong before it
    QCOMPARE(experiment.table().column(0).type(), ColumnType::Text);
    QCOMPARE(m_window->notice(), QStringLiteral("“x” is read as text, and left out; its first rows were read as number. The reason is “12kg” in line %1.")
                                     .arg(QLocale().toString(largeRows + 2)));
    const auto* bar = m_window->findChild<NoticeBar*>();
    auto* offer = bar->findChild<QPushButton*>();
    QVERIFY(offer->isVisible());
    QCOMPARE(offer->text(), QStringLiteral("Read as numbers"));
    QTest::mouseClick(offer, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(experiment.table().column(0).type(), ColumnType::Number, 30'000);
    QCOMPARE(experiment.setup().roles[0], Role::Feature);
    QCOMPARE(m_window->notice(), QString());
}

void TestPreview::theKeysStayWhereTheyWere()
{
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_window->experiment().setStage(Stage::Train);
    auto* box = m_window->findChild<QTabBar*>();
    QVERIFY(box && box->isVisible());
    box->setFocus();
    atPreview([&](PreviewPage& page) { QVERIFY(page.findChild<QTableView*>()->hasFocus()); });
    m_window->open(m_large);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->experiment().table().rows(), std::size_t(largeRows), 30'000);
    QTRY_VERIFY(!isPreviewShown());
    QVERIFY(box->isVisible() && box->hasFocus());
}

void TestPreview::anotherFileTakesThePlace()
{
    atPreview([&](PreviewPage&) { loading().openSample(samples().back()); });
    m_window->open(m_large);
    const QString name = QFileInfo(samples().back().file).fileName();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->experiment().setup().source->name, name, 20'000);
    QVERIFY(!isPreviewShown());
    QTest::qWait(200);
    QCOMPARE(m_window->experiment().setup().source->name, name);
}

/// A model that is opened during a preview is on show, and the rows do not come after it.
void TestPreview::aModelTakesThePlace()
{
    Experiment& experiment = m_window->experiment();
    experiment.freeze();
    QTRY_VERIFY_WITH_TIMEOUT(experiment.isFrozen(), 20'000);
    const QString file = m_folder.filePath(QStringLiteral("penguins.model.json"));
    QVERIFY(experiment.saveModel(file));
    experiment.unfreezeCopy();
    const std::size_t rows = experiment.table().rows();
    atPreview([&](PreviewPage&) {
        m_window->open(file);
        QVERIFY(!isPreviewShown() && !loading().isLoading());
        QVERIFY(m_window->plot().isVisible() && experiment.isFrozen());
        QCOMPARE(experiment.stage(), Stage::Use);
    });
    m_window->open(m_large);
    QTRY_COMPARE_WITH_TIMEOUT(m_previews, 1, 20'000);
    QTest::qWait(300);
    QCOMPARE(experiment.table().rows(), rows);
}

/// A file that is no model ends no reading.
void TestPreview::aBadModelTakesNothing()
{
    QFile file(m_folder.filePath(QStringLiteral("no.model.json")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("{}") == 2);
    file.close();
    atPreview([&](PreviewPage&) {
        m_window->open(file.fileName());
        QVERIFY(isPreviewShown() && loading().isLoading());
    });
    m_window->open(m_large);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->experiment().table().rows(), std::size_t(largeRows), 30'000);
}

QTEST_MAIN(TestPreview)
#include "tst_preview.moc"
