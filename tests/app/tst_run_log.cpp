#include "app/document/experiment.h"
#include "app/pages/train_page.h"
#include "app/widgets/hyperparameter_control.h"
#include "app/widgets/hyperparameter_form.h"
#include "tests/support/parameters_text.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace modelarium;

namespace {

bool isTrained(const Experiment& experiment)
{
    return experiment.state() == ExperimentState::Trained && !experiment.isModelStale();
}

std::string numbers(const ModelPtr& model)
{
    return model ? parametersText(model->parameters()) : std::string();
}

RunPtr runOf(const Experiment& experiment, const std::string& learner)
{
    for (const RunPtr& run : experiment.runs().runs())
        if (run->setup.learner == learner)
            return run;
    return nullptr;
}

} // namespace

/// Runs are kept, compared, gone back to, annotated and removed; and looks at the test rows are counted.
class TestRunLog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void restingRunIsKept();
    void sliderIsOneRun();
    void changesAreNamed();
    void whatIsForClassesIsNoChoiceForNumbers();
    void goingBackTrainsNothing();
    void undoFindsTheRunAgain();
    void notesAndRemovalsAreUndone();
    void suggestionIsTrainedBesides();
    void comparisonIsCancelled();
    void suggestedRunIsTheSameAsOneByHand();
    void ownRowsAreSealedSamplesLieOpen();
    void looksAreCountedOnceAModel();
    void largeRunsKeepLittle();

private:
    void open(Experiment& experiment, const std::string& generator);
    QTemporaryDir m_folder;
};

void TestRunLog::open(Experiment& experiment, const std::string& generator)
{
    experiment.data().generate(generator, 80, 0.2, 1);
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment), 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runs().size(), std::size_t(1), 20'000);
}

void TestRunLog::restingRunIsKept()
{
    Experiment experiment;
    open(experiment, "moons");
    const RunPtr run = experiment.runs().runs().front();
    QCOMPARE(run->number, 1);
    QCOMPARE(numbers(run->model), numbers(experiment.model()));
    QVERIFY(run->metricsTrain.contains("accuracy"));
    QVERIFY(run->metricsTest.contains("accuracy"));
    QCOMPARE(run->frames.back().model, run->model);
    // A what-if drag is no run.
    experiment.rows().whatIf(0, {{0, 3.0}});
    QTest::qWait(1000);
    QCOMPARE(experiment.runs().runs().size(), std::size_t(1));
    experiment.rows().endWhatIf();
    QTest::qWait(1000);
    QCOMPARE(experiment.runs().runs().size(), std::size_t(1));
}

void TestRunLog::sliderIsOneRun()
{
    Experiment experiment;
    open(experiment, "moons");
    experiment.choices().setLearner("k_nearest_neighbors");
    for (std::int64_t k = 3; k < 12; ++k) {
        QVERIFY(experiment.choices().setHyperparameter("k", k));
        QTest::qWait(60);
    }
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runs().size(), std::size_t(2), 20'000);
    QTest::qWait(900);
    QCOMPARE(experiment.runs().runs().size(), std::size_t(2));
}

void TestRunLog::changesAreNamed()
{
    Experiment experiment;
    open(experiment, "moons");
    experiment.choices().setLearner("k_nearest_neighbors");
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runs().size(), std::size_t(2), 20'000);
    QVERIFY(experiment.choices().setHyperparameter("k", std::int64_t(9)));
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runs().size(), std::size_t(3), 20'000);
    experiment.choices().setTestFraction(0.5);
    experiment.choices().setSeed(4);
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runs().size(), std::size_t(4), 20'000);
    experiment.rows().deleteRows({0, 1});
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runs().size(), std::size_t(5), 20'000);
    const auto& runs = experiment.runs().runs();
    QCOMPARE(changesSince(nullptr, *runs[0]), QStringList{QStringLiteral("the first run")});
    QVERIFY(changesSince(runs[0].get(), *runs[1]).first().startsWith(QStringLiteral("instead of ")));
    const QStringList neighbours = changesSince(runs[1].get(), *runs[2]);
    QCOMPARE(neighbours.size(), 1);
    QVERIFY2(neighbours[0].endsWith(QStringLiteral("5 → 9")), qPrintable(neighbours[0]));
    QCOMPARE(changesSince(runs[2].get(), *runs[3]), (QStringList{QStringLiteral("50 % test rows"), QStringLiteral("seed 4")}));
    QVERIFY(changesSince(runs[3].get(), *runs[4]).first().contains(u'2'));
    QCOMPARE(changesSince(runs[0].get(), *runs[0]), QStringList{QStringLiteral("the same choices")});
}

