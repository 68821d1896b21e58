#include "app/pages/prepare_page.h"

#include "app/pages/section.h"
#include "core/base/number_text.h"
#include "core/prepare/step_report.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace modelarium {
namespace {

constexpr int maximumTestPercent = 80;

QString number(double value)
{
    return QString::fromStdString(shortText(value));
}

} // namespace

PreparePage::PreparePage(Experiment& experiment, QWidget* parent) : QWidget(parent), m_experiment(experiment)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    m_frozen = makeSentence(this, tr("The model is frozen: it keeps the preparation that it was trained with."));
    m_choices = new QWidget(this);
    auto* choices = new QVBoxLayout(m_choices);
    choices->setContentsMargins(0, 0, 0, 0);
    choices->setSpacing(12);
    choices->addWidget(makeChoices());
    choices->addWidget(makeSplit());
    layout->addWidget(m_frozen);
    layout->addWidget(m_choices);
    layout->addWidget(makeEffects());
    layout->addStretch(1);

    connect(&m_experiment, &Experiment::preparationChanged, this, &PreparePage::followChoices);
    connect(&m_experiment, &Experiment::splitChanged, this, &PreparePage::followChoices);
    connect(&m_experiment, &Experiment::sourceChanged, this, &PreparePage::followChoices);
    connect(&m_experiment, &Experiment::frozenChanged, this, &PreparePage::followChoices);
    connect(&m_experiment, &Experiment::stateChanged, this, &PreparePage::followEffects);
    connect(&m_experiment, &Experiment::frozenChanged, this, &PreparePage::followEffects);
    followChoices();
    followEffects();
}

QWidget* PreparePage::makeChoices()
{
    auto* section = new Section(tr("Columns become numbers"), this);
    auto* form = makeForm();
    m_imputation = makeChoice(section);
    m_imputation->addItem(tr("the mean of the column"), int(Imputation::Mean));
    m_imputation->addItem(tr("the median of the column"), int(Imputation::Median));
    m_imputation->addItem(tr("its most frequent value"), int(Imputation::MostFrequent));
    m_imputation->addItem(tr("nothing: refuse them"), int(Imputation::Refuse));
    m_scaling = makeChoice(section);
    m_scaling->addItem(tr("as they are"), int(Scaling::None));
    m_scaling->addItem(tr("mean 0, spread 1"), int(Scaling::Standardise));
    m_scaling->addItem(tr("from 0 to 1 (min-max)"), int(Scaling::MinMax));
    m_scaling->addItem(tr("median 0, middle half 1 (robust)"), int(Scaling::Robust));
    m_degree = new QSpinBox(section);
    m_degree->setRange(1, 10);
    m_unknown = makeChoice(section);
    m_unknown->addItem(tr("are refused"), int(UnknownCategory::Refuse));
    m_unknown->addItem(tr("count as missing"), int(UnknownCategory::TreatAsMissing));
    addField(form, tr("Missing cells become"), m_imputation,
             tr("What stands in for an empty cell. It is learned from the training rows, and frozen with the model."));
    addField(form, tr("Scales"), m_scaling,
             tr("On a common scale no feature counts more only because its numbers are larger. Robust: a few extreme values do not change it."));
    addField(form, tr("Polynomial degree"), m_degree,
             tr("Adds products of the features up to this degree: with 2 also squares and pairs, so that lines become curves."));
    addField(form, tr("Unknown categories"), m_unknown,
             tr("What happens when a new row holds a category that no training row had."));
    section->content()->addLayout(form);
    section->content()->addWidget(makeSentence(section, tr("A category becomes one column a level, 1 where the row has it and 0 elsewhere (one-hot).")));
    for (QComboBox* box : {m_imputation, m_scaling, m_unknown})
        connect(box, &QComboBox::activated, this, &PreparePage::choose);
    connect(m_degree, &QSpinBox::valueChanged, this, &PreparePage::choose);
    return section;
}

