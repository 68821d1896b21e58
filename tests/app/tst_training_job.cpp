#include "app/jobs/training_job.h"
#include "core/base/random.h"
#include "core/learn/fit.h"
#include "tests/support/parameters_text.h"
#include "tests/support/small_tables.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <memory>
#include <optional>

using namespace modelarium;

Q_DECLARE_METATYPE(modelarium::TrainingPlan)

namespace {

TrainingPlan descent(std::int64_t steps = 200, double rate = 0.05)
{
    TrainingPlan plan;
    plan.target = "y";
    plan.learner = "linear_regression";
    plan.hyperparameters = {{"solver", std::string("gradient_descent")}, {"max_iterations", steps},
                            {"learning_rate", rate}, {"tolerance", 0.0}};
    plan.testFraction = 0.25;
    return plan;
}

/// Listens to a job as the window does, and keeps every frame.
struct Listener {
    explicit Listener(TrainingJob& job)
    {
        QObject::connect(&job, &TrainingJob::framesAvailable, &job, [this, &job] { take(job); });
        QObject::connect(&job, &TrainingJob::finished, &job, [this, &job] {
            take(job);
            finished = true;
        });
        QObject::connect(&job, &TrainingJob::failed, &job, [this, &job](const Error& e) {
            take(job);
            error = e;
        });
    }

    void take(TrainingJob& job)
    {
        for (TrainingFrame& frame : job.takeFrames())
            frames.push_back(std::move(frame));
    }

    std::vector<TrainingFrame> frames;
    std::optional<Error> error;
    bool finished = false;
};

} // namespace

class TestTrainingJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void endsWithWhatFitGives_data();
    void endsWithWhatFitGives();
    void showsTheStartingPointAndEveryStep();
    void stepsOneByOne();
    void keepsThePace();
    void divergenceIsASentence();
    void impossiblePlansAreSentences_data();
    void impossiblePlansAreSentences();
    void cancelsAtAnyMoment();
    void deliversNothingOfTheRunBefore();
    void survivesAnyOrderOfWishes();
};

void TestTrainingJob::endsWithWhatFitGives_data()
{
    QTest::addColumn<QString>("learner");
    for (const LearnerInfo& info : learners())
        QTest::newRow(info.id.c_str()) << QString::fromStdString(info.id);
}

void TestTrainingJob::endsWithWhatFitGives()
{
    QFETCH(QString, learner);
    TrainingPlan plan;
    plan.learner = learner.toStdString();
    plan.testFraction = 0.25;
    plan.seed = 3;
    const LearnerInfo& info = **findLearner(plan.learner);
    const bool regression = info.supports(Task::Regression);
    plan.target = regression ? "y" : info.taskWithoutTarget() ? "" : "kind";
    const Table table = regression ? lineTable(120) : info.wantsCategories ? levelsTable(120) : cloudsTable(120);

    const auto prepared = prepareTraining(table, plan);
    QVERIFY2(prepared, prepared ? "" : prepared.error().message.c_str());
    const auto outcome = fit(*prepared->learner, prepared->train, plan.seed);
    QVERIFY(outcome);

    TrainingJob job;
    Listener listener(job);
    job.start(table, plan, {});
    QTRY_VERIFY(listener.finished || listener.error);
    QVERIFY2(!listener.error, listener.error ? listener.error->message.c_str() : "");
    QCOMPARE(parametersText(listener.frames.back().model->parameters()), parametersText(outcome->parameters));
    QCOMPARE(listener.frames.back().step, outcome->last.step);
    QVERIFY(std::isfinite(listener.frames.back().trainError));
    QVERIFY(std::isfinite(listener.frames.back().testError));
}

void TestTrainingJob::showsTheStartingPointAndEveryStep()
{
    TrainingJob job;
    Listener listener(job);
    job.start(lineTable(50), descent(100), {});
    QTRY_VERIFY(listener.finished);
    QCOMPARE(listener.frames.size(), std::size_t(101));
    for (std::size_t i = 0; i < listener.frames.size(); ++i)
        QCOMPARE(listener.frames[i].step, i);
    QVERIFY(std::isnan(listener.frames[0].loss));
    QVERIFY(listener.frames[1].loss > listener.frames[100].loss);
    QVERIFY(listener.frames[0].trainError > listener.frames[100].trainError);
}

void TestTrainingJob::stepsOneByOne()
{
    TrainingJob job;
    Listener listener(job);
    job.start(lineTable(50), descent(100), {.playing = false});
    QTRY_COMPARE(listener.frames.size(), std::size_t(1));
    for (std::size_t step = 1; step <= 5; ++step) {
        job.step();
        QTRY_COMPARE(listener.frames.size(), step + 1);
        QCOMPARE(listener.frames.back().step, step);
    }
    // Nothing moves while nobody asks for it.
    QTest::qWait(50);
    QCOMPARE(listener.frames.size(), std::size_t(6));
    job.step(10);
    QTRY_COMPARE(listener.frames.back().step, std::size_t(15));
    job.setPace({true, 0});
    QTRY_VERIFY(listener.finished);
    QCOMPARE(listener.frames.back().step, std::size_t(100));
}

