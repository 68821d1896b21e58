#include "app/document/training_session.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace modelarium {
namespace {

constexpr int frameMilliseconds = 16;
/// A run that ends sooner than this is not announced: a drag refits many times a second, and the window would flicker.
constexpr int patienceMilliseconds = 150;

} // namespace

TrainingSession::TrainingSession(QObject* parent) : QObject(parent)
{
    connect(&m_job, &TrainingJob::prepared, this, [this](const PreparedTrainingPtr& training) {
        m_prepared = training;
        if (m_state == State::Paused)
            showLater();
        for (const std::string& notice : training->notices)
            Q_EMIT noticeRaised(QString::fromStdString(notice));
    });
    connect(&m_job, &TrainingJob::framesAvailable, this, &TrainingSession::showLater);
    connect(&m_job, &TrainingJob::finished, this, &TrainingSession::finish);
    connect(&m_job, &TrainingJob::failed, this, &TrainingSession::fail);
    for (QTimer* timer : {&m_display, &m_replay, &m_patience})
        timer->setTimerType(Qt::PreciseTimer);
    m_display.setSingleShot(true);
    connect(&m_display, &QTimer::timeout, this, &TrainingSession::takeFrames);
    connect(&m_replay, &QTimer::timeout, this, &TrainingSession::advance);
    m_patience.setSingleShot(true);
    m_patience.setInterval(patienceMilliseconds);
    connect(&m_patience, &QTimer::timeout, this, &TrainingSession::losePatience);
}

void TrainingSession::begin(const Table& table, const TrainingPlan& plan, bool playing)
{
    if (!mayPlay())
        return;
    start(table, plan, Pace{playing, 0});
    m_patience.stop();
    setStale(m_shown != nullptr);
    setPlaying(playing);
    setState(playing ? State::Learning : State::Paused);
}

void TrainingSession::follow(const Table& table, const TrainingPlan& plan)
{
    if (!m_locked.isEmpty())
        return;
    if (m_patience.isActive() && m_job.isRunning()) {
        m_wish = std::make_unique<Wish>(Wish{table, plan});
        return;
    }
    start(table, plan, Pace{true, 0});
    if (m_state != State::Finished)
        setState(State::Learning);
}

void TrainingSession::start(const Table& table, const TrainingPlan& plan, Pace pace)
{
    m_replay.stop();
    m_display.stop();
    m_wish.reset();
    m_error.reset();
    m_notices.clear();
    m_fresh = true;
    m_prepared.reset();
    m_patience.start();
    m_job.start(table, plan, pace);
}

void TrainingSession::restore(const PreparedTrainingPtr& training, std::vector<TrainingFrame> frames, double seconds,
                              const QStringList& notices)
{
    if (!m_locked.isEmpty() || !training || frames.empty())
        return;
    invalidate();
    m_history.clear();
    m_history.add(std::move(frames));
    m_training = training;
    m_position = m_history.size() - 1;
    m_shown = m_history.back().model;
    m_seconds = seconds;
    m_notices = notices;
    m_stale = false;
    Q_EMIT historyChanged();
    Q_EMIT modelChanged();
    setState(State::Finished);
}

void TrainingSession::invalidate()
{
    m_job.cancel();
    m_wish.reset();
    m_error.reset();
    m_notices.clear();
    m_replay.stop();
    m_display.stop();
    m_patience.stop();
    m_fresh = false;
    setPlaying(false);
    setStale(m_shown != nullptr);
    setState(State::Idle);
}

void TrainingSession::clear()
{
    m_shown.reset();
    m_training.reset();
    m_prepared.reset();
    m_history.clear();
    m_position = 0;
    m_seconds = 0;
    invalidate();
    Q_EMIT historyChanged();
    Q_EMIT modelChanged();
}

void TrainingSession::setLocked(const QString& why)
{
    if (!why.isEmpty())
        pause();
    m_locked = why;
}

