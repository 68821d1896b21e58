#pragma once

#include "app/document/experiment.h"
#include "app/jobs/background_job.h"
#include "app/pages/section.h"

class QLabel;

namespace modelarium {

class JobRow;

/// A folding part that trains the choices as they are again and again, on folds of the training rows: started by a press, off the
/// window's thread, with progress and a way to cancel. Other choices end it, and hide what it found about those before.
class PlanPart : public Section {
    Q_OBJECT

public:
    struct Words {
        QString title;
        QString start;                                      ///< on the button
        QString startHelp;
        QString subject;                                    ///< "cross-validation", for a screen reader
        QString invitation;                                 ///< before anything was asked for
    };

    PlanPart(Experiment& experiment, const Words& words, QWidget* parent);

protected:
    /// Starts the job for these training rows.
    virtual void begin(const PreparedTraining& training, const std::vector<std::size_t>& rows) = 0;
    virtual void setResultsVisible(bool visible) = 0;
    /// The choices without those that the results are not about, because they try them all.
    virtual Setup relevant(Setup setup) const { return setup; }
    /// Why nothing can be started though a model is there; empty where it can.
    virtual QString hindrance() const { return {}; }
    /// How many trainings a start asks for; said above the button, where it is not empty.
    virtual QString cost() const { return {}; }

    Experiment& experiment() { return m_experiment; }
    const Experiment& experiment() const { return m_experiment; }
    BackgroundJob& job() { return m_job; }
    void arrived(const QString& sentence);                  ///< results are there
    void followChoice();                                    ///< something in the part was chosen: what was refused before may be possible now

private:
    void start();
    void follow();

    Experiment& m_experiment;
    BackgroundJob m_job;
    JobRow* m_row;
    QLabel* m_cost;
    QLabel* m_sentence;
    QString m_invitation;
    QString m_found;                                        ///< the sentence about the results
    QString m_failure;                                      ///< why there are none
    Setup m_setup;                                          ///< what the job or the results are about
    bool m_hasResults = false;
    bool m_ended = false;                                   ///< by other choices
};

} // namespace modelarium
