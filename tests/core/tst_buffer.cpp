#include "core/base/buffer.h"
#include "core/base/parallel.h"

#include <QTest>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <new>
#include <vector>

#ifdef __linux__
#include <malloc.h>
#include <sys/resource.h>
#endif

using namespace modelarium;

namespace {

constexpr std::size_t megabyte = std::size_t(1) << 20;

/// Where a block of so many bytes lies that is taken and given back at once.
std::uintptr_t placeOf(std::size_t bytes)
{
    void* const block = allocatePages(bytes);
    freePages(block, bytes);
    return reinterpret_cast<std::uintptr_t>(block);
}

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
constexpr bool blocksWait = true;
#else
constexpr bool blocksWait = false;
#endif

} // namespace

class TestBuffer : public QObject {
    Q_OBJECT

private slots:
    /// Blocks of other tests wait no longer where so many bytes have come after them.
    void init()
    {
        for (int i = 0; i < 4; ++i)
            placeOf((63 - 8 * std::size_t(i)) * megabyte);
        void* blocks[3];
        for (std::size_t i = 0; i < 3; ++i)
            blocks[i] = allocatePages((80 + 4 * i) * megabyte);
        for (std::size_t i = 0; i < 3; ++i)
            freePages(blocks[i], (80 + 4 * i) * megabyte);
    }

    void blocksAreAligned_data()
    {
        QTest::addColumn<quint64>("bytes");
        QTest::addColumn<quint64>("alignment");
        QTest::newRow("nothing") << quint64(0) << quint64(64);
        QTest::newRow("one byte") << quint64(1) << quint64(64);
        QTest::newRow("small pages") << quint64(4 * megabyte - 1) << quint64(64);
        QTest::newRow("huge pages") << quint64(4 * megabyte) << quint64(2 * megabyte);
        QTest::newRow("huge pages and a bit") << quint64(5 * megabyte + 17) << quint64(2 * megabyte);
    }

    void blocksAreAligned()
    {
        QFETCH(quint64, bytes);
        QFETCH(quint64, alignment);
        for (int again = 0; again < 3; ++again) {
            auto* block = static_cast<unsigned char*>(allocatePages(bytes));
            QCOMPARE(quint64(reinterpret_cast<std::uintptr_t>(block)) % alignment, quint64(0));
            std::fill(block, block + bytes, static_cast<unsigned char>(again));
            QVERIFY(std::all_of(block, block + bytes, [&](unsigned char byte) { return byte == again; }));
            freePages(block, bytes);
        }
    }

    void whatWasMadeOnSmallPagesIsNoLargeBlock()
    {
        placeOf(4 * megabyte - 64);
        QCOMPARE(placeOf(4 * megabyte) % (2 * megabyte), std::uintptr_t(0));
    }

    void whoWaitsIsTakenAgain()
    {
        QCOMPARE(placeOf(5 * megabyte) == placeOf(5 * megabyte), blocksWait);
        const std::uintptr_t first = placeOf(20 * megabyte);
        void* const other = allocatePages(40 * megabyte);       // too large for the one that waits
        QCOMPARE(placeOf(18 * megabyte) == first, blocksWait);
        void* const smaller = allocatePages(5 * megabyte);      // would waste it
        QVERIFY(reinterpret_cast<std::uintptr_t>(smaller) != first);
        freePages(other, 40 * megabyte);
        freePages(smaller, 5 * megabyte);
    }

    /// Where the allocator lays a block decides whether it gets a huge page unasked, and it did not come back then.
    void aHugePageMoreIsNotTooMany()
    {
        if (!blocksWait)
            QSKIP("No block waits here.");
        std::vector<void*> longer;
        void* block = allocatePages(8 * megabyte);
        while (malloc_usable_size(block) >= 10 * megabyte) {
            longer.push_back(block);
            block = allocatePages(8 * megabyte);
        }
        freePages(block, 8 * megabyte);
        QCOMPARE(placeOf(6 * megabyte), reinterpret_cast<std::uintptr_t>(block));
        for (void* const each : longer)
            freePages(each, 8 * megabyte);
    }

    void aBlockIsGivenToOneOnly()
    {
        placeOf(16 * megabyte);
        Buffer<double> one(2 * megabyte), two(2 * megabyte);
        std::fill(one.begin(), one.end(), 1);
        std::fill(two.begin(), two.end(), 2);
        QVERIFY(std::all_of(one.begin(), one.end(), [](double x) { return x == 1; }));
    }

    void noMoreThanAFewWait()
    {
        if (!blocksWait)
            QSKIP("No block waits here.");
        const std::uintptr_t oldest = placeOf(96 * megabyte);
        void* const later[] = {allocatePages(150 * megabyte), allocatePages(200 * megabyte)};
        freePages(later[0], 150 * megabyte);
        QCOMPARE(placeOf(96 * megabyte), oldest);               // 246 MB wait, and the oldest is the one of 150 MB now
        freePages(later[1], 200 * megabyte);                                    // sends both away
        QCOMPARE(placeOf(200 * megabyte), reinterpret_cast<std::uintptr_t>(later[1]));
    }

    void whatCannotBeMetIsRefused()
    {
        QVERIFY_EXCEPTION_THROWN(allocatePages(std::numeric_limits<std::size_t>::max()), std::bad_alloc);
        if (blocksWait)                             // the address sanitizer ends the program instead
            QVERIFY_EXCEPTION_THROWN(allocatePages(std::size_t(1) << 60), std::bad_alloc);
    }

    /// What waits goes back to the system before anybody is told that there is no memory.
    void nobodyIsRefusedForWhatWaits()
    {
        if (!blocksWait)
            QSKIP("No block waits here.");
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_AS, &before), 0);
        std::size_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;             // 240 MB of them wait
        rlimit tight = before;
        tight.rlim_cur = pages * 4096 + 100 * megabyte;
        QCOMPARE(setrlimit(RLIMIT_AS, &tight), 0);
        void* block = nullptr;
        try {
            block = allocatePages(260 * megabyte);
        } catch (const std::bad_alloc&) {
        }
        setrlimit(RLIMIT_AS, &before);
        QVERIFY(block);
        freePages(block, 260 * megabyte);
    }

    void manyThreadsTakeAndGive()
    {
        setThreadCount(4);
        std::vector<char> own(256);
        parallelFor(own.size(), [&](std::size_t i) {
            Buffer<std::size_t> buffer((4 + i % 3) * megabyte / sizeof(std::size_t) + 1);
            buffer.front() = buffer.back() = i;
            own[i] = buffer.front() == i && buffer.back() == i;
        });
        setThreadCount(0);
        QVERIFY(std::all_of(own.begin(), own.end(), [](char each) { return each; }));
    }
};

QTEST_GUILESS_MAIN(TestBuffer)
#include "tst_buffer.moc"
