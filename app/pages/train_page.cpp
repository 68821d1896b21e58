#include "app/pages/train_page.h"

#include "app/document/kept_model.h"
#include "app/pages/section.h"
#include "app/widgets/flow_row.h"
#include "app/widgets/hyperparameter_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace modelarium {

TrainPage::TrainPage(Experiment& experiment, QWidget* parent)
    : QWidget(parent), m_experiment(experiment), m_frozen(makeSentence(this)), m_choices(new QWidget(this)),
      m_learner(makeChoice(m_choices)), m_help(makeSentence(m_choices)), m_form(new HyperparameterForm(m_choices)),
      m_reset(new QPushButton(tr("Defaults"), m_choices)), m_train(new QPushButton(tr("Train"), m_choices)),
      m_slowly(new QPushButton(tr("Step by step"), m_choices)), m_automatic(new QCheckBox(tr("Train again after each change"), m_choices)),
      m_failure(makeSentence(this)), m_notices(makeSentence(this)), m_advice(makeSentence(m_choices))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    m_failure->setProperty("role", QStringLiteral("error"));
    m_notices->setProperty("role", QStringLiteral("warning"));
    layout->addWidget(m_frozen);
    layout->addWidget(m_failure);
    layout->addWidget(m_notices);
    layout->addWidget(m_choices);
    layout->addStretch(1);

    auto* choices = new QVBoxLayout(m_choices);
    choices->setContentsMargins(0, 0, 0, 0);
    choices->setSpacing(8);
    m_learner->setAccessibleName(tr("Learner"));
    auto* buttons = new FlowRow;
    m_train->setProperty("role", QStringLiteral("primary"));
    m_train->setToolTip(tr("Learns from the training rows, to the end (Ctrl+T)."));
    m_slowly->setToolTip(tr("Begins again and waits at the starting point: play or step with the player below."));
    m_reset->setToolTip(tr("Sets every hyperparameter of this learner to its default."));
    buttons->addWidget(m_train);
    buttons->addWidget(m_slowly);
    m_automatic->setToolTip(tr("Quick trainings begin again by themselves, so that you see at once what a choice does."));
    choices->addWidget(m_learner);
    choices->addWidget(m_help);
    choices->addWidget(m_advice);
    choices->addLayout(buttons);
    choices->addWidget(m_automatic);
    choices->addWidget(m_form);
    choices->addWidget(m_reset, 0, Qt::AlignLeft);

    connect(m_learner, &QComboBox::activated, this, [this](int index) {
        m_experiment.choices().setLearner(m_learner->itemData(index).toString().toStdString());
    });
    connect(m_form, &HyperparameterForm::valueChosen, this, [this](const std::string& name, const HyperparameterValue& value) {
        const auto set = m_experiment.choices().setHyperparameter(name, value);
        m_form->setError(name, set ? QString() : QString::fromStdString(set.error().message));
    });
    connect(m_reset, &QPushButton::clicked, this, [this] { m_experiment.choices().resetHyperparameters(); });
    connect(m_train, &QPushButton::clicked, this, [this] { m_experiment.train(true); });
    connect(m_slowly, &QPushButton::clicked, this, [this] {
        m_experiment.train(false);
        Q_EMIT steppingBegan();
    });
    connect(m_automatic, &QCheckBox::clicked, this, [this](bool on) { m_experiment.setAutoTrain(on); });
    for (const auto signal : {&Experiment::learnerChanged, &Experiment::hyperparametersChanged, &Experiment::rolesChanged,
                              &Experiment::sourceChanged, &Experiment::preparationChanged})
        connect(&m_experiment, signal, this, &TrainPage::followLearner);
    connect(&m_experiment, &Experiment::stateChanged, this, &TrainPage::followState);
    connect(&m_experiment, &Experiment::frozenChanged, this, &TrainPage::followState);
    followLearner();
    followState();
}

void TrainPage::followLearner()
{
    const LearnerInfo* learner = m_experiment.learner();
    const auto task = m_experiment.task();
    const QSignalBlocker blocker(m_learner);
    m_learner->clear();
    for (const LearnerInfo& info : learners()) {
        if (!task || (hasTarget(*task) ? info.supports(*task) : info.taskWithoutTarget().has_value()))
            m_learner->addItem(QString::fromStdString(info.name), QString::fromStdString(info.id));
    }
    m_learner->setCurrentIndex(m_learner->findData(QString::fromStdString(m_experiment.setup().learner)));
    m_help->setText(learner ? QString::fromStdString(learner->help) : QString());
    const QString objective = learner ? QString::fromStdString(learner->objective) : QString();
    for (QWidget* widget : {static_cast<QWidget*>(m_learner), static_cast<QWidget*>(m_help)}) {
        // A paragraph wraps; formulas have signs that a tool tip would take for tags.
        widget->setToolTip(objective.isEmpty() ? QString() : QStringLiteral("<p>%1</p>").arg(objective.toHtmlEscaped()));
        widget->setAccessibleDescription(objective);
    }
    const bool advises = learner && !scalesFeatures(resolvedSteps(m_experiment.setup()).choices)
        && learner->advisesScaling(hyperparametersOf(m_experiment.setup()));
    m_advice->setText(tr("This learner does better with features on a common scale: add the step “Standardise” on the Prepare page."));
    m_advice->setVisible(advises);
    if (learner)
        m_form->setTable(hyperparameterTable(m_experiment.setup()), hyperparametersOf(m_experiment.setup()));
    m_reset->setVisible(learner && !learner->table.empty());
}

void TrainPage::followState()
{
    const bool frozen = m_experiment.isFrozen();
    m_frozen->setVisible(frozen);
    m_frozen->setText(frozen ? keptModelSentence(*m_experiment.setup().frozen, tr("training is over"), tr("Unfreeze a copy to train on.")) : QString());
    m_choices->setEnabled(m_experiment.setup().source && !frozen);
    const auto& error = m_experiment.training().error();
    const QStringList& notices = m_experiment.training().notices();
    m_notices->setVisible(!error && !frozen && !notices.isEmpty());
    m_notices->setText(notices.join(u'\n'));
    m_failure->setVisible(error && !frozen);
    m_failure->setText(error ? errorText(*error) : QString());
    const QSignalBlocker blocker(m_automatic);
    m_automatic->setChecked(m_experiment.isAutoTraining());
}

} // namespace modelarium
