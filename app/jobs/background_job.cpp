#include "app/jobs/background_job.h"

#include <QMetaObject>

namespace modelarium {

BackgroundJob::BackgroundJob(QObject* parent) : QObject(parent) {}

void BackgroundJob::launch(std::function<Outcome(const EvaluationProgress&, std::stop_token)> work)
{
    const std::uint64_t generation = ++m_generation;
    m_running = true;
    m_worker.start([this, generation, work = std::move(work)](std::stop_token stop) {
        const auto tell = [this, generation](std::size_t done, std::size_t total) {
            QMetaObject::invokeMethod(this, [this, generation, done, total] {
                if (generation == m_generation && m_running)
                    Q_EMIT progressed(int(done), int(total));
            }, Qt::QueuedConnection);
        };
        const Outcome outcome = work(tell, stop);
        QMetaObject::invokeMethod(this, [this, generation, outcome] { finish(generation, outcome); }, Qt::QueuedConnection);
    });
}

void BackgroundJob::finish(std::uint64_t generation, const Outcome& outcome)
{
    if (generation != m_generation || !m_running)
        return;
    m_running = false;
    if (outcome.error)
        Q_EMIT failed(*outcome.error);
    else
        outcome.deliver();
}

void BackgroundJob::cancel()
{
    ++m_generation;
    m_running = false;
    m_worker.cancel();
}

} // namespace modelarium
