#include "app/pages/job_row.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>

namespace modelarium {

JobRow::JobRow(BackgroundJob& job, const Words& words, QWidget* parent)
    : QWidget(parent), m_job(job), m_start(new QPushButton(words.start, this)), m_cancel(new QPushButton(tr("Cancel"), this)), m_progress(new QProgressBar(this))
{
    m_start->setToolTip(words.startHelp);
    m_cancel->setToolTip(words.cancelHelp);
    m_cancel->setAccessibleName(words.cancelName);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(words.progressName);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_start, 1);
    row->addWidget(m_progress, 1);
    row->addWidget(m_cancel);
    connect(m_start, &QPushButton::clicked, this, &JobRow::startWanted);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_job.cancel();
        Q_EMIT cancelled();
    });
    connect(&m_job, &BackgroundJob::progressed, this, [this](int done, int total) {
        m_progress->setRange(0, total);
        m_progress->setValue(done);
    });
    follow(false);
}

void JobRow::follow(bool canStart)
{
    const bool running = m_job.isRunning();
    m_start->setEnabled(canStart);
    m_progress->setVisible(running);
    // The keys stay at this row: a button that is hidden would hand them to whatever comes first, and the page would scroll there.
    QPushButton* const shown = running ? m_cancel : m_start;
    QPushButton* const hidden = running ? m_start : m_cancel;
    const bool keys = hidden->hasFocus();
    shown->show();
    if (keys)
        shown->setFocus();
    hidden->hide();
}

void JobRow::expectProgress()
{
    m_progress->setRange(0, 0);
}

} // namespace modelarium
