#include "core/learn/step_table.h"
#include "core/prepare/step_trace.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace modelarium;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

ColumnPtr numbers(const std::string& name, const std::vector<double>& values)
{
    Buffer<double> buffer(values.size());
    std::copy(values.begin(), values.end(), buffer.begin());
    return std::make_shared<Column>(Column::numbers(name, std::move(buffer)));
}

/// Six rows; the last two are kept back by every test.
Table table()
{
    return *Table::make({numbers("a", {1, missing, 3, 4, missing, 100}), numbers("b", {1, 10, 100, 1000, -5, -6}),
                         std::make_shared<Column>(Column::categories("kind", std::vector<std::string>{"x", "y", "", "z", "x", "x"}))});
}

const std::vector<std::string> features{"a", "b", "kind"};
const std::vector<std::size_t> rows{0, 1, 2, 3};

StepChoice step(const char* kind, const char* options = "", std::vector<std::string> columns = {})
{
    StepChoice choice = *parseStep(**findStepKind(kind), options);
    choice.columns = std::move(columns);
    return choice;
}

StepTrace traced(std::vector<StepChoice> steps)
{
    PreparationChoices choices;
    choices.steps = std::move(steps);
    return traceSteps(table(), features, rows, choices);
}

} // namespace

/// What became of each chosen step: counted by hand on six rows.
class TestStepTrace : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsByHand()
    {
        const StepTrace trace = traced({step("impute", "median", {"a"}), step("impute", "mean"), step("encode"), step("log", "", {"b"}), step("standardise")});
        QVERIFY2(!trace.learned.error, trace.learned.error ? trace.learned.error->message.c_str() : "");
        QCOMPARE(trace.touched.size(), std::size_t(5));
        const auto is = [&](std::size_t which, std::size_t touchedRows, std::size_t cells, std::size_t columns) {
            const StepTouch& touch = trace.touched[which];
            QCOMPARE(touch.rows, touchedRows);
            QCOMPARE(touch.cells, cells);
            QCOMPARE(touch.columns, columns);
        };
        is(0, 1, 1, 1);                             // a of row 2; the median of 1, 3, 4
        is(1, 1, 1, 1);                             // kind of row 3
        is(2, 4, 4, 1);                             // one category
        is(3, 4, 4, 1);                             // log(1) = 0 is another number too
        is(4, 4, 18, 5);                            // a, log(b) and three levels; the level of two rows in four is 1 before and after
        QCOMPARE(trace.prepared.rows(), Eigen::Index(4));
        QCOMPARE(trace.learned.preparation.inputs()[0].fill, 3.0);
        QCOMPARE(trace.learned.preparation.inputs()[0].filledInTraining, std::size_t(1));
    }

    void stepsWithoutColumnsTouchNothing()
    {
        PreparationChoices choices;
        choices.steps = {step("log"), step("standardise")};
        const StepTrace trace = traceSteps(table(), {"kind"}, {0, 1, 3}, choices);
        QVERIFY(!trace.learned.error);
        QVERIFY(!trace.learned.learnedAs[0]);
        QCOMPARE(trace.learned.learnedAs[1].value_or(9), std::size_t(0));
        QCOMPARE(trace.touched[0].cells, std::size_t(0));
        QCOMPARE(trace.touched[1].cells, std::size_t(9));
    }

    void saysWhichStepRefused_data()
    {
        QTest::addColumn<int>("refused");
        QTest::addColumn<QString>("says");
        QTest::newRow("a logarithm of a gap's neighbour") << 0 << "log is refused: row";
        QTest::newRow("a category's mean") << 1 << "holds categories";
        QTest::newRow("a column that is gone") << 2 << "names the column \"a\"";
        QTest::newRow("a range that is none") << 3 << "below the high end";
        QTest::newRow("too late") << 4 << "Put it earlier";
        QTest::newRow("missing cells") << 5 << "is missing";
        QTest::newRow("missing cells before a step that computes") << 6 << "is missing";
    }

    void saysWhichStepRefused()
    {
        QFETCH(int, refused);
        QFETCH(QString, says);
        const std::vector<std::vector<StepChoice>> lists{
            {step("impute", "mean"), step("encode"), step("standardise", "", {"a"}), step("log", "", {"a"})},
            {step("impute", "mean", {"a"}), step("impute", "mean", {"kind"})},
            {step("impute", "mean"), step("pca", "share=0.9"), step("standardise", "", {"a"})},
            {step("impute", "mean"), step("encode"), step("minmax", "low=2,high=1")},
            {step("standardise"), step("impute", "mean")},
            {step("impute", "refuse")},
            {step("encode"), step("impute", "refuse"), step("standardise")}};
        const std::size_t places[] = {3, 1, 2, 2, 1, 0, 1};
        const StepTrace trace = traced(lists[std::size_t(refused)]);
        QVERIFY(trace.learned.error);
        QVERIFY2(QString::fromStdString(trace.learned.error->message).contains(says), trace.learned.error->message.c_str());
        QCOMPARE(trace.learned.refused.value_or(99), places[refused]);
    }

    /// What came before the step that was refused is there to be looked at.
    void keepsWhatCouldBeDone()
    {
        const StepTrace trace = traced({step("impute", "mean"), step("encode"), step("standardise"), step("log")});
        QVERIFY(trace.learned.error);
        QCOMPARE(trace.learned.preparation.steps().size(), std::size_t(1));
        QCOMPARE(trace.prepared.cols(), Eigen::Index(5));
        QVERIFY(std::abs(trace.prepared.col(1).mean()) < 1e-12);
        QCOMPARE(trace.touched[3].cells, std::size_t(0));
    }

    void columnsComeFromTheirInput()
    {
        const StepTrace trace = traced({step("impute", "mean,indicator"), step("encode"), step("bin", "equal_width,3", {"b"}), step("polynomial", "2", {"a"}), step("pca", "keep=components,components=1", {"kind"})});
        QVERIFY2(!trace.learned.error, trace.learned.error ? trace.learned.error->message.c_str() : "");
        const auto names = [&](std::size_t input, std::size_t through) {
            QStringList list;
            const std::vector<std::vector<std::size_t>> columns = columnsFrom(trace.learned.preparation, input);
            for (const std::size_t j : columns[through])
                list << QString::fromStdString(trace.learned.preparation.namesThrough(through)[j]);
            return list;
        };
        QCOMPARE(names(0, 0), (QStringList{"a", "a is missing"}));
        QCOMPARE(names(1, 0), (QStringList{"b"}));
        QCOMPARE(names(2, 0), (QStringList{"kind = x", "kind = y", "kind = z", "kind is missing"}));
        QCOMPARE(names(1, 1).size(), 3);
        QVERIFY(names(0, 2).contains("a^2"));
        QCOMPARE(names(2, 3), (QStringList{"PC1"}));
        QCOMPARE(names(1, 3).size(), 3);
        QVERIFY(!names(0, 3).contains("PC1"));
    }

    void saysWhatWasLearned()
    {
        const StepTrace trace = traced({step("impute", "median"), step("encode"), step("standardise", "", {"b"})});
        const std::vector<LearnedAbout> about = learnedAbout(trace.learned.preparation, 1);
        QCOMPARE(about.size(), std::size_t(2));
        QCOMPARE(about[0].step, std::string("impute"));
        QCOMPARE(about[1].step, std::string("standardise"));
        QVERIFY2(about[1].text.find("mean 277.8") != std::string::npos, about[1].text.c_str());
        QCOMPARE(learnedAbout(trace.learned.preparation, 2).size(), std::size_t(2));
    }
};

QTEST_GUILESS_MAIN(TestStepTrace)
#include "tst_step_trace.moc"
