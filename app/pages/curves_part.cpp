#include "app/pages/curves_part.h"

#include "app/charts/curve_chart.h"
#include "app/widgets/probability_bars.h"
#include "app/widgets/typeset.h"
#include "core/base/number_text.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

/// More rows than this are thinned: a curve of so many points looks the same.
constexpr std::size_t mostCurvePoints = 200'000;
constexpr std::size_t mostPoints = 600;
/// Up to this many numbers a model is made anew at each move of the hand; a larger one when the hand lets go.
constexpr std::size_t liveNumbers = 20'000;

QString text(double value)
{
    return QString::fromStdString(shortText(value, 3));
}

QString share(std::size_t part, std::size_t whole)
{
    return whole == 0 ? QStringLiteral("–") : ProbabilityBars::percentText(double(part) / double(whole));
}

} // namespace

double roundThreshold(double threshold, double below)
{
    if (threshold >= 1)
        return 1;
    if (below <= 0 && threshold > 0.01)
        below = 0;
    const double middle = (threshold + std::max(0.0, below)) / 2;
    for (double unit = 100; unit <= 1e8; unit *= 10) {
        const double rounded = std::round(middle * unit) / unit;
        if (rounded > below && rounded <= threshold && rounded > 0)
            return rounded;
    }
    return threshold;
}

CurvesPart::CurvesPart(Experiment& experiment, QWidget* parent)
    : Section(tr("How sure may it be?"), parent), m_experiment(experiment), m_view(makeChoice(this)), m_class(makeChoice(this)),
      m_chart(new CurveChart(this)), m_sentence(makeSentence(this))
{
    m_view->addItem(tr("ROC curve"), RocView);
    m_view->addItem(tr("Precision and recall"), PrecisionView);
    m_view->addItem(tr("Calibration"), CalibrationView);
    m_view->setAccessibleName(tr("Curve"));
    m_view->setToolTip(tr("Which curve is drawn."));
    m_class->setAccessibleName(tr("Class that is looked for"));
    m_class->setToolTip(tr("The class that the curve is about, against all others."));
    auto* row = new QHBoxLayout;
    row->addWidget(m_view, 3);
    row->addWidget(m_class, 2);
    content()->addLayout(row);
    content()->addWidget(m_chart);
    content()->addWidget(makeThreshold());
    content()->addWidget(m_sentence);
    connect(m_view, &QComboBox::activated, this, &CurvesPart::redraw);
    connect(m_class, &QComboBox::activated, this, [this] {
        takeScores();
        redraw();
    });
    connect(m_chart, &CurveChart::markerDragged, this, &CurvesPart::dragMarker);
    connect(m_chart, &CurveChart::markerStepped, this, &CurvesPart::stepMarker);
}

QWidget* CurvesPart::makeThreshold()
{
    m_thresholdPart = new QWidget(this);
    auto* layout = new QVBoxLayout(m_thresholdPart);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* row = new QHBoxLayout;
    auto* label = new QLabel(tr("Threshold"), m_thresholdPart);
    label->setProperty("role", QStringLiteral("secondary"));
    m_threshold = new QDoubleSpinBox(m_thresholdPart);
    m_threshold->setRange(0, 1);
    m_threshold->setDecimals(4);
    m_threshold->setSingleStep(0.05);
    m_threshold->setKeyboardTracking(false);
    m_threshold->setAccessibleName(tr("Threshold"));
    label->setBuddy(m_threshold);
    m_reset = new QPushButton(tr("Likelier one"), m_thresholdPart);
    m_reset->setProperty("role", QStringLiteral("quiet"));
    m_reset->setToolTip(tr("Goes back to the likelier of both classes, a threshold of 0.5."));
    row->addWidget(label);
    row->addWidget(m_threshold, 1);
    row->addWidget(m_reset);
    m_counts = makeSentence(m_thresholdPart);
    layout->addLayout(row);
    layout->addWidget(m_counts);
    connect(m_threshold, &QDoubleSpinBox::valueChanged, this, [this](double value) { choose(value, true); });
    connect(m_reset, &QPushButton::clicked, this, [this] { m_experiment.choices().setThreshold({}); });
    return m_thresholdPart;
}

void CurvesPart::setLook(const Look& look)
{
    m_chart->setLook(look);
}

void CurvesPart::show(const EvaluationPtr& evaluation, const std::vector<std::size_t>& rows, bool test)
{
    m_test = test;
    m_evaluation = evaluation;
    m_rows = rows;
    const Model& model = *evaluation->model;
    fillClasses(model);
    takeScores();
    redraw();
}

void CurvesPart::fillClasses(const Model& model)
{
    QStringList classes;
    for (const std::string& name : model.target().classes)
        classes << QString::fromStdString(name);
    QStringList shown;
    for (int i = 0; i < m_class->count(); ++i)
        shown << m_class->itemText(i);
    if (classes != shown) {
        const QSignalBlocker blocker(m_class);
        m_class->clear();
        m_class->addItems(classes);
        m_class->setCurrentIndex(classes.size() == 2 ? 1 : 0);
    }
}

