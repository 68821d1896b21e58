#include "core/base/parallel.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#ifdef __linux__
#include <pthread.h>
#include <sched.h>
#endif

namespace modelarium {

namespace {

/// How long a thread that has just worked looks for what comes next before it goes to sleep: about as long as it takes to wake it where
/// a processor that idles is given away, as in a virtual machine. Loops of some microseconds follow each other closely, as the batches
/// of a network do.
constexpr std::chrono::microseconds mostWatching{50};

/// Returns when it has happened, or this thread has watched long enough; whoever else wants its core gets it at once.
template <class Condition>
void watchFor(const Condition& happened)
{
    const auto end = std::chrono::steady_clock::now() + mostWatching;
    while (!happened() && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
}

/// One call of parallelFor: workers and caller claim its blocks until none is left.
struct Job {
    const std::function<void(std::size_t)>* work;
    std::size_t blocks;
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::condition_variable idle;
    std::atomic<int> running{0};        // workers inside a block; changed under the mutex
    bool closed = false;                // the caller has left: `work` is gone; guarded by mutex
    std::exception_ptr failure;         // guarded by mutex

    bool enter()
    {
        std::lock_guard lock(mutex);
        if (closed || next.load(std::memory_order_relaxed) >= blocks)
            return false;
        ++running;
        return true;
    }

    void leave()
    {
        std::lock_guard lock(mutex);
        if (--running == 0)
            idle.notify_all();
    }

    /// Returns whether there was any left.
    bool claimBlocks()
    {
        for (bool claimed = false;; claimed = true) {
            const std::size_t block = next.fetch_add(1, std::memory_order_relaxed);
            if (block >= blocks)
                return claimed;
            try {
                (*work)(block);
            } catch (...) {
                std::lock_guard lock(mutex);
                if (!failure)
                    failure = std::current_exception();
                next.store(blocks, std::memory_order_relaxed);
            }
        }
    }
};

/// A worker, or whoever works along with them, runs the loops within its block alone. Begins as true, so that it takes room in the
/// file: mold 1.10 lays thread-local zeros before the first page of the part that is write-protected after loading, and a program
/// for which that page does not exist cannot start.
thread_local bool outsideJob = true;

class Pool {
public:
    static Pool& instance()
    {
        static Pool pool;
        return pool;
    }

    std::size_t limit() const { return m_limit.load(std::memory_order_relaxed); }
    void setLimit(std::size_t count) { m_limit.store(count ? count : defaultCount(), std::memory_order_relaxed); }

    void run(Job& shared, const std::shared_ptr<Job>& job)
    {
        const std::size_t helpers = std::min(limit() - 1, shared.blocks - 1);
        invite(job, helpers);
        outsideJob = false;
        shared.claimBlocks();
        outsideJob = true;
        const auto allDone = [&] { return shared.running.load(std::memory_order_acquire) == 0; };
        std::unique_lock lock(shared.mutex);
        shared.closed = true;
        if (allDone())
            return;
        lock.unlock();
        watchFor(allDone);
        lock.lock();
        shared.idle.wait(lock, allDone);
    }

    ~Pool()
    {
        {
            std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        m_wake.notify_all();
        for (std::thread& worker : m_workers)
            worker.join();
    }

private:
    static std::size_t defaultCount()
    {
        const unsigned cores = std::thread::hardware_concurrency();
        return cores ? cores : 1;
    }

    /// As many as there is memory for: the caller can do all of it alone, and must not leave while somebody may still come.
    void invite(const std::shared_ptr<Job>& job, std::size_t helpers) noexcept
    {
        std::lock_guard lock(m_mutex);
        try {
            while (m_workers.size() < helpers) {
                m_workers.emplace_back([this] { serve(); });
                m_avoided = none;
            }
            leaveProcessorToCaller();
            for (std::size_t i = 0; i < helpers; ++i) {
                m_queue.push_back(job);
                m_queued.store(m_queue.size(), std::memory_order_relaxed);
                m_wake.notify_one();
            }
        } catch (const std::exception&) {                   // std::bad_alloc, or std::system_error of a thread
        }
    }

    /// A thread that is woken may be put on the waker's processor although another one is idle (a virtual machine's, which has gone to
    /// sleep, counts as taken), and stays there for milliseconds: workers are told to keep off it.
    void leaveProcessorToCaller() noexcept
    {
#ifdef __linux__
        const int caller = sched_getcpu();
        if (caller < 0 || caller == m_avoided)
            return;
        // Two callers at once must not send the workers to and fro with every loop.
        const auto now = std::chrono::steady_clock::now();
        if (m_avoided != none && now - m_avoidedSince < std::chrono::milliseconds(1))
            return;
        cpu_set_t others;
        if (sched_getaffinity(0, sizeof others, &others) != 0)
            return;
        CPU_CLR(std::size_t(caller), &others);
        if (CPU_COUNT(&others) == 0)
            return;
        for (std::thread& worker : m_workers)
            pthread_setaffinity_np(worker.native_handle(), sizeof others, &others);
        m_avoided = caller;
        m_avoidedSince = now;
#endif
    }

    void serve()
    {
        outsideJob = false;
        for (;;) {
            std::shared_ptr<Job> job;
            {
                std::unique_lock lock(m_mutex);
                m_wake.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
                if (m_stopping)
                    return;
                job = std::move(m_queue.front());
                m_queue.pop_front();
                m_queued.store(m_queue.size(), std::memory_order_relaxed);
            }
            if (!job->enter())
                continue;
            const bool worked = job->claimBlocks();
            job->leave();
            job.reset();
            if (worked)
                watchFor([this] { return m_queued.load(std::memory_order_relaxed) > 0; });
        }
    }

    std::atomic<std::size_t> m_limit{defaultCount()};
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::shared_ptr<Job>> m_queue;
    std::atomic<std::size_t> m_queued{0};   // the length of the queue, to be seen without the mutex
    std::vector<std::thread> m_workers;
    bool m_stopping = false;
    static constexpr int none = -1;
    int m_avoided = none;               // the processor that the workers keep off; guarded by m_mutex
    std::chrono::steady_clock::time_point m_avoidedSince;
};

} // namespace

void parallelFor(std::size_t blocks, const std::function<void(std::size_t)>& work)
{
    if (blocks <= 1 || !outsideJob || Pool::instance().limit() == 1) {
        for (std::size_t block = 0; block < blocks; ++block)
            work(block);
        return;
    }
    auto job = std::make_shared<Job>();
    job->work = &work;
    job->blocks = blocks;
    Pool::instance().run(*job, job);
    if (job->failure)
        std::rethrow_exception(job->failure);
}

void setThreadCount(std::size_t count) { Pool::instance().setLimit(count); }

std::size_t threadCount() { return Pool::instance().limit(); }

} // namespace modelarium
