#include "app/document/experiment.h"
#include "core/base/random.h"
#include "core/model/model_file.h"
#include "tests/support/parameters_text.h"
#include "tests/support/small_tables.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace modelarium;

namespace {

using State = ExperimentState;

std::string shown(const Experiment& experiment)
{
    return experiment.model() ? parametersText(experiment.model()->parameters()) : std::string();
}

} // namespace

class TestExperiment : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void beginsEmpty();
    void everySampleIsTrainedAtOnce_data();
    void everySampleIsTrainedAtOnce();
    void everyGeneratorIsTrainedAtOnce_data();
    void everyGeneratorIsTrainedAtOnce();
    void opensACsvFile();
    void failedLoadKeepsWhatWasThere_data();
    void failedLoadKeepsWhatWasThere();
    void openingOtherRowsSaysWhatIsKept();
    void noticesThatTheFileChanged();
    void whatIfSpringsBack();
    void movingAPointIsUndone();
    void playerMovesBackAndForthExactly();
    void playsToTheEndAndReplays();
    void aThinnedHistoryIsFollowedToItsEnd();
    void newSeedIsANewStart();
    void withoutAutoTrainingAChangeMakesTheModelStale();
    void divergenceIsANotice();
    void frozenNeverChanges();
    void theFrozenStepIsOnShow();
    void freezingCanBeCancelled();
    void undoOfFreezeGoesOn();
    void savesAndOpensAModel();
    void predictsOneRow();
    void evaluationFollows();
    void survivesAnyOrderOfWishes();

private:
    void openDescent(Experiment& experiment);
    QString write(const QString& name, const QByteArray& bytes);
    QTemporaryDir m_folder;
};

QString TestExperiment::write(const QString& name, const QByteArray& bytes)
{
    QFile file(m_folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(file.fileName()));
    return file.fileName();
}

/// A line found by gradient descent in 60 steps, waiting at its start.
void TestExperiment::openDescent(Experiment& experiment)
{
    QSignalSpy loaded(&experiment.data(), &DataLoading::loaded);
    experiment.setAutoTrain(false);
    experiment.data().generate("line", 80, 0.2, 1);
    QTRY_COMPARE(loaded.count(), 1);
    QVERIFY(experiment.choices().setHyperparameter("solver", std::string("gradient_descent")));
    QVERIFY(experiment.choices().setHyperparameter("max_iterations", std::int64_t(60)));
    QVERIFY(experiment.choices().setHyperparameter("tolerance", 0.0));
    QVERIFY(experiment.choices().setHyperparameter("learning_rate", 0.01));
}

void TestExperiment::beginsEmpty()
{
    Experiment experiment;
    QCOMPARE(experiment.state(), State::Empty);
    QVERIFY(!experiment.model());
    QVERIFY(experiment.unsavedWork().isEmpty());
    QCOMPARE(experiment.stageState(Stage::Data).progress, StageProgress::Here);
    for (const Stage stage : {Stage::Prepare, Stage::Train, Stage::Evaluate, Stage::Use}) {
        QCOMPARE(experiment.stageState(stage).progress, StageProgress::NotYet);
        QVERIFY(!experiment.stageState(stage).reason.isEmpty());
    }
    QSignalSpy notices(&experiment, &Experiment::noticeRaised);
    experiment.training().play();
    experiment.training().step();
    experiment.freeze();
    experiment.unfreezeCopy();
    QVERIFY(!experiment.saveModel(m_folder.filePath(QStringLiteral("none.json"))));
    experiment.rows().deleteRows({0});
    experiment.choices().setRole(0, Role::Target);
    QVERIFY(notices.count() >= 3);
    QCOMPARE(experiment.state(), State::Empty);
}

void TestExperiment::everySampleIsTrainedAtOnce_data()
{
    QTest::addColumn<int>("sample");
    for (std::size_t i = 0; i < samples().size(); ++i)
        QTest::newRow(qPrintable(samples()[i].title)) << int(i);
    QVERIFY(!samples().empty());
}

