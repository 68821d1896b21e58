#include "core/base/parallel.h"
#include "core/data/csv_reader.h"
#include "core/learn/training.h"
#include "tests/support/learner_cases.h"
#include "tests/support/sample_tables.h"

#include <QTest>

#include <atomic>
#include <cerrno>
#include <cstdlib>

namespace {

/// Allocations still to come until one fails; 0 and below: none does.
std::atomic<long> untilFailure{0};
std::atomic<long> allocations{0};

[[maybe_unused]] bool fails()
{
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (untilFailure.load(std::memory_order_relaxed) <= 0 || untilFailure.fetch_sub(1, std::memory_order_relaxed) != 1)
        return false;
    errno = ENOMEM;
    return true;
}

} // namespace

// Every way to memory, of operator new and of Eigen, goes through these. The sanitizers have allocators of their own.
#if !defined(__SANITIZE_ADDRESS__) && defined(__GLIBC__)
#define MODELARIUM_ALLOCATIONS_CAN_FAIL 1
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) { return fails() ? nullptr : __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) { return fails() ? nullptr : __libc_calloc(count, size); }
void* realloc(void* block, std::size_t size) { return fails() ? nullptr : __libc_realloc(block, size); }
void* aligned_alloc(std::size_t alignment, std::size_t size) { return fails() ? nullptr : __libc_memalign(alignment, size); }
int posix_memalign(void** block, std::size_t alignment, std::size_t size)
{
    if (fails())
        return ENOMEM;
    *block = __libc_memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}
}
#else
#define MODELARIUM_ALLOCATIONS_CAN_FAIL 0
#endif

using namespace modelarium;
using namespace modelarium::contract;

namespace {

/// Which allocations to let fail, one a run: each of the first ones, and some spread over the others.
std::vector<long> failuresAmong(long count)
{
    constexpr long each = 120, spread = 60;
    std::vector<long> places;
    for (long n = 1; n <= std::min(each, count); ++n)
        places.push_back(n);
    for (long i = 1; i <= spread && count > each; ++i)
        places.push_back(each + (count - each) * i / spread);
    return places;
}

/// Does the work once, then again and again with one allocation failing. `verify` looks at what came of each run.
template <class Work, class Verify>
void failEachAllocation(const Work& work, const Verify& verify)
{
    const long before = allocations.load();
    (void)work();
    for (const long place : failuresAmong(allocations.load() - before)) {
        untilFailure = place;
        auto outcome = work();
        untilFailure = 0;
        QVERIFY2(verify(outcome), qPrintable(QStringLiteral("allocation %1").arg(place)));
    }
}

bool isOutOfMemory(const Error& error) { return error.code == ErrorCode::OutOfMemory && isSentence(error.message); }

} // namespace

/// When memory runs out at any place, there is a sentence, or the result that there would have been; never a crash, and never a
/// result that is something else. Model files are left out: the JSON library allocates in its destructors.
class TestOutOfMemory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!MODELARIUM_ALLOCATIONS_CAN_FAIL)
            QSKIP("The sanitizers have allocators of their own.");
        // Threads are started once, and not while memory is short.
        parallelFor(64, [](std::size_t) {});
    }

    void cleanup() { untilFailure = 0; }

    void training_data() { addLearners(); }
    void training()
    {
        const DatasetPtr data = cloud(150, 3);
        const auto learner = made();
        const auto expected = fit(*learner, data, 2, noMoreThan(30));
        QVERIFY(expected);
        const std::string bits = samples::exactBits(expected->parameters);
        failEachAllocation([&] { return fit(*learner, data, 2, noMoreThan(30)); }, [&](const Result<FitOutcome>& outcome) {
            return outcome ? samples::exactBits(outcome->parameters) == bits : isOutOfMemory(outcome.error());
        });
    }

    void preparing()
    {
        const Table table = samples::mixedTable();
        TrainingPlan plan = samples::planFor(**findLearner("ridge_regression"), Task::Regression);
        plan.testFraction = 0.25;
        failEachAllocation([&] { return prepareTraining(table, plan); }, [](const Result<PreparedTraining>& training) {
            return training ? training->train && training->test : isOutOfMemory(training.error());
        });
    }

    void reading()
    {
        const std::string bytes = "mass,island,when\n3750,\"Torgersen, \"\"far\"\"\",2024-02-29\n3800,Biscoe,2024-03-01\n,Dream,\n";
        failEachAllocation([&] { return readCsvBytes(bytes); }, [](const Result<CsvImport>& import) {
            return import ? import->table.rows() == 3 && import->table.columns() == 3 : isOutOfMemory(import.error());
        });
    }
};

QTEST_GUILESS_MAIN(TestOutOfMemory)
#include "tst_out_of_memory.moc"
