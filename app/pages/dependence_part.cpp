#include "app/pages/dependence_part.h"

#include "app/charts/bar_chart.h"
#include "app/charts/curve_chart.h"
#include "core/base/number_text.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

constexpr std::size_t mostSampleRows = 5'000;
constexpr std::size_t curves = 40;
constexpr std::size_t mostLevels = 15;
constexpr double daysOfYear = 365.2425;

/// Days since 1970 are years to a person.
double shownValue(const InputColumn& input, double value)
{
    return input.type == ColumnType::Date ? 1970 + value / daysOfYear : value;
}

QString axisTitle(const InputColumn& input)
{
    const QString name = QString::fromStdString(input.name);
    if (input.type == ColumnType::Date)
        return DependencePart::tr("%1 (year)").arg(name);
    // The unit may be part of the column's name already.
    return input.unit.empty() || name.contains(QString::fromStdString(input.unit)) ? name
                                                                                   : DependencePart::tr("%1 (%2)").arg(name, QString::fromStdString(input.unit));
}

const InputColumn* findInput(const Model& model, const std::string& name)
{
    const auto found = std::find_if(model.inputs().begin(), model.inputs().end(), [&](const InputColumn& one) { return one.name == name; });
    return found == model.inputs().end() ? nullptr : &*found;
}

} // namespace

