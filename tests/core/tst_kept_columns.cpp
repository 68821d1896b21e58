#include "core/base/parallel.h"
#include "core/data/kept_columns.h"
#include "core/evaluate/metrics.h"
#include "core/learn/training.h"
#include "tests/support/parameters_text.h"
#include "tests/support/sample_tables.h"

#include <QTest>

#include <functional>

using namespace modelarium;

namespace {

constexpr std::size_t rows = 150000, features = 8;

ColumnPtr numbers(const std::string& name, const std::function<double(std::size_t)>& cell)
{
    Buffer<double> values(rows);
    for (std::size_t i = 0; i < rows; ++i)
        values[i] = cell(i);
    return std::make_shared<const Column>(Column::numbers(name, std::move(values)));
}

/// x0 .. x7, and y, a sum of them with noise.
Table manyNumbers()
{
    Random random(5);
    std::vector<ColumnPtr> columns;
    for (std::size_t j = 0; j < features; ++j)
        columns.push_back(numbers("x" + std::to_string(j), [&](std::size_t) { return 3 + random.normal(); }));
    columns.push_back(numbers("y", [&](std::size_t i) {
        double sum = random.normal();
        for (std::size_t j = 0; j < features; ++j)
            sum += double(j) * columns[j]->numberValues()[i];
        return sum;
    }));
    return *Table::make(std::move(columns));
}

const Table& table()
{
    static const Table made = manyNumbers();
    return made;
}

TrainingPlan plan(const std::string& learner)
{
    TrainingPlan result;
    result.learner = learner;
    result.target = "y";
    return result;
}

/// Column x3 with another content.
Table changed(ColumnPtr column) { return table().withColumn(3, std::move(column)); }

} // namespace

/// Features that are columns of the table as they are stay where they lie.
class TestKeptColumns : public QObject {
    Q_OBJECT

private slots:
    void columnsStayWhereTheyAre_data()
    {
        QTest::addColumn<Table>("data");
        QTest::addColumn<TrainingPlan>("plan");
        QTest::addColumn<bool>("stay");

        QTest::newRow("all rows of numbers") << table() << plan("linear_regression") << true;
        TrainingPlan some = plan("linear_regression");
        some.features = {"x6", "x0", "x1", "x2", "x3", "x4", "x7"};
        QTest::newRow("some of them, in another order") << table() << some << true;
        TrainingPlan tested = plan("linear_regression");
        tested.testFraction = 0.25;
        QTest::newRow("a part of the rows") << table() << tested << false;
        TrainingPlan scaled = plan("linear_regression");
        scaled.preparation.scaling = Scaling::Standardise;
        QTest::newRow("a step") << table() << scaled << false;
        QTest::newRow("a missing cell") << changed(numbers("x3", [](std::size_t i) { return i == 7 ? std::nan("") : double(i); }))
                                        << plan("linear_regression") << false;
        std::vector<std::string> words(rows);
        for (std::size_t i = 0; i < rows; ++i)
            words[i] = i % 2 ? "odd" : "even";
        QTest::newRow("a category") << changed(std::make_shared<const Column>(Column::categories("x3", words))) << plan("linear_regression") << false;
        QTest::newRow("few rows") << table().selected({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}) << plan("linear_regression") << false;
    }

    void columnsStayWhereTheyAre()
    {
        QFETCH(Table, data);
        QFETCH(TrainingPlan, plan);
        QFETCH(bool, stay);
        const auto training = prepareTraining(data, plan);
        QVERIFY2(training, training ? "" : training.error().message.c_str());
        const Dataset& train = *training->train;
        const ColumnView view = train.columns();
        QCOMPARE(view.matrix() == nullptr, stay);
        for (std::size_t j = 0; stay && j < train.features(); ++j)
            QVERIFY(view.col(Eigen::Index(j)).data() == data.column(*data.find(training->plan.features[j])).numberValues().data());

        const auto copied = training->preparation.apply(data, training->split.train);
        QVERIFY(copied);
        QVERIFY(samples::sameBits(train.X(), *copied));
        QVERIFY(train.columns().matrix() == &train.X());        // there is a matrix now, and it is read from
        QCOMPARE(train.samples(), training->split.train.size());
        QCOMPARE(train.rows(), training->split.train);
        QCOMPARE(train.rowNumber(5), training->split.train[5] + 1);
    }

