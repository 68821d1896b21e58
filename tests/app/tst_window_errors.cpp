#include "app/charts/loss_chart.h"
#include "app/charts/plot_view.h"
#include "app/main_window.h"
#include "app/pages/plot_card.h"
#include "app/pages/plot_picture.h"
#include "core/model/model_file.h"
#include "tests/support/hand.h"
#include "tests/support/parameters_text.h"
#include "tests/support/signed_model.h"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QSlider>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>

#include <memory>

using namespace modelarium;
using modelarium::test::Hand;

/// Bad input gets a sentence in the window, and nothing that a person had is lost.
class TestWindowErrors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void badFileKeepsWhatWasThere_data();
    void badFileKeepsWhatWasThere();
    void oddDataSayWhatIsWrong_data();
    void oddDataSayWhatIsWrong();
    void brokenModelIsRefused_data();
    void brokenModelIsRefused();
    void failedSaveKeepsTheModelUnsaved_data();
    void failedSaveKeepsTheModelUnsaved();
    void divergenceIsASentence();
    void aSentenceLeavesWithItsCause();
    void whatALearnerSaysLeavesWithIt();
    void aFrozenModelNamesTheColumnsItMisses();
    void anOpenedModelIsNotThrownAway();
    void anOpenedModelTellsWhereItIsFrom();
    void aModelOfUnknownOriginSaysSo_data();
    void aModelOfUnknownOriginSaysSo();
    void whatIsTooFarApartIsSaid();
    void theWheelPassesOverChoices();
    void projectorModeComesBackToALargeWindow();
    void everyControlHasAName_data();
    void everyControlHasAName();

private:
    std::unique_ptr<MainWindow> makeWindow();
    void openSample(MainWindow& window);
    QString write(const QString& name, const QByteArray& bytes);

    QTemporaryDir m_folder;
    std::unique_ptr<Settings> m_settings;
    QByteArray m_modelText;
};

namespace {

/// Everything that can be read in the window now.
QStringList textsOf(QWidget& window)
{
    QStringList texts;
    for (const QLabel* label : window.findChildren<QLabel*>()) {
        if (label->isVisible())
            texts << label->text();
    }
    for (const QAbstractButton* button : window.findChildren<QAbstractButton*>()) {
        if (button->isVisible())
            texts << button->text();
    }
    for (const QAbstractItemView* view : window.findChildren<QAbstractItemView*>()) {
        if (!view->isVisible() || !view->model())
            continue;
        for (int row = 0; row < std::min(50, view->model()->rowCount()); ++row) {
            for (int column = 0; column < std::min(20, view->model()->columnCount()); ++column)
                texts << view->model()->index(row, column).data().toString();
        }
    }
    return texts;
}

bool isTrained(MainWindow& window)
{
    return window.experiment().state() == ExperimentState::Trained && !window.experiment().isModelStale();
}

QByteArray numberRows(int rows)
{
    QByteArray text;
    for (int i = 0; i < rows; ++i)
        text += QByteArray::number(i) + ',' + QByteArray::number(i * i % 7) + '\n';
    return text;
}

} // namespace