void TestExperiment::everySampleIsTrainedAtOnce()
{
    QFETCH(int, sample);
    const SampleInfo& info = samples()[std::size_t(sample)];
    Experiment experiment;
    QSignalSpy notices(&experiment, &Experiment::noticeRaised);
    experiment.data().openSample(info);
    QTRY_VERIFY_WITH_TIMEOUT(experiment.state() == State::Trained || experiment.training().error(), 20000);
    QVERIFY2(!experiment.training().error(), experiment.training().error() ? experiment.training().error()->message.c_str() : "");
    QVERIFY(experiment.model());
    QCOMPARE(experiment.model()->target().name, info.target);
    QCOMPARE(experiment.setup().learner, info.learner);
    QCOMPARE(featureColumns(experiment.setup()).size(), info.features.size());
    QVERIFY(!experiment.view().xColumn().empty() && !experiment.view().yColumn().empty());
    QTRY_VERIFY(experiment.evaluation() && experiment.evaluation()->model == experiment.model());
    QVERIFY(!experiment.evaluation()->error);
    QVERIFY(!experiment.evaluation()->metricsTest.empty());
    QVERIFY(experiment.evaluation()->secondsPerPrediction > 0);
    QVERIFY(experiment.unsavedWork().isEmpty());
}

void TestExperiment::everyGeneratorIsTrainedAtOnce_data()
{
    QTest::addColumn<QString>("id");
    for (const GeneratorInfo& generator : generators())
        QTest::newRow(generator.id.c_str()) << QString::fromStdString(generator.id);
}

void TestExperiment::everyGeneratorIsTrainedAtOnce()
{
    QFETCH(QString, id);
    Experiment experiment;
    experiment.data().generate(id.toStdString(), 200, 0.1, 1);
    QTRY_VERIFY_WITH_TIMEOUT(experiment.state() == State::Trained || experiment.training().error(), 20000);
    QVERIFY2(!experiment.training().error(), experiment.training().error() ? experiment.training().error()->message.c_str() : "");
    QCOMPARE(experiment.table().rows(), std::size_t(200));
}

void TestExperiment::opensACsvFile()
{
    Experiment experiment;
    QSignalSpy loading(&experiment.data(), &DataLoading::loadingChanged);
    experiment.data().openCsv(write(QStringLiteral("shop.csv"), "name;price;sold\nA;1,5;10\nB;2,5;20\nC;3,5;29\nD;4,5;41\n"
                                                                "E;5,5;52\nF;6,5;59\nG;7,5;70\nH;8,5;81\n"));
    QTRY_COMPARE(loading.count(), 2);
    QVERIFY(experiment.setup().source);
    QCOMPARE(experiment.setup().source->name, QStringLiteral("shop.csv"));
    QCOMPARE(experiment.undoStack().undoText(), QStringLiteral("Open shop.csv"));
    QVERIFY(experiment.setup().source->receipt);
    QCOMPARE(experiment.task(), std::optional(Task::Regression));
    QTRY_COMPARE(experiment.state(), State::Trained);
    QCOMPARE(experiment.model()->target().name, std::string("sold"));
    experiment.undoStack().undo();
    QCOMPARE(experiment.state(), State::Empty);
    experiment.undoStack().redo();
    QTRY_COMPARE(experiment.state(), State::Trained);
}

void TestExperiment::failedLoadKeepsWhatWasThere_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("gone") << m_folder.filePath(QStringLiteral("gone.csv"));
    QTest::newRow("folder") << m_folder.path();
    QTest::newRow("empty") << write(QStringLiteral("empty.csv"), {});
    QTest::newRow("picture") << write(QStringLiteral("picture.csv"),
                                         QByteArray::fromHex("89504e470d0a1a0a0000000d49484452000000010000"));
}

void TestExperiment::failedLoadKeepsWhatWasThere()
{
    QFETCH(QString, path);
    Experiment experiment;
    experiment.data().generate("line", 60, 0.1, 1);
    QTRY_COMPARE(experiment.state(), State::Trained);
    const Setup before = experiment.setup();
    const std::string model = shown(experiment);
    QSignalSpy notices(&experiment, &Experiment::noticeRaised);
    experiment.data().openCsv(path);
    QTRY_COMPARE(notices.count(), 1);
    QVERIFY(!notices[0][1].toString().isEmpty());
    QVERIFY(!differences(before, experiment.setup()));
    QCOMPARE(experiment.state(), State::Trained);
    QCOMPARE(shown(experiment), model);
    QVERIFY(!experiment.data().isLoading());
}

