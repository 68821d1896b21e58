#include "app/pages/plan_part.h"

#include "app/pages/job_row.h"
#include "app/widgets/typeset.h"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace modelarium {

PlanPart::PlanPart(Experiment& experiment, const Words& words, QWidget* parent)
    : Section(words.title, parent), m_experiment(experiment),
      m_row(new JobRow(m_job, {words.start, words.startHelp, tr("Stops the trainings; nothing else changes."), tr("Cancel: %1").arg(words.subject),
                               tr("Trainings that are done: %1").arg(words.subject)}, this)),
      m_cost(makeSentence(this)), m_sentence(makeSentence(this)), m_invitation(words.invitation)
{
    content()->addWidget(m_cost);
    content()->addWidget(m_row);
    content()->addWidget(m_sentence);
    connect(m_row, &JobRow::startWanted, this, &PlanPart::start);
    connect(m_row, &JobRow::cancelled, this, &PlanPart::follow);
    connect(&m_job, &BackgroundJob::failed, this, [this](const Error& error) {
        m_failure = errorText(error);
        follow();
    });
    for (const auto signal : {&Experiment::stateChanged, &Experiment::sourceChanged, &Experiment::dataChanged, &Experiment::evaluationChanged})
        connect(&m_experiment, signal, this, &PlanPart::follow);
    setFolded(true);
}

void PlanPart::start()
{
    const PreparedTrainingPtr training = m_experiment.currentTraining();
    if (!training)
        return;
    m_setup = m_experiment.setup();
    m_hasResults = false;
    m_ended = false;
    m_failure.clear();
    m_row->expectProgress();
    std::vector<std::size_t> rows = training->split.train;
    std::sort(rows.begin(), rows.end());
    begin(*training, rows);
    follow();
}

void PlanPart::arrived(const QString& sentence)
{
    m_found = sentence;
    m_hasResults = true;
    follow();
}

void PlanPart::followChoice()
{
    m_failure.clear();
    follow();
}

void PlanPart::follow()
{
    const bool about = m_setup.source && m_setup.source == m_experiment.setup().source
        && sameTraining(relevant(m_setup), relevant(m_experiment.setup()));
    if (m_job.isRunning() && !about) {
        m_job.cancel();
        m_ended = true;
    }
    const bool running = m_job.isRunning();
    const bool frozen = m_experiment.isFrozen();
    const QString obstacle = hindrance();
    m_row->follow(obstacle.isEmpty() && m_experiment.currentTraining());
    const bool shown = m_hasResults && about && !running;
    setResultsVisible(shown);
    // Beside results there is no other place for what is in the way.
    const QString above = frozen ? QString() : obstacle.isEmpty() ? cost() : shown ? obstacle : QString();
    m_cost->setText(above);
    m_cost->setVisible(!above.isEmpty());
    if (running)
        m_sentence->setText(tr("Training on folds of the training rows …"));
    else if (shown)
        m_sentence->setText(breakable(m_found));
    else if (frozen)
        m_sentence->setText(tr("The model is frozen: nothing is trained any more. Unfreeze a copy to try more."));
    else if (!obstacle.isEmpty())
        m_sentence->setText(obstacle);
    else if (m_hasResults)
        m_sentence->setText(tr("What was found here is about choices that were made before. Start again to see those of now."));
    else if (m_ended)
        m_sentence->setText(tr("The choices changed meanwhile, so it was ended. Start again to see those of now."));
    else if (about && !m_failure.isEmpty())
        m_sentence->setText(breakable(m_failure));
    else
        m_sentence->setText(m_invitation);
}

} // namespace modelarium
