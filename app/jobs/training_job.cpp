#include "app/jobs/training_job.h"

#include "core/evaluate/metrics.h"

#include <QMetaObject>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>
#include <string>
#include <utility>

namespace modelarium {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t mailboxFrames = 4096;
/// Looking costs time: at full speed at most this much, and after it no more than the steps themselves take.
constexpr double freeLookSeconds = 0.05;

double secondsSince(Clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// A learner that shows its run before the first step: the starting point is a frame too.
class WatchedLearner : public Learner {
public:
    WatchedLearner(const Learner& learner, std::function<bool(const TrainingRun&)> begun)
        : m_learner(learner), m_begun(std::move(begun))
    {
    }

    Result<std::unique_ptr<TrainingRun>> begin(DatasetPtr train, std::uint64_t seed) const override
    {
        auto run = m_learner.begin(std::move(train), seed);
        if (run && !m_begun(**run))
            return Error{ErrorCode::Cancelled, "The training was cancelled."};
        return run;
    }

private:
    const Learner& m_learner;
    std::function<bool(const TrainingRun&)> m_begun;
};

double errorOf(const Model& model, const DatasetPtr& data)
{
    return data ? trackedError(model, *data) : std::numeric_limits<double>::quiet_NaN();
}

} // namespace

/// What the window and the thread of one run share.
struct TrainingJob::Shared {
    std::mutex mutex;
    std::condition_variable changed;
    Pace pace;
    std::size_t allowedSteps = 0;
    bool cancelled = false;
    bool announced = false;                         ///< frames are in the mailbox and the window knows
    std::vector<TrainingFrame> mailbox;

    /// Blocks until the next step may begin; false: it never may.
    bool waitForStep(Clock::time_point stepBegan);
    bool wantsEveryStep();
    /// True where the window has to be told.
    bool post(TrainingFrame frame);
};

bool TrainingJob::Shared::waitForStep(Clock::time_point stepBegan)
{
    std::unique_lock lock(mutex);
    for (;;) {
        if (cancelled)
            return false;
        if (allowedSteps > 0) {
            --allowedSteps;
            return true;
        }
        if (!pace.playing) {
            changed.wait(lock);
            continue;
        }
        if (pace.stepsPerSecond <= 0)
            return true;
        const auto due = stepBegan + std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(1 / pace.stepsPerSecond));
        if (Clock::now() >= due)
            return true;
        changed.wait_until(lock, due);
    }
}

bool TrainingJob::Shared::wantsEveryStep()
{
    const std::lock_guard lock(mutex);
    return !pace.playing || pace.stepsPerSecond > 0;
}

bool TrainingJob::Shared::post(TrainingFrame frame)
{
    const std::lock_guard lock(mutex);
    if (mailbox.size() >= mailboxFrames) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < mailbox.size(); i += 2)
            mailbox[kept++] = std::move(mailbox[i]);
        mailbox.resize(kept);
    }
    // At full speed the starting point alone would only flicker.
    const bool worthTelling = frame.step > 0 || !pace.playing || pace.stepsPerSecond > 0;
    mailbox.push_back(std::move(frame));
    return worthTelling && !std::exchange(announced, true);
}

namespace {

/// The observer of one run: it decides which steps become frames, and when the next step may begin.
class Recorder {
public:
    Recorder(PreparedTrainingPtr training, std::function<void(TrainingFrame)> post, std::function<bool()> wantsEveryStep,
             std::function<bool(Clock::time_point)> waitForStep)
        : m_training(std::move(training)), m_post(std::move(post)), m_wantsEveryStep(std::move(wantsEveryStep)),
          m_waitForStep(std::move(waitForStep))
    {
    }

    bool begun(const TrainingRun& run)
    {
        m_stepSeconds += secondsSince(m_stepBegan);     // some learners do much, or all, of their work to begin
        record(run, {});
        return next(Clock::now());
    }

    Answer stepped(const TrainingRun& run, const Progress& progress)
    {
        m_stepSeconds += secondsSince(m_stepBegan);
        const Clock::time_point began = m_stepBegan;
        const bool due = run.isFinished() || m_lookSeconds < freeLookSeconds + m_stepSeconds || m_wantsEveryStep();
        if (due)
            record(run, progress);
        if (run.isFinished())
            return Answer::Continue;
        return next(began) ? Answer::Continue : Answer::Cancel;
    }

    double seconds() const { return m_stepSeconds; }

private:
    bool next(Clock::time_point began)
    {
        const bool go = m_waitForStep(began);
        m_stepBegan = Clock::now();
        return go;
    }

