#include "app/jobs/evaluate_job.h"
#include "app/jobs/load_job.h"
#include "app/jobs/predict_job.h"
#include "app/jobs/surface_job.h"
#include "core/evaluate/freeze.h"
#include "tests/support/small_tables.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace modelarium;

namespace {

struct Trained {
    PreparedTraining training;
    ModelPtr model;
};

Trained train(const Table& table, const std::string& learner, const std::string& target)
{
    TrainingPlan plan;
    plan.learner = learner;
    plan.target = target;
    plan.testFraction = 0.25;
    auto training = prepareTraining(table, plan);
    auto outcome = fit(*training->learner, training->train, plan.seed);
    auto model = freezeModel(*training, outcome->parameters, outcome->last.step, 0);
    return {*std::move(training), *model};
}

SplitPtr splitOf(const Trained& trained)
{
    return std::make_shared<const Split>(trained.training.split);
}

/// Waits for the end of a load or prediction, and keeps what it brought.
template <class Job, class Value>
struct Ending {
    explicit Ending(Job& job)
    {
        QObject::connect(&job, &Job::finished, &job, [this](const Value& v) { value = v; });
        QObject::connect(&job, &Job::failed, &job, [this](const Error& e) { error = e; });
    }

    bool hasCome() const { return value || error; }

    Value value;
    std::optional<Error> error;
};

} // namespace

class TestJobs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void loadsAFile();
    void loadReportsProgressAndIsCancelled();
    void newestLoadWins();
    void failedLoadIsASentence();
    void evaluationMatchesTheMetricsOfTheModel_data();
    void evaluationMatchesTheMetricsOfTheModel();
    void classesAreMatchedByName();
    void evaluationOfATableThatDoesNotFitIsASentence();
    void surfaceComesCoarseThenFine();
    void surfacesUnderAStreamOfRequests();
    void predictsAFile();
    void unknownWordsAreTold();
    void predictionOfAFileThatDoesNotFitIsASentence();

private:
    QString write(const QString& name, const QByteArray& bytes);
    std::filesystem::path path(const QString& name) const { return m_folder.filePath(name).toStdU16String(); }
    QTemporaryDir m_folder;
};

QString TestJobs::write(const QString& name, const QByteArray& bytes)
{
    QFile file(m_folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(file.fileName()));
    return file.fileName();
}

using LoadEnding = Ending<LoadJob, std::shared_ptr<const CsvImport>>;
using PredictEnding = Ending<PredictJob, PredictedRowsPtr>;

void TestJobs::loadsAFile()
{
    write(QStringLiteral("small.csv"), "x,y\n1,a\n2,b\n");
    LoadJob job;
    LoadEnding ending(job);
    job.startFile(path(QStringLiteral("small.csv")), {});
    QVERIFY(job.isRunning());
    QTRY_VERIFY(ending.hasCome());
    QVERIFY(ending.value);
    QVERIFY(!job.isRunning());
    QCOMPARE(ending.value->table.rows(), std::size_t(2));
    QCOMPARE(ending.value->table.columns(), std::size_t(2));
}

void TestJobs::loadReportsProgressAndIsCancelled()
{
    QByteArray large = "x,y\n";
    for (int i = 0; i < 400000; ++i)
        large += QByteArray::number(i) + ",0.123456789\n";
    write(QStringLiteral("large.csv"), large);
    LoadJob job;
    LoadEnding ending(job);
    QSignalSpy progress(&job, &LoadJob::progressed);
    CsvOptions options;
    options.chunkBytes = 1 << 16;
    job.startFile(path(QStringLiteral("large.csv")), options);
    job.cancel();
    QVERIFY(!job.isRunning());
    QTest::qWait(100);
    QVERIFY(!ending.hasCome());
    job.startFile(path(QStringLiteral("large.csv")), options);
    QTRY_VERIFY(ending.hasCome());
    QVERIFY(progress.count() > 0);
    double before = 0;
    for (const auto& signal : progress) {
        QVERIFY(signal[0].toDouble() >= before && signal[0].toDouble() <= 1);
        before = signal[0].toDouble();
    }
}

void TestJobs::newestLoadWins()
{
    write(QStringLiteral("one.csv"), "x,y\n1,2\n3,4\n");
    LoadJob job;
    QSignalSpy finished(&job, &LoadJob::finished);
    LoadEnding ending(job);
    for (int i = 0; i < 20; ++i)
        job.startBytes("a,b\n1,2\n2,3\n3,4\n", {});
    job.startFile(path(QStringLiteral("one.csv")), {});
    QTRY_VERIFY(ending.hasCome());
    QTest::qWait(20);
    QCOMPARE(finished.count(), 1);
    QVERIFY(ending.value);
    QCOMPARE(ending.value->table.column(0).name(), std::string("x"));
}

void TestJobs::failedLoadIsASentence()
{
    LoadJob job;
    LoadEnding ending(job);
    job.startFile(path(QStringLiteral("none.csv")), {});
    QTRY_VERIFY(ending.hasCome());
    QVERIFY(ending.error);
    QCOMPARE(ending.error->code, ErrorCode::FileNotFound);
    QVERIFY(!ending.error->message.empty());
}

