#pragma once

#include "app/jobs/background_job.h"

#include <QWidget>

class QProgressBar;
class QPushButton;

namespace modelarium {

/// A button that starts a job; while it runs, how far it has come and a way to cancel stand in its place.
class JobRow : public QWidget {
    Q_OBJECT

public:
    struct Words {
        QString start;                                      ///< on the button
        QString startHelp;
        QString cancelHelp;
        QString cancelName;                                 ///< for a screen reader, as what follows
        QString progressName;
    };

    JobRow(BackgroundJob& job, const Words& words, QWidget* parent);

    /// Shows what the job is at now.
    void follow(bool canStart);
    /// Nobody knows yet how many steps it will take.
    void expectProgress();

Q_SIGNALS:
    void startWanted();
    void cancelled();                                       ///< by a person; the job is no longer running

private:
    BackgroundJob& m_job;
    QPushButton* m_start;
    QPushButton* m_cancel;
    QProgressBar* m_progress;
};

} // namespace modelarium
