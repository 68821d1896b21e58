#include "app/pages/penalty_path_part.h"

#include "app/charts/curve_chart.h"
#include "app/pages/plain_table.h"
#include "app/pages/search_scale.h"
#include "app/pages/search_texts.h"
#include "core/base/number_text.h"
#include "core/evaluate/curves.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {
namespace {

enum PathColumn { AlphaColumn, FeaturesColumn, ErrorColumn, PathColumnCount };

/// A hundred strengths lie side by side: so many tell the same, and can be pointed at.
constexpr std::size_t pathPointsShown = 13;
constexpr std::size_t pathRowsShown = 12;
constexpr int chosenStar = 4;                             ///< as markers of classes are numbered

/// So many of the path, among them the one that was chosen.
std::vector<std::size_t> placesOf(const PenaltyPath& path, std::size_t most)
{
    std::vector<std::size_t> places = thinned(path.alphas.size(), most);
    places.push_back(path.chosen);
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
}

QString pathNumber(double value, int digits = 4)
{
    return QString::fromStdString(shortText(value, digits));
}

} // namespace

PenaltyPathPart::PenaltyPathPart(QWidget* parent)
    : Section(tr("How strong a penalty?"), parent), m_chart(new CurveChart(this)), m_table(makeTable(PathColumnCount, tr("Penalties that were tried"), this)),
      m_sentence(makeSentence(this))
{
    m_chart->setMinimumHeight(200);
    m_chart->setAccessibleName(tr("Mean squared error over the strength of the penalty"));
    m_table->verticalHeader()->hide();
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->setHorizontalHeaderItem(AlphaColumn, makeHead(tr("Alpha"), tr("The strength of the penalty.")));
    m_table->setHorizontalHeaderItem(FeaturesColumn, makeHead(tr("Features"), tr("How many features are in use: their weights are not 0.")));
    m_table->setHorizontalHeaderItem(ErrorColumn, makeHead(tr("Error ± SE"), tr("Mean squared error on rows that were kept back, and its standard error over the folds."),
                                                           QStringList{tr("Mean squared error"), tr("Std. error")}.join(u'\t')));
    content()->addWidget(m_sentence);
    content()->addWidget(m_chart);
    content()->addWidget(m_table);
    connect(m_chart, &CurveChart::pointsChosen, this, [this](const std::vector<std::size_t>& places) {
        if (places.size() == 1)
            m_chart->setSelection(places);
    });
    setFolded(true);
    hide();
}

void PenaltyPathPart::setLook(const Look& look)
{
    m_chart->setLook(look);
    colourPoints();
}

void PenaltyPathPart::colourPoints()
{
    if (m_path)
        m_chart->setPointColours(std::vector<QColor>(placesOf(*m_path, pathPointsShown).size(), Look::current().accent));
}

void PenaltyPathPart::showPathOf(const Model& model)
{
    const std::shared_ptr<const PenaltyPath>& path = model.provenance().found.penaltyPath;
    setVisible(path && !path->alphas.empty() && learnerNamed(model.provenance().learner));
    if (path == m_path || isHidden())
        return;
    m_path = path;
    const QString folds = path->folds > 0 ? tr("%Ln fold(s)", nullptr, int(path->folds)) : tr("leaving out each row once");
    // The strengths fall: what ends the list is the weakest.
    const QString end = path->alphas.size() > 1 && path->chosen + 1 == path->alphas.size()
        ? tr(" It is the weakest that was tried: a smaller one might be better still.") : QString();
    m_sentence->setText(tr("By %1 of the training rows, alpha = %2 was chosen. A stronger penalty bends the weights towards 0, a weaker one follows the rows more closely; "
                           "the dotted lines are one standard error above and below.").arg(folds, pathNumber(path->alphas[path->chosen])) + end);
    drawCurves(model);
    fillTable();
}