void CurvesPart::takeScores()
{
    const std::vector<std::size_t>& rows = m_rows;
    m_every = std::max<std::size_t>(1, (rows.size() + mostCurvePoints - 1) / mostCurvePoints);
    std::vector<Eigen::Index> known;
    for (std::size_t i = 0; i < rows.size(); i += m_every) {
        const Eigen::Index row = Eigen::Index(rows[i]);
        if (row < m_evaluation->truth.size() && !std::isnan(m_evaluation->truth[row]))
            known.push_back(row);
    }
    m_truth = m_evaluation->truth(known);
    const Eigen::Index positive = std::max(0, m_class->currentIndex());
    m_score = positive < m_evaluation->prediction.probabilities.cols() ? Vector(m_evaluation->prediction.probabilities(known, positive)) : Vector();
}

void CurvesPart::redraw()
{
    if (!m_evaluation)
        return;
    m_thresholds.clear();
    m_points.clear();
    m_chart->setSentence({});
    if (claimsNothing()) {
        m_chart->setSentence(tr("Each of these rows gets a probability of 0 or 1: nothing is left to choose a threshold by, and there is no curve to draw."));
        m_sentence->clear();
        m_class->setVisible(false);
        m_thresholdPart->setVisible(false);
        return;
    }
    switch (View(m_view->currentData().toInt())) {
    case RocView: showRoc(); break;
    case PrecisionView: showPrecision(); break;
    case CalibrationView: showCalibration(); break;
    }
    showThreshold();
}

/// Some learners have no probabilities: the class they decide for gets all of it. A tree with pure leaves does the same.
bool CurvesPart::claimsNothing() const
{
    return m_score.size() == 0 || ((m_score.array() == 0) || (m_score.array() == 1)).all();
}

void CurvesPart::showRoc()
{
    const auto curve = rocCurve(m_truth, m_score, std::size_t(m_class->currentIndex()));
    if (!curve) {
        m_chart->setSentence(errorText(curve.error()));
        m_sentence->clear();
        return;
    }
    QList<QPointF> line;
    for (const std::size_t i : thinned(curve->thresholds.size(), mostPoints)) {
        m_thresholds.push_back(curve->thresholds[i]);
        m_points.emplace_back(curve->falsePositiveRate[i], curve->truePositiveRate[i]);
        line << m_points.back();
    }
    m_chart->setAxes({tr("false alarms: share of the others"), 0, 1}, {tr("hits: share found"), 0, 1});
    m_chart->setCurves({{tr("the model"), line, ChartCurve::Style::Main},
                        {tr("guessing"), {QPointF(0, 0), QPointF(1, 1)}, ChartCurve::Style::Reference}});
    m_chart->setAccessibleName(tr("ROC curve: hits against false alarms"));
    m_sentence->setText(breakable(tr("The area under the curve is %1: 1 ranks every %2 first, 0.5 is guessing.").arg(text(curve->area), m_class->currentText())));
}

void CurvesPart::showPrecision()
{
    const auto curve = precisionRecallCurve(m_truth, m_score, std::size_t(m_class->currentIndex()));
    if (!curve) {
        m_chart->setSentence(errorText(curve.error()));
        m_sentence->clear();
        return;
    }
    QList<QPointF> line;
    for (const std::size_t i : thinned(curve->thresholds.size(), mostPoints)) {
        m_thresholds.push_back(curve->thresholds[i]);
        m_points.emplace_back(curve->recall[i], curve->precision[i]);
        line << m_points.back();
    }
    const double positives = double((m_truth.array() == double(m_class->currentIndex())).count()) / double(std::max<Eigen::Index>(1, m_truth.size()));
    m_chart->setAxes({tr("recall: share found"), 0, 1}, {tr("precision: share right"), 0, 1});
    m_chart->setCurves({{tr("the model"), line, ChartCurve::Style::Main},
                        {tr("guessing"), {QPointF(0, positives), QPointF(1, positives)}, ChartCurve::Style::Reference}});
    m_chart->setAccessibleName(tr("Precision against recall"));
    m_sentence->setText(tr("The average precision is %1; guessing would reach %2.").arg(text(curve->averagePrecision), text(positives)));
}

