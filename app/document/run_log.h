#pragma once

#include "app/document/experiment_state.h"
#include "app/jobs/training_frame.h"
#include "app/jobs/training_job.h"

#include <QDateTime>
#include <QObject>
#include <QStringList>
#include <QUndoStack>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace modelarium {

/// One training that came to its end, with all that is needed to go back to it.
struct Run {
    int number = 0;                                 ///< 1, 2, 3 in the order of their making
    QDateTime made;
    Setup setup;                                    ///< nothing is frozen in it
    ModelPtr model;                                 ///< without the threshold, which is in the setup; the metrics are of what that decides
    PreparedTrainingPtr training;                   ///< null where it would hold too much memory: then going back trains again
    std::vector<TrainingFrame> frames;              ///< of the time slider, thinned; the last one is the model
    double seconds = 0;
    QStringList notices;
    std::map<std::string, double> metricsTrain;
    std::map<std::string, double> metricsTest;
};
using RunPtr = std::shared_ptr<const Run>;

/// All runs so far, each with a note. Notes and removals are undo steps; a run that comes is none, because nobody decided it.
class RunLog : public QObject {
    Q_OBJECT

public:
    explicit RunLog(QUndoStack& undoStack, QObject* parent = nullptr);

    /// Numbers and keeps a run; one of the same training is replaced under its number. Answers the number.
    int add(Run run);
    const std::vector<RunPtr>& runs() const { return m_runs; }
    std::vector<RunPtr> runsOn(const DataSourcePtr& source) const;  ///< oldest first
    RunPtr run(int number) const;                   ///< null where there is none
    RunPtr find(const Setup& setup) const;          ///< of the same training; null where there is none
    /// The run on the same rows that was made before this one; null for the first.
    RunPtr before(const Run& run) const;

    QString note(int number) const;
    void setNote(int number, const QString& text);
    void remove(int number);
    void removeAll(const DataSourcePtr& source);

Q_SIGNALS:
    void changed();

private:
    friend class ChangeNote;
    friend class RemoveRuns;

    QUndoStack& m_undoStack;
    std::vector<RunPtr> m_runs;                     ///< by number
    std::map<int, QString> m_notes;
    int m_lastNumber = 0;
};

/// "Run 3: Ridge regression"
QString runTitle(const Run& run);

/// What was chosen otherwise than before, a short phrase each; without a run before, what was chosen at all.
QStringList changesSince(const Run* before, const Run& run);

/// What a run predicts, by its name; empty where it has no target.
QString targetOf(const Run& run);
/// Whether their scores say how well the same is done: the same target, as numbers or as classes.
bool areComparable(const Run& a, const Run& b);

/// The metric that a run is judged by, and its name. Larger is better.
const char* scoreMetric(const Run& run);
QString scoreName(const Run& run);
QString scoreText(const std::map<std::string, double>& metrics, const char* metric);

/// The frames evenly thinned to at most `most`; first and last stay.
std::vector<TrainingFrame> thinnedFrames(const std::vector<TrainingFrame>& frames, std::size_t most = 100);

} // namespace modelarium
