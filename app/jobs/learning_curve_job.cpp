#include "app/jobs/learning_curve_job.h"

#include "app/jobs/training_folds.h"

#include <QMetaObject>

#include <utility>

namespace modelarium {

Result<CurvePoints> learningCurveOn(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, int folds,
                                    const EvaluationProgress& progress, std::stop_token stop)
{
    const Result<TrainingFolds> parted = trainingFolds(table, plan, rows, folds);
    if (!parted)
        return parted.error();
    LearningCurveOptions shares;
    shares.seed = plan.seed;
    return learningCurve(parted->table, parted->plan, parted->folds, shares, progress, stop);
}

LearningCurveJob::LearningCurveJob(QObject* parent) : QObject(parent) {}

void LearningCurveJob::start(const Table& table, const TrainingPlan& plan, const std::vector<std::size_t>& rows, int folds)
{
    const std::uint64_t generation = ++m_generation;
    m_running = true;
    m_worker.start([this, generation, table, plan, rows, folds](std::stop_token stop) {
        const auto tell = [this, generation](std::size_t done, std::size_t total) {
            QMetaObject::invokeMethod(this, [this, generation, done, total] {
                if (generation == m_generation && m_running)
                    Q_EMIT progressed(int(done), int(total));
            }, Qt::QueuedConnection);
        };
        const auto result = std::make_shared<Result<CurvePoints>>(learningCurveOn(table, plan, rows, folds, tell, stop));
        QMetaObject::invokeMethod(this, [this, generation, result] { deliver(generation, result); }, Qt::QueuedConnection);
    });
}

void LearningCurveJob::deliver(std::uint64_t generation, const std::shared_ptr<Result<CurvePoints>>& result)
{
    if (generation != m_generation || !m_running)
        return;
    m_running = false;
    if (*result)
        Q_EMIT finished(CurvePointsPtr(result, &result->value()));
    else
        Q_EMIT failed(result->error());
}

void LearningCurveJob::cancel()
{
    ++m_generation;
    m_running = false;
    m_worker.cancel();
}

} // namespace modelarium
