#include "app/jobs/background_job.h"
#include "app/jobs/training_folds.h"
#include "core/data/csv_reader.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <atomic>
#include <numeric>
#include <thread>

using namespace modelarium;

/// Long evaluations off the window's thread: the newest request wins, a cancelled one is silent; and folds stay among their rows.
class TestBackgroundJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void arrivesOnThisThread();
    void theNewestWins();
    void cancelledOnesAreSilent();
    void errorsAreTold();
    void endsBeforeItIsGone();
    void foldsStayAmongTheirRows();
    void placesOfASearchShareWhatIsIdle();

private:
    static Table table();
};

/// Works until it is asked to stop.
static Result<int> endless(const EvaluationProgress&, std::stop_token stop)
{
    while (!stop.stop_requested())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return Error{ErrorCode::Cancelled, "It was cancelled."};
}

void TestBackgroundJob::arrivesOnThisThread()
{
    BackgroundJob job;
    QSignalSpy progress(&job, &BackgroundJob::progressed);
    int arrived = 0;
    job.start<int>([](const EvaluationProgress& tell, std::stop_token) {
        tell(1, 2);
        return Result<int>(42);
    }, [&](const std::shared_ptr<const int>& value) {
        QCOMPARE(QThread::currentThread(), qApp->thread());
        arrived = *value;
    });
    QVERIFY(job.isRunning());
    QTRY_COMPARE(arrived, 42);
    QVERIFY(!job.isRunning());
    QCOMPARE(progress.size(), 1);
    QCOMPARE(progress.first().at(1).toInt(), 2);
}

void TestBackgroundJob::theNewestWins()
{
    BackgroundJob job;
    QSignalSpy failed(&job, &BackgroundJob::failed);
    std::vector<int> arrived;
    const auto keep = [&](const std::shared_ptr<const int>& value) { arrived.push_back(*value); };
    job.start<int>(endless, keep);
    job.start<int>([](const EvaluationProgress&, std::stop_token) { return Result<int>(1); }, keep);
    job.start<int>([](const EvaluationProgress&, std::stop_token) { return Result<int>(2); }, keep);
    QTRY_VERIFY(!job.isRunning());
    QTest::qWait(30);
    QCOMPARE(arrived, std::vector<int>{2});
    QCOMPARE(failed.size(), 0);
}

void TestBackgroundJob::cancelledOnesAreSilent()
{
    BackgroundJob job;
    QSignalSpy failed(&job, &BackgroundJob::failed), progress(&job, &BackgroundJob::progressed);
    std::atomic<bool> ended = false;
    bool arrived = false;
    job.start<int>([&](const EvaluationProgress& tell, std::stop_token stop) {
        const auto result = endless(tell, stop);
        tell(1, 1);
        ended = true;
        return result;
    }, [&](const std::shared_ptr<const int>&) { arrived = true; });
    QTest::qWait(20);
    job.cancel();
    QVERIFY(!job.isRunning());
    QTRY_VERIFY(ended);
    QTest::qWait(30);
    QVERIFY(!arrived);
    QCOMPARE(failed.size() + progress.size(), 0);
}

void TestBackgroundJob::errorsAreTold()
{
    BackgroundJob job;
    QSignalSpy failed(&job, &BackgroundJob::failed);
    job.start<int>([](const EvaluationProgress&, std::stop_token) { return Result<int>(Error{ErrorCode::Unsupported, "Not this one."}); },
                   [](const std::shared_ptr<const int>&) { QFAIL("there is nothing to deliver"); });
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failed.first().first().value<Error>().message, std::string("Not this one."));
}

void TestBackgroundJob::endsBeforeItIsGone()
{
    std::atomic<bool> ended = false;
    {
        BackgroundJob job;
        job.start<int>([&](const EvaluationProgress& tell, std::stop_token stop) {
            const auto result = endless(tell, stop);
            ended = true;
            return result;
        }, [](const std::shared_ptr<const int>&) { QFAIL("it is gone"); });
        QTest::qWait(20);
    }
    QVERIFY(ended);
    QCoreApplication::processEvents();
}