    void modelsAreTheSameBitForBit_data()
    {
        QTest::addColumn<QString>("learner");
        QTest::addColumn<double>("shift");
        for (const char* learner : {"linear_regression", "ridge_regression", "elastic_net", "decision_tree"})
            QTest::newRow(learner) << learner << 0.0;
        // Columns that are nearly alike need refinement, or another method.
        QTest::newRow("somewhat collinear") << "linear_regression" << 1e-5;
        QTest::newRow("very collinear") << "linear_regression" << 1e-9;
    }

    void modelsAreTheSameBitForBit()
    {
        QFETCH(QString, learner);
        QFETCH(double, shift);
        Random random(9);
        const auto nearlyX2 = [&](std::size_t i) { return table().column(2).numberValues()[i] + shift * random.normal(); };
        const Table data = shift > 0 ? changed(numbers("x3", nearlyX2)) : table();
        const auto training = prepareTraining(data, plan(learner.toStdString()));
        QVERIFY(training);
        QVERIFY(!training->train->columns().matrix());
        auto copy = std::make_shared<Dataset>(*training->train);
        copy->X() = *training->preparation.apply(data, training->split.train);

        const auto apart = fit(*training->learner, training->train, 3), together = fit(*training->learner, copy, 3);
        QVERIFY(apart && together);
        QCOMPARE(parametersText(apart->parameters), parametersText(together->parameters));
        const auto model = snapshotModel(*training, apart->parameters, 1);
        QVERIFY(model);
        const Metrics one = metricsOf(**model, *prepareTraining(data, plan(learner.toStdString()))->train), other = metricsOf(**model, *copy);
        QVERIFY(one == other);
        QVERIFY(one.at("r2") > 0.5);
    }

    void anInfiniteCellIsNamed()
    {
        const Table data = changed(numbers("x3", [](std::size_t i) { return i == 120000 ? -std::numeric_limits<double>::infinity() : double(i % 7); }));
        const auto training = prepareTraining(table(), plan("linear_regression"));
        const auto refused = makeDataset(data, training->split.train, training->preparation, training->target);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::NotFinite);
        QCOMPARE(refused.error().place.row, std::optional<std::size_t>(120001));
        QCOMPARE(refused.error().place.column, std::string("x3"));
    }

    void aCopyThatIsChangedIsOfItsOwn()
    {
        const auto training = prepareTraining(table(), plan("linear_regression"));
        Dataset copy = *training->train;
        copy.X()(4, 2) = -1;
        QCOMPARE(copy.columns().col(2)[4], -1.0);
        QVERIFY(table().column(2).numberValues()[4] != -1);
        QVERIFY(training->train->X()(4, 2) != -1);
    }

    void columnsOutliveTheirTable()
    {
        Table data = manyNumbers();
        const double first = data.column(0).numberValues()[0];
        DatasetPtr train = prepareTraining(data, plan("linear_regression"))->train;
        data = Table();
        QCOMPARE(train->columns().col(0)[0], first);
    }

    /// One matrix is made, whoever asks for it first.
    void manyThreadsGetOneMatrix()
    {
        const auto training = prepareTraining(table(), plan("linear_regression"));
        std::vector<const Matrix*> seen(64);
        setThreadCount(4);
        parallelFor(seen.size(), [&](std::size_t i) { seen[i] = &training->train->X(); });
        setThreadCount(0);
        for (const Matrix* each : seen)
            QVERIFY(each == seen.front());
        QVERIFY(samples::sameBits(*seen.front(), *training->preparation.apply(table(), training->split.train)));
    }
};

QTEST_GUILESS_MAIN(TestKeptColumns)
#include "tst_kept_columns.moc"