/// What was chosen for classes is neither asked for nor trained with where numbers are predicted, and is there again with the classes.
void TestRunLog::whatIsForClassesIsNoChoiceForNumbers()
{
    Experiment experiment;
    open(experiment, "moons");
    experiment.choices().setLearner("decision_tree");
    QVERIFY(experiment.choices().setHyperparameter("criterion", std::string("entropy")));
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runs().size(), std::size_t(2), 20'000);
    TrainPage page(experiment);
    page.show();
    auto* form = page.findChild<HyperparameterForm*>();
    QVERIFY(form->control("criterion"));
    experiment.choices().setRole(0, Role::Target);
    QCOMPARE(experiment.setup().learner, std::string("decision_tree"));
    QVERIFY(!form->control("criterion"));
    QVERIFY(form->control("max_depth"));
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment), 20'000);
    QVERIFY(!experiment.training().error());
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runs().size(), std::size_t(3), 20'000);
    QVERIFY(!experiment.runs().runs().back()->training->plan.hyperparameters.contains("criterion"));
    QVERIFY(changesSince(experiment.runs().runs()[1].get(), *experiment.runs().runs()[2]).join(u' ').contains(QStringLiteral("predicts")));
    experiment.undoStack().undo();
    QVERIFY(form->control("criterion"));
    QCOMPARE(std::get<std::string>(hyperparametersOf(experiment.setup()).at("criterion")), std::string("entropy"));
}

