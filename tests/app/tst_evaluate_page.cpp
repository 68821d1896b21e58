#include "app/charts/curve_chart.h"
#include "app/pages/curves_part.h"
#include "app/pages/evaluate_page.h"
#include "app/pages/learning_curve_part.h"
#include "app/pages/metric_names.h"
#include "app/widgets/confusion_matrix.h"
#include "app/widgets/look.h"
#include "core/model/model_file.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <algorithm>

using namespace modelarium;

/// The Evaluate stage: seals, matrix, curves with a threshold that can be dragged, residuals, learning curve; all linked to the rows.
class TestEvaluatePage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void sealIsBrokenByAnAct();
    void aForestIsJudgedByTheTreesThatDidNotSeeTheRow();
    void cellsSelectTheirRows();
    void thresholdIsDraggedAndUndone();
    void thresholdMovesWhatIsDecided();
    void thresholdStaysInTheFrozenModel();
    void thePositiveClassIsLookedFor();
    void roundedThresholdsDecideTheSame();
    void everyCurveOfEveryClass();
    void oneClassIsASentence();
    void residualsAreLinked();
    void learningCurveIsDrawnAndCancelled();

private:
    void generate(const std::string& id);
    void openOwn(const QByteArray& text);
    void look();
    template <class Widget> Widget* named(const QString& name) const;
    CurveChart* chart(const QString& name) const;

    std::unique_ptr<Experiment> m_experiment;
    std::unique_ptr<EvaluatePage> m_page;
    QTemporaryDir m_folder;
};

void TestEvaluatePage::init()
{
    applyLook(*qApp, Look::light());
    m_experiment = std::make_unique<Experiment>();
    m_page = std::make_unique<EvaluatePage>(*m_experiment);
    m_page->resize(300, 1600);
    m_page->show();
}

void TestEvaluatePage::cleanup()
{
    m_page.reset();
    m_experiment.reset();
}

template <class Widget> Widget* TestEvaluatePage::named(const QString& name) const
{
    for (Widget* widget : m_page->findChildren<Widget*>()) {
        if (widget->accessibleName() == name || widget->property("text").toString() == name)
            return widget;
    }
    return nullptr;
}

CurveChart* TestEvaluatePage::chart(const QString& name) const
{
    for (CurveChart* chart : m_page->findChildren<CurveChart*>()) {
        if (chart->accessibleName().startsWith(name))
            return chart;
    }
    return nullptr;
}

void TestEvaluatePage::generate(const std::string& id)
{
    const DataSourcePtr before = m_experiment->setup().source;
    m_experiment->data().generate(id, 120, 0.25, 1);
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->setup().source != before && m_experiment->state() == ExperimentState::Trained && m_experiment->evaluation()
                                 && m_experiment->evaluation()->model == m_experiment->model(), 20'000);
}

