#include "app/charts/plot_view.h"
#include "app/main_window.h"
#include "app/pages/plot_card.h"
#include "tests/support/hand.h"
#include "tests/support/parameters_text.h"

#include <QCloseEvent>
#include <QComboBox>
#include <QLabel>
#include <QProcess>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <memory>

using namespace modelarium;
using modelarium::test::Hand;

/// A CSV in the window, a fitted model, frozen, saved, loaded, and predicting the rows dropped on it. Runs off-screen and, registered
/// a second time, on a real X server.
class TestMainJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void opensWithASampleThatIsLearned();
    void fileIsTrainedFrozenSavedAndUsed();
    void frozenLineStaysWhenAPointMoves();
    void draggedPointSpringsBackOrStays();
    void probeReadsThePlace();
    void everyChangeIsANamedStep();
    void closingAsksAboutUnsavedWork();
    void remembersItsWindow();
    void openFilesReplaceEachOther();

private:
    std::unique_ptr<MainWindow> makeWindow();
    QString write(const QString& name, const QByteArray& text);
    QString lineFile();
    void open(MainWindow& window, const QString& path);
    QPoint pixelOf(MainWindow& window, std::size_t point);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Settings> m_settings;
};

namespace {

std::string numbersOf(MainWindow& window)
{
    const ModelPtr model = window.experiment().model();
    return model ? parametersText(model->parameters()) : std::string();
}

bool isTrained(MainWindow& window)
{
    return window.experiment().state() == ExperimentState::Trained && !window.experiment().isModelStale();
}

} // namespace

void TestMainJob::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_settings = std::make_unique<Settings>(m_folder->filePath(QStringLiteral("settings.ini")));
}

std::unique_ptr<MainWindow> TestMainJob::makeWindow()
{
    auto window = std::make_unique<MainWindow>(*m_settings);
    window->resize(1200, 740);
    window->show();
    window->activateWindow();
    if (!QTest::qWaitForWindowActive(window.get()))
        qWarning("The window did not become active.");
    return window;
}

QString TestMainJob::write(const QString& name, const QByteArray& text)
{
    const QString path = m_folder->filePath(name);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("The test could not write %s.", qPrintable(path));
    return path;
}

/// price = 3 size + 20, a little off, and a column that has nothing to do with it.
QString TestMainJob::lineFile()
{
    QByteArray text = "size,number,price\n";
    for (int i = 0; i < 60; ++i)
        text += QByteArray::number(i) + ',' + QByteArray::number(i * 37 % 11) + ',' + QByteArray::number(3 * i + 20 + (i * 7 % 5 - 2) * 0.5) + '\n';
    return write(QStringLiteral("houses.csv"), text);
}

void TestMainJob::open(MainWindow& window, const QString& path)
{
    QVERIFY(Hand::drop(&window, path));
    QTRY_VERIFY(window.experiment().setup().source);
    QTRY_COMPARE(window.experiment().setup().source->name, QFileInfo(path).fileName());
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(window), 20'000);
}

QPoint TestMainJob::pixelOf(MainWindow& window, std::size_t point)
{
    PlotView& view = window.plot().view();
    const PlotPoint& at = view.points()[point];
    return view.plotScale().toPixel(at.x, at.y).toPoint();
}

void TestMainJob::opensWithASampleThatIsLearned()
{
    auto window = makeWindow();
    window->openFirstSample();
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(*window), 20'000);
    QVERIFY(window->plot().view().points().size() > 300);
    const auto* equation = Hand::named<QLabel>(window.get(), QStringLiteral("Equation of the model in the units of the data"));
    QVERIFY(equation);
    QTRY_VERIFY(equation->text().contains(QStringLiteral("bill_length_mm")));
    const auto* score = Hand::named<QLabel>(window.get(), QStringLiteral("Score on test rows"));
    QTRY_VERIFY(score->text().endsWith(QStringLiteral(" %")));
}

