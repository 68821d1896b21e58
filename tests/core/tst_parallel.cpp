#include "core/base/parallel.h"

#include <QTest>

#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#ifdef __linux__
#include <pthread.h>
#include <sched.h>
#endif

using namespace modelarium;

#ifdef __linux__
namespace {

void keepTo(const cpu_set_t& processors) { pthread_setaffinity_np(pthread_self(), sizeof processors, &processors); }

cpu_set_t only(int processor)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(std::size_t(processor), &set);
    return set;
}

/// The first two that this thread may run on; fewer where there are not so many.
cpu_set_t twoProcessors()
{
    cpu_set_t all, two;
    CPU_ZERO(&two);
    pthread_getaffinity_np(pthread_self(), sizeof all, &all);
    for (std::size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&two) < 2; ++i)
        if (CPU_ISSET(i, &all))
            CPU_SET(i, &two);
    return two;
}

} // namespace
#endif

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

    /// A worker in mid-block whose processor others keep busy would let its caller wait although the caller's own processor idles.
    void aStrandedWorkerIsBroughtToItsCaller()
    {
#ifdef __linux__
        using Clock = std::chrono::steady_clock;
        constexpr auto patience = std::chrono::seconds(20);
        bool enough = true;
        std::atomic<int> stranded{0}, brought{0}, busyOn{-1};
        std::atomic<bool> done{false};
        std::thread([&] {                               // a thread of its own: only its processors change
            cpu_set_t two = twoProcessors();
            enough = CPU_COUNT(&two) == 2;
            if (!enough)
                return;
            keepTo(two);
            std::vector<std::thread> others;
            const std::thread::id caller = std::this_thread::get_id();
            setThreadCount(12);                         // more than before: new workers are told which processor to keep off
            parallelFor(12, [&](std::size_t) {
                const Clock::time_point end = Clock::now() + patience;
                if (std::this_thread::get_id() == caller) {
                    while (busyOn < 0 && Clock::now() < end)
                        std::this_thread::yield();
                    if (busyOn < 0)
                        return;
                    CPU_CLR(std::size_t(busyOn), &two);
                    keepTo(two);
                    for (int i = 0; i < 3; ++i)
                        others.emplace_back([&] {
                            keepTo(only(busyOn));
                            while (!done) {
                            }
                        });
                    return;
                }
                const int start = sched_getcpu();
                busyOn = start;
                ++stranded;
                while (sched_getcpu() == start && Clock::now() < end) {
                }
                brought += sched_getcpu() != start;
            });
            done = true;
            for (std::thread& other : others)
                other.join();
        }).join();
        if (!enough)
            QSKIP("takes two processors");
        QVERIFY(stranded > 0);
        QCOMPARE(brought.load(), stranded.load());
#else
        QSKIP("workers are bound to processors on Linux alone");
#endif
    }
};

QTEST_APPLESS_MAIN(TestParallel)
#include "tst_parallel.moc"
