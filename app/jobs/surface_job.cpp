#include "app/jobs/surface_job.h"

#include <QMetaObject>

#include <algorithm>
#include <utility>

namespace modelarium {
namespace {

constexpr int coarseness = 4;

SurfaceSlice coarse(SurfaceSlice slice)
{
    slice.columns = std::max(2, slice.columns / coarseness);
    if (slice.rows > 1)
        slice.rows = std::max(2, slice.rows / coarseness);
    return slice;
}

} // namespace

SurfaceJob::SurfaceJob(QObject* parent) : QObject(parent) {}

void SurfaceJob::start(ModelPtr model, const SurfaceSlice& slice, bool coarseOnly)
{
    const std::uint64_t generation = ++m_generation;
    m_worker.start([this, generation, model = std::move(model), slice, coarseOnly](std::stop_token stop) {
        // The coarse picture is finished and shown in any case: under a stream of requests it is what moves.
        const auto show = [&](const SurfaceSlice& part, std::stop_token stopPart) {
            const auto result = std::make_shared<Result<DecisionSurface>>(evaluateSurface(*model, part, stopPart));
            QMetaObject::invokeMethod(this, [this, generation, result] { deliver(generation, result); }, Qt::QueuedConnection);
            return result->hasValue();
        };
        if (show(coarse(slice), {}) && !coarseOnly && !stop.stop_requested())
            show(slice, stop);
    });
}

void SurfaceJob::deliver(std::uint64_t generation, const std::shared_ptr<Result<DecisionSurface>>& result)
{
    if (generation < m_oldestWanted)
        return;
    if (*result)
        Q_EMIT ready(DecisionSurfacePtr(result, &result->value()));
    else if (result->error().code != ErrorCode::Cancelled)
        Q_EMIT failed(result->error());
}

void SurfaceJob::cancel()
{
    m_oldestWanted = m_generation + 1;
    m_worker.cancel();
}

} // namespace modelarium