void TestMainJob::fileIsTrainedFrozenSavedAndUsed()
{
    auto window = makeWindow();
    open(*window, lineFile());
    Experiment& experiment = window->experiment();

    // Step through a training by hand.
    Hand::press(window.get(), QStringLiteral("Ctrl+3"));
    QCOMPARE(int(experiment.stage()), int(Stage::Train));
    QVERIFY(experiment.choices().setHyperparameter("solver", std::string("gradient_descent")));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(*window) && experiment.training().history().size() > 5, 20'000);
    window->plot().view().setFocus();
    Hand::press(window.get(), QStringLiteral("Home"));
    QTRY_COMPARE(experiment.training().position(), std::size_t(0));
    Hand::press(window.get(), QStringLiteral("Right"));
    QTRY_COMPARE(experiment.training().position(), std::size_t(1));
    Hand::press(window.get(), QStringLiteral("Left"));
    QTRY_COMPARE(experiment.training().position(), std::size_t(0));
    QVERIFY(experiment.choices().setHyperparameter("solver", std::string("exact")));
    Hand::press(window.get(), QStringLiteral("Ctrl+T"));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(*window) && experiment.training().history().size() == 2, 20'000);

    // Freeze: the numbers are constants, the training controls rest.
    QPushButton* freeze = Hand::button(window.get(), QStringLiteral("Freeze"));
    QVERIFY(freeze);
    Hand::click(freeze);
    QTRY_VERIFY_WITH_TIMEOUT(experiment.isFrozen(), 20'000);
    const std::string numbers = numbersOf(*window);
    const auto* learner = Hand::named<QComboBox>(window.get(), QStringLiteral("Learner"));
    QVERIFY(learner && !learner->isEnabled());
    Hand::press(window.get(), QStringLiteral("Ctrl+T"));
    QTest::qWait(100);
    QVERIFY(experiment.isFrozen());
    QCOMPARE(numbersOf(*window), numbers);

    // Save, and open it in another window: the same numbers, the same answers.
    const QString modelFile = m_folder->filePath(QStringLiteral("houses.model.json"));
    Hand::nameFile(modelFile);
    Hand::press(window.get(), QStringLiteral("Ctrl+S"));
    QTRY_VERIFY(QFile::exists(modelFile));
    std::map<double, double> answers;
    for (const double size : {-5.0, 12.25, 1e6})
        answers[size] = experiment.predictRow({size, 3}).value;
    window.reset();
    auto other = makeWindow();
    QVERIFY(Hand::drop(other.get(), modelFile));
    QTRY_VERIFY(other->experiment().isFrozen());
    QCOMPARE(numbersOf(*other), numbers);
    QCOMPARE(int(other->experiment().stage()), int(Stage::Use));
    for (const double size : {-5.0, 12.25, 1e6}) {
        const std::vector<double> row{size, 3};
        QCOMPARE(other->experiment().predictRow(row).value, answers.at(size));
    }

    // Drop new rows: columns in another order, one more, no answers.
    const QString rows = write(QStringLiteral("new.csv"), "note,number,size\nfirst,4,10\nsecond,5,20.5\n");
    QVERIFY(Hand::drop(other.get(), rows));
    auto* table = Hand::named<QTableView>(other.get(), QStringLiteral("Predicted rows"));
    QVERIFY(table);
    QTRY_VERIFY_WITH_TIMEOUT(table->model() && table->model()->rowCount() == 2, 10'000);
    const QString result = m_folder->filePath(QStringLiteral("answers.csv"));
    Hand::nameFile(result);
    QPushButton* save = Hand::button(other.get(), QStringLiteral("Save result…"));
    QVERIFY(save);
    QTest::mouseClick(save, Qt::LeftButton);
    QTRY_VERIFY(QFile::exists(result));

    // The command line says the same, to the last digit.
    QProcess cli;
    cli.start(QStringLiteral(MODELARIUM_CLI), {QStringLiteral("predict"), modelFile, rows});
    QVERIFY(cli.waitForFinished());
    QFile file(result);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray fromWindow = file.readAll();
    QCOMPARE(fromWindow, cli.readAllStandardOutput());
    QVERIFY(fromWindow.contains("prediction"));
}

void TestMainJob::frozenLineStaysWhenAPointMoves()
{
    auto window = makeWindow();
    open(*window, write(QStringLiteral("pair.csv"), "x,y\n0,0\n1,1.2\n2,1.9\n3,3.1\n4,4.2\n5,4.8\n6,6.1\n7,6.9\n8,8.2\n9,9\n"));
    Experiment& experiment = window->experiment();
    experiment.freeze();
    QTRY_VERIFY_WITH_TIMEOUT(experiment.isFrozen(), 20'000);
    const std::string numbers = numbersOf(*window);
    window->plot().setDragKeeps(true);
    QTRY_VERIFY(experiment.evaluation() && !experiment.evaluation()->error);
    const double before = experiment.evaluation()->metricsTrain.at("rmse");
    const QPoint from = pixelOf(*window, 2);
    const double y = experiment.table().column(1).numberValues()[2];
    Hand::drag(window->plot().view().viewport(), from, from - QPoint(0, 90));
    QTRY_VERIFY(experiment.table().column(1).numberValues()[2] > y + 1);
    QTRY_VERIFY_WITH_TIMEOUT(experiment.evaluation()->metricsTrain.contains("rmse")
                                 ? experiment.evaluation()->metricsTrain.at("rmse") != before
                                 : experiment.evaluation()->rowsChanged, 10'000);
    QCOMPARE(numbersOf(*window), numbers);
    QVERIFY(experiment.isFrozen());
}

void TestMainJob::draggedPointSpringsBackOrStays()
{
    auto window = makeWindow();
    open(*window, write(QStringLiteral("pair.csv"), "x,y\n0,0\n1,1.2\n2,1.9\n3,3.1\n4,4.2\n5,4.8\n6,6.1\n7,6.9\n8,8.2\n9,9\n"));
    Experiment& experiment = window->experiment();
    QUndoStack& stack = experiment.undoStack();
    const int steps = stack.count();
    const std::string numbers = numbersOf(*window);
    QPoint from = pixelOf(*window, 4);
    Hand::drag(window->plot().view().viewport(), from, from - QPoint(0, 80));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(*window) && numbersOf(*window) == numbers, 10'000);
    QCOMPARE(stack.count(), steps);
    QCOMPARE(experiment.table().column(1).numberValues()[4], 4.2);

    window->plot().setDragKeeps(true);
    from = pixelOf(*window, 4);
    Hand::drag(window->plot().view().viewport(), from, from - QPoint(0, 80));
    QTRY_COMPARE(stack.count(), steps + 1);
    QCOMPARE(stack.undoText(), QStringLiteral("Move point 5"));
    QVERIFY(experiment.table().column(1).numberValues()[4] > 5);
    Hand::press(window.get(), QStringLiteral("Ctrl+Z"));
    QTRY_COMPARE(experiment.table().column(1).numberValues()[4], 4.2);
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(*window) && numbersOf(*window) == numbers, 10'000);
}

void TestMainJob::probeReadsThePlace()
{
    auto window = makeWindow();
    open(*window, lineFile());
    Experiment& experiment = window->experiment();
    Hand::press(window.get(), QStringLiteral("Ctrl+5"));
    QTRY_VERIFY(experiment.view().isProbeShown());
    PlotView& view = window->plot().view();
    QTRY_VERIFY(view.plotScale().area.width() > 100);
    const ModelPtr model = experiment.model();
    const std::size_t size = model->inputs()[0].name == "size" ? 0 : 1;
    const double before = experiment.view().inputs(*model)[size];
    QTest::qWait(50);
    const double answer = experiment.predictRow(experiment.view().inputs(*model)).value;
    const QPoint ring = view.plotScale().toPixel(before, answer).toPoint();
    Hand::drag(view.viewport(), ring, ring + QPoint(100, 0));
    QTRY_VERIFY(experiment.view().inputs(*model)[size] > before + 1);
    const double reading = experiment.predictRow(experiment.view().inputs(*model)).value;
    QVERIFY(reading > answer);
    const auto* shown = Hand::named<QLabel>(window.get(), QStringLiteral("Prediction"));
    const QString number = shown->text().section(QStringLiteral(" = "), 1);
    QVERIFY2(std::abs(number.toDouble() - reading) < 1e-3 * std::abs(reading), qPrintable(shown->text()));
}

void TestMainJob::everyChangeIsANamedStep()
{
    auto window = makeWindow();
    open(*window, lineFile());
    Experiment& experiment = window->experiment();
    QUndoStack& stack = experiment.undoStack();
    const auto named = [&](const QString& text) { return stack.undoText() == text; };
    experiment.choices().setRole(1, Role::Ignored);
    QVERIFY2(named(QStringLiteral("Leave out number")), qPrintable(stack.undoText()));
    experiment.choices().setLearner("decision_tree");
    QVERIFY2(named(QStringLiteral("Choose Decision tree")), qPrintable(stack.undoText()));
    experiment.choices().setTestFraction(0.5);
    QVERIFY2(named(QStringLiteral("Keep 50 % of the rows for testing")), qPrintable(stack.undoText()));
    experiment.rows().deleteRows({0, 1});
    QVERIFY2(stack.undoText().startsWith(QStringLiteral("Delete 2 row")), qPrintable(stack.undoText()));
    const std::size_t rows = experiment.table().rows();
    Hand::press(window.get(), QStringLiteral("Ctrl+Z"));
    QTRY_COMPARE(experiment.table().rows(), rows + 2);
    Hand::press(window.get(), QStringLiteral("Ctrl+Shift+Z"));
    QTRY_COMPARE(experiment.table().rows(), rows);
    while (stack.canUndo())
        stack.undo();
    QVERIFY(!experiment.setup().source);
}

void TestMainJob::closingAsksAboutUnsavedWork()
{
    auto window = makeWindow();
    open(*window, lineFile());
    QVERIFY(window->close());
    window->show();
    window->experiment().rows().deleteRows({0});
    QString question;
    Hand::answer(QStringLiteral("Cancel"), &question);
    QVERIFY(!window->close());
    QVERIFY2(question.contains(QStringLiteral("rows are not saved")), qPrintable(question));
    Hand::answer(QStringLiteral("Discard"), &question);
    QVERIFY(window->close());
}

void TestMainJob::remembersItsWindow()
{
    QByteArray geometry;
    {
        auto window = makeWindow();
        window->resize(1111, 707);
        QTRY_COMPARE(window->size(), QSize(1111, 707));
        QVERIFY(window->close());
        geometry = m_settings->windowGeometry();
        QVERIFY(!geometry.isEmpty());
    }
    MainWindow again(*m_settings);
    QCOMPARE(again.size(), QSize(1111, 707));
}

void TestMainJob::openFilesReplaceEachOther()
{
    auto window = makeWindow();
    open(*window, lineFile());
    open(*window, write(QStringLiteral("kinds.csv"), "a,b,kind\n1,2,x\n2,1,x\n2,2,x\n7,8,y\n8,7,y\n8,8,y\n1,1,x\n7,7,y\n"));
    QCOMPARE(int(*window->experiment().task()), int(Task::Classification));
    QCOMPARE(window->plot().view().points().size(), std::size_t(8));
}

QTEST_MAIN(TestMainJob)
#include "tst_main_job.moc"
