#include "app/pages/metrics_part.h"

#include "app/pages/metric_names.h"
#include "app/pages/plain_table.h"
#include "core/evaluate/metrics.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

constexpr int restMilliseconds = 200;
constexpr std::size_t usualResamples = 1000;
constexpr std::size_t fewestResamples = 200;
/// So many rows are drawn in all: a few seconds of work at most ...
constexpr std::size_t mostDraws = 40'000'000;
/// ... and of more test rows than this intervals are too narrow to tell anything.
constexpr std::size_t mostDrawnRows = mostDraws / fewestResamples;

enum MetricColumn { MetricNameColumn, TrainColumn, TestColumn, MetricColumnCount };

} // namespace

Result<MetricIntervals> testIntervals(const Evaluation& evaluation, std::stop_token stop)
{
    const auto [truth, predicted] = comparedRows(evaluation, evaluation.split.test);
    const auto known = std::size_t(truth.size());
    if (known > mostDrawnRows)
        return Error{ErrorCode::TooLarge, "Of so many test rows the figures are sure enough."};
    BootstrapOptions options;
    options.resamples = std::clamp(mostDraws / std::max<std::size_t>(1, known), fewestResamples, usualResamples);
    return bootstrapIntervals(truth, predicted, evaluation.model->target(), weighedTerms(*evaluation.model, evaluation.model->preparation().outputs()), options, stop);
}

MetricsPart::MetricsPart(QWidget* parent)
    : Section(tr("How well does it do?"), parent), m_table(makeTable(MetricColumnCount, tr("Metrics on training rows and on test rows"), this)),
      m_sentence(makeSentence(this))
{
    m_table->setHorizontalHeaderLabels({tr("Metric"), tr("Training"), tr("Test")});
    m_table->horizontalHeaderItem(MetricNameColumn)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(MetricNameColumn, QHeaderView::Stretch);
    m_table->horizontalHeader()->setMinimumSectionSize(68);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setFocusPolicy(Qt::TabFocus);
    content()->addWidget(m_table);
    content()->addWidget(m_sentence);
    m_rest.setSingleShot(true);
    m_rest.setInterval(restMilliseconds);
    connect(&m_rest, &QTimer::timeout, this, &MetricsPart::askForIntervals);
    // Too few rows for an interval, or so many that it says nothing: the figure stands alone.
    connect(&m_job, &BackgroundJob::failed, this, [this] { fill(); });
}

void MetricsPart::show(const EvaluationPtr& evaluation, bool open)
{
    const bool same = m_evaluation && m_evaluation->model == evaluation->model && m_evaluation->metricsTest == evaluation->metricsTest
        && m_evaluation->split.test.size() == evaluation->split.test.size() && m_open == open;
    m_evaluation = evaluation;
    m_open = open;
    if (!same) {
        m_job.cancel();
        m_intervals.reset();
        if (open && !evaluation->metricsTest.empty())
            m_rest.start();
        else
            m_rest.stop();
    }
    fill();
}

void MetricsPart::askForIntervals()
{
    m_job.start<MetricIntervals>([evaluation = m_evaluation](const EvaluationProgress&, std::stop_token stop) {
        return testIntervals(*evaluation, stop);
    }, [this](const std::shared_ptr<const MetricIntervals>& intervals) {
        m_intervals = intervals;
        fill();
    });
}

QString MetricsPart::testText(const char* id) const
{
    if (!m_open && !m_evaluation->metricsTest.empty())
        return tr("sealed");
    return metricValueText(id, m_evaluation->metricsTest);
}

QString MetricsPart::rangeText(const char* id) const
{
    if (!m_intervals)
        return QStringLiteral("…");
    const auto interval = m_intervals->find(id);
    return interval == m_intervals->end() ? QStringLiteral("–")
                                          : tr("%1 to %2").arg(metricValueText(id, interval->second.low), metricValueText(id, interval->second.high));
}

void MetricsPart::fill()
{
    m_table->setRowCount(0);
    // While a point is dragged intervals come and go: their lines stay, so that nothing below them jumps.
    const bool expected = m_intervals || m_rest.isActive() || m_job.isRunning();
    for (const MetricName& metric : metricNames()) {
        const auto train = m_evaluation->metricsTrain.find(metric.id);
        const auto test = m_evaluation->metricsTest.find(metric.id);
        if (train == m_evaluation->metricsTrain.end() && test == m_evaluation->metricsTest.end())
            continue;
        const int row = m_table->rowCount();
        m_table->insertRow(row);
        m_table->setItem(row, MetricNameColumn, new QTableWidgetItem(metric.name));
        m_table->setItem(row, TrainColumn, new QTableWidgetItem(metricValueText(metric.id, m_evaluation->metricsTrain)));
        auto* cell = new QTableWidgetItem(testText(metric.id));
        m_table->setItem(row, TestColumn, cell);
        for (const int column : {TrainColumn, TestColumn})
            m_table->item(row, column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        for (int column = 0; column < MetricColumnCount; ++column)
            m_table->item(row, column)->setToolTip(metric.help);
        // The largest error of a resample is never larger than that of the rows themselves: its interval says nothing.
        if (!expected || std::string_view(metric.id) == "max_error")
            continue;
        const QString range = rangeText(metric.id);
        cell->setText(cell->text() + u'\n' + range);
        cell->setData(Qt::AccessibleTextRole, tr("%1, 95 % interval %2").arg(metricValueText(metric.id, m_evaluation->metricsTest), range));
        m_table->setRowHeight(row, 2 * fontMetrics().height() + 8);
    }
    fillOutOfBag();
    m_sentence->setVisible(expected);
    m_sentence->setText(tr("Below each test figure is its 95 % interval: how far it could have come out otherwise with as many other test rows of the same kind (bootstrap)."));
    fitHeight(m_table);
}

/// What the training found out by itself: of training rows, but answered by trees that had not seen them.
void MetricsPart::fillOutOfBag()
{
    const Metrics& outOfBag = m_evaluation->model->provenance().found.outOfBag;
    for (const MetricName& metric : metricNames()) {
        if (!outOfBag.contains(metric.id))
            continue;
        const int row = m_table->rowCount();
        m_table->insertRow(row);
        m_table->setItem(row, MetricNameColumn, new QTableWidgetItem(tr("%1, out of bag").arg(metric.name)));
        m_table->setItem(row, TrainColumn, new QTableWidgetItem(metricValueText(metric.id, outOfBag)));
        m_table->setItem(row, TestColumn, new QTableWidgetItem(QString()));
        m_table->item(row, TrainColumn)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        for (int column = 0; column < MetricColumnCount; ++column)
            m_table->item(row, column)->setToolTip(tr("Each training row is answered only by the trees that did not draw it: an honest score without a test row. %1").arg(metric.help));
    }
}

} // namespace modelarium
