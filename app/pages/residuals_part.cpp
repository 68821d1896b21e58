#include "app/pages/residuals_part.h"

#include "app/charts/curve_chart.h"
#include "core/base/number_text.h"

#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

/// More points than this are thinned: a cloud of so many looks the same.
constexpr std::size_t mostPoints = 20'000;

ChartAxis axisOver(const QString& title, const std::vector<PlotPoint>& points, double PlotPoint::*member)
{
    ChartAxis axis{title, 0, 1};
    const auto [low, high] = std::minmax_element(points.begin(), points.end(), [member](const PlotPoint& a, const PlotPoint& b) {
        return a.*member < b.*member;
    });
    axis.low = (*low).*member;
    axis.high = (*high).*member;
    const double margin = (axis.high - axis.low) * 0.04;
    axis.low -= margin;
    axis.high += margin;
    return axis;
}

/// Where a row is worth a closer look, and where it decides by itself: the custom since Cook and Weisberg, 1982.
constexpr double cookLines[] = {0.5, 1};

ChartCurve reference(const QString& name, QPointF from, QPointF to)
{
    return {name, {from, to}, ChartCurve::Style::Reference};
}

} // namespace

ResidualsPart::ResidualsPart(Experiment& experiment, QWidget* parent)
    : Section(tr("What is left over?"), parent), m_experiment(experiment), m_view(makeChoice(this)), m_chart(new CurveChart(this)),
      m_sentence(makeSentence(this))
{
    m_view->addItem(tr("Errors against fitted values"), FittedView);
    m_view->addItem(tr("Predicted against measured"), MeasuredView);
    m_view->addItem(tr("Errors against a normal distribution"), NormalView);
    m_view->addItem(tr("Errors against leverage (Cook's distance)"), InfluenceView);
    m_view->setAccessibleName(tr("Picture of the errors"));
    m_view->setToolTip(tr("How the errors are drawn. Click a point, or drag a frame around some, to see their rows in the plot."));
    m_chart->setAccessibleName(tr("Errors, a point each"));
    content()->addWidget(m_view);
    content()->addWidget(m_chart);
    content()->addWidget(m_sentence);
    m_late.setSingleShot(true);
    m_late.setInterval(300);
    connect(&m_late, &QTimer::timeout, this, [this] { m_chart->setSentence(tr("Computing …")); });
    connect(&m_job, &BackgroundJob::failed, this, [this](const Error& error) {
        m_late.stop();
        m_chart->setSentence(errorText(error));
    });
    connect(m_view, &QComboBox::activated, this, &ResidualsPart::redraw);
    connect(m_chart, &CurveChart::pointsChosen, this, [this](const std::vector<std::size_t>& rows) { m_experiment.view().select(rows); });
    connect(&m_experiment.view(), &ViewState::selectionChanged, this, [this] { m_chart->setSelection(m_experiment.view().selection()); });
}

void ResidualsPart::setLook(const Look& look)
{
    m_chart->setLook(look);
}

void ResidualsPart::show(const EvaluationPtr& evaluation, const std::vector<std::size_t>& rows, bool test)
{
    m_evaluation = evaluation;
    m_test = test;
    const std::size_t every = std::max<std::size_t>(1, (rows.size() + mostPoints - 1) / mostPoints);
    std::vector<std::size_t> drawn;
    for (std::size_t i = 0; i < rows.size(); i += every)
        drawn.push_back(rows[i]);
    m_thinned = every > 1 ? tr("Of so many rows every %1th is drawn.").arg(every) : QString();
    m_residuals = residualsOf(evaluation->truth, evaluation->prediction.values, drawn);
    redraw();
}

void ResidualsPart::redraw()
{
    if (!m_evaluation)
        return;
    m_job.cancel();
    if (view() == InfluenceView) {
        askForInfluence();
        return;
    }
    m_late.stop();
    const bool empty = m_residuals.rows.empty();
    m_chart->setSentence(empty ? tr("None of these rows has a value to compare with.") : QString());
    m_sentence->setVisible(!empty);
    if (empty)
        return;
    switch (view()) {
    case FittedView: showFitted(); break;
    case MeasuredView: showMeasured(); break;
    case NormalView: showNormal(); break;
    case InfluenceView: break;
    }
    if (!m_thinned.isEmpty())
        m_sentence->setText(tr("%1 %2").arg(m_sentence->text(), m_thinned));
    m_chart->setSelection(m_experiment.view().selection());
}

void ResidualsPart::showFitted()
{
    std::vector<PlotPoint> points = residualsAgainstFitted(m_residuals, m_test);
    const ChartAxis x = axisOver(tr("predicted"), points, &PlotPoint::x);
    ChartAxis y = axisOver(tr("measured − predicted"), points, &PlotPoint::y);
    // Zero is the middle: errors to either side are compared by eye.
    y.high = std::max(std::abs(y.low), std::abs(y.high));
    y.low = -y.high;
    m_chart->setAxes(x, y);
    m_chart->setCurves({reference({}, QPointF(x.low, 0), QPointF(x.high, 0))});
    m_chart->setPoints(std::move(points));
    m_sentence->setText(tr("A cloud without a shape is what a good model leaves over. A bend is something it cannot follow; a funnel means that errors grow."));
}

