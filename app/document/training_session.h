#pragma once

#include "app/document/training_history.h"
#include "app/jobs/training_job.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>

namespace modelarium {

/// The run, its history, and the player that walks both: back and forth over what has been learned, and on where it ends.
///
/// A new run keeps the last model on show until its own first model arrives. While locked (the model is frozen) every wish
/// of the player is refused with a sentence.
class TrainingSession : public QObject {
    Q_OBJECT

public:
    enum class State { Idle, Learning, Paused, Finished, Failed };

    explicit TrainingSession(QObject* parent = nullptr);

    // the run
    /// With `playing` it goes to its end at full speed; otherwise it waits at its starting point for the player.
    void begin(const Table& table, const TrainingPlan& plan, bool playing);
    /// As begin(), for a stream of small changes: a run that is about to end may end first, so that something is always seen.
    void follow(const Table& table, const TrainingPlan& plan);
    /// A run of the past, as if it had just finished. Nothing is trained.
    void restore(const PreparedTrainingPtr& training, std::vector<TrainingFrame> frames, double seconds, const QStringList& notices);
    void invalidate();                              ///< stops, and marks what is on show as stale
    void clear();                                   ///< stops, and forgets everything
    void setLocked(const QString& why);

    // the player
    void play();
    void pause();
    void step();
    void stepBack();
    void toStart();
    void toEnd();
    void seek(std::size_t frame);
    void setStepsPerSecond(double stepsPerSecond);  ///< 0: as fast as the learner can
    double stepsPerSecond() const { return m_stepsPerSecond; }

    // what there is
    State state() const { return m_state; }
    bool isPlaying() const { return m_playing; }
    bool isStale() const { return m_stale; }        ///< what is on show belongs to choices that are no longer made
    bool isCurrent() const { return m_shown && !m_stale && !m_fresh; }
    const TrainingHistory& history() const { return m_history; }
    std::size_t position() const { return m_position; }
    const TrainingFrame* frame() const;             ///< null before the first one
    ModelPtr model() const { return m_shown; }
    PreparedTrainingPtr training() const { return m_training; }
    double seconds() const { return m_seconds; }    ///< of the whole run, once it has finished
    const std::optional<Error>& error() const { return m_error; }
    const QStringList& notices() const { return m_notices; }  ///< what the learner has to say about the run that finished

Q_SIGNALS:
    void modelChanged();
    void historyChanged();
    void positionChanged();
    void stateChanged();
    void playingChanged(bool playing);
    /// The player was asked to move and there is no run: begin() one that waits.
    void runWanted();
    void refused(const QString& sentence);
    void noticeRaised(const QString& sentence);
    void failed(const modelarium::Error& error);

private:
    struct Wish {
        Table table;
        TrainingPlan plan;
    };

    void start(const Table& table, const TrainingPlan& plan, Pace pace);
    bool mayPlay();
    bool hasRun();
    void setState(State state);
    void setPlaying(bool playing);
    void setStale(bool stale);
    void setPosition(std::size_t position);
    /// Tells what has changed once the position is another one, or the same one holds another model.
    void show(std::size_t positionBefore);
    void showLater();
    void takeFrames();
    void finish(double seconds, const std::vector<std::string>& notices);
    void fail(const Error& error);
    void advance();
    void grantWish();
    void losePatience();
    bool isAtEnd() const { return m_position + 1 >= m_history.size(); }

    TrainingJob m_job;
    TrainingHistory m_history;
    PreparedTrainingPtr m_training;                 ///< of the history
    PreparedTrainingPtr m_prepared;                 ///< of the run under way
    ModelPtr m_shown;
    State m_state = State::Idle;
    std::size_t m_position = 0;
    double m_stepsPerSecond = 10;
    double m_seconds = 0;
    bool m_playing = false;
    bool m_stale = false;
    bool m_fresh = false;                           ///< the run under way has shown nothing yet: the history is of the one before
    QString m_locked;                               ///< why nothing is learned; empty where it may be
    std::optional<Error> m_error;
    QStringList m_notices;
    QStringList m_noticesTold;                      ///< those of the last stateChanged()
    std::unique_ptr<Wish> m_wish;                   ///< the newest change, while the run before it is about to end
    QElapsedTimer m_sinceDisplay;
    QTimer m_display;
    QTimer m_replay;
    QTimer m_patience;
};

} // namespace modelarium