void TestTrainingJob::keepsThePace()
{
    TrainingJob job;
    Listener listener(job);
    QElapsedTimer timer;
    timer.start();
    job.start(lineTable(50), descent(20), {true, 100});
    QTRY_VERIFY(listener.finished);
    // Twenty steps of 10 ms: never faster; how much slower depends on the machine.
    QVERIFY2(timer.elapsed() >= 190, qPrintable(QString::number(timer.elapsed())));
    QVERIFY2(listener.frames.back().seconds < 0.1, "waiting for the next step is no training time");
}

void TestTrainingJob::divergenceIsASentence()
{
    TrainingJob job;
    Listener listener(job);
    job.start(lineTable(50), descent(100000, 50), {});
    QTRY_VERIFY(listener.error);
    QCOMPARE(listener.error->code, ErrorCode::Diverged);
    QVERIFY2(listener.error->message.find("step") != std::string::npos, listener.error->message.c_str());
    for (const TrainingFrame& frame : listener.frames)
        QVERIFY(isFinite(frame.model->parameters()));
    QVERIFY(!job.isRunning());
}

void TestTrainingJob::impossiblePlansAreSentences_data()
{
    QTest::addColumn<TrainingPlan>("plan");
    TrainingPlan plan = descent();
    plan.target = "nowhere";
    QTest::newRow("no such target") << plan;
    plan = descent();
    plan.features = {"x", "nowhere"};
    QTest::newRow("no such feature") << plan;
    plan = descent();
    plan.learner = "oracle";
    QTest::newRow("no such learner") << plan;
    plan = descent();
    plan.hyperparameters["learning_rate"] = -1.0;
    QTest::newRow("bad hyperparameter") << plan;
}

void TestTrainingJob::impossiblePlansAreSentences()
{
    QFETCH(TrainingPlan, plan);
    TrainingJob job;
    Listener listener(job);
    job.start(lineTable(50), plan, {});
    QTRY_VERIFY(listener.error);
    QVERIFY(!listener.error->message.empty());
    QVERIFY(listener.frames.empty());
}

void TestTrainingJob::cancelsAtAnyMoment()
{
    Random random(11);
    const Table table = lineTable(2000);
    TrainingJob job;
    Listener listener(job);
    for (int round = 0; round < 100; ++round) {
        job.start(table, descent(1000000, 1e-4), {random.below(4) != 0, random.below(2) == 0 ? 0.0 : 200.0});
        QTest::qWait(int(random.below(15)));
        QElapsedTimer timer;
        timer.start();
        job.cancel();
        const std::size_t frames = listener.frames.size();
        QVERIFY(!job.isRunning());
        QVERIFY2(timer.elapsed() < 200, qPrintable(QString::number(timer.elapsed())));
        QTest::qWait(1);
        QCOMPARE(listener.frames.size(), frames);
    }
    QVERIFY(!listener.finished && !listener.error);
}

void TestTrainingJob::deliversNothingOfTheRunBefore()
{
    TrainingJob job;
    Listener listener(job);
    job.start(lineTable(50), descent(1000000, 1e-6), {});
    QTRY_VERIFY(!listener.frames.empty());
    job.start(cloudsTable(50), TrainingPlan{.target = "kind", .learner = "k_nearest_neighbors"}, {});
    listener.frames.clear();
    QTRY_VERIFY(listener.finished);
    for (const TrainingFrame& frame : listener.frames)
        QCOMPARE(frame.model->target().name, std::string("kind"));
}

void TestTrainingJob::survivesAnyOrderOfWishes()
{
    Random random(5);
    const Table table = lineTable(200);
    const auto job = std::make_unique<TrainingJob>();
    Listener listener(*job);
    for (int i = 0; i < 2000; ++i) {
        switch (random.below(8)) {
        case 0: job->start(table, descent(std::int64_t(1 + random.below(5000)), 0.01), {random.below(2) == 0, 0}); break;
        case 1: job->cancel(); break;
        case 2: job->setPace({true, 0}); break;
        case 3: job->setPace({true, 1000}); break;
        case 4: job->setPace({false, 0}); break;
        case 5: job->step(random.below(20)); break;
        case 6: listener.take(*job); break;
        case 7: QTest::qWait(1); break;
        }
    }
    QVERIFY(!listener.error);
    job->start(table, descent(50), {});
    listener.finished = false;
    listener.frames.clear();
    QTRY_VERIFY(listener.finished);
    QCOMPARE(listener.frames.back().step, std::size_t(50));
}

QTEST_GUILESS_MAIN(TestTrainingJob)
#include "tst_training_job.moc"
