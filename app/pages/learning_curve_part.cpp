#include "app/pages/learning_curve_part.h"

#include "app/charts/curve_chart.h"
#include "app/document/kept_model.h"
#include "app/pages/metric_names.h"
#include "core/base/number_text.h"
#include "core/evaluate/metrics.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {
namespace {

constexpr int folds = 5;

QString scoreWithSpread(const ScoreSummary& score, bool share)
{
    const auto number = [share](double value) {
        return share ? QStringLiteral("%1 %").arg(value * 100, 0, 'f', 1) : QString::fromStdString(shortText(value, 3));
    };
    return score.folds < 2 ? number(score.mean) : LearningCurvePart::tr("%1 ± %2").arg(number(score.mean), number(score.standardDeviation));
}

} // namespace

LearningCurvePart::LearningCurvePart(Experiment& experiment, QWidget* parent)
    : Section(tr("Would more rows help?"), parent), m_experiment(experiment), m_start(new QPushButton(tr("Draw the learning curve"), this)),
      m_cancel(new QPushButton(tr("Cancel"), this)), m_progress(new QProgressBar(this)), m_chart(new CurveChart(this)), m_sentence(makeSentence(this))
{
    m_start->setToolTip(tr("Trains the learner again on growing shares of the training rows, and judges it by %1 folds among them. The test rows stay under seal.").arg(folds));
    m_cancel->setAccessibleName(tr("Cancel the learning curve"));
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Trainings of the learning curve that are done"));
    m_chart->setAccessibleName(tr("Learning curve: score over the number of rows learned from"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_start, 1);
    row->addWidget(m_progress, 1);
    row->addWidget(m_cancel);
    content()->addLayout(row);
    content()->addWidget(m_chart);
    content()->addWidget(m_sentence);
    connect(m_start, &QPushButton::clicked, this, &LearningCurvePart::start);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_job.cancel();
        follow();
    });
    connect(&m_job, &LearningCurveJob::progressed, this, [this](int done, int total) {
        m_progress->setRange(0, total);
        m_progress->setValue(done);
    });
    connect(&m_job, &LearningCurveJob::finished, this, [this](const CurvePointsPtr& points) {
        follow();
        show(*points);
    });
    connect(&m_job, &LearningCurveJob::failed, this, [this](const Error& error) {
        m_hasCurve = false;
        follow();
        m_sentence->setText(errorText(error));
    });
    for (const auto signal : {&Experiment::stateChanged, &Experiment::sourceChanged, &Experiment::dataChanged, &Experiment::evaluationChanged})
        connect(&m_experiment, signal, this, &LearningCurvePart::follow);
    setFolded(true);
    follow();
}

void LearningCurvePart::setLook(const Look& look)
{
    m_chart->setLook(look);
}

void LearningCurvePart::start()
{
    const PreparedTrainingPtr training = m_experiment.currentTraining();
    if (!training)
        return;
    m_setup = m_experiment.setup();
    m_hasCurve = false;
    m_progress->setRange(0, 0);
    std::vector<std::size_t> rows = training->split.train;
    std::sort(rows.begin(), rows.end());
    m_job.start(training->table, training->plan, rows, folds);
    follow();
}

void LearningCurvePart::follow()
{
    const bool running = m_job.isRunning();
    if (running && m_setup.source != m_experiment.setup().source)
        m_job.cancel();
    m_start->setVisible(!m_job.isRunning());
    m_start->setEnabled(m_experiment.currentTraining() != nullptr);
    m_progress->setVisible(m_job.isRunning());
    m_cancel->setVisible(m_job.isRunning());
    const bool shown = m_hasCurve && m_setup.source == m_experiment.setup().source;
    m_chart->setVisible(shown);
    if (m_job.isRunning())
        m_sentence->setText(tr("Training on growing shares of the training rows …"));
    else if (shown && !sameTraining(m_setup, m_experiment.setup()))
        m_sentence->setText(tr("This curve is about choices that were made before. Draw it again to see those of now."));
    else if (!shown)
        m_sentence->setText(m_experiment.isFrozen() ? keptModelSentence(*m_experiment.setup().frozen, tr("nothing is trained any more"), tr("Unfreeze a copy to draw its curve."))
                                                    : tr("Shows whether more rows would bring more, or whether the learner knows all it can."));
}

void LearningCurvePart::show(const CurvePoints& points)
{
    const Task task = m_experiment.task().value_or(Task::Regression);
    const std::string metric = task == Task::Regression ? "r2" : std::string(defaultMetric(task));
    const std::string fallback(defaultMetric(task));
    const auto has = [&](const std::string& name) {
        return std::any_of(points.begin(), points.end(), [&](const CurvePoint& point) { return point.test.contains(name); });
    };
    const std::string shown = has(metric) ? metric : fallback;
    QList<QPointF> train, test;
    double low = shown == "rmse" ? 0 : 1, high = shown == "rmse" ? 0 : 1;
    double most = 1;
    const CurvePoint* last = nullptr;
    for (const CurvePoint& point : points) {
        const auto onTrain = point.train.find(shown);
        const auto onTest = point.test.find(shown);
        if (point.error || onTest == point.test.end())
            continue;
        last = &point;
        most = std::max(most, point.rows);
        test << QPointF(point.rows, onTest->second.mean);
        if (onTrain != point.train.end())
            train << QPointF(point.rows, onTrain->second.mean);
        for (const double value : {onTest->second.mean, onTrain == point.train.end() ? onTest->second.mean : onTrain->second.mean}) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    if (!last) {
        const auto failed = std::find_if(points.begin(), points.end(), [](const CurvePoint& point) { return point.error.has_value(); });
        m_sentence->setText(failed == points.end() ? tr("There are too few rows for a curve.") : errorText(*failed->error));
        return;
    }
    m_hasCurve = true;
    m_chart->setVisible(true);
    // A model that is hopeless with few rows must not press the rest of the curve flat: what lies that far below is told, not drawn.
    const double floor = shown == "r2" ? high - 3 : -std::numeric_limits<double>::infinity();
    const auto isBelow = [floor](const QPointF& point) { return point.y() < floor; };
    const qsizetype hopeless = std::max(train.removeIf(isBelow), test.removeIf(isBelow));
    low = std::max(low, floor);
    const double margin = std::max(1e-3, (high - low) * 0.08);
    m_chart->setAxes({tr("rows learned from"), 0, most}, {metricWord(shown), shown == "rmse" ? 0 : low - margin, high + margin});
    m_chart->setCurves({{tr("rows it learned from"), train, ChartCurve::Style::Second, true}, {tr("rows kept back"), test, ChartCurve::Style::Main, true}});
    const ScoreSummary& final = last->test.at(shown);
    m_chart->setAccessibleDescription(tr("With %Ln row(s): %1.", nullptr, int(std::llround(last->rows))).arg(scoreWithSpread(final, isPercentage(shown))));
    m_sentence->setText(tr("With all training rows, %1 folds give %2. Where the curves still come closer, more rows would help; where both are level, another learner or other columns would.")
                            .arg(folds).arg(scoreWithSpread(final, isPercentage(shown)))
                        + (hopeless > 0 ? QStringLiteral(" ") + tr("%Ln share(s) of the rows gave less than %1, which is not drawn.", nullptr, int(hopeless)).arg(QString::fromStdString(shortText(floor, 3)))
                                        : QString()));
}

} // namespace modelarium
