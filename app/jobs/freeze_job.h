#pragma once

#include "app/jobs/training_frame.h"
#include "app/jobs/training_job.h"
#include "app/jobs/worker.h"

#include <QObject>

namespace modelarium {

/// Freezes a frame of a training into a model with metrics and certificate, off the window's thread.
class FreezeJob : public QObject {
    Q_OBJECT

public:
    explicit FreezeJob(QObject* parent = nullptr);

    void start(PreparedTrainingPtr training, TrainingFrame frame);
    void cancel();
    bool isRunning() const { return m_running; }

Q_SIGNALS:
    void runningChanged(bool running);
    void finished(modelarium::ModelPtr model);
    void failed(const modelarium::Error& error);

private:
    void setRunning(bool running);

    std::uint64_t m_generation = 0;
    bool m_running = false;
    Worker m_worker;
};

} // namespace modelarium
