#include "app/pages/cross_validation_part.h"

#include "app/jobs/training_folds.h"
#include "app/pages/metric_names.h"
#include "app/pages/parting_choices.h"
#include "app/pages/plain_table.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>
#include <tuple>
#include <vector>

namespace modelarium {
namespace {

enum FoldColumn { FoldMetricColumn, ScoreColumn, FoldColumnCount };

constexpr int mostFolds = 1000;
constexpr int mostRepeats = 1000;

bool drawsAgain(FoldKind kind) { return kind != FoldKind::LeaveOneOut && kind != FoldKind::TimeOrdered; }

} // namespace

CrossValidationPart::CrossValidationPart(Experiment& experiment, QWidget* parent)
    : PlanPart(experiment,
               {tr("Was it luck?"), tr("Cross-validate"),
                tr("Cuts the training rows into folds, trains once without each of them and judges by it. The test rows stay under seal."),
                tr("cross-validation"), tr("One split can be lucky. Training again without one fold after the other shows how far the score depends on which rows are kept back.")},
               parent),
      m_form(makeForm()), m_kind(makeChoice(this)), m_folds(new QSpinBox(this)), m_share(new QSpinBox(this)), m_repeats(new QSpinBox(this)),
      m_group(makeChoice(this)), m_order(makeChoice(this)), m_seed(new QSpinBox(this)),
      m_table(makeTable(FoldColumnCount, tr("Scores of the cross-validation"), this))
{
    makeChoices();
    content()->insertLayout(0, m_form);
    m_table->setHorizontalHeaderItem(FoldMetricColumn, makeHead(tr("Metric"), tr("What is measured.")));
    m_table->setHorizontalHeaderItem(ScoreColumn, makeHead(tr("Mean ± spread\nworst to best"),
                                                           tr("Mean and standard deviation over the folds, on rows that were kept back; below them the worst fold and the best one."),
                                                           QStringList{tr("Mean"), tr("± spread"), tr("Worst"), tr("Best")}.join(u'\t')));
    m_table->horizontalHeaderItem(FoldMetricColumn)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(FoldMetricColumn, QHeaderView::Stretch);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    content()->insertWidget(2, m_table);
    for (const auto signal : {&Experiment::sourceChanged, &Experiment::dataChanged, &Experiment::rolesChanged, &Experiment::learnerChanged,
                              &Experiment::frozenChanged})
        connect(&experiment, signal, this, &CrossValidationPart::followChoices);
    // As on the command line, one seed draws all; another one can still be chosen here.
    connect(&experiment, &Experiment::splitChanged, this, [this] { followSeed(); });
    followSeed();
    followChoices();
    follow();
}

void CrossValidationPart::makeChoices()
{
    const std::vector<std::tuple<QString, FoldKind, QString>> kinds = {
        {tr("k folds"), FoldKind::KFold, tr("Rows are dealt out at random; each is kept back once.")},
        {tr("k folds, classes spread evenly"), FoldKind::Stratified, tr("The same, and each fold has each class in proportion (stratified).")},
        {tr("k folds of whole groups"), FoldKind::Grouped, tr("Rows with the same value in a column are never on both sides: several measurements of one patient, say.")},
        {tr("past and future"), FoldKind::TimeOrdered, tr("Always learns from the past and tests on what follows: for rows that follow each other in time.")},
        {tr("each row alone"), FoldKind::LeaveOneOut, tr("As many trainings as rows (leave-one-out). Nothing is drawn, and it takes long.")},
        {tr("a share, drawn again"), FoldKind::HoldOut, tr("A share of the rows is kept back, as often as you like, each time another one.")},
    };
    for (const auto& [name, kind, help] : kinds) {
        m_kind->addItem(name, int(kind));
        m_kind->setItemData(m_kind->count() - 1, help, Qt::ToolTipRole);
    }
    m_folds->setRange(2, mostFolds);
    m_folds->setValue(5);
    m_share->setRange(1, 90);
    m_share->setValue(25);
    m_share->setSuffix(tr(" %"));
    m_repeats->setRange(1, mostRepeats);
    m_seed->setRange(0, std::numeric_limits<int>::max());
    addField(m_form, tr("How rows are parted"), m_kind, tr("What is kept back in each training."));
    addField(m_form, tr("Folds"), m_folds, tr("How many parts the training rows are cut into: each is kept back once. More folds take longer."));
    addField(m_form, tr("Share kept back"), m_share, tr("How many of the training rows each training is judged by."));
    addField(m_form, tr("Groups by"), m_group, tr("Rows with the same value in this column stay together."));
    addField(m_form, tr("In order of"), m_order, tr("What says which row comes after which: dates, or numbers that count time."));
    addField(m_form, tr("Repeats"), m_repeats, {});
    addField(m_form, tr("Seed"), m_seed, {});
    m_folds->setAccessibleName(tr("Folds of the cross-validation"));
    m_seed->setAccessibleName(tr("Seed of the folds"));
    connect(m_kind, &QComboBox::activated, this, [this] {
        m_kindChosen = true;
        followChoices();
    });
}

void CrossValidationPart::followSeed()
{
    m_seed->setValue(int(std::min<std::uint64_t>(experiment().setup().seed, std::uint64_t(std::numeric_limits<int>::max()))));
}

/// What means nothing for the kind that is chosen is not there, or at rest and says why.
void CrossValidationPart::followChoices()
{
    const Setup& setup = experiment().setup();
    const bool classes = taskOf(setup) == Task::Classification;
    const int evenly = m_kind->findData(int(FoldKind::Stratified));
    if (auto* list = qobject_cast<QStandardItemModel*>(m_kind->model()))
        list->item(evenly)->setEnabled(classes);
    m_kind->setItemData(evenly, classes ? tr("The same, and each fold has each class in proportion (stratified).")
                                        : tr("There are no classes that could be spread: the target is a number, or there is none."), Qt::ToolTipRole);
    if (!m_kindChosen || (!classes && m_kind->currentIndex() == evenly))
        showChoice(m_kind, int(classes ? FoldKind::Stratified : FoldKind::KFold));
    listGroupColumns(m_group, setup, m_group->currentData().toString());
    listOrderColumns(m_order, setup, m_order->currentData().toString());
    const FoldKind kind = FoldKind(m_kind->currentData().toInt());
    m_kind->setToolTip(m_kind->currentData(Qt::ToolTipRole).toString());
    m_form->setRowVisible(m_folds, kind != FoldKind::LeaveOneOut && kind != FoldKind::HoldOut);
    m_form->setRowVisible(m_share, kind == FoldKind::HoldOut);
    m_form->setRowVisible(m_group, kind == FoldKind::Grouped);
    m_form->setRowVisible(m_order, kind == FoldKind::TimeOrdered);
    const QString nothing = tr("Nothing is drawn here: it would come out the same each time.");
    for (QSpinBox* box : {m_repeats, m_seed})
        box->setEnabled(drawsAgain(kind));
    m_repeats->setToolTip(drawsAgain(kind) ? tr("How often the folds are drawn anew: the more often, the less the score depends on the draw.") : nothing);
    m_seed->setToolTip(drawsAgain(kind) ? tr("The same seed draws the same folds, here and on the command line.") : nothing);
}

FoldOptions CrossValidationPart::chosenFolds() const
{
    FoldOptions options;
    options.kind = FoldKind(m_kind->currentData().toInt());
    options.folds = m_folds->value();
    options.repeats = drawsAgain(options.kind) ? m_repeats->value() : 1;
    options.testFraction = m_share->value() / 100.0;
    if (options.kind == FoldKind::Grouped)
        options.groupColumn = m_group->currentData().toString().toStdString();
    if (options.kind == FoldKind::TimeOrdered)
        options.timeColumn = m_order->currentData().toString().toStdString();
    options.seed = std::uint64_t(m_seed->value());
    return options;
}

void CrossValidationPart::begin(const PreparedTraining& training, const std::vector<std::size_t>& rows)
{
    m_options = chosenFolds();
    job().start<CrossValidation>([table = training.table, plan = training.plan, rows, options = m_options](const EvaluationProgress& tell, std::stop_token stop) {
        return crossValidateOn(table, plan, rows, options, tell, stop);
    }, [this](const std::shared_ptr<const CrossValidation>& result) { fill(*result); });
}

/// "5 folds", "10 folds of groups by island, drawn 3 times"
QString CrossValidationPart::foldsText() const
{
    const QString group = QString::fromStdString(m_options.groupColumn), order = QString::fromStdString(m_options.timeColumn);
    const int folds = m_options.folds;
    QString text;
    switch (m_options.kind) {
    case FoldKind::HoldOut: text = tr("%1 % kept back").arg(qRound(100 * m_options.testFraction)); break;
    case FoldKind::Grouped: text = tr("%1 folds of groups by %2").arg(folds).arg(group); break;
    case FoldKind::TimeOrdered: text = order.isEmpty() ? tr("%1 folds in the order of the rows").arg(folds) : tr("%1 folds in order of %2").arg(folds).arg(order); break;
    default: text = tr("%1 folds").arg(folds); break;
    }
    return m_options.repeats > 1 ? tr("%1, drawn %2 times").arg(text, QString::number(m_options.repeats)) : text;
}

void CrossValidationPart::setResultsVisible(bool visible)
{
    m_table->setVisible(visible);
    if (visible)
        fitHeight(m_table);
}

void CrossValidationPart::fill(const CrossValidation& result)
{
    m_table->setRowCount(0);
    const bool single = testsSingleRows(result);
    for (const MetricName& metric : metricNames()) {
        const auto found = result.test.find(metric.id);
        // A fold of one row has no share of anything; what all rows together come to has.
        const auto pooled = result.pooled.find(metric.id);
        if ((single || found == result.test.end()) && pooled == result.pooled.end())
            continue;
        const bool together = single || found == result.test.end();
        const int row = m_table->rowCount();
        m_table->insertRow(row);
        auto* name = new QTableWidgetItem(metric.name);
        name->setToolTip(metric.help);
        m_table->setItem(row, FoldMetricColumn, name);
        if (together) {
            m_table->setItem(row, ScoreColumn, makeNumberCell(metricValueText(metric.id, pooled->second), pooled->second));
            continue;
        }
        const ScoreSummary& score = found->second;
        const MetricInfo* info = findMetric(metric.id);
        const bool rising = !info || info->higherIsBetter;
        const double worst = rising ? score.lowest : score.highest, best = rising ? score.highest : score.lowest;
        const QString mean = tr("%1 ± %2").arg(metricValueText(metric.id, score.mean), metricValueText(metric.id, score.standardDeviation));
        const QString range = tr("%1 to %2").arg(metricValueText(metric.id, worst), metricValueText(metric.id, best));
        m_table->setItem(row, ScoreColumn, makeTwoLineCell(mean, range, tr("%1: %2, from fold to fold %3").arg(metric.name, mean, range),
                                                           {score.mean, score.standardDeviation, worst, best}));
        m_table->setRowHeight(row, 2 * fontMetrics().height() + 8);
    }
    m_table->horizontalHeaderItem(ScoreColumn)->setText(single ? tr("All rows together") : tr("Mean ± spread\nworst to best"));
    const std::string metric(defaultMetric(result.target.task));
    const QString name = metricWord(metric);
    if (single) {
        const auto pooled = result.pooled.find(metric);
        arrived(tr("Each of %1 training rows was predicted by a model that had not seen it: %2 %3 over all of them.")
                    .arg(result.folds.size()).arg(name, metricValueText(metric, pooled == result.pooled.end() ? std::numeric_limits<double>::quiet_NaN() : pooled->second)));
        return;
    }
    const auto score = result.test.find(metric);
    if (score == result.test.end()) {
        arrived(tr("The folds are too small for this score."));
        return;
    }
    arrived(tr("In %1 of the training rows, %2 is %3 on average, with a spread of %4 from fold to fold: another learner is better only where it is better by more than that.")
                .arg(foldsText(), name, metricValueText(metric, score->second.mean), metricValueText(metric, score->second.standardDeviation)));
}

} // namespace modelarium