DependencePart::DependencePart(QWidget* parent)
    : AnalysisPart(tr("What does a feature do?"), tr("partial dependence"), parent), m_feature(makeChoice(this)), m_class(makeChoice(this)),
      m_chart(new CurveChart(this)), m_levels(new BarChart(this))
{
    m_feature->setAccessibleName(tr("Feature that is set by hand"));
    m_feature->setToolTip(tr("The feature that is set to one value after the other in every row, while the others stay as they are."));
    m_class->setAccessibleName(tr("Class whose probability is drawn"));
    m_class->setToolTip(tr("The class whose probability is drawn."));
    m_chart->setAccessibleName(tr("Partial dependence: mean prediction over the feature"));
    m_levels->setAccessibleName(tr("Partial dependence: mean prediction of each level"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_feature, 3);
    row->addWidget(m_class, 2);
    content()->insertLayout(0, row);
    content()->insertWidget(1, m_chart);
    content()->insertWidget(2, m_levels);
    connect(m_feature, &QComboBox::activated, this, &DependencePart::restart);
    connect(m_class, &QComboBox::activated, this, &DependencePart::draw);
    clear();
    setFolded(true);
}

void DependencePart::setLook(const Look& look)
{
    m_chart->setLook(look);
}

void DependencePart::show(const EvaluationPtr& evaluation, const std::vector<std::size_t>& rows, bool test)
{
    fillChoices(*evaluation->model);
    AnalysisPart::show(evaluation, rows, test);
}

void DependencePart::setFeature(const QString& name)
{
    const int index = m_feature->findText(name);
    if (index < 0 || index == m_feature->currentIndex())
        return;
    m_feature->setCurrentIndex(index);
    restart();
}

void DependencePart::fillChoices(const Model& model)
{
    const auto refill = [](QComboBox* box, const QStringList& names, int usual) {
        QStringList shown;
        for (int i = 0; i < box->count(); ++i)
            shown << box->itemText(i);
        if (names == shown)
            return;
        const QSignalBlocker blocker(box);
        const QString chosen = box->currentText();
        box->clear();
        box->addItems(names);
        box->setCurrentIndex(names.contains(chosen) ? int(names.indexOf(chosen)) : usual);
    };
    QStringList features, classes;
    for (const InputColumn& input : model.inputs())
        features << QString::fromStdString(input.name);
    for (const std::string& name : model.target().classes)
        classes << QString::fromStdString(name);
    refill(m_feature, features, 0);
    refill(m_class, classes, classes.size() == 2 ? 1 : 0);
    m_class->setVisible(!classes.isEmpty());
}

void DependencePart::clear()
{
    m_dependence.reset();
    m_chart->hide();
    m_levels->hide();
}

void DependencePart::begin()
{
    std::vector<std::size_t> sample = sampleOf(mostSampleRows, false);
    const std::string feature = m_feature->currentText().toStdString();
    if (sample.empty() || !findInput(*evaluation()->model, feature)) {
        refuse(tr("There are no rows to ask the model about."));
        return;
    }
    m_used = sample.size();
    PartialDependenceOptions options;
    options.curves = curves;
    job().start<PartialDependence>([model = evaluation()->model, table = evaluation()->table, rows = std::move(sample), feature, options](const EvaluationProgress&, std::stop_token stop) {
        return partialDependence(*model, table, rows, feature, options, stop);
    }, [this](const std::shared_ptr<const PartialDependence>& dependence) {
        m_dependence = dependence;
        draw();
    });
}

void DependencePart::draw()
{
    if (!m_dependence)
        return;
    const Eigen::Index output = std::max(0, m_class->currentIndex());
    if (output >= m_dependence->mean.cols())
        return;
    const bool levels = !m_dependence->levels.empty();
    m_chart->setVisible(!levels);
    m_levels->setVisible(levels);
    if (levels)
        drawLevels(*m_dependence, output);
    else
        drawCurves(*m_dependence, output);
}

QString DependencePart::answerText(double value) const
{
    return evaluation()->model->target().task != Task::Regression ? tr("%1 %").arg(value * 100, 0, 'f', 1) : QString::fromStdString(shortText(value));
}

void DependencePart::drawCurves(const PartialDependence& dependence, Eigen::Index output)
{
    const Model& model = *evaluation()->model;
    const InputColumn* input = findInput(model, dependence.input);
    const bool classes = model.target().task != Task::Regression;
    const Matrix& single = dependence.curves[std::size_t(output)];
    const auto line = [&](const auto& values) {
        QList<QPointF> points;
        for (std::size_t i = 0; i < dependence.grid.size(); ++i)
            points << QPointF(shownValue(*input, dependence.grid[i]), values[Eigen::Index(i)]);
        return points;
    };
    std::vector<ChartCurve> lines;
    for (Eigen::Index row = 0; row < single.rows(); ++row)
        lines.push_back({row == 0 ? tr("single rows") : QString(), line(single.row(row)), ChartCurve::Style::Faint});
    const Vector mean = dependence.mean.col(output);
    lines.push_back({tr("their mean"), line(mean), ChartCurve::Style::Main, dependence.grid.size() < 3});
    double low = mean.minCoeff(), high = mean.maxCoeff();
    const double swing = high - low;
    if (single.size() > 0) {
        low = std::min(low, single.minCoeff());
        high = std::max(high, single.maxCoeff());
    }
    const double margin = std::max((high - low) * 0.05, std::abs(high) * 1e-6);
    const QString target = QString::fromStdString(model.target().name);
    const ChartAxis y = classes ? ChartAxis{tr("probability of %1").arg(m_class->currentText()), 0, 1} : ChartAxis{target, low - margin, high + margin};
    m_chart->setAxes({axisTitle(*input), shownValue(*input, dependence.grid.front()), shownValue(*input, dependence.grid.back())}, y);
    m_chart->setCurves(lines);
    m_chart->setAccessibleDescription(tr("The mean goes from %1 to %2.").arg(answerText(mean[0]), answerText(mean[mean.size() - 1])));
    arrived(tr("What the model answers where only %1 is set by hand in %2. From its lowest to its highest point the mean moves by %3. "
               "Where thin lines cross or bend apart, the feature acts differently from row to row.")
                .arg(QString::fromStdString(dependence.input), rowsText(m_used), answerText(swing)));
}

void DependencePart::drawLevels(const PartialDependence& dependence, Eigen::Index output)
{
    const Vector mean = dependence.mean.col(output);
    const Matrix& single = dependence.curves[std::size_t(output)];
    const double middle = mean.mean();
    std::vector<Eigen::Index> order(std::size_t(mean.size()));
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = Eigen::Index(i);
    std::stable_sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) { return mean[a] > mean[b]; });
    const std::size_t shown = order.size() <= mostLevels + 1 ? order.size() : mostLevels;
    std::vector<ChartBar> bars;
    for (std::size_t i = 0; i < shown; ++i) {
        const Eigen::Index level = order[i];
        const QString name = QString::fromStdString(dependence.levels[std::size_t(level)]);
        double squares = 0;
        const double own = single.rows() > 0 ? single.col(level).mean() : 0;
        for (Eigen::Index row = 0; row < single.rows(); ++row)
            squares += (single(row, level) - own) * (single(row, level) - own);
        const double spread = single.rows() > 1 ? std::sqrt(squares / double(single.rows() - 1)) : 0;
        const QString text = answerText(mean[level]);
        bars.push_back({name, mean[level] - middle, 0, text, tr("%1: %2 on average; from row to row it differs by %3.").arg(name, text, answerText(spread)), {}});
    }
    m_levels->setBars(std::move(bars));
    QString text = tr("What the model answers on average where %1 is set to each of its levels in %2. Bars are drawn from the mean of the levels, %3.")
                       .arg(QString::fromStdString(dependence.input), rowsText(m_used), answerText(middle));
    if (shown < order.size())
        text = tr("%1 %2").arg(text, tr("And %Ln more level(s).", nullptr, int(order.size() - shown)));
    arrived(text);
}

} // namespace modelarium
