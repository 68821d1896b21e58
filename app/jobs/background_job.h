#pragma once

#include "app/jobs/worker.h"
#include "core/evaluate/fold_runs.h"

#include <QObject>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace modelarium {

/// One long evaluation at a time, off the window's thread: the newest request wins, and of a cancelled one nothing is heard again.
class BackgroundJob : public QObject {
    Q_OBJECT

public:
    explicit BackgroundJob(QObject* parent = nullptr);

    /// `work` runs on the job's thread and owns what it needs. `arrived` is called on the thread of this object, with what it came
    /// to; an error comes as failed(). Neither is called once the request was cancelled or replaced.
    template <class T>
    void start(std::function<Result<T>(const EvaluationProgress&, std::stop_token)> work, std::function<void(const std::shared_ptr<const T>&)> arrived)
    {
        launch([work = std::move(work), arrived = std::move(arrived)](const EvaluationProgress& tell, std::stop_token stop) {
            const auto result = std::make_shared<Result<T>>(work(tell, stop));
            Outcome outcome;
            if (*result)
                outcome.deliver = [arrived, result] { arrived(std::shared_ptr<const T>(result, &result->value())); };
            else
                outcome.error = result->error();
            return outcome;
        });
    }

    void cancel();
    bool isRunning() const { return m_running; }

Q_SIGNALS:
    void progressed(int done, int total);
    void failed(const modelarium::Error& error);

private:
    struct Outcome {
        std::function<void()> deliver;
        std::optional<Error> error;
    };

    void launch(std::function<Outcome(const EvaluationProgress&, std::stop_token)> work);
    void finish(std::uint64_t generation, const Outcome& outcome);

    std::uint64_t m_generation = 0;
    bool m_running = false;
    Worker m_worker;
};

} // namespace modelarium
