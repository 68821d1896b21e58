#include "app/document/training_history.h"

#include <QTest>


using namespace modelarium;

namespace {

std::vector<TrainingFrame> framesFrom(std::size_t first, std::size_t count)
{
    std::vector<TrainingFrame> frames(count);
    for (std::size_t i = 0; i < count; ++i)
        frames[i].step = first + i;
    return frames;
}

} // namespace

class TestTrainingHistory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsBothEndsAndTheNewestSteps_data();
    void keepsBothEndsAndTheNewestSteps();
    void findsSteps();
};

void TestTrainingHistory::keepsBothEndsAndTheNewestSteps_data()
{
    QTest::addColumn<int>("steps");
    QTest::addColumn<int>("batch");
    QTest::newRow("one") << 1 << 1;
    QTest::newRow("few") << 300 << 7;
    QTest::newRow("one too many") << 2049 << 1;
    QTest::newRow("many") << 100000 << 1;
    QTest::newRow("many at once") << 100000 << 5000;
}

void TestTrainingHistory::keepsBothEndsAndTheNewestSteps()
{
    QFETCH(int, steps);
    QFETCH(int, batch);
    TrainingHistory history(2048);
    for (int first = 0; first < steps; first += batch)
        history.add(framesFrom(std::size_t(first), std::size_t(std::min(batch, steps - first))));

    QVERIFY(history.size() <= 2048);
    QCOMPARE(history[0].step, std::size_t(0));
    QCOMPARE(history.back().step, std::size_t(steps - 1));
    for (std::size_t i = 1; i < history.size(); ++i)
        QVERIFY(history[i - 1].step < history[i].step);
    const std::size_t recent = std::min<std::size_t>(TrainingHistory::recentFrames, std::size_t(steps));
    for (std::size_t i = 0; i < recent; ++i)
        QCOMPARE(history[history.size() - 1 - i].step, std::size_t(steps) - 1 - i);
}

void TestTrainingHistory::findsSteps()
{
    TrainingHistory history;
    for (const std::size_t step : {0, 3, 4, 10})
        history.add(framesFrom(step, 1));
    QCOMPARE(history.indexOfStep(0), std::size_t(0));
    QCOMPARE(history.indexOfStep(2), std::size_t(0));
    QCOMPARE(history.indexOfStep(3), std::size_t(1));
    QCOMPARE(history.indexOfStep(9), std::size_t(2));
    QCOMPARE(history.indexOfStep(1000), std::size_t(3));
}

QTEST_APPLESS_MAIN(TestTrainingHistory)
#include "tst_training_history.moc"
