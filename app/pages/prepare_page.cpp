#include "app/pages/prepare_page.h"

#include "app/pages/before_after_part.h"
#include "app/pages/section.h"
#include "app/pages/steps_part.h"

#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace modelarium {
namespace {

constexpr int maximumTestPercent = 80;

} // namespace

PreparePage::PreparePage(Experiment& experiment, QWidget* parent) : QWidget(parent), m_experiment(experiment)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    m_steps = new StepsPart(m_experiment, this);
    m_beforeAfter = new BeforeAfterPart(this);
    layout->addWidget(m_steps);
    layout->addWidget(m_beforeAfter);
    layout->addWidget(makeSplit());
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
    connect(&m_experiment, &Experiment::stateChanged, this, [this] { m_split->setText(splitSentence()); });
    followChoices();
}

QWidget* PreparePage::makeSplit()
{
    auto* section = new Section(tr("Rows kept back for the test"), this);
    m_splitPart = new QWidget(section);
    auto* controls = new QVBoxLayout(m_splitPart);
    controls->setContentsMargins(0, 0, 0, 0);
    auto* form = makeForm();
    auto* share = new QWidget(m_splitPart);
    auto* row = new QHBoxLayout(share);
    row->setContentsMargins(0, 0, 0, 0);
    m_share = new QSlider(Qt::Horizontal, share);
    m_share->setRange(0, maximumTestPercent);
    m_share->setPageStep(5);
    m_shareText = new QLabel(share);
    m_shareText->setMinimumWidth(40);
    m_shareText->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_share, 1);
    row->addWidget(m_shareText);
    share->setFocusProxy(m_share);
    addField(form, tr("Test share"), share,
             tr("How many of the rows the model never sees while it learns; they tell how it does on new ones. Hollow points in the plot."));
    m_share->setAccessibleName(tr("Test share in percent"));

    auto* seeds = new QWidget(m_splitPart);
    auto* seedRow = new QHBoxLayout(seeds);
    seedRow->setContentsMargins(0, 0, 0, 0);
    m_seed = new QSpinBox(seeds);
    m_seed->setRange(0, std::numeric_limits<int>::max());
    auto* again = new QPushButton(tr("Draw again"), seeds);
    again->setToolTip(tr("Takes the next seed: other rows are kept back."));
    seedRow->addWidget(m_seed, 1);
    seedRow->addWidget(again);
    seeds->setFocusProxy(m_seed);
    addField(form, tr("Seed"), seeds, tr("The same seed keeps back the same rows, so that others can repeat what you did."));
    m_seed->setAccessibleName(tr("Seed of the split"));
    controls->addLayout(form);
    section->content()->addWidget(m_splitPart);
    m_split = makeSentence(section);
    section->content()->addWidget(m_split);
    connect(m_share, &QSlider::valueChanged, this, [this](int percent) {
        m_shareText->setText(tr("%1 %").arg(percent));
        m_experiment.choices().setTestFraction(percent / 100.0);
    });
    connect(m_seed, &QSpinBox::valueChanged, this, [this](int seed) { m_experiment.choices().setSeed(std::uint64_t(seed)); });
    connect(again, &QPushButton::clicked, m_seed, &QSpinBox::stepUp);
    return section;
}

void PreparePage::followSplit()
{
    const Setup& setup = m_experiment.setup();
    const QSignalBlocker shareBlocker(m_share);
    m_share->setValue(int(setup.testFraction * 100 + 0.5));
    m_shareText->setText(tr("%1 %").arg(m_share->value()));
    const QSignalBlocker seedBlocker(m_seed);
    m_seed->setValue(int(std::min<std::uint64_t>(setup.seed, std::uint64_t(std::numeric_limits<int>::max()))));
    m_splitPart->setEnabled(setup.source && !m_experiment.isFrozen());
    m_split->setText(splitSentence());
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
        m_beforeAfter->setSentence(m_experiment.isFrozen() ? tr("The table has none of the columns that the frozen model asks for.")
                                                           : tr("The pictures appear as soon as there is a target and a feature."));
    }
}

void PreparePage::followChoices()
{
    followSplit();
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

QString PreparePage::splitSentence() const
{
    const PreparedTrainingPtr training = m_experiment.training().training();
    if (!training)
        return {};
    const QLocale locale;
    const std::size_t train = training->split.train.size();
    const std::size_t test = training->split.test.size();
    const std::size_t left = training->table.rows() - train - test;
    if (left == 0)
        return tr("%Ln row(s) to learn from, %1 kept back.", nullptr, int(train)).arg(locale.toString(qulonglong(test)));
    return tr("%Ln row(s) to learn from, %1 kept back, %2 left out because their target is missing.", nullptr, int(train))
        .arg(locale.toString(qulonglong(test)), locale.toString(qulonglong(left)));
}

} // namespace modelarium
