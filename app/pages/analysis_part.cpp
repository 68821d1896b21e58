#include "app/pages/analysis_part.h"

#include "app/document/experiment_state.h"
#include "app/widgets/typeset.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <cmath>

namespace modelarium {
namespace {

constexpr int restMilliseconds = 120;
constexpr int lateMilliseconds = 300;

bool sameSubject(const Evaluation& a, const Evaluation& b)
{
    return a.model == b.model && sharesColumns(a.table, b.table) && a.split.train == b.split.train && a.split.test == b.split.test;
}

} // namespace

AnalysisPart::AnalysisPart(const QString& title, const QString& subject, QWidget* parent)
    : Section(title, parent), m_bar(new QWidget(this)), m_progress(new QProgressBar(this)), m_cancel(new QPushButton(tr("Cancel"), this)),
      m_compute(new QPushButton(tr("Compute"), this)), m_sentence(makeSentence(this))
{
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress: %1").arg(subject));
    m_cancel->setAccessibleName(tr("Cancel: %1").arg(subject));
    m_cancel->setToolTip(tr("Stops the calculation; nothing else changes."));
    m_compute->setAccessibleName(tr("Compute: %1").arg(subject));
    m_compute->setToolTip(tr("Starts the calculation that was cancelled again."));
    auto* bar = new QHBoxLayout(m_bar);
    bar->setContentsMargins(0, 0, 0, 0);
    bar->addWidget(m_progress, 1);
    bar->addWidget(m_cancel);
    content()->addWidget(m_bar);
    content()->addWidget(m_compute);
    content()->addWidget(m_sentence);
    for (QTimer* timer : {&m_rest, &m_late})
        timer->setSingleShot(true);
    m_rest.setInterval(restMilliseconds);
    m_late.setInterval(lateMilliseconds);
    connect(&m_rest, &QTimer::timeout, this, [this] {
        m_progress->setRange(0, 0);
        begin();
        follow();
    });
    connect(&m_late, &QTimer::timeout, this, [this] {
        clear();
        follow();
    });
    connect(&m_job, &BackgroundJob::progressed, this, [this](int done, int total) {
        m_progress->setRange(0, total);
        m_progress->setValue(done);
    });
    connect(&m_job, &BackgroundJob::failed, this, [this](const Error& error) { refuse(errorText(error)); });
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_cancelled = true;
        m_rest.stop();
        m_late.stop();
        m_job.cancel();
        clear();
        follow();
    });
    connect(m_compute, &QPushButton::clicked, this, [this] {
        m_cancelled = false;
        ask();
    });
    connect(this, &Section::openChanged, this, &AnalysisPart::ask);
    follow();
}

void AnalysisPart::show(const EvaluationPtr& evaluation, const std::vector<std::size_t>& rows, bool test)
{
    const bool same = m_evaluation && sameSubject(*m_evaluation, *evaluation) && m_rows == rows && m_test == test;
    m_evaluation = evaluation;
    if (same)
        return;
    m_rows = rows;
    m_test = test;
    restart();
}

void AnalysisPart::restart()
{
    m_job.cancel();
    if (m_done && !m_late.isActive())
        m_late.start();
    m_done = false;
    ask();
}

void AnalysisPart::ask()
{
    if (m_evaluation && !m_done && !m_cancelled && !m_job.isRunning() && isOpen())
        m_rest.start();
    else if (!isOpen())
        m_rest.stop();
    follow();
}

void AnalysisPart::arrived(const QString& sentence)
{
    m_done = true;
    m_late.stop();
    m_sentence->setText(breakable(sentence));
    follow();
}

void AnalysisPart::refuse(const QString& sentence)
{
    clear();
    arrived(sentence);
}

std::vector<std::size_t> AnalysisPart::sampleOf(std::size_t most, bool judged) const
{
    std::vector<std::size_t> known;
    for (const std::size_t row : m_rows) {
        if (!judged || (Eigen::Index(row) < m_evaluation->truth.size() && std::isfinite(m_evaluation->truth[Eigen::Index(row)])))
            known.push_back(row);
    }
    const std::size_t every = (known.size() + most - 1) / most;
    if (every < 2)
        return known;
    std::vector<std::size_t> sample;
    for (std::size_t i = 0; i < known.size(); i += every)
        sample.push_back(known[i]);
    return sample;
}

QString AnalysisPart::rowsText(std::size_t used) const
{
    const QString count = QLocale().toString(qulonglong(used));
    if (used < m_rows.size())
        return m_test ? tr("%1 of the test rows").arg(count) : tr("%1 of the training rows").arg(count);
    return m_test ? tr("the %1 test rows").arg(count) : tr("the %1 training rows").arg(count);
}

void AnalysisPart::follow()
{
    // What is quick needs no bar that flashes up: it is shown once the old figures are gone.
    const bool waiting = !m_done && !m_cancelled && !m_late.isActive();
    m_bar->setVisible(waiting && m_job.isRunning());
    m_compute->setVisible(m_cancelled && !m_done);
    if (m_cancelled && !m_done)
        m_sentence->setText(tr("Cancelled."));
    else if (waiting)
        m_sentence->setText(m_job.isRunning() ? tr("Computing …") : tr("Waits for the model to rest …"));
}

} // namespace modelarium