void TestWindowErrors::initTestCase()
{
    m_settings = std::make_unique<Settings>(m_folder.filePath(QStringLiteral("settings.ini")));
    auto window = makeWindow();
    openSample(*window);
    window->experiment().freeze();
    QTRY_VERIFY_WITH_TIMEOUT(window->experiment().isFrozen(), 20'000);
    const QString path = m_folder.filePath(QStringLiteral("good.model.json"));
    QVERIFY(window->experiment().saveModel(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    m_modelText = file.readAll();
}

std::unique_ptr<MainWindow> TestWindowErrors::makeWindow()
{
    auto window = std::make_unique<MainWindow>(*m_settings);
    window->resize(1200, 740);
    window->show();
    return window;
}

void TestWindowErrors::openSample(MainWindow& window)
{
    window.experiment().data().openSample(samples().front());
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(window), 20'000);
}

QString TestWindowErrors::write(const QString& name, const QByteArray& bytes)
{
    const QString path = m_folder.filePath(name);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("The test could not write %s.", qPrintable(path));
    return path;
}

void TestWindowErrors::badFileKeepsWhatWasThere_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("says");
    QTest::newRow("an empty file") << write(QStringLiteral("empty.csv"), {}) << QStringLiteral("empty");
    QTest::newRow("a folder") << m_folder.path() << QStringLiteral("folder");
    QTest::newRow("a PNG renamed") << write(QStringLiteral("picture.csv"), QByteArrayLiteral("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\1"))
                                   << QStringLiteral("PNG");
    QTest::newRow("a file that is gone") << m_folder.filePath(QStringLiteral("gone.csv")) << QStringLiteral("gone.csv");
    QTest::newRow("quotes that never close") << write(QStringLiteral("open.csv"), "a,b\n1,\"2\n3,4\n") << QStringLiteral("line 2");
}

void TestWindowErrors::badFileKeepsWhatWasThere()
{
    QFETCH(QString, path);
    QFETCH(QString, says);
    auto window = makeWindow();
    openSample(*window);
    const std::string numbers = parametersText(window->experiment().model()->parameters());
    const std::size_t rows = window->experiment().table().rows();
    window->open(path);
    QTRY_VERIFY(!window->notice().isEmpty());
    QVERIFY2(window->notice().contains(says, Qt::CaseInsensitive), qPrintable(window->notice()));
    QVERIFY2(window->notice().endsWith(u'.'), qPrintable(window->notice()));
    QCOMPARE(window->experiment().table().rows(), rows);
    QCOMPARE(parametersText(window->experiment().model()->parameters()), numbers);
    QCOMPARE(window->experiment().setup().source->name, QStringLiteral("penguins.csv"));
}

void TestWindowErrors::oddDataSayWhatIsWrong_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("says");
    QTest::newRow("one column") << QByteArray("x\n1\n2\n3\n4\n") << QStringLiteral("column");
    QTest::newRow("one class") << QByteArray("x,kind\n1,a\n2,a\n3,a\n4,a\n5,a\n6,a\n") << QStringLiteral("only one value");
    QTest::newRow("a target of missing values") << QByteArray("x,y\n1,\n2,\n3,\n4,\n") << QStringLiteral("no value in any row");
    QTest::newRow("a constant target") << QByteArray("x,y\n1,5\n2,5\n3,5\n4,5\n5,5\n6,5\n7,5\n8,5\n") << QStringLiteral("The target is 5 in every row");
    QTest::newRow("fewer rows than features") << QByteArray("a,b,c,d,e,y\n1,2,3,4,5,6\n2,3,1,5,8,9\n4,1,7,8,2,3\n") << QStringLiteral("More columns than rows");
    QTest::newRow("one row") << QByteArray("x,y\n1,2\n") << QStringLiteral("row");
}

void TestWindowErrors::oddDataSayWhatIsWrong()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, says);
    auto window = makeWindow();
    window->open(write(QStringLiteral("odd.csv"), text));
    QTRY_VERIFY(window->experiment().setup().source);
    const std::size_t last = window->experiment().table().columns() - 1;
    window->experiment().choices().setRole(last, Role::Target);
    for (std::size_t j = 0; j < last; ++j)
        window->experiment().choices().setRole(j, Role::Feature);
    Hand::press(window.get(), QStringLiteral("Ctrl+T"));
    Hand::press(window.get(), QStringLiteral("Ctrl+3"));
    const auto said = [&] {
        return (textsOf(*window) + QStringList(window->notice())).filter(says, Qt::CaseInsensitive).join(u'\n');
    };
    QTRY_VERIFY2(!said().isEmpty(), qPrintable(textsOf(*window).join(u'|')));
    QVERIFY(!window->experiment().isFrozen());
}

void TestWindowErrors::brokenModelIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("cut short") << m_modelText.left(m_modelText.size() / 2);
    QTest::newRow("one digit changed") << QByteArray(m_modelText).replace("\"rows\": ", "\"rows\": 1");
    QTest::newRow("from a newer program") << QByteArray(m_modelText).replace("\"min_reader\": 1", "\"min_reader\": 99");
    QTest::newRow("no JSON") << QByteArray("hello");
    QTest::newRow("JSON of something else") << QByteArray("{\"a\": 1}");
    QTest::newRow("empty") << QByteArray();
}

void TestWindowErrors::brokenModelIsRefused()
{
    QFETCH(QByteArray, text);
    QVERIFY(text != m_modelText);
    auto window = makeWindow();
    openSample(*window);
    const std::string numbers = parametersText(window->experiment().model()->parameters());
    QVERIFY(Hand::drop(window.get(), write(QStringLiteral("broken.model.json"), text)));
    QTRY_VERIFY(!window->notice().isEmpty());
    QVERIFY2(window->notice().endsWith(u'.'), qPrintable(window->notice()));
    QVERIFY(!window->experiment().isFrozen());
    QCOMPARE(parametersText(window->experiment().model()->parameters()), numbers);
}

