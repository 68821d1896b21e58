#include "app/pages/learn_on_part.h"

#include "app/pages/job_row.h"
#include "app/pages/metric_names.h"

#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

namespace modelarium {

LearnOnPart::LearnOnPart(Experiment& experiment, QWidget* parent)
    : Section(tr("Learn on"), parent), m_experiment(experiment), m_sentence(makeSentence(this)),
      m_row(new JobRow(m_job, {tr("Learn from these rows"), tr("Every row once, in order: it is predicted first, and then learned from. Undo takes it back."),
                               tr("Stops; the model stays as it was."), tr("Cancel: learning on"), tr("Rows that were learned from")}, this))
{
    content()->addWidget(m_sentence);
    content()->addWidget(m_row);
    connect(m_row, &JobRow::startWanted, this, &LearnOnPart::start);
    connect(m_row, &JobRow::cancelled, this, &LearnOnPart::follow);
    connect(&m_job, &BackgroundJob::failed, this, [this](const Error& error) {
        m_failure = errorText(error);
        m_failedFor = m_experiment.model();
        follow();
    });
    for (const auto signal : {&Experiment::modelChanged, &Experiment::frozenChanged, &Experiment::sourceChanged, &Experiment::dataChanged})
        connect(&m_experiment, signal, this, [this] {
            // What is learned would be about another model or other rows than those that are there now.
            m_job.cancel();
            m_failure.clear();
            follow();
        });
    follow();
}

QString LearnOnPart::hindrance() const
{
    const ModelPtr model = m_experiment.model();
    const Setup& setup = m_experiment.setup();
    if (!setup.source)
        return tr("Open a table with rows to learn from.");
    if (!setup.table.find(model->target().name))
        return tr("%1 has no column %2 to learn from.").arg(setup.source->name, QString::fromStdString(model->target().name));
    for (const InputColumn& input : model->inputs())
        if (!setup.table.find(input.name))
            return tr("%1 has no column %2, which the model asks for.").arg(setup.source->name, QString::fromStdString(input.name));
    return {};
}

void LearnOnPart::follow()
{
    const ModelPtr model = m_experiment.model();
    const bool can = m_experiment.isFrozen() && model->onlineState();
    setVisible(can);
    if (!can)
        return;
    const QString why = hindrance();
    const bool running = m_job.isRunning();
    m_row->follow(why.isEmpty());
    if (running)
        m_sentence->setText(tr("Learning …"));
    else if (!why.isEmpty())
        m_sentence->setText(tr("This model can still learn. %1").arg(why));
    else if (!m_failure.isEmpty() && m_failedFor == model)
        m_sentence->setText(m_failure);
    else if (m_learned == model)
        m_sentence->setText(m_told);
    else
        m_sentence->setText(tr("This model can still learn, row by row, from the rows that are open."));
}

void LearnOnPart::start()
{
    m_failure.clear();
    m_row->expectProgress();
    m_job.start<LearnedOn>([model = m_experiment.model(), table = m_experiment.setup().table](const EvaluationProgress& tell, std::stop_token stop) {
        return learnOn(model, table, tell, stop);
    }, [this](const std::shared_ptr<const LearnedOn>& learned) { accept(*learned); });
    follow();
}

void LearnOnPart::accept(const LearnedOn& learned)
{
    const QLocale locale;
    const Task task = learned.model->target().task;
    const char* const metric = task == Task::Classification ? "accuracy" : "rmse";
    m_told = tr("Learned from %1. Each was predicted before: %2 %3. Undo takes it back; on these rows every other score is too good now.")
                 .arg(tr("%Ln row(s)", nullptr, int(learned.rows)), metricWord(metric), metricValueText(metric, learned.score.metrics()));
    if (learned.withoutTarget > 0)
        m_told += u' ' + tr("%Ln row(s) without a target took no part.", nullptr, int(learned.withoutTarget));
    if (!learned.unknownWords.empty())
        m_told += u' ' + QString::fromStdString(learned.unknownWords);
    m_learned = learned.model;
    m_experiment.keepLearnedOn(learned.model, std::size_t(learned.rows));
    follow();
}

} // namespace modelarium