/// "alpha 0.23: mean squared error 90 ± 7, 5 features in use"
QString PenaltyPathPart::nameOf(std::size_t place) const
{
    const QString error = std::isfinite(m_path->standardErrors[place]) ? tr("%1 ± %2").arg(pathNumber(m_path->errors[place]), pathNumber(m_path->standardErrors[place], 2))
                                                                       : pathNumber(m_path->errors[place]);
    return tr("alpha %1: mean squared error %2, %3").arg(pathNumber(m_path->alphas[place]), error, tr("%Ln feature(s) in use", nullptr, int(m_path->featuresInUse[place])));
}

void PenaltyPathPart::drawCurves(const Model& model)
{
    const LearnerInfo* learner = learnerNamed(model.provenance().learner);
    const auto [low, high] = std::minmax_element(m_path->alphas.begin(), m_path->alphas.end());
    const SearchScale scale(*learner, {"alpha", {}, *low, *high});
    ChartCurve mean{tr("rows kept back"), {}, ChartCurve::Style::Main}, above{tr("± standard error"), {}, ChartCurve::Style::Reference},
        below{{}, {}, ChartCurve::Style::Reference};
    double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
    for (std::size_t i = 0; i < m_path->alphas.size(); ++i) {
        const double x = scale.placeOf(m_path->alphas[i]), error = m_path->errors[i];
        const double spread = std::isfinite(m_path->standardErrors[i]) ? m_path->standardErrors[i] : 0;
        mean.points << QPointF(x, error);
        above.points << QPointF(x, error + spread);
        below.points << QPointF(x, error - spread);
        lowest = std::min(lowest, error - spread);
        highest = std::max(highest, error + spread);
    }
    std::vector<PlotPoint> points;
    QStringList names;
    for (std::size_t i = 0; i < m_path->alphas.size(); ++i)
        names << nameOf(i);
    for (const std::size_t i : placesOf(*m_path, pathPointsShown))
        points.push_back({scale.placeOf(m_path->alphas[i]), m_path->errors[i], i, i == m_path->chosen ? chosenStar : -1});
    const double margin = std::max((highest - lowest) * 0.06, 1e-9);
    m_chart->setAxes(scale.axis(), {tr("mean squared error"), lowest - margin, highest + margin});
    m_chart->setCurves({above, below, mean});
    m_chart->setPointNames(names);
    colourPoints();
    m_chart->setPoints(std::move(points));
    m_chart->setSelection({m_path->chosen});
    m_chart->setAccessibleDescription(m_sentence->text());
}

void PenaltyPathPart::fillTable()
{
    m_table->setRowCount(0);
    for (const std::size_t i : placesOf(*m_path, pathRowsShown)) {
        const int row = m_table->rowCount();
        m_table->insertRow(row);
        const double error = m_path->errors[i], spread = m_path->standardErrors[i];
        m_table->setItem(row, AlphaColumn, makeNumberCell(pathNumber(m_path->alphas[i], 3), m_path->alphas[i]));
        m_table->setItem(row, FeaturesColumn, makeNumberCell(QLocale().toString(qulonglong(m_path->featuresInUse[i])), double(m_path->featuresInUse[i])));
        auto* cell = makeNumberCell(std::isfinite(spread) ? tr("%1 ± %2").arg(pathNumber(error), pathNumber(spread, 2)) : pathNumber(error), error);
        cell->setData(fullValueRole, QStringList{QString::fromStdString(exactText(error)), std::isfinite(spread) ? QString::fromStdString(exactText(spread)) : QString()}.join(u'\t'));
        m_table->setItem(row, ErrorColumn, cell);
        for (int column = 0; column < PathColumnCount; ++column) {
            QFont font = m_table->font();
            font.setBold(i == m_path->chosen);
            m_table->item(row, column)->setFont(font);
            m_table->item(row, column)->setToolTip(i == m_path->chosen ? tr("%1: chosen").arg(nameOf(i)) : nameOf(i));
        }
    }
    fitHeight(m_table);
}

} // namespace modelarium
