#include "app/pages/cross_validation_part.h"

#include "app/jobs/training_folds.h"
#include "app/pages/folds_choice.h"
#include "app/pages/metric_names.h"
#include "app/pages/plain_table.h"

#include <QHeaderView>
#include <QLocale>
#include <QTableWidget>
#include <QVBoxLayout>

#include <limits>

namespace modelarium {
namespace {

enum FoldColumn { FoldMetricColumn, ScoreColumn, FoldColumnCount };

} // namespace

CrossValidationPart::CrossValidationPart(Experiment& experiment, QWidget* parent)
    : PlanPart(experiment,
               {tr("Was it luck?"), tr("Cross-validate"),
                tr("Cuts the training rows into folds, trains once without each of them and judges by it. The test rows stay under seal."),
                tr("cross-validation"), tr("One split can be lucky. Training again without one fold after the other shows how far the score depends on which rows are kept back.")},
               parent),
      m_folds(new FoldsChoice(experiment, tr("cross-validation"), this)), m_table(makeTable(FoldColumnCount, tr("Scores of the cross-validation"), this))
{
    content()->insertWidget(0, m_folds);
    m_table->setHorizontalHeaderItem(FoldMetricColumn, makeHead(tr("Metric"), tr("What is measured.")));
    m_table->setHorizontalHeaderItem(ScoreColumn, makeHead(tr("Mean ± spread\nworst to best"),
                                                           tr("Mean and standard deviation over the folds, on rows that were kept back; below them the worst fold and the best one."),
                                                           QStringList{tr("Mean"), tr("± spread"), tr("Worst"), tr("Best")}.join(u'\t')));
    m_table->horizontalHeaderItem(FoldMetricColumn)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(FoldMetricColumn, QHeaderView::Stretch);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    content()->insertWidget(3, m_table);
    connect(m_folds, &FoldsChoice::changed, this, &CrossValidationPart::followChoice);
    followChoice();
}

void CrossValidationPart::begin(const PreparedTraining& training, const std::vector<std::size_t>& rows)
{
    m_options = m_folds->folds();
    job().start<CrossValidation>([table = training.table, plan = training.plan, rows, options = m_options](const EvaluationProgress& tell, std::stop_token stop) {
        return crossValidateOn(table, plan, rows, options, tell, stop);
    }, [this](const std::shared_ptr<const CrossValidation>& result) { fill(*result); });
}

void CrossValidationPart::setResultsVisible(bool visible)
{
    m_table->setVisible(visible);
    if (visible)
        fitHeight(m_table);
}

/// The sentence under the button, and what has to be known of the rows with it.
void CrossValidationPart::say(const QString& sentence, const CrossValidation& result)
{
    const std::string unknown = unknownWordsSentence(result.unknown, "of the rows kept back");
    arrived(unknown.empty() ? sentence : tr("%1 %2").arg(sentence, QString::fromStdString(unknown)));
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
        say(tr("Each of %1 training rows was predicted by a model that had not seen it: %2 %3 over all of them.")
                    .arg(QLocale().toString(qulonglong(result.folds.size())), name, metricValueText(metric, pooled == result.pooled.end() ? std::numeric_limits<double>::quiet_NaN() : pooled->second)), result);
        return;
    }
    const auto score = result.test.find(metric);
    if (score == result.test.end()) {
        say(tr("The folds are too small for this score."), result);
        return;
    }
    say(tr("In %1 of the training rows, %2 is %3 on average, with a spread of %4 from fold to fold: another learner is better only where it is better by more than that.")
                .arg(FoldsChoice::text(m_options), name, metricValueText(metric, score->second.mean), metricValueText(metric, score->second.standardDeviation)), result);
}

} // namespace modelarium