QWidget* PreparePage::makeSplit()
{
    auto* section = new Section(tr("Rows kept back for the test"), this);
    auto* form = makeForm();
    auto* share = new QWidget(section);
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

    auto* seeds = new QWidget(section);
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
    section->content()->addLayout(form);
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

QWidget* PreparePage::makeEffects()
{
    auto* section = new Section(tr("What this did"), this);
    m_summary = makeSentence(section);
    m_effects = new QTableWidget(0, 3, section);
    m_effects->setHorizontalHeaderLabels({tr("Feature"), tr("Filled"), tr("Becomes")});
    m_effects->setAccessibleName(tr("What the preparation does with each feature"));
    m_effects->verticalHeader()->hide();
    m_effects->verticalHeader()->setDefaultSectionSize(28);
    m_effects->horizontalHeader()->setStretchLastSection(true);
    m_effects->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_effects->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_effects->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_effects->setTabKeyNavigation(false);
    m_effects->setMinimumHeight(120);
    section->content()->addWidget(m_summary);
    section->content()->addWidget(m_effects);
    return section;
}

void PreparePage::followChoices()
{
    const Setup& setup = m_experiment.setup();
    showChoice(m_imputation, int(setup.preparation.imputation));
    showChoice(m_scaling, int(setup.preparation.scaling));
    showChoice(m_unknown, int(setup.preparation.unknownCategory));
    const QSignalBlocker degreeBlocker(m_degree);
    m_degree->setValue(setup.preparation.polynomialDegree);
    const QSignalBlocker shareBlocker(m_share);
    m_share->setValue(int(setup.testFraction * 100 + 0.5));
    m_shareText->setText(tr("%1 %").arg(m_share->value()));
    const QSignalBlocker seedBlocker(m_seed);
    m_seed->setValue(int(std::min<std::uint64_t>(setup.seed, std::uint64_t(std::numeric_limits<int>::max()))));
    m_choices->setEnabled(setup.source && !m_experiment.isFrozen());
    m_frozen->setVisible(m_experiment.isFrozen());
}

void PreparePage::choose()
{
    PreparationChoices choices = m_experiment.setup().preparation;
    choices.imputation = Imputation(m_imputation->currentData().toInt());
    choices.scaling = Scaling(m_scaling->currentData().toInt());
    choices.unknownCategory = UnknownCategory(m_unknown->currentData().toInt());
    choices.polynomialDegree = m_degree->value();
    m_experiment.choices().setPreparation(choices);
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
    const QString rows = tr("%1 rows to learn from, %2 kept back.")
                             .arg(locale.toString(qulonglong(train)), locale.toString(qulonglong(test)));
    if (left == 0)
        return rows;
    return tr("%1 rows to learn from, %2 kept back, %3 left out because their target is missing.")
        .arg(locale.toString(qulonglong(train)), locale.toString(qulonglong(test)), locale.toString(qulonglong(left)));
}

/// The steps in their order, a line each, where there are any beside filling and encoding.
QString PreparePage::stepLines(const Preparation& preparation)
{
    QString lines;
    if (preparation.steps().empty())
        return lines;
    int place = 0;
    for (const StepReport& report : describeSteps(preparation))
        lines += QStringLiteral("\n") + tr("%1. %2").arg(++place).arg(QString::fromStdString(report.summary));
    return lines;
}

void PreparePage::followEffects()
{
    m_split->setText(splitSentence());
    const ModelPtr model = m_experiment.model();
    m_effects->setVisible(model != nullptr);
    if (!model) {
        m_summary->setText(tr("The counts appear as soon as there is a target and a feature."));
        m_effects->setRowCount(0);
        return;
    }
    const Preparation& preparation = model->preparation();
    std::size_t filled = 0;
    for (const InputColumn& input : preparation.inputs())
        filled += input.filledInTraining;
    m_summary->setText(tr("%1 columns become %2 numbers a row; %3 missing training cells were filled.")
                           .arg(preparation.inputs().size()).arg(preparation.outputs()).arg(filled) + stepLines(preparation));
    // One scaling alone is a formula a column; what other steps make of a column is said in the list of steps.
    const bool isOneStep = preparation.steps().size() == 1;
    const Standardise* scales = isOneStep ? std::get_if<Standardise>(&preparation.steps().front()) : nullptr;
    m_effects->setRowCount(int(preparation.inputs().size()));
    for (int row = 0; row < m_effects->rowCount(); ++row)
        showInput(row, preparation.inputs()[std::size_t(row)], scales, !preparation.steps().empty());
    m_effects->resizeColumnToContents(0);
    m_effects->resizeColumnToContents(1);
}

void PreparePage::showInput(int row, const InputColumn& input, const Standardise* scales, bool hasSteps)
{
    QString becomes = hasSteps ? tr("what the steps make of it") : tr("itself");
    QString fill = number(input.fill);
    if (!input.levels.empty()) {
        becomes = input.encoding == Encoding::Ordinal ? tr("the number of its level") : tr("%n column(s) of 0 and 1", nullptr, int(input.outputs));
        fill = QString::fromStdString(input.levels[std::min(std::size_t(std::max(0.0, input.fill)), input.levels.size() - 1)]);
    } else if (scales && Eigen::Index(input.firstOutput) < scales->mean.size()) {
        const Eigen::Index j = Eigen::Index(input.firstOutput);
        becomes = tr("(x − %1) / %2").arg(number(scales->mean[j]), number(scales->scale[j]));
    }
    const QString filled = input.filledInTraining == 0 ? tr("none")
                                                       : tr("%1 with %2").arg(input.filledInTraining).arg(fill);
    const QStringList cells{QString::fromStdString(input.name), filled, becomes};
    for (int column = 0; column < int(cells.size()); ++column) {
        auto* item = new QTableWidgetItem(cells[column]);
        item->setToolTip(cells[column]);
        m_effects->setItem(row, column, item);
    }
}

} // namespace modelarium