bool TrainingSession::mayPlay()
{
    if (m_locked.isEmpty())
        return true;
    Q_EMIT refused(m_locked);
    return false;
}

/// True where there is a run to move in; asks for one where there is none.
bool TrainingSession::hasRun()
{
    if (!mayPlay())
        return false;
    const bool over = m_state == State::Idle || (m_state == State::Failed && !isCurrent());
    if (over && !m_job.isRunning())
        Q_EMIT runWanted();
    return m_job.isRunning() || !m_history.isEmpty();
}

void TrainingSession::play()
{
    if (!hasRun())
        return;
    m_patience.stop();
    setPlaying(true);
    if (m_fresh || (isAtEnd() && m_job.isRunning())) {
        m_job.setPace({true, m_stepsPerSecond});
        setState(State::Learning);
        return;
    }
    if (isAtEnd())
        setPosition(0);
    m_replay.start();
    setStepsPerSecond(m_stepsPerSecond);
}

void TrainingSession::pause()
{
    m_replay.stop();
    setPlaying(false);
    if (!m_job.isRunning())
        return;
    if (const auto wish = std::exchange(m_wish, nullptr))
        start(wish->table, wish->plan, {false, m_stepsPerSecond});
    m_job.setPace({false, m_stepsPerSecond});
    m_patience.stop();
    takeFrames();
    if (m_fresh)
        setStale(m_shown != nullptr);
    setState(State::Paused);
}

void TrainingSession::step()
{
    if (!hasRun())
        return;
    pause();
    if (!m_fresh && !isAtEnd())
        setPosition(m_position + 1);
    else
        m_job.step();
}

void TrainingSession::stepBack()
{
    if (!hasRun())
        return;
    pause();
    if (m_position > 0)
        setPosition(m_position - 1);
}

void TrainingSession::toStart()
{
    if (!hasRun())
        return;
    pause();
    setPosition(0);
}

void TrainingSession::toEnd()
{
    if (!hasRun())
        return;
    m_replay.stop();
    if (!m_history.isEmpty())
        setPosition(m_history.size() - 1);
    if (!m_job.isRunning()) {
        setPlaying(false);
        return;
    }
    m_job.setPace({true, 0});
    setPlaying(true);
    setState(State::Learning);
}

void TrainingSession::seek(std::size_t frame)
{
    if (!hasRun())
        return;
    pause();
    if (!m_history.isEmpty())
        setPosition(std::min(frame, m_history.size() - 1));
}

void TrainingSession::setStepsPerSecond(double stepsPerSecond)
{
    m_stepsPerSecond = std::max(0.0, stepsPerSecond);
    const double interval = m_stepsPerSecond > 0 ? 1000 / m_stepsPerSecond : 0;
    m_replay.setInterval(std::clamp(int(std::lround(std::min(interval, 60000.0))), frameMilliseconds, 60000));
    if (m_playing && !m_replay.isActive())
        m_job.setPace({true, m_stepsPerSecond});
}

const TrainingFrame* TrainingSession::frame() const
{
    return m_history.isEmpty() ? nullptr : &m_history[m_position];
}

/// One tick of the replay. At high speeds it passes over steps that no display could show.
void TrainingSession::advance()
{
    if (isAtEnd()) {
        m_replay.stop();
        if (m_job.isRunning()) {
            m_job.setPace({true, m_stepsPerSecond});
            setState(State::Learning);
        } else {
            setPlaying(false);
        }
        return;
    }
    std::size_t next = m_position + 1;
    const double stepsATick = m_stepsPerSecond * m_replay.interval() / 1000;
    if (m_stepsPerSecond <= 0)
        next = std::max(next, m_position + m_history.size() / 60);
    else if (stepsATick > 1)
        next = std::max(next, m_history.indexOfStep(m_history[m_position].step + std::size_t(std::lround(stepsATick))));
    setPosition(std::min(next, m_history.size() - 1));
}

