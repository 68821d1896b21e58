#include "app/pages/split_part.h"

#include "app/pages/parting_choices.h"

#include <QComboBox>
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

SplitPart::SplitPart(Experiment& experiment, QWidget* parent)
    : Section(tr("Rows kept back for the test"), parent), m_experiment(experiment), m_controls(new QWidget(this)), m_form(makeForm()),
      m_kind(makeChoice(m_controls)), m_group(makeChoice(m_controls)), m_order(makeChoice(m_controls)), m_sentence(makeSentence(this))
{
    auto* controls = new QVBoxLayout(m_controls);
    controls->setContentsMargins(0, 0, 0, 0);
    addField(m_form, tr("Test share"), makeShare(),
             tr("How many of the rows the model never sees while it learns; they tell how it does on new ones. Hollow points in the plot."));
    m_kind->addItem(tr("at random, classes in proportion"), int(HoldOutKind::InProportion));
    m_kind->addItem(tr("at random"), int(HoldOutKind::AtRandom));
    m_kind->addItem(tr("whole groups"), int(HoldOutKind::Grouped));
    m_kind->addItem(tr("the last rows"), int(HoldOutKind::Last));
    const QStringList helps = {tr("Draws from each class as much as from the others; numbers are drawn plainly."),
                               tr("Draws without a look at the classes: a rare one may be missing on one side."),
                               tr("Rows with the same value in a column stay on one side: several measurements of one patient, say. Otherwise the model is tested on what it knows already."),
                               tr("Learns from the past and is tested on what came after, as it will be used: for rows that follow each other in time.")};
    for (int i = 0; i < m_kind->count(); ++i)
        m_kind->setItemData(i, helps[i], Qt::ToolTipRole);
    addField(m_form, tr("Which rows"), m_kind, tr("How the rows are chosen that are kept back."));
    addField(m_form, tr("Groups by"), m_group, tr("Rows with the same value in this column are kept back together, or not at all."));
    addField(m_form, tr("In order of"), m_order, tr("The rows with the highest values are kept back: dates, or numbers that count time."));
    addField(m_form, tr("Seed"), makeSeed(), tr("The same seed keeps back the same rows, so that others can repeat what you did."));
    m_share->setAccessibleName(tr("Test share in percent"));
    m_seed->setAccessibleName(tr("Seed of the split"));
    controls->addLayout(m_form);
    content()->addWidget(m_controls);
    content()->addWidget(m_sentence);
    for (QComboBox* box : {m_kind, m_group, m_order})
        connect(box, &QComboBox::activated, this, &SplitPart::choose);
    for (const auto signal : {&Experiment::splitChanged, &Experiment::sourceChanged, &Experiment::dataChanged, &Experiment::rolesChanged,
                              &Experiment::frozenChanged})
        connect(&m_experiment, signal, this, &SplitPart::follow);
    // A run that is over before anything is shown of it changes no state.
    for (const auto signal : {&Experiment::stateChanged, &Experiment::modelChanged, &Experiment::evaluationChanged})
        connect(&m_experiment, signal, this, [this] { m_sentence->setText(sentence()); });
    follow();
}

QWidget* SplitPart::makeShare()
{
    auto* share = new QWidget(m_controls);
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
    connect(m_share, &QSlider::valueChanged, this, [this](int percent) {
        m_shareText->setText(tr("%1 %").arg(percent));
        m_experiment.choices().setTestFraction(percent / 100.0);
    });
    return share;
}

QWidget* SplitPart::makeSeed()
{
    auto* seeds = new QWidget(m_controls);
    auto* row = new QHBoxLayout(seeds);
    row->setContentsMargins(0, 0, 0, 0);
    m_seed = new QSpinBox(seeds);
    m_seed->setRange(0, std::numeric_limits<int>::max());
    m_again = new QPushButton(tr("Draw again"), seeds);
    row->addWidget(m_seed, 1);
    row->addWidget(m_again);
    seeds->setFocusProxy(m_seed);
    connect(m_seed, &QSpinBox::valueChanged, this, [this](int seed) { m_experiment.choices().setSeed(std::uint64_t(seed)); });
    connect(m_again, &QPushButton::clicked, m_seed, &QSpinBox::stepUp);
    return seeds;
}

HoldOut SplitPart::chosen() const
{
    HoldOut how{HoldOutKind(m_kind->currentData().toInt())};
    if (how.kind == HoldOutKind::Grouped)
        how.column = m_group->currentData().toString().toStdString();
    else if (how.kind == HoldOutKind::Last)
        how.column = m_order->currentData().toString().toStdString();
    return how;
}

void SplitPart::choose()
{
    m_experiment.choices().setHoldOut(chosen());
    follow();
}

void SplitPart::follow()
{
    const Setup& setup = m_experiment.setup();
    const QSignalBlocker shareBlocker(m_share);
    m_share->setValue(int(setup.testFraction * 100 + 0.5));
    m_shareText->setText(tr("%1 %").arg(m_share->value()));
    const QSignalBlocker seedBlocker(m_seed);
    m_seed->setValue(int(std::min<std::uint64_t>(setup.seed, std::uint64_t(std::numeric_limits<int>::max()))));
    const QString column = QString::fromStdString(setup.holdOut.column);
    const bool grouped = setup.holdOut.kind == HoldOutKind::Grouped, last = setup.holdOut.kind == HoldOutKind::Last;
    showChoice(m_kind, int(setup.holdOut.kind));
    listGroupColumns(m_group, setup, grouped ? column : m_group->currentData().toString());
    listOrderColumns(m_order, setup, last ? column : m_order->currentData().toString());
    m_form->setRowVisible(m_group, grouped);
    m_form->setRowVisible(m_order, last);
    m_again->setEnabled(!last);
    m_again->setToolTip(last ? tr("Nothing is drawn: the last rows are kept back.") : tr("Takes the next seed: other rows are kept back."));
    m_controls->setEnabled(setup.source && !m_experiment.isFrozen());
    m_sentence->setText(sentence());
}

QString SplitPart::sentence() const
{
    const HoldOut& how = m_experiment.setup().holdOut;
    QStringList sentences{countSentence()};
    if (how.kind == HoldOutKind::Grouped)
        sentences << groupIsFeatureSentence(m_experiment.setup(), QString::fromStdString(how.column));
    sentences.removeAll(QString());
    return sentences.join(u' ');
}

QString SplitPart::countSentence() const
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