    void record(const TrainingRun& run, const Progress& progress)
    {
        const Clock::time_point begin = Clock::now();
        auto model = snapshotModel(*m_training, run.freeze(), progress.step, progress.chosen, progress.found);
        // Before its first step a learner may have nothing that could answer; then there is nothing to show yet.
        if (model) {
            TrainingFrame frame;
            frame.step = progress.step;
            if (progress.step > 0)
                frame.loss = progress.loss;
            frame.trainError = errorOf(**model, m_training->train);
            frame.testError = errorOf(**model, m_training->test);
            frame.seconds = m_stepSeconds;
            frame.what = progress.what;
            frame.model = *std::move(model);
            m_post(std::move(frame));
        }
        m_lookSeconds += secondsSince(begin);
    }

    PreparedTrainingPtr m_training;
    std::function<void(TrainingFrame)> m_post;
    std::function<bool()> m_wantsEveryStep;
    std::function<bool(Clock::time_point)> m_waitForStep;
    Clock::time_point m_stepBegan = Clock::now();
    double m_stepSeconds = 0;
    double m_lookSeconds = 0;
};

} // namespace

TrainingJob::TrainingJob(QObject* parent) : QObject(parent) {}

TrainingJob::~TrainingJob()
{
    abandon();
}

void TrainingJob::abandon()
{
    if (!m_shared)
        return;
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->cancelled = true;
    }
    m_shared->changed.notify_all();
    m_shared.reset();
    m_running = false;
}

void TrainingJob::start(Table table, TrainingPlan plan, Pace pace)
{
    abandon();
    m_shared = std::make_shared<Shared>();
    m_shared->pace = pace;
    m_running = true;
    m_worker.start([this, shared = m_shared, table = std::move(table), plan = std::move(plan)](std::stop_token) {
        try {
            train(shared, table, plan);
        } catch (const std::bad_alloc&) {
            const std::string sentence = tr("There is not enough memory to train on these rows.").toStdString();
            deliver(shared, [this, sentence] { fail(Error{ErrorCode::OutOfMemory, sentence}); });
        }
    });
}

/// Runs on the worker's thread.
void TrainingJob::train(const SharedPtr& shared, const Table& table, const TrainingPlan& plan)
{
    auto result = prepareTraining(table, plan);
    if (!result) {
        deliver(shared, [this, error = result.error()] { fail(error); });
        return;
    }
    const auto training = std::make_shared<const PreparedTraining>(*std::move(result));
    deliver(shared, [this, training] { Q_EMIT prepared(training); });

    Recorder recorder(
        training,
        [this, shared](TrainingFrame frame) {
            if (shared->post(std::move(frame)))
                deliver(shared, [this] { Q_EMIT framesAvailable(); });
        },
        [shared] { return shared->wantsEveryStep(); },
        [shared](Clock::time_point began) { return shared->waitForStep(began); });
    const WatchedLearner learner(*training->learner, [&](const TrainingRun& run) { return recorder.begun(run); });
    const auto outcome = fit(learner, training->train, plan.seed, [&](const TrainingRun& run, const Progress& progress) {
        return recorder.stepped(run, progress);
    });
    if (!outcome) {
        deliver(shared, [this, error = outcome.error()] { fail(error); });
        return;
    }
    deliver(shared, [this, seconds = recorder.seconds(), notices = outcome->notices] {
        m_running = false;
        Q_EMIT finished(seconds, notices);
    });
}

/// Says on the window's thread what a run has to say, unless nobody asks for that run any more.
void TrainingJob::deliver(const SharedPtr& shared, std::function<void()> say)
{
    QMetaObject::invokeMethod(this, [this, shared, say = std::move(say)] {
        if (shared == m_shared)
            say();
    }, Qt::QueuedConnection);
}

void TrainingJob::fail(const Error& error)
{
    m_running = false;
    Q_EMIT failed(error);
}

void TrainingJob::setPace(Pace pace)
{
    if (!m_shared)
        return;
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->pace = pace;
    }
    m_shared->changed.notify_all();
}

void TrainingJob::step(std::size_t count)
{
    if (!m_shared)
        return;
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->allowedSteps += count;
    }
    m_shared->changed.notify_all();
}

void TrainingJob::cancel()
{
    abandon();
    m_worker.cancel();
}

std::vector<TrainingFrame> TrainingJob::takeFrames()
{
    if (!m_shared)
        return {};
    const std::lock_guard lock(m_shared->mutex);
    m_shared->announced = false;
    return std::exchange(m_shared->mailbox, {});
}

} // namespace modelarium
