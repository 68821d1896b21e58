#include "core/base/parallel.h"

#include <QTest>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace modelarium;

class TestParallel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { setThreadCount(0); }

    void everyBlockRunsOnce_data()
    {
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("blocks");
        for (const int threads : {1, 2, 8})
            for (const int blocks : {0, 1, 2, 3, 1000})
                QTest::addRow("%d threads, %d blocks", threads, blocks) << threads << blocks;
    }

    void everyBlockRunsOnce()
    {
        QFETCH(int, threads);
        QFETCH(int, blocks);
        setThreadCount(std::size_t(threads));
        std::vector<std::atomic<int>> runs(std::size_t(blocks) + 1);
        for (int repeat = 0; repeat < 50; ++repeat)
            parallelFor(std::size_t(blocks), [&](std::size_t block) { ++runs[block]; });
        for (int block = 0; block < blocks; ++block)
            QCOMPARE(runs[std::size_t(block)].load(), 50);
    }

    void anExceptionReachesTheCaller()
    {
        setThreadCount(4);
        for (int repeat = 0; repeat < 100; ++repeat) {
            bool caught = false;
            try {
                parallelFor(64, [](std::size_t block) {
                    if (block == 17)
                        throw std::runtime_error("block 17");
                });
            } catch (const std::runtime_error& error) {
                caught = std::string(error.what()) == "block 17";
            }
            QVERIFY(caught);
        }
    }

    void nestedCallsRunInPlace()
    {
        setThreadCount(4);
        std::atomic<int> sum{0};
        parallelFor(8, [&](std::size_t) {
            const std::thread::id outer = std::this_thread::get_id();
            parallelFor(8, [&](std::size_t) {
                if (std::this_thread::get_id() == outer)
                    ++sum;
            });
        });
        QCOMPARE(sum.load(), 64);
    }

    void severalCallersAtOnce()
    {
        setThreadCount(3);
        std::vector<std::thread> callers;
        std::atomic<long> total{0};
        for (int caller = 0; caller < 4; ++caller)
            callers.emplace_back([&] {
                for (int repeat = 0; repeat < 200; ++repeat)
                    parallelFor(16, [&](std::size_t block) { total += long(block); });
            });
        for (std::thread& caller : callers)
            caller.join();
        QCOMPARE(total.load(), 4L * 200 * 120);
    }
};

QTEST_APPLESS_MAIN(TestParallel)
#include "tst_parallel.moc"
