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

namespace modelarium {

namespace {

/// One call of parallelFor: workers and caller claim its blocks until none is left.
struct Job {
    const std::function<void(std::size_t)>* work;
    std::size_t blocks;
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::condition_variable idle;
    int running = 0;                    // workers inside a block; guarded by mutex
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

    void claimBlocks()
    {
        for (;;) {
            const std::size_t block = next.fetch_add(1, std::memory_order_relaxed);
            if (block >= blocks)
                return;
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
        std::unique_lock lock(shared.mutex);
        shared.closed = true;
        shared.idle.wait(lock, [&] { return shared.running == 0; });
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
            while (m_workers.size() < helpers)
                m_workers.emplace_back([this] { serve(); });
            for (std::size_t i = 0; i < helpers; ++i) {
                m_queue.push_back(job);
                m_waiting.store(m_queue.size(), std::memory_order_relaxed);
                m_wake.notify_one();
            }
        } catch (const std::exception&) {                   // std::bad_alloc, or std::system_error of a thread
        }
    }

    /// A worker stays awake for a moment: loops often follow one another within microseconds, and to be woken takes longer than that. Nobody
    /// waits for it meanwhile.
    void lookOut() const
    {
        constexpr auto moment = std::chrono::microseconds(25);
        const auto end = std::chrono::steady_clock::now() + moment;
        while (m_waiting.load(std::memory_order_relaxed) == 0 && std::chrono::steady_clock::now() < end)
            pause();
    }

    static void pause()
    {
#if defined(__x86_64__)
        for (int i = 0; i < 16; ++i)
            __builtin_ia32_pause();
#endif
    }

    void serve()
    {
        outsideJob = false;
        for (;;) {
            std::shared_ptr<Job> job;
            lookOut();
            {
                std::unique_lock lock(m_mutex);
                m_wake.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
                if (m_stopping)
                    return;
                job = std::move(m_queue.front());
                m_queue.pop_front();
                m_waiting.store(m_queue.size(), std::memory_order_relaxed);
            }
            if (job->enter()) {
                job->claimBlocks();
                job->leave();
            }
        }
    }

    std::atomic<std::size_t> m_limit{defaultCount()};
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::shared_ptr<Job>> m_queue;
    std::atomic<std::size_t> m_waiting{0};                 // how long the queue is, to be read without the lock
    std::vector<std::thread> m_workers;
    bool m_stopping = false;
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