/// Who chose something and opens another file hears that Undo brings model and choices back; who chose nothing, or undoes, hears nothing.
void TestExperiment::openingOtherRowsSaysWhatIsKept()
{
    Experiment experiment;
    QStringList notices;
    connect(&experiment, &Experiment::noticeRaised, this, [&](Severity, const QString& sentence) { notices << sentence; });
    const auto kept = [&] { return notices.filter(QStringLiteral("Undo (Ctrl+Z) brings them back")).size(); };
    const auto open = [&](const QString& path, int rows) {
        experiment.data().openCsv(path);
        QTRY_COMPARE(int(experiment.table().rows()), rows);
        QTRY_COMPARE(experiment.state(), State::Trained);
    };
    const QString first = write(QStringLiteral("first.csv"), "x,z,y\n1,5,2\n2,3,4\n3,4,6\n4,1,8\n5,2,9\n");
    const QString second = write(QStringLiteral("second.csv"), "x,y\n1,2\n2,4\n3,5\n4,9\n5,9\n6,7\n");
    open(first, 5);
    open(second, 6);
    QCOMPARE(kept(), 0);
    experiment.undoStack().undo();
    QCOMPARE(kept(), 0);
    experiment.choices().setRole(1, Role::Ignored);
    QTRY_COMPARE(experiment.state(), State::Trained);
    open(second, 6);
    QCOMPARE(kept(), 1);
    experiment.undoStack().undo();
    QCOMPARE(int(experiment.setup().roles[1]), int(Role::Ignored));
    QCOMPARE(kept(), 1);
}

void TestExperiment::noticesThatTheFileChanged()
{
    Experiment experiment;
    const QString path = write(QStringLiteral("live.csv"), "x,y\n1,2\n2,4\n3,6\n4,8\n5,10\n6,12\n");
    experiment.data().openCsv(path);
    QTRY_COMPARE(experiment.state(), State::Trained);
    QSignalSpy changed(&experiment.data(), &DataLoading::fileChangedOnDisk);
    write(QStringLiteral("live.csv"), "x,y\n1,3\n2,6\n3,9\n4,12\n5,15\n6,18\n7,21\n");
    QTRY_COMPARE(changed.count(), 1);
    QCOMPARE(experiment.table().rows(), std::size_t(6));
    experiment.data().reload();
    QTRY_COMPARE(experiment.table().rows(), std::size_t(7));
    QVERIFY(experiment.saveTable(path));
    QTest::qWait(600);
    QCOMPARE(changed.count(), 1);
}

void TestExperiment::whatIfSpringsBack()
{
    Experiment experiment;
    experiment.data().generate("line", 60, 0.1, 1);
    QTRY_COMPARE(experiment.state(), State::Trained);
    const std::string before = shown(experiment);
    const Table table = experiment.table();
    const int steps = experiment.undoStack().count();
    const std::size_t target = *targetColumn(experiment.setup());
    const std::size_t row = experiment.training().training()->split.train[3];
    for (int i = 1; i <= 30; ++i) {
        experiment.rows().whatIf(row, {{target, 10.0 * i}});
        QTest::qWait(4);
    }
    QTRY_VERIFY(shown(experiment) != before);
    QCOMPARE(experiment.table().column(target).numberValues()[row], 300.0);
    QVERIFY(!experiment.isModelStale());
    experiment.rows().endWhatIf();
    QTRY_COMPARE(shown(experiment), before);
    QVERIFY(sharesColumns(experiment.table(), table));
    QCOMPARE(experiment.undoStack().count(), steps);
    QVERIFY(experiment.unsavedWork().isEmpty());
}

void TestExperiment::movingAPointIsUndone()
{
    Experiment experiment;
    experiment.data().generate("line", 60, 0.1, 1);
    QTRY_COMPARE(experiment.state(), State::Trained);
    const std::string before = shown(experiment);
    const std::size_t target = *targetColumn(experiment.setup());
    experiment.rows().movePoint(experiment.training().training()->split.train[0], {{target, 500.0}});
    QVERIFY(!experiment.unsavedWork().isEmpty());
    QTRY_VERIFY(shown(experiment) != before);
    experiment.undoStack().undo();
    QTRY_COMPARE(shown(experiment), before);
    QVERIFY(experiment.unsavedWork().isEmpty());
}