void TrainingSession::setState(State state)
{
    // A quick run follows another and ends as that did; what it has to say may still be something else.
    if (state == m_state && m_notices == m_noticesTold)
        return;
    m_state = state;
    m_noticesTold = m_notices;
    Q_EMIT stateChanged();
}

void TrainingSession::setPlaying(bool playing)
{
    if (playing == m_playing)
        return;
    m_playing = playing;
    Q_EMIT playingChanged(playing);
}

void TrainingSession::setStale(bool stale)
{
    if (stale == m_stale)
        return;
    m_stale = stale;
    Q_EMIT modelChanged();
}

void TrainingSession::setPosition(std::size_t position)
{
    if (position >= m_history.size())
        return;
    const std::size_t before = std::exchange(m_position, position);
    show(before);
}

void TrainingSession::show(std::size_t positionBefore)
{
    const ModelPtr model = m_history[m_position].model;
    const bool sameModel = model == m_shown;
    const bool samePosition = m_position == positionBefore;
    m_shown = model;
    if (!sameModel)
        Q_EMIT modelChanged();
    if (!samePosition)
        Q_EMIT positionChanged();
}

void TrainingSession::showLater()
{
    if (m_display.isActive())
        return;
    const qint64 since = m_sinceDisplay.isValid() ? m_sinceDisplay.elapsed() : frameMilliseconds;
    m_display.start(int(std::max<qint64>(0, frameMilliseconds - since)));
}

void TrainingSession::takeFrames()
{
    m_display.stop();
    // Frames can be in the mailbox before the news that the run has begun: they stay there until it comes.
    if (!m_prepared)
        return;
    std::vector<TrainingFrame> frames = m_job.takeFrames();
    if (frames.empty())
        return;
    m_sinceDisplay.start();
    const bool isNew = std::exchange(m_fresh, false);
    if (isNew) {
        m_history.clear();
        m_training = m_prepared;
        m_position = 0;
    }
    const bool wasAtEnd = isNew || isAtEnd();
    const std::size_t stepShown = isNew ? 0 : m_history[m_position].step;
    m_history.add(std::move(frames));
    // It may be shorter now than it was: whoever hears of it must find the position within it.
    const std::size_t before = std::exchange(m_position, wasAtEnd ? m_history.size() - 1 : m_history.indexOfStep(stepShown));
    m_stale = false;
    Q_EMIT historyChanged();
    show(before);
}

void TrainingSession::finish(double seconds, const std::vector<std::string>& notices)
{
    takeFrames();
    m_seconds = seconds;
    m_patience.stop();
    if (!m_replay.isActive())
        setPlaying(false);
    m_notices.clear();
    for (const std::string& notice : notices)
        m_notices << QString::fromStdString(notice);
    setState(State::Finished);
    for (const QString& notice : std::as_const(m_notices))
        Q_EMIT noticeRaised(notice);
    grantWish();
}

void TrainingSession::fail(const Error& error)
{
    takeFrames();
    m_patience.stop();
    m_replay.stop();
    m_error = error;
    m_notices.clear();
    // The picture is of an earlier run where this one showed nothing.
    setStale(std::exchange(m_fresh, false) && m_shown);
    setPlaying(false);
    setState(State::Failed);
    Q_EMIT failed(error);
    grantWish();
}

void TrainingSession::grantWish()
{
    if (const auto wish = std::exchange(m_wish, nullptr))
        follow(wish->table, wish->plan);
}

/// The run takes long enough to be seen: say that it learns, or let a newer one take its place.
void TrainingSession::losePatience()
{
    m_patience.stop();
    if (m_wish) {
        grantWish();
        return;
    }
    if (!m_job.isRunning())
        return;
    if (m_fresh)
        setStale(m_shown != nullptr);
    setPlaying(true);
    setState(State::Learning);
}

} // namespace modelarium