void TestJobs::evaluationMatchesTheMetricsOfTheModel_data()
{
    QTest::addColumn<std::string>("learner");
    QTest::addColumn<std::string>("target");
    const auto row = [](const char* name, std::string learner, std::string target) { QTest::newRow(name) << std::move(learner) << std::move(target); };
    row("with probabilities", "gaussian_naive_bayes", "kind");
    row("that only decides by votes", "support_vector_machine", "kind");
    row("that only decides by a sign", "perceptron", "kind");
    row("with more terms than features", "polynomial_regression", "b");
}

void TestJobs::evaluationMatchesTheMetricsOfTheModel()
{
    QFETCH(std::string, learner);
    QFETCH(std::string, target);
    const Table table = cloudsTable(200);
    const Trained trained = train(table, learner, target);
    const Evaluation evaluation = evaluateModel(trained.model, table, splitOf(trained));
    QVERIFY(!evaluation.error);
    QVERIFY(!evaluation.rowsChanged);
    // freezeModel() measured the same model on the same rows by its own way.
    QCOMPARE(evaluation.metricsTrain, trained.model->provenance().metricsTrain);
    QCOMPARE(evaluation.metricsTest, trained.model->provenance().metricsTest);
    QVERIFY(evaluation.secondsPerPrediction > 0 && evaluation.secondsPerPrediction < 1e-3);
    const Evaluation elsewhere = evaluateModel(trained.model, cloudsTable(50, 99), {});
    QVERIFY(elsewhere.rowsChanged);
    QVERIFY(elsewhere.metricsTrain.empty());
    QCOMPARE(elsewhere.split.test.size(), std::size_t(50));
    QCOMPARE(elsewhere.confusionTest.sum(), target == "kind" ? 50 : 0);
}

void TestJobs::classesAreMatchedByName()
{
    const Table table = cloudsTable(100);
    const Trained trained = train(table, "gaussian_naive_bayes", "kind");
    const Evaluation plain = evaluateModel(trained.model, table, splitOf(trained));
    // The same rows, with the levels listed the other way round and one that the model never saw.
    const CategoryCells& cells = table.column(2).categoryCells();
    Buffer<std::int32_t> codes = cells.codes;
    for (std::int32_t& code : codes)
        code = 2 - code;
    codes[0] = 0;
    const auto turned = std::make_shared<Column>(
        Column::categories("kind", std::move(codes), {"middle", cells.levels[1], cells.levels[0]}));
    const Evaluation evaluation = evaluateModel(trained.model, table.withColumn(2, turned), splitOf(trained));
    QVERIFY(std::isnan(evaluation.truth(0)));
    for (Eigen::Index i = 1; i < 100; ++i)
        QCOMPARE(evaluation.truth(i), plain.truth(i));
    QCOMPARE(evaluation.confusionTrain.sum() + evaluation.confusionTest.sum(), 99);
}

void TestJobs::evaluationOfATableThatDoesNotFitIsASentence()
{
    const Trained trained = train(cloudsTable(100), "gaussian_naive_bayes", "kind");
    const Evaluation evaluation = evaluateModel(trained.model, lineTable(10), {});
    QVERIFY(evaluation.error);
    QCOMPARE(evaluation.error->code, ErrorCode::UnknownColumn);
    QCOMPARE(evaluation.prediction.values.size(), Eigen::Index(0));
}

void TestJobs::surfaceComesCoarseThenFine()
{
    const Trained trained = train(cloudsTable(100), "gaussian_naive_bayes", "kind");
    SurfaceSlice slice;
    slice.held = {0, 0};
    slice.columns = 64;
    slice.rows = 40;
    SurfaceJob job;
    std::vector<DecisionSurfacePtr> surfaces;
    connect(&job, &SurfaceJob::ready, &job, [&](const DecisionSurfacePtr& surface) { surfaces.push_back(surface); });
    job.start(trained.model, slice);
    QTRY_COMPARE(surfaces.size(), std::size_t(2));
    QCOMPARE(surfaces[0]->slice.columns, 16);
    QCOMPARE(surfaces[0]->slice.rows, 10);
    QCOMPARE(surfaces[1]->slice.columns, 64);
    QCOMPARE(surfaces[1]->values.size(), std::size_t(64 * 40 * surfaces[1]->outputs));
    job.start(trained.model, slice, true);
    QTRY_COMPARE(surfaces.size(), std::size_t(3));
    QTest::qWait(30);
    QCOMPARE(surfaces.size(), std::size_t(3));
}

