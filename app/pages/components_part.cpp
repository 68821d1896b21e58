#include "app/pages/components_part.h"

#include "app/charts/bar_chart.h"
#include "app/pages/plain_table.h"
#include "app/pages/section.h"
#include "app/widgets/typeset.h"
#include "core/base/number_text.h"
#include "core/evaluate/metrics.h"
#include "core/model/projection_text.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace modelarium {
namespace {

constexpr Eigen::Index mostBars = 12;
constexpr Eigen::Index mostColumns = 6;             // of loadings; the model card has all of them
constexpr Eigen::Index shownLoadings = 30;

QString percent(double share) { return QStringLiteral("%1 %").arg(share * 100, 0, 'f', 1); }

/// How many of the directions it takes to keep this share.
Eigen::Index directionsFor(const Vector& shares, double wanted)
{
    double sum = 0;
    for (Eigen::Index k = 0; k < shares.size(); ++k) {
        sum += shares[k];
        if (sum >= wanted)
            return k + 1;
    }
    return shares.size();
}

} // namespace

ComponentsPart::ComponentsPart(QWidget* parent) : QWidget(parent)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(makeSentence(this, tr("A row is told by fewer numbers than it has, its coordinates. There is no truth to compare with; what can be measured is "
                                            "how much of the rows is lost on the way.")));
    layout->addWidget(makeMetrics());
    layout->addWidget(makeShares());
    layout->addWidget(makeLoadings());
}

QWidget* ComponentsPart::makeMetrics()
{
    auto* section = new Section(tr("How much is kept?"), this);
    m_metrics = makeTable(3, tr("What the coordinates keep of training rows and of test rows"), section);
    m_metrics->setHorizontalHeaderLabels({tr("Metric"), tr("Training"), tr("Test")});
    m_metrics->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_metrics->verticalHeader()->hide();
    m_metrics->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_metrics->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_metrics->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_metrics->setSelectionMode(QAbstractItemView::NoSelection);
    section->content()->addWidget(m_metrics);
    return section;
}

QWidget* ComponentsPart::makeShares()
{
    auto* section = new Section(tr("How many directions are enough?"), this);
    m_shares = new BarChart(section);
    m_shares->setAccessibleName(tr("Share of the variance that each direction keeps, a bar each"));
    m_shares->setToolTip(tr("The share of the training rows' variance along each direction. Look where the bars stop falling: what comes after says little."));
    m_reading = makeSentence(section);
    section->content()->addWidget(m_shares);
    section->content()->addWidget(m_reading);
    return section;
}

QWidget* ComponentsPart::makeLoadings()
{
    auto* section = new Section(tr("What are the directions made of?"), this);
    m_loadings = makeTable(0, tr("Weights of the features in each direction"), section);
    m_loadings->setSelectionMode(QAbstractItemView::NoSelection);
    m_loadings->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_unit = makeSentence(section);
    section->content()->addWidget(m_loadings);
    section->content()->addWidget(m_unit);
    return section;
}

void ComponentsPart::show(const Evaluation& evaluation)
{
    const auto& projection = std::get<Projection>(evaluation.model->parameters());
    showMetrics(evaluation);
    showShares(projection);
    showLoadings(projection, *evaluation.model);
}

void ComponentsPart::showMetrics(const Evaluation& evaluation)
{
    m_metrics->setRowCount(0);
    m_metrics->setColumnHidden(1, evaluation.metricsTrain.empty());
    m_metrics->setColumnHidden(2, evaluation.metricsTest.empty());
    const std::pair<const char*, QString> metrics[] = {{"explained_variance_ratio", tr("Variance kept")}, {"reconstruction_error", tr("Squared error of a row")}};
    for (const auto& [id, name] : metrics) {
        const int row = m_metrics->rowCount();
        m_metrics->insertRow(row);
        auto* head = new QTableWidgetItem(name);
        head->setToolTip(QString::fromStdString(findMetric(id)->help));
        m_metrics->setItem(row, 0, head);
        for (const auto& [column, values] : {std::pair(1, &evaluation.metricsTrain), std::pair(2, &evaluation.metricsTest)}) {
            const auto found = values->find(id);
            if (found == values->end())
                m_metrics->setItem(row, column, new QTableWidgetItem(QStringLiteral("–")));
            else
                m_metrics->setItem(row, column, makeNumberCell(row == 0 ? percent(found->second) : QString::fromStdString(shortText(found->second)), found->second));
        }
    }
    fitHeight(m_metrics);
}

void ComponentsPart::showShares(const Projection& projection)
{
    const Vector shares = varianceShares(projection);
    const Eigen::Index kept = projection.directions.rows();
    std::vector<ChartBar> bars;
    for (Eigen::Index k = 0; k < std::min(shares.size(), mostBars); ++k) {
        const QString name = k < kept ? tr("pc%1").arg(k + 1) : tr("pc%1, left out").arg(k + 1);
        const double sum = shares.head(k + 1).sum();
        bars.push_back({name, shares[k], 0, tr("%1, together %2").arg(percent(shares[k]), percent(sum)),
                        tr("%1: %2 of the variance; with those before it %3.").arg(name, percent(shares[k]), percent(sum)), {}});
    }
    m_shares->setVisible(!bars.empty());
    m_shares->setBars(std::move(bars));
    if (kept == 0 || shares.size() == 0) {
        m_reading->setText(tr("No direction has been found yet."));
        return;
    }
    QStringList sentences{tr("%Ln direction(s) keep %1 of the variance.", nullptr, int(kept)).arg(percent(shares.head(kept).sum()))};
    sentences << tr("For 95 % it takes %1 of the %2 that there are.").arg(directionsFor(shares, 0.95)).arg(shares.size());
    m_reading->setText(sentences.join(u' '));
}

void ComponentsPart::showLoadings(const Projection& projection, const Model& model)
{
    const std::vector<std::string> names = componentNames(projection), features = model.preparation().outputNames();
    const Eigen::Index columns = std::min(projection.directions.rows(), mostColumns), rows = std::min(projection.directions.cols(), shownLoadings);
    m_loadings->setVisible(columns > 0);
    m_loadings->setColumnCount(int(columns));
    m_loadings->setRowCount(int(rows));
    for (Eigen::Index k = 0; k < columns; ++k)
        m_loadings->setHorizontalHeaderItem(int(k), makeHead(QString::fromStdString(names[std::size_t(k)]), tr("The direction in which the rows spread most, but for those before it.")));
    for (Eigen::Index j = 0; j < rows; ++j) {
        auto* head = new QTableWidgetItem(QString::fromStdString(features[std::size_t(j)]));
        m_loadings->setVerticalHeaderItem(int(j), head);
        for (Eigen::Index k = 0; k < columns; ++k)
            m_loadings->setItem(int(j), int(k), makeNumberCell(typeset(QString::number(projection.directions(k, j), 'f', 3)), projection.directions(k, j)));
    }
    fitHeight(m_loadings);
    QStringList sentences{tr("The squares of a column sum to 1; features with large weights of one sign rise together along it, those of the other sign fall.")};
    if (columns < projection.directions.rows() || rows < projection.directions.cols())
        sentences << tr("The model card has all of them.");
    m_unit->setText(sentences.join(u' '));
}

} // namespace modelarium