void TestExperiment::playerMovesBackAndForthExactly()
{
    Experiment experiment;
    openDescent(experiment);
    TrainingSession& training = experiment.training();
    std::vector<std::string> seen;
    training.step();
    QTRY_COMPARE(training.position(), std::size_t(1));
    QCOMPARE(experiment.state(), State::Paused);
    seen.push_back(parametersText(training.history()[0].model->parameters()));
    seen.push_back(shown(experiment));
    for (std::size_t i = 2; i <= 10; ++i) {
        training.step();
        QTRY_COMPARE(training.position(), i);
        QCOMPARE(training.frame()->step, i);
        seen.push_back(shown(experiment));
    }
    for (std::size_t i = 10; i-- > 0;) {
        training.stepBack();
        QCOMPARE(training.position(), i);
        QCOMPARE(shown(experiment), seen[i]);
    }
    training.stepBack();
    QCOMPARE(training.position(), std::size_t(0));
    training.seek(5);
    QCOMPARE(shown(experiment), seen[5]);

    // Begun again from the same seed, the same steps give the same bits.
    experiment.train(false);
    for (std::size_t i = 1; i <= 10; ++i) {
        training.step();
        QTRY_VERIFY(training.frame() && training.frame()->step == i && !training.isStale());
        QCOMPARE(shown(experiment), seen[i]);
    }
    training.toEnd();
    QTRY_COMPARE(experiment.state(), State::Trained);
    QCOMPARE(training.frame()->step, std::size_t(60));
    training.toStart();
    QCOMPARE(shown(experiment), seen[0]);
    QCOMPARE(experiment.state(), State::Trained);
}

void TestExperiment::playsToTheEndAndReplays()
{
    Experiment experiment;
    openDescent(experiment);
    TrainingSession& training = experiment.training();
    training.setStepsPerSecond(500);
    training.play();
    QVERIFY(training.isPlaying());
    QTRY_COMPARE(experiment.state(), State::Trained);
    QVERIFY(!training.isPlaying());
    QCOMPARE(training.history().back().step, std::size_t(60));
    const std::string end = shown(experiment);
    training.play();
    QVERIFY(training.isPlaying());
    QVERIFY(training.position() < training.history().size() - 1);
    QTRY_VERIFY(!training.isPlaying());
    QCOMPARE(shown(experiment), end);
    training.toStart();
    training.play();
    QTRY_VERIFY(training.position() > 0);
    training.pause();
    const std::size_t position = training.position();
    QTest::qWait(50);
    QCOMPARE(training.position(), position);
}