void ResidualsPart::showMeasured()
{
    std::vector<PlotPoint> points = fittedAgainstMeasured(m_residuals, m_test);
    const ChartAxis x = axisOver(tr("measured"), points, &PlotPoint::x);
    const ChartAxis y = axisOver(tr("predicted"), points, &PlotPoint::y);
    const double low = std::max(x.low, y.low);
    const double high = std::min(x.high, y.high);
    m_chart->setAxes(x, y);
    m_chart->setCurves({reference({}, QPointF(low, low), QPointF(std::max(low, high), std::max(low, high)))});
    m_chart->setPoints(std::move(points));
    m_sentence->setText(tr("On the dotted line the prediction is right. Points below it are predicted too low, points above it too high."));
}

void ResidualsPart::showNormal()
{
    NormalQuantiles quantiles = normalQuantiles(m_residuals, m_test);
    const ChartAxis x = axisOver(tr("normal quantile"), quantiles.points, &PlotPoint::x);
    const ChartAxis y = axisOver(tr("measured − predicted"), quantiles.points, &PlotPoint::y);
    const auto at = [&](double value) { return QPointF(value, quantiles.intercept + quantiles.slope * value); };
    m_chart->setAxes(x, y);
    m_chart->setCurves({reference({}, at(x.low), at(x.high))});
    m_chart->setPoints(std::move(quantiles.points));
    m_sentence->setText(tr("Errors that are normally distributed lie on the line. Ends that leave it are outliers, or errors with heavy tails."));
}

ResidualsPart::View ResidualsPart::view() const
{
    return View(m_view->currentData().toInt());
}

/// Leverage is about the rows that a model learned from: it is theirs whichever rows the page looks at.
void ResidualsPart::askForInfluence()
{
    const Evaluation& shown = *m_evaluation;
    m_sentence->clear();
    if (shown.split.train.empty()) {
        m_late.stop();
        m_chart->setSentence(tr("Leverage is about the rows that the model learned from, and those are not here."));
        return;
    }
    m_late.start();
    m_job.start<ResidualDiagnostics>([model = shown.model, table = shown.table, rows = shown.split.train](const EvaluationProgress&, std::stop_token) {
        return residualDiagnostics(*model, table, rows);
    }, [this](const std::shared_ptr<const ResidualDiagnostics>& diagnostics) {
        m_late.stop();
        showInfluence(*diagnostics);
    });
}

void ResidualsPart::showInfluence(const ResidualDiagnostics& diagnostics)
{
    if (diagnostics.leverage.size() == 0) {
        m_chart->setSentence(tr("Leverage and Cook's distance are told for least squares without a penalty that has come to its end, "
                                "with more rows than coefficients and no feature that the others add up to."));
        return;
    }
    Influence influence = influenceOf(diagnostics, mostPoints);
    ChartAxis x = axisOver(tr("leverage"), influence.points, &PlotPoint::x);
    x.low = 0;
    ChartAxis y = axisOver(tr("standardised error"), influence.points, &PlotPoint::y);
    y.high = std::max({std::abs(y.low), std::abs(y.high), 1.0});
    y.low = -y.high;
    std::vector<ChartCurve> curves{reference({}, QPointF(0, 0), QPointF(x.high, 0))};
    for (const double distance : cookLines) {
        QList<QPointF> above, below;
        for (const QPointF& point : cookContour(distance, influence.coefficients, x.high)) {
            if (point.y() > y.high * 1.05)
                continue;
            above << point;
            below << QPointF(point.x(), -point.y());
        }
        if (above.isEmpty())
            continue;
        const auto style = distance < 1 ? ChartCurve::Style::Reference : ChartCurve::Style::Second;
        curves.push_back({tr("Cook %1").arg(distance), above, style});
        curves.push_back({{}, below, style});
    }
    m_chart->setSentence({});
    m_chart->setAxes(x, y);
    m_chart->setCurves(curves);
    m_chart->setPoints(std::move(influence.points));
    m_chart->setSelection(m_experiment.view().selection());
    const QString strongest = tr("Row %1 moves the model most when it is left out: Cook's distance %2.")
                                  .arg(influence.strongestRow + 1).arg(QString::fromStdString(shortText(influence.strongestDistance, 3)));
    const QString judgement = influence.strongestDistance >= 1 ? tr("That is much: beyond 1 a single row decides what the line is.")
        : influence.strongestDistance >= 0.5                   ? tr("Beyond 0.5 a row is worth a closer look.")
                                                               : tr("No row reaches 0.5, where a closer look would be due.");
    m_sentence->setVisible(true);
    m_sentence->setText(tr("%1 %2 Leverage says how far a row's features are from those of the others; these are the training rows.").arg(strongest, judgement));
}

} // namespace modelarium