void CurvesPart::showCalibration()
{
    const auto curve = calibrationCurve(m_truth, m_score, std::size_t(m_class->currentIndex()));
    if (!curve) {
        m_chart->setSentence(errorText(curve.error()));
        m_sentence->clear();
        return;
    }
    QList<QPointF> line;
    for (std::size_t i = 0; i < curve->meanPredicted.size(); ++i)
        line << QPointF(curve->meanPredicted[i], curve->shareOfPositives[i]);
    m_chart->setAxes({tr("predicted probability"), 0, 1}, {tr("share that is %1").arg(m_class->currentText()), 0, 1});
    m_chart->setCurves({{tr("the model"), line, ChartCurve::Style::Main, true},
                        {tr("honest"), {QPointF(0, 0), QPointF(1, 1)}, ChartCurve::Style::Reference}});
    m_chart->setAccessibleName(tr("Calibration: how often it is right when it is so sure"));
    m_sentence->setText(breakable(tr("On average the probabilities are %1 off: of the rows that get 70 %, 70 % should be %2.")
                                      .arg(text(curve->expectedError), m_class->currentText())));
}

double CurvesPart::threshold() const
{
    if (m_dragged)
        return *m_dragged;
    // The evaluation comes a moment after the choice.
    return (m_experiment.isFrozen() ? m_evaluation->model->target().threshold : m_experiment.setup().threshold).value_or(0.5);
}

void CurvesPart::showThreshold()
{
    const bool binary = m_evaluation->model->target().classes.size() == 2;
    m_class->setVisible(!binary);
    m_thresholdPart->setVisible(binary);
    if (!binary) {
        m_chart->setMarker({}, {});
        return;
    }
    // The threshold is on the second class's probability, whatever class was looked at before there were two.
    const double t = threshold();
    const QSignalBlocker blocker(m_threshold);
    m_threshold->setValue(t);
    m_threshold->setEnabled(!m_experiment.isFrozen());
    m_reset->setEnabled(!m_experiment.isFrozen() && m_experiment.setup().threshold);
    const BinaryCounts counts = countsAt(m_truth, m_score, std::size_t(m_class->currentIndex()), t);
    const std::size_t positives = counts.hits + counts.misses;
    const std::size_t negatives = counts.falseAlarms + counts.rejections;
    m_threshold->setToolTip(tr("A row is called %1 where its probability of being it is at least this. It becomes part of the model.").arg(m_class->currentText()));
    m_counts->setText(breakable(tr("Called %1 from %2 on: %3 of them are found, %4 of the others are false alarms.")
                          .arg(m_class->currentText(), QString::fromStdString(shortText(t, 4)), share(counts.hits, positives), share(counts.falseAlarms, negatives))));
    place();
}

void CurvesPart::place()
{
    const int view = m_view->currentData().toInt();
    if (m_points.empty() || view == CalibrationView) {
        m_chart->setMarker({}, {});
        return;
    }
    const BinaryCounts counts = countsAt(m_truth, m_score, std::size_t(m_class->currentIndex()), threshold());
    const auto ratio = [](std::size_t part, std::size_t rest, double otherwise) {
        return part + rest == 0 ? otherwise : double(part) / double(part + rest);
    };
    const double recall = ratio(counts.hits, counts.misses, 0);
    const QPointF at = view == RocView ? QPointF(ratio(counts.falseAlarms, counts.rejections, 0), recall)
                                       : QPointF(recall, ratio(counts.hits, counts.falseAlarms, 1));
    m_chart->setMarker(at, tr("threshold %1").arg(QString::fromStdString(shortText(threshold(), 4))), !m_experiment.isFrozen());
}

std::size_t CurvesPart::nearestPoint(QPointF to) const
{
    const auto far = [&](const QPointF& point) { return std::hypot(point.x() - to.x(), point.y() - to.y()); };
    return std::size_t(std::min_element(m_points.begin(), m_points.end(), [&](const QPointF& a, const QPointF& b) { return far(a) < far(b); })
                       - m_points.begin());
}

double CurvesPart::thresholdAt(std::size_t point) const
{
    return roundThreshold(m_thresholds[point], point + 1 < m_thresholds.size() ? m_thresholds[point + 1] : 0);
}

void CurvesPart::dragMarker(QPointF to, bool released)
{
    if (!m_points.empty())
        choose(thresholdAt(nearestPoint(to)), released);
}

void CurvesPart::stepMarker(int direction)
{
    if (m_thresholds.empty())
        return;
    // To the right there is more found, at a lower threshold.
    const auto here = std::find_if(m_thresholds.begin(), m_thresholds.end(), [this](double t) { return t < threshold(); });
    const std::ptrdiff_t index = (here - m_thresholds.begin()) - 1 + direction;
    choose(thresholdAt(std::size_t(std::clamp<std::ptrdiff_t>(index, 0, std::ptrdiff_t(m_thresholds.size()) - 1))), true);
}

void CurvesPart::choose(double threshold, bool finished)
{
    if (!m_evaluation)
        return;
    const bool live = finished || parameterCount(m_evaluation->model->parameters()) <= liveNumbers;
    m_dragged = finished ? std::nullopt : std::optional(threshold);
    if (live)
        m_experiment.choices().setThreshold(threshold);
    if (finished && m_test)
        m_experiment.testLooks().chooseThreshold(m_experiment.setup());
    showThreshold();
}

} // namespace modelarium
