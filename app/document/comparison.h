#pragma once

#include "app/document/run_log.h"
#include "app/document/training_history.h"
#include "app/jobs/evaluate_job.h"
#include "app/jobs/training_job.h"

#include <QObject>

#include <deque>

namespace modelarium {

/// Trains several setups one after the other beside whatever is on show, and puts each into the run log when it is done.
class Comparison : public QObject {
    Q_OBJECT

public:
    explicit Comparison(RunLog& log, QObject* parent = nullptr);

    /// Learners that are worth a comparison for the setup's task, each with its defaults: at most `most`, the best known first.
    static std::vector<Setup> suggestion(const Setup& setup, std::size_t most = 6);

    void start(const std::vector<Setup>& setups);   ///< those that are in the log already are not trained again
    void cancel();
    bool isRunning() const { return m_running; }
    int done() const { return m_done; }
    int total() const { return m_total; }
    QString sentence() const;                       ///< what goes on; what came of it once it is over

Q_SIGNALS:
    void changed();
    void finished(int trained);
    void noticeRaised(const QString& sentence);

private:
    void next();
    void takeFrames();
    void trained(double seconds, const std::vector<std::string>& notices);
    void evaluated(const EvaluationPtr& evaluation);

    RunLog& m_log;
    TrainingJob m_training;
    EvaluateJob m_evaluate;
    std::deque<Setup> m_waiting;
    TrainingHistory m_history;
    Run m_run;                                      ///< under way
    bool m_running = false;
    int m_done = 0;
    int m_total = 0;
    int m_trained = 0;
};

/// What a run needs to be gone back to: the prepared rows where they are few, and the frames where their numbers are few.
void keepWithinMemory(Run& run);

} // namespace modelarium
