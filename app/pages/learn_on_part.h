#pragma once

#include "app/document/experiment.h"
#include "app/jobs/background_job.h"
#include "app/jobs/learn_on.h"
#include "app/pages/section.h"

class QLabel;

namespace modelarium {

class JobRow;

/// A model from a stream of rows, that can still learn, goes on with the rows of the window: each is predicted first, and that score is told.
/// What comes of it is one undo step.
class LearnOnPart : public Section {
    Q_OBJECT

public:
    explicit LearnOnPart(Experiment& experiment, QWidget* parent = nullptr);

private:
    void follow();
    void start();
    void accept(const LearnedOn& learned);
    /// Why these rows cannot be learned from; empty where they can.
    QString hindrance() const;

    Experiment& m_experiment;
    BackgroundJob m_job;
    QLabel* m_sentence;
    JobRow* m_row;
    ModelPtr m_learned;                                     ///< the last one that came of this, ...
    QString m_told;                                         ///< ... and what was told about it
    QString m_failure;
    ModelPtr m_failedFor;
};

} // namespace modelarium
