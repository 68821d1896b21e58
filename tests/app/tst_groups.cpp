#include "app/charts/plot_view.h"
#include "app/document/experiment.h"
#include "app/pages/clusters_part.h"
#include "app/pages/data_page.h"
#include "app/pages/evaluate_page.h"
#include "app/pages/plot_card.h"
#include "app/pages/plot_overlay.h"
#include "app/widgets/look.h"
#include "tests/support/window_parts.h"

#include <QComboBox>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>

#include <set>

using namespace modelarium;

/// The window without a target: groups are looked for, coloured, measured without a truth, and the choice can be taken back.
class TestGroups : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyLook(*qApp, Look::light()); }

    void choosingNoTargetIsUndone()
    {
        Experiment experiment;
        DataPage page(experiment);
        openSample(experiment, "faithful");
        QComboBox* target = named<QComboBox>(page, QStringLiteral("Target"));
        QVERIFY(target);
        const Setup before = experiment.setup();
        const int none = target->findText(QStringLiteral("none: find groups or directions"));
        QVERIFY(none >= 0);
        target->setCurrentIndex(none);
        Q_EMIT target->activated(none);
        QCOMPARE(experiment.task(), std::optional(Task::Clustering));
        QVERIFY(!targetColumn(experiment.setup()));
        QCOMPARE(featureColumns(experiment.setup()).size(), std::size_t(2));
        QCOMPARE(experiment.setup().learner, std::string("k_means"));
        QCOMPARE(experiment.setup().testFraction, 0.0);
        QCOMPARE(target->currentText(), QStringLiteral("none: find groups or directions"));
        experiment.undoStack().undo();
        QVERIFY(!differences(before, experiment.setup()));
        experiment.undoStack().redo();
        experiment.choices().setRole(1, Role::Target);
        QCOMPARE(experiment.task(), std::optional(Task::Regression));
        QCOMPARE(experiment.setup().testFraction, Setup().testFraction);
        QCOMPARE(experiment.setup().learner, std::string("linear_regression"));
    }

    void aClassIsLeftOut()
    {
        Experiment experiment;
        openSample(experiment, "iris");
        experiment.choices().setNoTarget();
        QVERIFY(experiment.setup().roles.back() == Role::Ignored);
        for (const std::size_t j : featureColumns(experiment.setup()))
            QVERIFY(experiment.setup().table.column(j).isNumeric());
    }

    /// Rows are given to the nearest centre in one half-step, and stay with it while the centres move in the next: both halves are seen.
    void halfStepsAreSeen()
    {
        Experiment experiment;
        PlotCard card(experiment);
        card.resize(700, 500);
        card.show();
        find(experiment, 2);
        QVERIFY(experiment.choices().setHyperparameter("start", std::string("first_rows")));
        TrainingSession& training = experiment.training();
        const auto codes = [&] {
            std::vector<int> all;
            for (const PlotPoint& point : card.view().points())
                all.push_back(point.code);
            return all;
        };
        const auto answers = [&](const ModelPtr& model) {
            const Vector values = model->predict(experiment.table())->values;
            std::vector<int> all;
            for (const PlotPoint& point : card.view().points())
                all.push_back(int(values[Eigen::Index(point.row)]));
            return all;
        };
        const auto centres = [](const ModelPtr& model) { return std::get<Centroids>(model->parameters()).centres; };
        experiment.train(false);
        QTRY_VERIFY_WITH_TIMEOUT(experiment.state() == ExperimentState::Paused && !training.history().isEmpty() && training.history()[0].step == 0, 20'000);
        QTRY_COMPARE(codes(), std::vector<int>(codes().size(), -1));
        bool differed = false;
        std::size_t steps = 0;
        while (experiment.state() != ExperimentState::Trained && steps < 200) {
            const std::size_t before = training.position();
            training.step();
            QTRY_VERIFY_WITH_TIMEOUT(training.position() == before + 1 || experiment.state() == ExperimentState::Trained, 10'000);
            if (experiment.state() == ExperimentState::Trained)
                break;
            ++steps;
            QTRY_COMPARE(codes(), answers(training.history()[before].model));
            const bool moved = !centres(training.history()[before].model).isApprox(centres(training.model()), 1e-12);
            QCOMPARE(moved, steps % 2 == 0);
            differed = differed || codes() != answers(training.model());
        }
        QVERIFY(steps > 3 && differed);
        QTRY_COMPARE(experiment.state(), ExperimentState::Trained);
        QTRY_COMPARE(codes(), answers(training.model()));
        // Back in the run, a move still leaves the rows where they were.
        training.seek(2);
        QTRY_COMPARE(codes(), answers(training.history()[1].model));
    }

    void pointsTakeTheColourOfTheirGroup()
    {
        Experiment experiment;
        PlotCard card(experiment);
        card.resize(700, 500);
        card.show();
        find(experiment, 2);
        QTRY_COMPARE(card.picture().classes.size(), 2);
        QTRY_VERIFY(!card.view().points().empty() && card.view().points().front().code >= 0);
        const Vector& clusters = experiment.evaluation()->prediction.values;
        std::set<int> seen;
        for (const PlotPoint& point : card.view().points()) {
            QCOMPARE(point.code, int(clusters[Eigen::Index(point.row)]));
            seen.insert(point.code);
        }
        QCOMPARE(seen.size(), std::size_t(2));
        QCOMPARE(card.picture().kind, PictureKind::Regions);

        // The crosses stand at the centres, in the units of the data.
        const std::vector<PlotMark> marks = marksOf(card.picture(), *experiment.model());
        QCOMPARE(marks.size(), std::size_t(2));
        for (const PlotMark& mark : marks) {
            double x = 0, y = 0, count = 0;
            for (const PlotPoint& point : card.view().points())
                if (point.code == mark.code) {
                    x += point.x;
                    y += point.y;
                    ++count;
                }
            QVERIFY(std::abs(mark.x - x / count) < 1e-9 && std::abs(mark.y - y / count) < 1e-9);
        }
    }

    /// Noise is no group of its own: grey crosses on plain ground, in the plot and in its legend.
    void noiseHasNoColourOfAGroup()
    {
        Experiment experiment;
        PlotCard card(experiment);
        card.resize(700, 500);
        card.show();
        find(experiment, 3);
        QTRY_COMPARE(card.picture().classes.size(), 3);
        QCOMPARE(card.picture().noise, -1);
        experiment.choices().setLearner("dbscan");
        QVERIFY(experiment.choices().setHyperparameter("eps", 0.2));
        experiment.train();
        // Two groups and noise are as many names as three groups: the picture must follow all the same.
        QTRY_COMPARE(card.picture().noise, 2);
        QCOMPARE(card.picture().classes.back(), QStringLiteral("noise"));
        QTRY_VERIFY(experiment.evaluation() && experiment.evaluation()->model == experiment.model() && experiment.state() == ExperimentState::Trained);
        QTRY_COMPARE(std::count_if(card.view().points().begin(), card.view().points().end(), [](const PlotPoint& point) { return point.code == noGroup; }), 25);
        for (const PlotPoint& point : card.view().points())
            QVERIFY(point.code == noGroup || point.code == 0 || point.code == 1);
    }

    void halfStepsCanBeWalked()
    {
        Experiment experiment;
        find(experiment, 3);
        const TrainingHistory& history = experiment.training().history();
        QVERIFY(history.size() > 3);
        for (std::size_t i = 1; i < history.size(); ++i)
            QVERIFY(history.frames()[i].trainError <= history.frames()[i - 1].trainError * (1 + 1e-12));
    }

    void evaluatePageMeasuresWithoutATruth()
    {
        Experiment experiment;
        EvaluatePage page(experiment);
        page.resize(300, 1200);
        page.show();
        find(experiment, 2);
        auto* part = page.findChild<ClustersPart*>();
        QVERIFY(part);
        QTRY_VERIFY(part->isVisible());
        for (const QString& absent : {QStringLiteral("Rows with the largest errors"), QStringLiteral("Metrics on training rows and on test rows")})
            QVERIFY(!named<QTableWidget>(page, absent)->isVisible());
        const QTableWidget* metrics = named<QTableWidget>(page, QStringLiteral("Metrics of the groups on training rows and on test rows"));
        QStringList names;
        for (int row = 0; row < metrics->rowCount(); ++row)
            names << metrics->item(row, 0)->text();
        QCOMPARE(names, (QStringList{QStringLiteral("Silhouette"), QStringLiteral("Inertia")}));

        // A group that is chosen is chosen in plot and table.
        QTableWidget* sizes = named<QTableWidget>(page, QStringLiteral("Rows in each group"));
        QCOMPARE(sizes->rowCount(), 2);
        sizes->selectRow(1);
        QCOMPARE(QString::number(experiment.view().selection().size()), sizes->item(1, 1)->text());
        QVERIFY(silhouetteSentence({{"silhouette", 0.8}}) != silhouetteSentence({{"silhouette", 0.1}}));
        QVERIFY(silhouetteSentence({}).isEmpty());
    }

    void sixAreThreeHere()
    {
        Experiment experiment;
        find(experiment, 2);
        const auto setups = Comparison::suggestion(experiment.setup());
        QCOMPARE(setups.size(), std::size_t(3));
        QCOMPARE(setups.front().learner, std::string("k_means"));
    }

    void frozenGroupsAnswerForOtherRows()
    {
        Experiment experiment;
        find(experiment, 2);
        experiment.freeze();
        QTRY_VERIFY(experiment.isFrozen());
        const RowPrediction answer = experiment.predictRow({2.0, 50.0});
        QVERIFY(answer.value == 0 || answer.value == 1);
        QVERIFY(experiment.predictRow({4.5, 85.0}).value != answer.value);
        QVERIFY(!answer.arithmetic.empty());
    }

private:
    /// Groups in Old Faithful, trained to the end.
    static void find(Experiment& experiment, std::int64_t clusters)
    {
        experiment.setAutoTrain(false);
        openSample(experiment, "faithful");
        experiment.choices().setNoTarget();
        QVERIFY(experiment.choices().setHyperparameter("clusters", clusters));
        experiment.train();
        QTRY_COMPARE(experiment.state(), ExperimentState::Trained);
        QTRY_VERIFY(experiment.evaluation() && experiment.evaluation()->model == experiment.model());
    }
};

QTEST_MAIN(TestGroups)
#include "tst_groups.moc"
