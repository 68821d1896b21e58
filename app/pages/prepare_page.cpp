#include "app/pages/prepare_page.h"

#include "app/pages/before_after_part.h"
#include "app/pages/split_part.h"
#include "app/pages/steps_part.h"

#include <QVBoxLayout>

namespace modelarium {

PreparePage::PreparePage(Experiment& experiment, QWidget* parent) : QWidget(parent), m_experiment(experiment)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    m_steps = new StepsPart(m_experiment, this);
    m_beforeAfter = new BeforeAfterPart(this);
    layout->addWidget(m_steps);
    layout->addWidget(m_beforeAfter);
    layout->addWidget(new SplitPart(m_experiment, this));
    layout->addStretch(1);
    m_ask.setSingleShot(true);
    m_ask.setInterval(0);

    connect(&m_ask, &QTimer::timeout, this, &PreparePage::ask);
    connect(&m_job, &PreparationJob::finished, this, &PreparePage::accept);
    connect(m_beforeAfter, &BeforeAfterPart::columnChosen, this, [this](const QString& column) {
        m_column = column;
        followChoices();
    });
    for (const auto signal : {&Experiment::preparationChanged, &Experiment::splitChanged, &Experiment::sourceChanged, &Experiment::dataChanged,
                              &Experiment::rolesChanged, &Experiment::learnerChanged, &Experiment::frozenChanged})
        connect(&m_experiment, signal, this, &PreparePage::followChoices);
    followChoices();
}

/// The features, or the inputs of a frozen model that the table has.
QStringList PreparePage::columns() const
{
    QStringList names;
    const Setup& setup = m_experiment.setup();
    if (!setup.frozen) {
        for (const std::string& name : featureNames(setup))
            names << QString::fromStdString(name);
        return names;
    }
    for (const InputColumn& input : setup.frozen->inputs()) {
        if (setup.table.find(input.name))
            names << QString::fromStdString(input.name);
    }
    return names;
}

void PreparePage::followColumns()
{
    const QStringList names = columns();
    // What the plot has across is what is looked at already.
    const QString across = QString::fromStdString(m_experiment.view().xColumn());
    if (!names.contains(m_column))
        m_column = names.contains(across) ? across : names.isEmpty() ? QString() : names.front();
    m_beforeAfter->setColumns(names, m_column);
    m_steps->setColumn(m_column.toStdString());
    if (names.isEmpty()) {
        m_beforeAfter->setSentence(m_experiment.isFrozen() ? tr("The table has none of the columns that the model asks for.")
                                                           : tr("The pictures appear as soon as there is a target and a feature."));
    }
}

void PreparePage::followChoices()
{
    followColumns();
    m_ask.start();
}

void PreparePage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_ask.start();
}

void PreparePage::ask()
{
    const Setup& setup = m_experiment.setup();
    if (!isVisible() || m_column.isEmpty())
        return;
    PreparationQuestion question;
    question.table = m_experiment.table();
    question.column = m_column.toStdString();
    m_asked = setup.steps;
    m_places.clear();
    if (setup.frozen) {
        question.frozen = setup.frozen;
        if (const SplitPtr split = m_experiment.split())
            question.frozenRows = split->train;
    } else {
        question.plan = trainingPlan(setup);
        m_places = resolvedSteps(setup).places;
    }
    m_job.start(std::move(question));
}

void PreparePage::accept(const PreparationEffectsPtr& effects)
{
    const auto column = m_experiment.table().find(effects->column);
    if (effects->column != m_column.toStdString() || !column)
        return;
    m_steps->setEffects(effects, m_asked, m_places);
    const Column& shown = m_experiment.table().column(*column);
    m_beforeAfter->setEffects(effects, shown.type(), QString::fromStdString(shown.unit()));
}

} // namespace modelarium
