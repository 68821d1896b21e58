#include "app/jobs/worker.h"

#include <utility>

namespace modelarium {

Worker::~Worker()
{
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
        m_waiting.reset();
        m_stop.request_stop();
    }
    m_wake.notify_one();
    if (m_thread.joinable())
        m_thread.join();
}

void Worker::start(Task task)
{
    {
        const std::lock_guard lock(m_mutex);
        m_stop.request_stop();
        m_waiting = std::move(task);
        if (!m_thread.joinable())
            m_thread = std::thread([this] { run(); });
    }
    m_wake.notify_one();
}

void Worker::cancel()
{
    const std::lock_guard lock(m_mutex);
    m_waiting.reset();
    m_stop.request_stop();
}

bool Worker::isBusy() const
{
    const std::lock_guard lock(m_mutex);
    return m_busy || m_waiting;
}

void Worker::run()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait(lock, [this] { return m_closing || m_waiting; });
        if (m_closing)
            return;
        Task task = std::move(*m_waiting);
        m_waiting.reset();
        m_stop = std::stop_source();
        const std::stop_token token = m_stop.get_token();
        m_busy = true;
        lock.unlock();
        task(token);
        task = nullptr;
        lock.lock();
        m_busy = false;
    }
}

} // namespace modelarium