void TestJobs::surfacesUnderAStreamOfRequests()
{
    const Trained trained = train(cloudsTable(4000), "k_nearest_neighbors", "kind");
    SurfaceSlice slice;
    slice.held = {0, 0};
    slice.columns = 400;
    slice.rows = 400;
    SurfaceJob job;
    int coarse = 0;
    int fine = 0;
    connect(&job, &SurfaceJob::ready, &job,
            [&](const DecisionSurfacePtr& surface) { ++(surface->slice.columns == 400 ? fine : coarse); });
    for (int i = 0; i < 100; ++i) {
        slice.xMaximum = 1 + 0.01 * i;
        job.start(trained.model, slice);
        QTest::qWait(5);
    }
    QVERIFY2(coarse > 0, "a stream of requests shows coarse pictures instead of none");
    QTRY_VERIFY(fine > 0);
    job.start(trained.model, slice);
    job.cancel();
    const int before = coarse + fine;
    QTest::qWait(50);
    QCOMPARE(coarse + fine, before);
}

void TestJobs::predictsAFile()
{
    const Trained trained = train(cloudsTable(100), "gaussian_naive_bayes", "kind");
    write(QStringLiteral("new.csv"), "b,id,a\n2.0,first,2\n-2,007,-2e0\n0,10%,0.5\n");
    PredictJob job;
    PredictEnding ending(job);
    job.start(trained.model, path(QStringLiteral("new.csv")));
    QTRY_VERIFY(ending.hasCome());
    QVERIFY2(ending.value, ending.error ? ending.error->message.c_str() : "");
    const Table& table = ending.value->table;
    QCOMPARE(table.columns(), std::size_t(6));
    const auto answer = table.find("prediction");
    QVERIFY(answer);
    QCOMPARE(table.column(*answer).cellText(0), std::string("right"));
    QCOMPARE(table.column(*answer).cellText(1), std::string("left"));
    // What is saved are the rows as they stand in the file, with the same answers.
    const Table& copy = ending.value->copy;
    QCOMPARE(copy.columns(), table.columns());
    QCOMPARE(copy.column(0).cellText(0), std::string("2.0"));
    QCOMPARE(copy.column(1).cellText(2), std::string("10%"));
    QCOMPARE(copy.column(2).cellText(1), std::string("-2e0"));
    QCOMPARE(copy.column(*answer).cellText(1), std::string("left"));
    const auto left = table.find("probability_left");
    const auto right = table.find("probability_right");
    QVERIFY(left && right);
    for (std::size_t row = 0; row < 3; ++row) {
        const double sum = table.column(*left).numberValues()[row] + table.column(*right).numberValues()[row];
        QVERIFY(std::abs(sum - 1) < 1e-12);
    }
}

/// Words that no training row had count as missing: Evaluate tells it of the test rows, Use of the rows of a file.
void TestJobs::unknownWordsAreTold()
{
    std::vector<std::string> words;
    Buffer<double> value;
    for (int i = 0; i < 40; ++i) {
        words.push_back(i >= 38 ? "green" : i % 3 ? "red" : "blue");
        value.push_back(double(i % 3) + 0.1 * double(i * 7 % 5));
    }
    const Table table = *Table::make({std::make_shared<const Column>(Column::categories("colour", words)), std::make_shared<const Column>(Column::numbers("value", value))});
    TrainingPlan plan;
    plan.learner = "linear_regression";
    plan.target = "value";
    plan.testFraction = 0.25;
    plan.holdOut.kind = HoldOutKind::Last;
    const auto training = prepareTraining(table, plan);
    QVERIFY(training);
    const auto outcome = fit(*training->learner, training->train, 1);
    const ModelPtr model = *freezeModel(*training, outcome->parameters, outcome->last.step, outcome->seconds);
    const Evaluation evaluation = evaluateModel(model, table, std::make_shared<const Split>(training->split));
    QVERIFY(!evaluation.error);
    QCOMPARE(evaluation.unknownWords, std::string("2 cells of the test rows hold a category that the training rows did not (such as \"green\" in row 39 of \"colour\"): they count as missing."));
    write(QStringLiteral("words.csv"), "colour\nred\nblue\nred\nviolet\nblue\nred\n");
    PredictJob job;
    PredictEnding ending(job);
    job.start(model, path(QStringLiteral("words.csv")));
    QTRY_VERIFY(ending.hasCome());
    QVERIFY2(ending.value, ending.error ? ending.error->message.c_str() : "");
    QCOMPARE(ending.value->unknownWords, std::string("1 cell holds a category that the training rows did not (\"violet\" in row 4 of \"colour\"): it counts as missing."));
}

void TestJobs::predictionOfAFileThatDoesNotFitIsASentence()
{
    const Trained trained = train(cloudsTable(100), "gaussian_naive_bayes", "kind");
    write(QStringLiteral("other.csv"), "a,c\n1,2\n2,3\n");
    PredictJob job;
    PredictEnding ending(job);
    job.start(trained.model, path(QStringLiteral("other.csv")));
    QTRY_VERIFY(ending.hasCome());
    QVERIFY(ending.error);
    QVERIFY2(ending.error->message.find('b') != std::string::npos, ending.error->message.c_str());
}

QTEST_GUILESS_MAIN(TestJobs)
#include "tst_jobs.moc"