Table TestBackgroundJob::table()
{
    std::string text = "x,kind,y\n";
    for (int i = 0; i < 60; ++i)
        text += std::to_string(i * 37 % 60) + (i % 3 == 0 ? ",a," : ",b,") + std::to_string(2 * (i * 37 % 60) + i % 5) + "\n";
    return readCsvBytes(text)->table;
}

void TestBackgroundJob::foldsStayAmongTheirRows()
{
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < 60; i += 2)
        rows.push_back(i);
    TrainingPlan plan;
    plan.target = "kind";
    plan.learner = "logistic_regression";
    plan.testFraction = 0.25;
    const auto parted = trainingFolds(table(), plan, rows, 5);
    QVERIFY(parted);
    QCOMPARE(parted->table.rows(), rows.size());
    QCOMPARE(parted->plan.testFraction, 0.0);
    std::vector<int> tested(rows.size(), 0);
    for (const Split& fold : parted->folds) {
        QCOMPARE(fold.train.size() + fold.test.size(), rows.size());
        for (const std::size_t row : fold.test)
            ++tested[row];
    }
    QVERIFY(std::all_of(tested.begin(), tested.end(), [](int times) { return times == 1; }));
    FoldOptions options;
    options.kind = FoldKind::LeaveOneOut;
    const auto alone = trainingFolds(table(), plan, rows, options);
    QVERIFY(alone);
    QCOMPARE(alone->folds.size(), rows.size());
    // What lies outside these rows changes nothing.
    options.kind = FoldKind::Stratified;
    const auto before = crossValidateOn(table(), plan, rows, options, {}, {});
    const auto after = crossValidateOn(table().selected(rows), plan, [&] {
        std::vector<std::size_t> all(rows.size());
        std::iota(all.begin(), all.end(), std::size_t(0));
        return all;
    }(), options, {}, {});
    QVERIFY(before && after);
    QVERIFY(before->pooled == after->pooled);
}

void TestBackgroundJob::placesOfASearchShareWhatIsIdle()
{
    TrainingPlan plan;
    plan.target = "y";
    plan.features = {"x"};
    plan.learner = "linear_regression";
    const auto learner = findLearner(plan.learner);
    QVERIFY(learner);
    // A learning rate plays a part in a descent alone.
    const auto rate = std::find_if((*learner)->table.begin(), (*learner)->table.end(), [](const auto& spec) { return !spec.onlyWhen.empty() && spec.name == "learning_rate"; });
    QVERIFY(rate != (*learner)->table.end());
    std::vector<std::size_t> rows(60);
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    const auto other = std::find_if((*learner)->table.begin(), (*learner)->table.end(), [&](const auto& spec) { return spec.name == rate->onlyWhen; });
    std::vector<HyperparameterValue> solvers;
    for (const std::string& choice : other->choices)
        solvers.emplace_back(choice);
    const std::vector<SearchAxis> axes{{"learning_rate", {0.001, 0.002}, 0, 0}, {other->name, solvers, 0, 0}};
    FoldOptions options;
    options.kind = FoldKind::KFold;
    options.folds = 3;
    const auto grid = searchOn(table(), plan, rows, options, axes, {}, {});
    QVERIFY(grid);
    QCOMPARE(grid->columns(), std::size_t(2));
    QCOMPARE(grid->rows(), solvers.size());
    bool shared = false, own = false;
    for (std::size_t row = 0; row < grid->rows(); ++row) {
        const bool idle = std::find(rate->onlyWhenValues.begin(), rate->onlyWhenValues.end(), other->choices[row]) == rate->onlyWhenValues.end();
        QCOMPARE(grid->candidateAt(row, 0) == grid->candidateAt(row, 1), idle);
        (idle ? shared : own) = true;
        const HyperparameterValues values = grid->valuesAt(row, 1);
        QVERIFY(values.at("learning_rate") == HyperparameterValue(0.002) && values.at(other->name) == solvers[row]);
    }
    QVERIFY(shared && own);
}

QTEST_MAIN(TestBackgroundJob)
#include "tst_background_job.moc"
