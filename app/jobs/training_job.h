#pragma once

#include "app/jobs/training_frame.h"
#include "app/jobs/worker.h"
#include "core/learn/training.h"

#include <QObject>

#include <functional>
#include <memory>
#include <vector>

namespace modelarium {

using PreparedTrainingPtr = std::shared_ptr<const PreparedTraining>;

/// How fast a run may go.
struct Pace {
    bool playing = true;                            ///< false: only the steps that step() allows
    double stepsPerSecond = 0;                      ///< 0: as fast as the learner can
};

/// One training off the window's thread. It runs fit(), the only training loop, and its observer waits, freezes and answers.
///
/// Frames pile up in a mailbox of bounded size until takeFrames(); the newest is always among them. Starting another
/// training, or cancel(), drops the one under way at once: nothing of it is delivered any more.
class TrainingJob : public QObject {
    Q_OBJECT

public:
    explicit TrainingJob(QObject* parent = nullptr);
    ~TrainingJob() override;

    void start(Table table, TrainingPlan plan, Pace pace);
    void setPace(Pace pace);
    void step(std::size_t count = 1);               ///< lets that many steps through, also while not playing
    void cancel();
    bool isRunning() const { return m_running; }

    std::vector<TrainingFrame> takeFrames();

Q_SIGNALS:
    void prepared(modelarium::PreparedTrainingPtr training);
    void framesAvailable();
    void finished(double seconds, const std::vector<std::string>& notices);
    void failed(const modelarium::Error& error);

private:
    struct Shared;
    using SharedPtr = std::shared_ptr<Shared>;

    void train(const SharedPtr& shared, const Table& table, const TrainingPlan& plan);
    void deliver(const SharedPtr& shared, std::function<void()> say);
    void fail(const Error& error);
    void abandon();

    SharedPtr m_shared;               ///< of the run under way; its thread may outlive our interest in it
    bool m_running = false;
    Worker m_worker;
};

} // namespace modelarium