void TestEvaluatePage::openOwn(const QByteArray& text)
{
    QFile file(m_folder.filePath(QStringLiteral("own.csv")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
    file.close();
    m_experiment->data().openCsv(file.fileName());
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->state() == ExperimentState::Trained && m_experiment->evaluation()
                                 && m_experiment->evaluation()->model == m_experiment->model(), 20'000);
}

void TestEvaluatePage::sealIsBrokenByAnAct()
{
    QByteArray text = "x,y\n";
    for (int i = 0; i < 60; ++i)
        text += QByteArray::number(i) + ',' + QByteArray::number(3 * i + i * 7 % 5) + '\n';
    openOwn(text);
    auto* metrics = named<QTableWidget>(QStringLiteral("Metrics on training rows and on test rows"));
    QTRY_VERIFY(metrics->rowCount() > 2);
    QCOMPARE(metrics->item(0, 2)->text(), QStringLiteral("sealed"));
    auto* side = named<QComboBox>(QStringLiteral("Rows that are looked at"));
    QCOMPARE(side->currentText(), QStringLiteral("Training rows"));
    auto* look = named<QPushButton>(QStringLiteral("Look at the test set"));
    QVERIFY(look->isVisibleTo(m_page.get()));
    look->click();
    QVERIFY(!look->isVisibleTo(m_page.get()));
    QVERIFY(metrics->item(0, 2)->text() != QStringLiteral("sealed"));
    QCOMPARE(side->currentText(), QStringLiteral("Test rows"));
    // Another model is under seal again; the looks are counted.
    m_experiment->choices().setLearner("decision_tree");
    QTRY_VERIFY(look->isVisibleTo(m_page.get()));
    QTRY_COMPARE(side->currentText(), QStringLiteral("Training rows"));
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->state() == ExperimentState::Trained && look->isEnabled(), 20'000);
    look->click();
    QCOMPARE(m_experiment->testLooks().count(m_experiment->setup()), 2);
    // Left open, nothing has to be asked for, and it counts all the same.
    auto* open = named<QCheckBox>(QStringLiteral("leave the test set open"));
    QVERIFY(!open->isChecked());
    open->click();
    QVERIFY(m_experiment->choices().setHyperparameter("max_depth", std::int64_t(1)));
    QVERIFY(m_experiment->isTestVisible());
    QTRY_COMPARE_WITH_TIMEOUT(m_experiment->testLooks().count(m_experiment->setup()), 3, 20'000);
}

void TestEvaluatePage::aForestIsJudgedByTheTreesThatDidNotSeeTheRow()
{
    generate("moons");
    auto* metrics = named<QTableWidget>(QStringLiteral("Metrics on training rows and on test rows"));
    const auto shown = [&] {
        QString text;
        for (int row = 0; row < metrics->rowCount(); ++row)
            if (metrics->item(row, 0)->text() == QStringLiteral("Accuracy, out of bag"))
                text = metrics->item(row, 1)->text();
        return text;
    };
    QTRY_VERIFY(metrics->rowCount() > 2);
    QCOMPARE(shown(), QString());
    m_experiment->choices().setLearner("random_forest");
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->state() == ExperimentState::Trained && m_experiment->model()
                                 && m_experiment->model()->provenance().found.outOfBag.contains("accuracy"), 30'000);
    QTRY_COMPARE(shown(), metricValueText("accuracy", m_experiment->model()->provenance().found.outOfBag));
}

void TestEvaluatePage::cellsSelectTheirRows()
{
    generate("moons");
    auto* side = named<QComboBox>(QStringLiteral("Rows that are looked at"));
    for (const int which : {0, 1}) {
        side->setCurrentIndex(which);
        Q_EMIT side->activated(which);
        auto* matrix = m_page->findChild<ConfusionMatrix*>();
        const EvaluationPtr evaluation = m_experiment->evaluation();
        const Eigen::MatrixXi& counts = which == 0 ? evaluation->confusionTest : evaluation->confusionTrain;
        for (int i = 0; i < 2; ++i) {
            for (int j = 0; j < 2; ++j) {
                matrix->clearSelection();
                matrix->setCurrentCell(i, j);
                const auto& rows = m_experiment->view().selection();
                QCOMPARE(int(rows.size()), counts(i, j));
                for (const std::size_t row : rows) {
                    QCOMPARE(int(evaluation->truth[Eigen::Index(row)]), i);
                    QCOMPARE(int(evaluation->prediction.values[Eigen::Index(row)]), j);
                }
            }
        }
        matrix->selectRow(1);
        QCOMPARE(int(m_experiment->view().selection().size()), counts.row(1).sum());
    }
}

void TestEvaluatePage::thresholdIsDraggedAndUndone()
{
    generate("moons");
    CurveChart* roc = chart(QStringLiteral("ROC"));
    QVERIFY(roc);
    QVERIFY(!m_experiment->setup().threshold);
    Q_EMIT roc->markerDragged(QPointF(0, 0.4), false);
    Q_EMIT roc->markerDragged(QPointF(0, 0.45), false);
    Q_EMIT roc->markerDragged(QPointF(0, 0.5), true);
    QVERIFY(m_experiment->setup().threshold);
    const double high = *m_experiment->setup().threshold;
    QVERIFY2(high > 0.5, qPrintable(QString::number(high)));
    auto* box = named<QDoubleSpinBox>(QStringLiteral("Threshold"));
    QVERIFY(std::abs(box->value() - high) < 1e-4);
    QVERIFY(m_experiment->undoStack().undoText().startsWith(QStringLiteral("Set the threshold to")));
    m_experiment->undoStack().undo();
    QVERIFY(!m_experiment->setup().threshold);
    m_experiment->undoStack().redo();
    QCOMPARE(*m_experiment->setup().threshold, high);
    // With keys: to the right more is found, at a lower threshold.
    QTRY_VERIFY(m_experiment->evaluation()->model == m_experiment->model());
    roc->setFocus();
    QTest::keyClick(roc, Qt::Key_Right);
    QVERIFY2(*m_experiment->setup().threshold < high, qPrintable(QString::number(*m_experiment->setup().threshold)));
    named<QPushButton>(QStringLiteral("Likelier one"))->click();
    QVERIFY(!m_experiment->setup().threshold);
}

void TestEvaluatePage::thresholdMovesWhatIsDecided()
{
    generate("moons");
    const auto follows = [this] { return m_experiment->evaluation()->model == m_experiment->model(); };
    const auto positives = [this] { return (m_experiment->evaluation()->prediction.values.array() == 1).count(); };
    const ModelPtr before = m_experiment->training().model();
    m_experiment->choices().setThreshold(0.9);
    QTRY_VERIFY(follows());
    const auto few = positives();
    m_experiment->choices().setThreshold(0.1);
    QTRY_VERIFY(follows());
    QVERIFY(positives() > few);
    QCOMPARE(positives(), (m_experiment->evaluation()->prediction.probabilities.col(1).array() >= 0.1).count());
    // Nothing was trained anew, and no run was added by it.
    QCOMPARE(m_experiment->training().model(), before);
    QTest::qWait(900);
    QCOMPARE(m_experiment->runs().runs().size(), std::size_t(1));
    // Another target has other classes: its threshold is its own.
    m_experiment->choices().setTask(Task::Classification);
    QVERIFY(!m_experiment->setup().threshold);
}

void TestEvaluatePage::thresholdStaysInTheFrozenModel()
{
    generate("moons");
    m_experiment->choices().setThreshold(0.8);
    QTRY_VERIFY(m_experiment->evaluation()->model == m_experiment->model());
    const auto metrics = m_experiment->evaluation()->metricsTest;
    m_experiment->freeze();
    QTRY_VERIFY_WITH_TIMEOUT(m_experiment->isFrozen(), 20'000);
    QCOMPARE(m_experiment->model()->target().threshold, std::optional(0.8));
    QCOMPARE(m_experiment->model()->provenance().metricsTest.at("accuracy"), metrics.at("accuracy"));
    // A constant now.
    m_experiment->choices().setThreshold(0.2);
    QCOMPARE(m_experiment->model()->target().threshold, std::optional(0.8));
    QTRY_VERIFY(m_experiment->evaluation()->model == m_experiment->model());
    QVERIFY(!named<QDoubleSpinBox>(QStringLiteral("Threshold"))->isEnabled());
    const QString path = m_folder.filePath(QStringLiteral("moons.model.json"));
    QVERIFY(m_experiment->saveModel(path));
    const auto loaded = loadModel(path.toStdString());
    QVERIFY(loaded);
    QCOMPARE((*loaded)->target().threshold, std::optional(0.8));
    const auto here = m_experiment->model()->predict(m_experiment->table());
    const auto there = (*loaded)->predict(m_experiment->table());
    QVERIFY(here && there);
    QVERIFY(here->values == there->values);
    QCOMPARE((here->values.array() == 1).count(), (here->probabilities.col(1).array() >= 0.8).count());
}

/// The curve, its threshold and what is said about both are about the class that was chosen beside the target.
void TestEvaluatePage::thePositiveClassIsLookedFor()
{
    generate("moons");
    const std::vector<std::string> classes = m_experiment->model()->target().classes;
    const auto isCalled = [this](const std::string& name) {
        const auto labels = m_page->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisibleTo(m_page.get()) && label->text().startsWith(QStringLiteral("Called %1 from 0.5 on").arg(QString::fromStdString(name)));
        });
    };
    QTRY_VERIFY(isCalled(classes[1]));
    QVERIFY(!isCalled(classes[0]));
    m_experiment->choices().setPositive(classes[0]);
    QTRY_VERIFY_WITH_TIMEOUT(isCalled(classes[0]) && !isCalled(classes[1]), 20'000);
    QCOMPARE(named<QComboBox>(QStringLiteral("Class that is looked for"))->currentText(), QString::fromStdString(classes[0]));
    QCOMPARE(m_experiment->model()->target().classes, (std::vector<std::string>{classes[1], classes[0]}));
}

void TestEvaluatePage::roundedThresholdsDecideTheSame()
{
    QCOMPARE(roundThreshold(0.7312345, 0.4), 0.57);
    QCOMPARE(roundThreshold(0.50012, 0.50011), 0.50012);
    QCOMPARE(roundThreshold(1.5, 0.9), 1.0);
    for (const auto& [high, low] : {std::pair{0.3, 0.2999999999}, {1e-12, 0.0}, {0.005, 0.001}, {1.0, 0.999999}}) {
        const double made = roundThreshold(high, low);
        QVERIFY(made <= high);
        QVERIFY(made > low || made == high);
    }
}

void TestEvaluatePage::everyCurveOfEveryClass()
{
    generate("blobs");
    QComboBox* view = named<QComboBox>(QStringLiteral("Curve"));
    QComboBox* classes = named<QComboBox>(QStringLiteral("Class that is looked for"));
    QCOMPARE(classes->count(), 3);
    QVERIFY(classes->isVisibleTo(m_page.get()));
    for (int v = 0; v < view->count(); ++v) {
        view->setCurrentIndex(v);
        Q_EMIT view->activated(v);
        for (int k = 0; k < classes->count(); ++k) {
            classes->setCurrentIndex(k);
            Q_EMIT classes->activated(k);
            bool said = false;
            for (const QLabel* label : m_page->findChildren<QLabel*>()) {
                said = said || (label->isVisibleTo(m_page.get()) && label->text().contains(classes->currentText()) && label->text().endsWith(u'.'))
                    || label->text().contains(QStringLiteral("average precision"));
                QVERIFY2(!label->text().contains(QStringLiteral("nan")), qPrintable(label->text()));
            }
            QVERIFY(said);
        }
    }
    // Three classes have no one threshold.
    QVERIFY(!named<QDoubleSpinBox>(QStringLiteral("Threshold"))->isVisibleTo(m_page.get()));
}

void TestEvaluatePage::oneClassIsASentence()
{
    QByteArray text = "x,kind\n";
    for (int i = 0; i < 30; ++i)
        text += QByteArray::number(i) + (i < 2 ? ",rare\n" : ",common\n");
    openOwn(text);
    look();
    QVERIFY(!m_page->grab().isNull());
}

void TestEvaluatePage::look()
{
    named<QPushButton>(QStringLiteral("Look at the test set"))->click();
}

void TestEvaluatePage::residualsAreLinked()
{
    generate("line");
    CurveChart* errors = chart(QStringLiteral("Errors"));
    QVERIFY(errors && errors->isVisibleTo(m_page.get()));
    QComboBox* view = named<QComboBox>(QStringLiteral("Picture of the errors"));
    for (int v = 0; v < view->count(); ++v) {
        view->setCurrentIndex(v);
        Q_EMIT view->activated(v);
        errors->setFocus();
        m_experiment->view().select({});
        QTest::keyClick(errors, Qt::Key_Right);
        QCOMPARE(m_experiment->view().selection().size(), std::size_t(1));
        const std::size_t row = m_experiment->view().selection().front();
        QTest::keyClick(errors, Qt::Key_Right);
        QVERIFY(m_experiment->view().selection().front() > row);
        // A frame over everything takes all of them.
        const QRect area = errors->scale().area.toRect();
        QTest::mousePress(errors->viewport(), Qt::LeftButton, {}, area.topLeft() - QPoint(2, 2));
        QTest::mouseMove(errors->viewport(), area.center());
        QTest::mouseRelease(errors->viewport(), Qt::LeftButton, {}, area.bottomRight() + QPoint(2, 2));
        const auto& split = m_experiment->evaluation()->split;
        QVERIFY(m_experiment->view().selection().size() <= split.test.size());
        QVERIFY(!errors->grab().isNull());
    }
}

void TestEvaluatePage::learningCurveIsDrawnAndCancelled()
{
    for (const char* generator : {"moons", "line"}) {
        generate(generator);
        auto* start = named<QPushButton>(QStringLiteral("Draw the learning curve"));
        auto* part = m_page->findChild<LearningCurvePart*>();
        part->setFolded(false);
        QTRY_VERIFY(start->isEnabled());
        start->click();
        auto* cancel = named<QPushButton>(QStringLiteral("Cancel the learning curve"));
        QVERIFY(cancel->isVisibleTo(m_page.get()));
        cancel->click();
        QVERIFY(!cancel->isVisibleTo(m_page.get()));
        QVERIFY(start->isVisibleTo(m_page.get()));
        const int looks = m_experiment->testLooks().count(m_experiment->setup());
        start->click();
        CurveChart* curve = chart(QStringLiteral("Learning curve"));
        QTRY_VERIFY2_WITH_TIMEOUT(curve->isVisibleTo(m_page.get()), qPrintable(part->findChildren<QLabel*>().last()->text()), 60'000);
        QVERIFY(curve->accessibleDescription().contains(u'±'));
        QCOMPARE(m_experiment->testLooks().count(m_experiment->setup()), looks);
        QVERIFY(!curve->grab().isNull());
    }
}

QTEST_MAIN(TestEvaluatePage)
#include "tst_evaluate_page.moc"
