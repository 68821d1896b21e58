#pragma once

#include "app/jobs/worker.h"
#include "core/evaluate/learning_curve.h"

#include <QObject>

#include <cstdint>
#include <memory>
#include <vector>

namespace modelarium {

using CurvePoints = std::vector<CurvePoint>;
using CurvePointsPtr = std::shared_ptr<const CurvePoints>;

/// Trains on growing shares of some rows, off the window's thread. Folds are drawn among these rows alone: no other row is looked at.
class LearningCurveJob : public QObject {
    Q_OBJECT

public:
    explicit LearningCurveJob(QObject* parent = nullptr);

    /// `rows` are those that may be learned from and judged by; `folds` says how often each share is tried.
    void start(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, int folds);
    void cancel();
    bool isRunning() const { return m_running; }

Q_SIGNALS:
    void progressed(int done, int total);
    void finished(modelarium::CurvePointsPtr points);
    void failed(const modelarium::Error& error);

private:
    void deliver(std::uint64_t generation, const std::shared_ptr<Result<CurvePoints>>& result);

    std::uint64_t m_generation = 0;
    bool m_running = false;
    Worker m_worker;
};

/// The work of the job, on the calling thread.
Result<CurvePoints> learningCurveOn(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, int folds,
                                    const EvaluationProgress& progress, std::stop_token stop);

} // namespace modelarium
