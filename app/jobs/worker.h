#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace modelarium {

/// One thread that does the newest task it was given: a task under way is asked to stop, one that still waits is replaced.
///
/// The thread starts with the first task. The destructor asks the task under way to stop and waits for it.
class Worker {
public:
    using Task = std::function<void(std::stop_token)>;

    Worker() = default;
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void start(Task task);
    void cancel();
    bool isBusy() const;

private:
    void run();

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::optional<Task> m_waiting;
    std::stop_source m_stop;
    bool m_busy = false;
    bool m_closing = false;
    std::thread m_thread;
};

} // namespace modelarium