void TestWindowErrors::failedSaveKeepsTheModelUnsaved_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("a folder that is not there") << m_folder.filePath(QStringLiteral("nowhere/model.model.json"));
    QTest::newRow("below a file") << write(QStringLiteral("file"), "x") + QStringLiteral("/model.model.json");
    QTest::newRow("a full disk") << QStringLiteral("/dev/full");
    QTest::newRow("a folder of that name") << m_folder.path();
}

void TestWindowErrors::failedSaveKeepsTheModelUnsaved()
{
    QFETCH(QString, path);
    auto window = makeWindow();
    openSample(*window);
    window->experiment().freeze();
    QTRY_VERIFY_WITH_TIMEOUT(window->experiment().isFrozen(), 20'000);
    QVERIFY(!window->experiment().saveModel(path));
    QVERIFY2(window->notice().endsWith(u'.'), qPrintable(window->notice()));
    QVERIFY(window->experiment().isModelUnsaved());
    QVERIFY(window->experiment().isFrozen());
}

void TestWindowErrors::divergenceIsASentence()
{
    auto window = makeWindow();
    window->open(write(QStringLiteral("line.csv"), "x,y\n" + numberRows(40)));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(*window), 20'000);
    QVERIFY(window->experiment().choices().setHyperparameter("solver", std::string("gradient_descent")));
    QVERIFY(window->experiment().choices().setHyperparameter("learning_rate", 900.0));
    QTRY_VERIFY_WITH_TIMEOUT(window->notice().contains(QStringLiteral("learning rate 900 is too large")), 20'000);
    QTest::qWait(200);
    static const QRegularExpression notANumber(QStringLiteral("\\b(nan|inf)\\b"), QRegularExpression::CaseInsensitiveOption);
    for (int stage = 0; stage < stageCount; ++stage) {
        window->experiment().setStage(Stage(stage));
        QTest::qWait(20);
        const QStringList bad = textsOf(*window).filter(notANumber);
        QVERIFY2(bad.isEmpty(), qPrintable(bad.join(u'|')));
    }
    // A smaller rate mends it, and the sentence goes.
    QVERIFY(window->experiment().choices().setHyperparameter("learning_rate", 0.1));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(*window), 20'000);
    QTRY_VERIFY(window->notice().isEmpty());
}

void TestWindowErrors::aSentenceLeavesWithItsCause()
{
    auto window = makeWindow();
    window->open(write(QStringLiteral("infinite.csv"), "x,y\n1,inf\n" + numberRows(20)));
    QTRY_VERIFY_WITH_TIMEOUT(window->notice().contains(QStringLiteral("infinite")), 20'000);
    window->open(write(QStringLiteral("line.csv"), "x,y\n" + numberRows(40)));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(*window) && !window->notice().contains(QStringLiteral("infinite")), 20'000);
}

/// Quick runs follow each other without a pause: the Train page says what the last of them has to say, not the one before.
void TestWindowErrors::whatALearnerSaysLeavesWithIt()
{
    auto window = makeWindow();
    openSample(*window);
    window->experiment().setStage(Stage::Train);
    const auto said = [&](const char* words) { return !textsOf(*window).filter(QLatin1String(words)).isEmpty(); };
    window->experiment().choices().setLearner("perceptron");
    QTRY_VERIFY_WITH_TIMEOUT(said("still on a wrong side"), 20'000);
    window->experiment().choices().setLearner("linear_svm");
    QTRY_VERIFY_WITH_TIMEOUT(said("are support vectors"), 20'000);
    QVERIFY(!said("still on a wrong side"));
}

void TestWindowErrors::aFrozenModelNamesTheColumnsItMisses()
{
    auto window = makeWindow();
    window->open(write(QStringLiteral("line.csv"), "x,y\n" + numberRows(40)));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(*window), 20'000);
    window->experiment().freeze();
    QTRY_VERIFY_WITH_TIMEOUT(window->experiment().isFrozen(), 20'000);
    window->open(write(QStringLiteral("other.csv"), "a,b\n" + numberRows(40)));
    QTRY_VERIFY_WITH_TIMEOUT(window->notice().contains(QStringLiteral("asks for \"x\", and other.csv has no such column")), 20'000);
}

/// A model file holds no rows: without a table there is nothing to go on with, and the model stays.
void TestWindowErrors::anOpenedModelIsNotThrownAway()
{
    auto window = makeWindow();
    window->open(write(QStringLiteral("line.csv"), "x,y\n" + numberRows(40)));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(*window), 20'000);
    window->experiment().freeze();
    QTRY_VERIFY_WITH_TIMEOUT(window->experiment().isFrozen(), 20'000);
    const QString path = m_folder.filePath(QStringLiteral("kept.model.json"));
    QVERIFY(window->experiment().saveModel(path));
    auto other = makeWindow();
    other->open(path);
    QTRY_VERIFY_WITH_TIMEOUT(other->experiment().isFrozen(), 20'000);
    other->experiment().unfreezeCopy();
    QVERIFY(other->experiment().isFrozen());
    QVERIFY2(other->notice().contains(QStringLiteral("no rows here to learn from")), qPrintable(other->notice()));
    // Beside a table it is put aside, and Undo brings it back.
    window->open(path);
    QTRY_VERIFY_WITH_TIMEOUT(window->experiment().isFrozen() && !window->experiment().setup().frozenRows, 20'000);
    window->experiment().unfreezeCopy();
    QVERIFY(!window->experiment().isFrozen());
    QVERIFY2(window->notice().contains(QStringLiteral("put aside")), qPrintable(window->notice()));
    window->experiment().undoStack().undo();
    QVERIFY(window->experiment().isFrozen());
}

/// Alone, a model file shows its name, what it learned from and the scores that it was saved with; no curve of other data stands beside it.
void TestWindowErrors::anOpenedModelTellsWhereItIsFrom()
{
    const QString path = write(QStringLiteral("penguins.model.json"), m_modelText);
    auto alone = makeWindow();
    alone->open(path);
    QTRY_VERIFY_WITH_TIMEOUT(alone->experiment().isFrozen(), 20'000);
    const Provenance& provenance = alone->experiment().model()->provenance();
    const QString score = scoreText(provenance.metricsTest, "accuracy");
    QTRY_VERIFY(textsOf(*alone).contains(score));
    QTRY_VERIFY(textsOf(*alone).contains(QStringLiteral("penguins.model.json")));
    QVERIFY(!textsOf(*alone).filter(QStringLiteral("penguins.model.json: Logistic regression, learned from")).isEmpty());
    QVERIFY(alone->windowTitle().contains(QStringLiteral("penguins.model.json")));

    auto beside = makeWindow();
    beside->open(write(QStringLiteral("line.csv"), "x,y\n" + numberRows(40)));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(*beside), 20'000);
    const auto curve = [&] { return beside->findChild<LossChart*>()->chart()->series().value(1); };
    QVERIFY(qobject_cast<QLineSeries*>(curve())->count() > 0);
    beside->open(path);
    QTRY_VERIFY_WITH_TIMEOUT(beside->experiment().isFrozen(), 20'000);
    QCOMPARE(qobject_cast<QLineSeries*>(curve())->count(), 0);
}

void TestWindowErrors::aModelOfUnknownOriginSaysSo_data()
{
    QTest::addColumn<QString>("learner");
    QTest::addColumn<QString>("data");
    QTest::addColumn<int>("rows");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("nothing") << "" << "" << 0 << "odd.model.json. The file does not say what the model was learned from.";
    QTest::newRow("the learner") << "logistic_regression" << "" << 0 << "odd.model.json: Logistic regression. The file does not say what the model was learned from.";
    QTest::newRow("the data") << "" << "a.csv" << 0 << "odd.model.json, learned from a.csv; the file does not say from how many rows.";
    QTest::newRow("one row") << "" << "" << 1 << "odd.model.json, learned from 1 row(s); the file does not say of which data.";
    QTest::newRow("rows") << "" << "a.csv" << 1200 << "odd.model.json, learned from 1,200 row(s) of a.csv.";
}

/// What another program wrote need not know what it was learned from: then that is said, and not "0 rows".
void TestWindowErrors::aModelOfUnknownOriginSaysSo()
{
    QFETCH(QString, learner);
    QFETCH(QString, data);
    QFETCH(int, rows);
    QFETCH(QString, sentence);
    nlohmann::json document = nlohmann::json::parse(m_modelText.toStdString());
    document["provenance"]["learner"] = learner.toStdString();
    document["provenance"]["data_name"] = data.toStdString();
    document["provenance"]["rows_train"] = rows;
    auto window = makeWindow();
    window->open(write(QStringLiteral("odd.model.json"), QByteArray::fromStdString(test::signedText(document))));
    QTRY_VERIFY_WITH_TIMEOUT(window->experiment().isFrozen(), 20'000);
    QTRY_VERIFY2(textsOf(*window).contains(sentence), qPrintable(textsOf(*window).filter(QStringLiteral("odd.model.json")).join(u'\n')));
}

/// What lies farther apart than a double can measure is not drawn as an empty plot.
void TestWindowErrors::whatIsTooFarApartIsSaid()
{
    auto window = makeWindow();
    window->open(write(QStringLiteral("far.csv"), "x,y\n-1.7e308,1\n1.7e308,2\n0,3\n1,4\n2,5\n"));
    QTRY_VERIFY_WITH_TIMEOUT(window->experiment().setup().source != nullptr, 20'000);
    QTest::qWait(100);
    const Picture picture = makePicture(window->experiment());
    QVERIFY(picture.points.empty());
    QVERIFY2(picture.sentence.contains(QStringLiteral("x reaches from -1.7e+308 to 1.7e+308, which is too far")), qPrintable(picture.sentence));
}

/// A wheel that scrolls a page changes nothing that it passes over; what has the focus turns with it.
void TestWindowErrors::theWheelPassesOverChoices()
{
    auto window = makeWindow();
    openSample(*window);
    window->experiment().freeze();
    QTRY_VERIFY_WITH_TIMEOUT(window->experiment().isFrozen(), 20'000);
    int looked = 0;
    for (int stage = 0; stage < stageCount; ++stage) {
        window->experiment().setStage(Stage(stage));
        QTest::qWait(20);
        for (QWidget* control : window->findChildren<QWidget*>()) {
            auto* box = qobject_cast<QComboBox*>(control);
            auto* slider = qobject_cast<QSlider*>(control);
            auto* spin = qobject_cast<QAbstractSpinBox*>(control);
            if (!control->isVisible() || !(box || slider || spin))
                continue;
            QVERIFY(control->focusPolicy() != Qt::WheelFocus);
            control->clearFocus();
            const auto value = [&] { return box ? box->currentIndex() : slider ? slider->value() : 0; };
            const QString text = spin ? spin->text() : QString();
            const int before = value();
            const QPointF at(control->rect().center());
            QWheelEvent event(at, control->mapToGlobal(at), {}, {0, -240}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
            QApplication::sendEvent(control, &event);
            QCOMPARE(value(), before);
            QCOMPARE(spin ? spin->text() : QString(), text);
            ++looked;
        }
    }
    QVERIFY(looked > 8);
}

void TestWindowErrors::projectorModeComesBackToALargeWindow()
{
    auto window = makeWindow();
    window->showMaximized();
    QTRY_VERIFY(window->isMaximized());
    window->setProjector(true);
    QVERIFY(window->isFullScreen());
    window->setProjector(false);
    QVERIFY(window->isMaximized());
    window->showNormal();
    window->setProjector(true);
    window->setProjector(false);
    QVERIFY(!window->isMaximized() && !window->isFullScreen());
}

void TestWindowErrors::everyControlHasAName_data()
{
    QTest::addColumn<int>("stage");
    const char* names[] = {"Data", "Prepare", "Train", "Evaluate", "Use"};
    for (int stage = 0; stage < stageCount; ++stage)
        QTest::newRow(names[stage]) << stage;
}

void TestWindowErrors::everyControlHasAName()
{
    QFETCH(int, stage);
    auto window = makeWindow();
    openSample(*window);
    window->experiment().setStage(Stage(stage));
    QTest::qWait(50);
    QStringList nameless;
    for (const QWidget* widget : window->findChildren<QWidget*>()) {
        const bool control = qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QComboBox*>(widget)
            || qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QSlider*>(widget) || qobject_cast<const QAbstractItemView*>(widget)
            || qobject_cast<const QAbstractSpinBox*>(widget) || qobject_cast<const QTabBar*>(widget) || qobject_cast<const QGraphicsView*>(widget);
        if (!control || !widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || qobject_cast<const QAbstractSpinBox*>(widget->parentWidget()))
            continue;
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        if (widget->accessibleName().isEmpty() && (!button || button->text().isEmpty()))
            nameless << QStringLiteral("%1 in %2").arg(QLatin1String(widget->metaObject()->className()),
                                                       QLatin1String(widget->parentWidget()->metaObject()->className()));
    }
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
}

QTEST_MAIN(TestWindowErrors)
#include "tst_window_errors.moc"