void TestRunLog::goingBackTrainsNothing()
{
    Experiment experiment;
    open(experiment, "moons");
    const std::string first = numbers(experiment.model());
    experiment.choices().setLearner("decision_tree");
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runs().size(), std::size_t(2), 20'000);
    const std::string second = numbers(experiment.model());
    const int steps = experiment.undoStack().count();
    experiment.restoreRun(1);
    // At once: the numbers were kept.
    QCOMPARE(numbers(experiment.model()), first);
    QVERIFY(isTrained(experiment));
    QCOMPARE(experiment.undoStack().count(), steps + 1);
    QCOMPARE(experiment.undoStack().undoText(), QStringLiteral("Go back to run 1"));
    experiment.undoStack().undo();
    QCOMPARE(experiment.setup().learner, std::string("decision_tree"));
    QCOMPARE(numbers(experiment.model()), second);
    QTest::qWait(900);
    QCOMPARE(experiment.runs().runs().size(), std::size_t(2));
    // It can be frozen as if it had just been trained.
    experiment.restoreRun(1);
    experiment.freeze();
    QTRY_VERIFY_WITH_TIMEOUT(experiment.isFrozen(), 20'000);
    QCOMPARE(numbers(experiment.model()), first);
    // And from the frozen one back to the other: freezing is undone by it, in one step.
    experiment.restoreRun(2);
    QVERIFY(!experiment.isFrozen());
    QCOMPARE(numbers(experiment.model()), second);
    experiment.undoStack().undo();
    QVERIFY(experiment.isFrozen());
}

void TestRunLog::undoFindsTheRunAgain()
{
    Experiment experiment;
    open(experiment, "moons");
    const std::string first = numbers(experiment.model());
    experiment.choices().setLearner("decision_tree");
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runs().size(), std::size_t(2), 20'000);
    experiment.undoStack().undo();
    QCOMPARE(numbers(experiment.model()), first);
    QVERIFY(isTrained(experiment));
}

void TestRunLog::notesAndRemovalsAreUndone()
{
    Experiment experiment;
    open(experiment, "moons");
    RunLog& log = experiment.runs();
    QUndoStack& stack = experiment.undoStack();
    log.setNote(1, QStringLiteral("too straight"));
    QCOMPARE(log.note(1), QStringLiteral("too straight"));
    QCOMPARE(stack.undoText(), QStringLiteral("Note on run 1"));
    log.remove(1);
    QVERIFY(log.runs().empty());
    QCOMPARE(stack.undoText(), QStringLiteral("Remove run 1"));
    stack.undo();
    QCOMPARE(log.runs().size(), std::size_t(1));
    stack.undo();
    QVERIFY(log.note(1).isEmpty());
    stack.redo();
    QCOMPARE(log.note(1), QStringLiteral("too straight"));
    log.setNote(99, QStringLiteral("nobody"));
    log.remove(99);
    experiment.restoreRun(99);
    QCOMPARE(stack.undoText(), QStringLiteral("Note on run 1"));
}

void TestRunLog::suggestionIsTrainedBesides()
{
    for (const char* generator : {"moons", "line"}) {
        Experiment experiment;
        open(experiment, generator);
        const std::string before = numbers(experiment.model());
        const std::size_t suggested = Comparison::suggestion(experiment.setup()).size();
        QVERIFY(suggested >= 4 && suggested <= 6);
        QSignalSpy finished(&experiment.comparison(), &Comparison::finished);
        experiment.trainSuggested();
        QVERIFY(experiment.comparison().isRunning());
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 60'000);
        QVERIFY(!experiment.comparison().isRunning());
        // The first learner was there already, and what is on show stayed.
        QCOMPARE(experiment.runs().runs().size(), suggested);
        QCOMPARE(finished.first().first().toInt(), int(suggested) - 1);
        QCOMPARE(numbers(experiment.model()), before);
        experiment.trainSuggested();
        QTRY_COMPARE(finished.count(), 2);
        QCOMPARE(experiment.runs().runs().size(), suggested);
        for (const RunPtr& run : experiment.runs().runs()) {
            QVERIFY(!run->metricsTrain.empty());
            experiment.restoreRun(run->number);
            QCOMPARE(numbers(experiment.model()), numbers(run->model));
        }
    }
}

void TestRunLog::comparisonIsCancelled()
{
    Experiment experiment;
    open(experiment, "moons");
    experiment.trainSuggested();
    experiment.comparison().cancel();
    QVERIFY(!experiment.comparison().isRunning());
    const std::size_t runs = experiment.runs().runs().size();
    QTest::qWait(400);
    QCOMPARE(experiment.runs().runs().size(), runs);
    // Other rows end it too.
    experiment.trainSuggested();
    experiment.data().generate("line", 60, 0.2, 2);
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment) && experiment.task() == Task::Regression, 20'000);
    QVERIFY(!experiment.comparison().isRunning());
    QTRY_COMPARE_WITH_TIMEOUT(experiment.runs().runsOn(experiment.setup().source).size(), std::size_t(1), 20'000);
}

void TestRunLog::suggestedRunIsTheSameAsOneByHand()
{
    Experiment experiment;
    open(experiment, "moons");
    QSignalSpy finished(&experiment.comparison(), &Comparison::finished);
    experiment.trainSuggested();
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 60'000);
    Experiment other;
    open(other, "moons");
    for (const RunPtr& run : experiment.runs().runs()) {
        other.choices().setLearner(run->setup.learner);
        // A quick run follows another without saying so, and shows its first trees before its last: only a run in the log is over.
        QTRY_VERIFY_WITH_TIMEOUT(runOf(other, run->setup.learner), 20'000);
        QCOMPARE(numbers(runOf(other, run->setup.learner)->model), numbers(run->model));
    }
}

void TestRunLog::ownRowsAreSealedSamplesLieOpen()
{
    Experiment experiment;
    open(experiment, "moons");
    QVERIFY(experiment.isTestVisible());
    QCOMPARE(experiment.testLooks().count(experiment.setup()), 1);
    QByteArray text = "x,y\n";
    for (int i = 0; i < 40; ++i)
        text += QByteArray::number(i) + ',' + QByteArray::number(2 * i + i % 3) + '\n';
    QFile file(m_folder.filePath(QStringLiteral("own.csv")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
    file.close();
    experiment.data().openCsv(file.fileName());
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment) && experiment.evaluation() && experiment.evaluation()->table.rows() == 40, 20'000);
    QVERIFY(!experiment.isTestVisible());
    QCOMPARE(experiment.testLooks().count(experiment.setup()), 0);
    QSignalSpy changed(&experiment, &Experiment::testVisibilityChanged);
    experiment.lookAtTest();
    QCOMPARE(changed.count(), 1);
    QVERIFY(experiment.isTestVisible());
    QCOMPARE(experiment.testLooks().count(experiment.setup()), 1);
}

void TestRunLog::looksAreCountedOnceAModel()
{
    Experiment experiment;
    open(experiment, "moons");
    TestLooks& looks = experiment.testLooks();
    looks.setOpen(false);
    QVERIFY(experiment.isTestVisible());                // it was seen
    experiment.lookAtTest();
    QCOMPARE(looks.count(experiment.setup()), 1);
    experiment.choices().setLearner("decision_tree");
    QVERIFY(!experiment.isTestVisible());
    QTRY_VERIFY_WITH_TIMEOUT(isTrained(experiment), 20'000);
    experiment.lookAtTest();
    experiment.lookAtTest();
    QCOMPARE(looks.count(experiment.setup()), 2);
    // An undo shows a model that was seen; nobody can unsee it, and it does not count again.
    experiment.undoStack().undo();
    QVERIFY(experiment.isTestVisible());
    experiment.undoStack().redo();
    QVERIFY(experiment.isTestVisible());
    QCOMPARE(looks.count(experiment.setup()), 2);
    // Values of another learner change nothing about this one.
    QVERIFY(experiment.choices().setHyperparameter("max_depth", std::int64_t(2)));
    QVERIFY(!experiment.isTestVisible());
    // Another draw has other test rows.
    experiment.choices().setSeed(99);
    QCOMPARE(looks.count(experiment.setup()), 0);
    QVERIFY2(looks.sentence(experiment.setup()).contains(QStringLiteral("at others")), qPrintable(looks.sentence(experiment.setup())));
    looks.setOpen(true);
    QVERIFY(experiment.isTestVisible());
    QTRY_COMPARE_WITH_TIMEOUT(looks.count(experiment.setup()), 1, 20'000);
    QVERIFY(looks.sentence(experiment.setup()).endsWith(u'.'));
}

void TestRunLog::largeRunsKeepLittle()
{
    std::vector<TrainingFrame> frames(1000);
    for (std::size_t i = 0; i < frames.size(); ++i)
        frames[i].step = i;
    const auto thin = thinnedFrames(frames, 100);
    QCOMPARE(thin.size(), std::size_t(100));
    QCOMPARE(thin.front().step, std::size_t(0));
    QCOMPARE(thin.back().step, std::size_t(999));
    QCOMPARE(thinnedFrames(thin, 2).size(), std::size_t(2));
    QVERIFY(thinnedFrames({}, 5).empty());
}

QTEST_MAIN(TestRunLog)
#include "tst_run_log.moc"