/// A history that is thinned gets shorter while it is followed at its end; whoever hears of that reads the frame on show.
void TestExperiment::aThinnedHistoryIsFollowedToItsEnd()
{
    Experiment experiment;
    openDescent(experiment);
    constexpr std::int64_t steps = 60'000;                    // so many that the frames come in many pieces
    QVERIFY(experiment.choices().setHyperparameter("learning_rate", 1e-6));
    QVERIFY(experiment.choices().setHyperparameter("tolerance", 0.0));
    QVERIFY(experiment.choices().setHyperparameter("max_iterations", steps));
    TrainingSession& training = experiment.training();
    std::size_t longest = 0;
    bool within = true;
    connect(&training, &TrainingSession::historyChanged, this, [&] {
        longest = std::max(longest, training.history().size());
        within = within && training.position() < training.history().size();
    });
    experiment.train(false);
    training.setStepsPerSecond(0);
    training.toEnd();
    QTRY_COMPARE_WITH_TIMEOUT(training.state(), TrainingSession::State::Finished, 60'000);
    QVERIFY(within);
    QCOMPARE(training.frame()->step, std::size_t(steps));
    QVERIFY2(training.history().size() < std::size_t(steps), "it was thinned");
}

void TestExperiment::newSeedIsANewStart()
{
    Experiment experiment;
    experiment.data().generate("line", 60, 0.5, 1);
    QTRY_COMPARE(experiment.state(), State::Trained);
    const std::string before = shown(experiment);
    experiment.choices().setSeed(2);
    QTRY_VERIFY(shown(experiment) != before);
    experiment.choices().setSeed(1);
    QTRY_COMPARE(shown(experiment), before);
}

void TestExperiment::withoutAutoTrainingAChangeMakesTheModelStale()
{
    Experiment experiment;
    openDescent(experiment);
    experiment.train();
    QTRY_COMPARE(experiment.state(), State::Trained);
    const std::string before = shown(experiment);
    experiment.choices().setSeed(77);
    QCOMPARE(experiment.state(), State::Ready);
    QVERIFY(experiment.isModelStale());
    QCOMPARE(shown(experiment), before);
    QSignalSpy notices(&experiment, &Experiment::noticeRaised);
    experiment.freeze();
    QCOMPARE(notices.count(), 1);
    QVERIFY(!experiment.isFrozen());
    experiment.train();
    QTRY_COMPARE(experiment.state(), State::Trained);
    QVERIFY(!experiment.isModelStale());
}

void TestExperiment::divergenceIsANotice()
{
    Experiment experiment;
    openDescent(experiment);
    experiment.train();
    QTRY_COMPARE(experiment.state(), State::Trained);
    QVERIFY(experiment.choices().setHyperparameter("max_iterations", std::int64_t(100000)));
    QVERIFY(experiment.choices().setHyperparameter("learning_rate", 100.0));
    QSignalSpy notices(&experiment, &Experiment::noticeRaised);
    experiment.train();
    QTRY_COMPARE(notices.count(), 1);
    QCOMPARE(notices[0][0].value<Severity>(), Severity::Error);
    QVERIFY2(notices[0][1].toString().contains(QStringLiteral("step")), qPrintable(notices[0][1].toString()));
    QVERIFY(experiment.training().error());
    QCOMPARE(experiment.state(), State::Ready);
    QVERIFY(experiment.model());
    QVERIFY(isFinite(experiment.model()->parameters()));
}

void TestExperiment::frozenNeverChanges()
{
    Experiment experiment;
    experiment.data().generate("moons", 120, 0.2, 1);
    QTRY_COMPARE(experiment.state(), State::Trained);
    const std::string before = shown(experiment);
    experiment.freeze();
    QTRY_COMPARE(experiment.state(), State::Frozen);
    const ModelPtr frozen = experiment.model();
    QCOMPARE(shown(experiment), before);
    QVERIFY(!frozen->provenance().metricsTest.empty());
    QTRY_VERIFY(experiment.evaluation() && experiment.evaluation()->model == frozen);
    const auto errorBefore = experiment.evaluation()->metricsTrain;

    QSignalSpy notices(&experiment, &Experiment::noticeRaised);
    experiment.training().play();
    experiment.training().step();
    experiment.training().stepBack();
    experiment.training().toStart();
    experiment.training().toEnd();
    experiment.training().seek(0);
    experiment.train();
    experiment.choices().setSeed(1234);
    experiment.choices().setLearner(learners().front().id);
    QCOMPARE(notices.count(), 9);

    for (std::size_t row = 0; row < 60; ++row)
        experiment.rows().movePoint(row, {{0, 40.0}, {1, -40.0}});
    experiment.rows().whatIf(3, {{0, 7.0}});
    experiment.rows().endWhatIf();
    experiment.rows().deleteRows({119});
    experiment.rows().addPoint({{0, 0.5}, {1, 0.5}, {2, 1}});
    QTRY_VERIFY(sharesColumns(experiment.evaluation()->table, experiment.table()));
    QVERIFY(experiment.evaluation()->metricsTrain != errorBefore);
    QVERIFY(!experiment.evaluation()->rowsChanged);
    QCOMPARE(experiment.model(), frozen);
    QCOMPARE(shown(experiment), before);
    experiment.data().generate("circles", 50, 0.1, 3);
    QTRY_COMPARE(experiment.table().rows(), std::size_t(50));
    QCOMPARE(experiment.model(), frozen);
    QVERIFY(experiment.unsavedWork().contains(QStringLiteral("frozen")));
}

/// Steps that are under way when a training is held come later, and must not carry the player away from the model that was frozen.
void TestExperiment::theFrozenStepIsOnShow()
{
    Experiment experiment;
    openDescent(experiment);
    QVERIFY(experiment.choices().setHyperparameter("max_iterations", std::int64_t(1'000'000)));
    QVERIFY(experiment.choices().setHyperparameter("learning_rate", 1e-6));
    TrainingSession& training = experiment.training();
    training.setStepsPerSecond(0);
    training.play();
    QTRY_VERIFY(training.frame() && training.frame()->step > 10);
    experiment.freeze();
    QTRY_COMPARE(experiment.state(), State::Frozen);
    QCOMPARE(training.frame()->step, experiment.model()->provenance().steps);
    QVERIFY(experiment.model()->provenance().steps < 1'000'000);
}

void TestExperiment::freezingCanBeCancelled()
{
    Experiment experiment;
    experiment.data().generate("moons", 120, 0.2, 1);
    QTRY_COMPARE(experiment.state(), State::Trained);
    QSignalSpy freezing(&experiment, &Experiment::freezingChanged);
    experiment.freeze();
    QVERIFY(experiment.isFreezing());
    experiment.cancelFreezing();
    QVERIFY(!experiment.isFreezing());
    QCOMPARE(freezing.count(), 2);
    QTest::qWait(100);
    QVERIFY(!experiment.isFrozen());
    experiment.freeze();
    QTRY_COMPARE(experiment.state(), State::Frozen);
    QVERIFY(!experiment.isFreezing());
}

void TestExperiment::undoOfFreezeGoesOn()
{
    Experiment experiment;
    openDescent(experiment);
    experiment.training().step();
    QTRY_COMPARE(experiment.training().position(), std::size_t(1));
    const std::string early = shown(experiment);
    experiment.freeze();
    QTRY_VERIFY(experiment.isFrozen());
    QCOMPARE(experiment.undoStack().undoText(), QStringLiteral("Freeze"));
    QCOMPARE(experiment.model()->provenance().steps, std::size_t(1));
    experiment.unfreezeCopy();
    QCOMPARE(experiment.state(), State::Paused);
    experiment.training().step();
    QTRY_COMPARE(experiment.training().position(), std::size_t(2));
    QVERIFY(shown(experiment) != early);
    experiment.undoStack().undo();
    QVERIFY(experiment.isFrozen());
    QCOMPARE(shown(experiment), early);
    experiment.undoStack().undo();
    QVERIFY(!experiment.isFrozen());
    QVERIFY(shown(experiment) != early);
}

void TestExperiment::savesAndOpensAModel()
{
    const QString path = m_folder.filePath(QStringLiteral("line.model.json"));
    std::string saved;
    {
        Experiment experiment;
        experiment.data().generate("line", 60, 0.1, 1);
        QTRY_COMPARE(experiment.state(), State::Trained);
        experiment.freeze();
        QTRY_COMPARE(experiment.state(), State::Frozen);
        QVERIFY(!experiment.unsavedWork().isEmpty());
        QVERIFY(!experiment.saveModel(m_folder.filePath(QStringLiteral("no/such/folder/x.json"))));
        QVERIFY(experiment.saveModel(path));
        QVERIFY(experiment.unsavedWork().isEmpty());
        QCOMPARE(experiment.stageState(Stage::Use).progress, StageProgress::Done);
        saved = shown(experiment);
    }
    Experiment experiment;
    experiment.openModel(path);
    QCOMPARE(experiment.state(), State::Frozen);
    QCOMPARE(shown(experiment), saved);
    QVERIFY(!experiment.setup().source);
    QVERIFY(experiment.unsavedWork().isEmpty());
    const ModelPtr model = experiment.model();
    QSignalSpy notices(&experiment, &Experiment::noticeRaised);
    experiment.openModel(write(QStringLiteral("broken.json"), "{\"format\": "));
    QCOMPARE(notices.count(), 1);
    QCOMPARE(experiment.model(), model);

    experiment.data().generate("line", 30, 0.1, 9);
    QTRY_VERIFY(experiment.evaluation() && experiment.evaluation()->prediction.values.size() == 30);
    QVERIFY(experiment.evaluation()->rowsChanged);
    QVERIFY(!experiment.evaluation()->metricsTest.empty());
    QCOMPARE(experiment.model(), model);
}

void TestExperiment::predictsOneRow()
{
    Experiment experiment;
    experiment.data().generate("line", 60, 0.1, 1);
    QTRY_COMPARE(experiment.state(), State::Trained);
    const InputColumn& input = experiment.model()->inputs().front();
    RowPrediction inside = experiment.predictRow({(input.minimum + input.maximum) / 2});
    QVERIFY(std::isfinite(inside.value));
    QVERIFY(inside.warnings.isEmpty());
    QVERIFY(!inside.arithmetic.empty());
    RowPrediction outside = experiment.predictRow({input.maximum + 100});
    QCOMPARE(outside.warnings.size(), 1);
    QVERIFY(experiment.predictRow({1, 2, 3}).arithmetic.empty());
}

void TestExperiment::evaluationFollows()
{
    Experiment experiment;
    experiment.data().generate("blobs", 90, 0.3, 1);
    QTRY_COMPARE(experiment.state(), State::Trained);
    QTRY_VERIFY(experiment.evaluation() && experiment.evaluation()->model == experiment.model());
    const EvaluationPtr evaluation = experiment.evaluation();
    QCOMPARE(std::size_t(evaluation->prediction.values.size()), std::size_t(90));
    QCOMPARE(std::size_t(evaluation->truth.size()), std::size_t(90));
    QCOMPARE(evaluation->split.train.size() + evaluation->split.test.size(), std::size_t(90));
    QCOMPARE(std::size_t(evaluation->confusionTrain.sum()), evaluation->split.train.size());
    QCOMPARE(std::size_t(evaluation->confusionTest.sum()), evaluation->split.test.size());
    QVERIFY(evaluation->metricsTest.count("accuracy") == 1);
}

void TestExperiment::survivesAnyOrderOfWishes()
{
    Random random(3);
    Experiment experiment;
    openDescent(experiment);
    TrainingSession& training = experiment.training();
    for (int i = 0; i < 1500; ++i) {
        switch (random.below(22)) {
        case 0: training.play(); break;
        case 1: training.pause(); break;
        case 2: training.step(); break;
        case 3: training.stepBack(); break;
        case 4: training.toStart(); break;
        case 5: training.toEnd(); break;
        case 6: training.seek(random.below(100)); break;
        case 7: training.setStepsPerSecond(double(random.below(3)) * 300); break;
        case 8: experiment.setAutoTrain(random.below(2) == 0); break;
        case 9: experiment.choices().setSeed(random.below(4)); break;
        case 10: experiment.rows().whatIf(random.below(90), {{0, random.normal()}}); break;
        case 11: experiment.rows().endWhatIf(); break;
        case 12: experiment.rows().movePoint(random.below(90), {{1, random.normal()}}); break;
        case 13: experiment.rows().deleteRows({random.below(200)}); break;
        case 14: experiment.rows().addPoint({{0, random.normal()}, {1, random.normal()}}); break;
        case 15: experiment.undoStack().undo(); break;
        case 16: experiment.undoStack().redo(); break;
        case 17: experiment.freeze(); break;
        case 18: experiment.unfreezeCopy(); break;
        case 19: experiment.train(random.below(2) == 0); break;
        case 20: experiment.choices().setRole(random.below(2), Role(random.below(3))); break;
        case 21: experiment.data().generate("line", 40 + random.below(60), 0.2, random.below(5)); break;
        }
        QTest::qWait(int(random.below(3)));
        if (experiment.model())
            QVERIFY(isFinite(experiment.model()->parameters()));
        if (!training.history().isEmpty())
            QVERIFY(training.position() < training.history().size());
        for (int stage = 0; stage < stageCount; ++stage)
            QVERIFY(!experiment.stageState(Stage(stage)).reason.isEmpty());
    }
    experiment.unfreezeCopy();
    experiment.setAutoTrain(true);
    experiment.data().generate("sine", 70, 0.2, 1);
    QTRY_COMPARE(experiment.table().rows(), std::size_t(70));
    QTRY_COMPARE(experiment.state(), State::Trained);
    QVERIFY(!experiment.isModelStale());
}

QTEST_GUILESS_MAIN(TestExperiment)
#include "tst_experiment.moc"
