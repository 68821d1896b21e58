#pragma once

#include "app/jobs/worker.h"
#include "core/evaluate/decision_surface.h"

#include <QObject>

#include <cstdint>
#include <memory>

namespace modelarium {

using DecisionSurfacePtr = std::shared_ptr<const DecisionSurface>;

/// Evaluates a decision surface off the window's thread: first one value a 4x4 cell, then every one. The newest request wins.
class SurfaceJob : public QObject {
    Q_OBJECT

public:
    explicit SurfaceJob(QObject* parent = nullptr);

    void start(ModelPtr model, const SurfaceSlice& slice, bool coarseOnly = false);
    void cancel();

Q_SIGNALS:
    void ready(modelarium::DecisionSurfacePtr surface);
    void failed(const modelarium::Error& error);

private:
    void deliver(std::uint64_t generation, const std::shared_ptr<Result<DecisionSurface>>& result);

    std::uint64_t m_generation = 0;
    std::uint64_t m_oldestWanted = 0;
    Worker m_worker;
};

} // namespace modelarium
