#include "app/jobs/freeze_job.h"

#include "core/evaluate/freeze.h"

#include <QMetaObject>

#include <utility>

namespace modelarium {

FreezeJob::FreezeJob(QObject* parent) : QObject(parent) {}

void FreezeJob::start(PreparedTrainingPtr training, TrainingFrame frame)
{
    const std::uint64_t generation = ++m_generation;
    setRunning(true);
    m_worker.start([this, generation, training = std::move(training), frame = std::move(frame)](std::stop_token) {
        const auto result = std::make_shared<Result<ModelPtr>>(
            freezeModel(*training, frame.model->parameters(), frame.step, frame.seconds, FrozenFor::Keeping, frame.model->provenance().hyperparameters,
                        frame.model->provenance().found));
        QMetaObject::invokeMethod(this, [this, generation, result] {
            if (generation != m_generation)
                return;
            setRunning(false);
            if (*result)
                Q_EMIT finished(**result);
            else
                Q_EMIT failed(result->error());
        }, Qt::QueuedConnection);
    });
}

void FreezeJob::cancel()
{
    ++m_generation;
    setRunning(false);
    m_worker.cancel();
}

void FreezeJob::setRunning(bool running)
{
    if (std::exchange(m_running, running) != running)
        Q_EMIT runningChanged(running);
}

} // namespace modelarium
