#include "app/pages/clusters_part.h"

#include "app/pages/plain_table.h"
#include "core/base/number_text.h"
#include "core/evaluate/clustering_metrics.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

#include <cmath>

namespace modelarium {
namespace {

struct ClusterMetric {
    const char* id;
    const char* name;
    const char* help;
};

constexpr ClusterMetric clusterMetrics[] = {
    {"silhouette", QT_TRANSLATE_NOOP("modelarium::ClustersPart", "Silhouette"),
     QT_TRANSLATE_NOOP("modelarium::ClustersPart", "How much nearer a row is to its own group than to the next one, on average: 1 is clearly apart, 0 is on the border.")},
    {"inertia", QT_TRANSLATE_NOOP("modelarium::ClustersPart", "Inertia"),
     QT_TRANSLATE_NOOP("modelarium::ClustersPart", "The sum of the squared distances of the rows to their centres. It falls with every further centre: look where it stops falling fast.")},
    {"log_likelihood", QT_TRANSLATE_NOOP("modelarium::ClustersPart", "Log likelihood"),
     QT_TRANSLATE_NOOP("modelarium::ClustersPart", "How likely the rows are under the bells, on average. More bells always fit better.")},
    {"bic", QT_TRANSLATE_NOOP("modelarium::ClustersPart", "BIC"),
     QT_TRANSLATE_NOOP("modelarium::ClustersPart", "The fit with a price on every number that the model has. Smaller is better: try several numbers of clusters and take the one with the smallest.")},
    {"aic", QT_TRANSLATE_NOOP("modelarium::ClustersPart", "AIC"),
     QT_TRANSLATE_NOOP("modelarium::ClustersPart", "The same with a lower price. Smaller is better.")},
    {"noise_share", QT_TRANSLATE_NOOP("modelarium::ClustersPart", "Share of noise"),
     QT_TRANSLATE_NOOP("modelarium::ClustersPart", "The share of the rows that belong to no group.")},
};

QString metricText(const std::map<std::string, double>& metrics, std::string_view id)
{
    const auto found = metrics.find(std::string(id));
    if (found == metrics.end())
        return QStringLiteral("–");
    if (id == "noise_share")
        return QStringLiteral("%1 %").arg(found->second * 100, 0, 'f', 1);
    return QString::fromStdString(shortText(found->second));
}

QTableWidget* makeTable(QWidget* parent, const QStringList& headers, const QString& name)
{
    auto* table = new QTableWidget(0, int(headers.size()), parent);
    table->setHorizontalHeaderLabels(headers);
    table->setAccessibleName(name);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(28);
    table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    table->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setMinimumSectionSize(68);
    return table;
}

void setCell(QTableWidget* table, int row, int column, const QString& text)
{
    auto* item = new QTableWidgetItem(text);
    item->setTextAlignment((column == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    table->setItem(row, column, item);
}

} // namespace

QString silhouetteSentence(const std::map<std::string, double>& metrics)
{
    const auto found = metrics.find("silhouette");
    if (found == metrics.end())
        return {};
    // The bounds of L. Kaufman and P. J. Rousseeuw, Finding Groups in Data, 1990, table 4.
    if (found->second > 0.7)
        return ClustersPart::tr("A silhouette above 0.7: the groups are clearly apart.");
    if (found->second > 0.5)
        return ClustersPart::tr("A silhouette above 0.5: the groups are reasonably apart.");
    if (found->second > 0.25)
        return ClustersPart::tr("A silhouette above 0.25: the groups are weak, and may be the learner's doing.");
    return ClustersPart::tr("A silhouette of 0.25 or less: there is hardly any structure in these groups.");
}

ClustersPart::ClustersPart(Experiment& experiment, QWidget* parent) : QWidget(parent), m_experiment(experiment)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(makeSentence(this, tr("Nobody told the learner which rows belong together, so there is no truth to compare with: no accuracy, no errors. "
                                            "What can be measured is how tight the groups are and how far apart.")));
    layout->addWidget(makeMetrics());
    layout->addWidget(makeSizes());
}

QWidget* ClustersPart::makeMetrics()
{
    auto* section = new Section(tr("How good are the groups?"), this);
    m_metrics = makeTable(section, {tr("Metric"), tr("Training"), tr("Test")}, tr("Metrics of the groups on training rows and on test rows"));
    m_metrics->setSelectionMode(QAbstractItemView::NoSelection);
    m_reading = makeSentence(section);
    section->content()->addWidget(m_metrics);
    section->content()->addWidget(m_reading);
    return section;
}

QWidget* ClustersPart::makeSizes()
{
    auto* section = new Section(tr("How many rows are in each group?"), this);
    m_sizes = makeTable(section, {tr("Group"), tr("Rows"), tr("Share")}, tr("Rows in each group"));
    m_sizes->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_sizes->setToolTip(tr("Choose a group to see its rows in the plot and in the table."));
    section->content()->addWidget(m_sizes);
    connect(m_sizes, &QTableWidget::itemSelectionChanged, this, &ClustersPart::selectRows);
    return section;
}

void ClustersPart::show(const Evaluation& evaluation)
{
    showMetrics(evaluation);
    showSizes(evaluation);
}

void ClustersPart::showMetrics(const Evaluation& evaluation)
{
    m_metrics->setRowCount(0);
    m_metrics->setColumnHidden(1, evaluation.metricsTrain.empty());
    m_metrics->setColumnHidden(2, evaluation.metricsTest.empty());
    for (const ClusterMetric& metric : clusterMetrics) {
        if (!evaluation.metricsTrain.contains(metric.id) && !evaluation.metricsTest.contains(metric.id))
            continue;
        const int row = m_metrics->rowCount();
        m_metrics->insertRow(row);
        setCell(m_metrics, row, 0, tr(metric.name));
        setCell(m_metrics, row, 1, metricText(evaluation.metricsTrain, metric.id));
        setCell(m_metrics, row, 2, metricText(evaluation.metricsTest, metric.id));
        for (int column = 0; column < 3; ++column)
            m_metrics->item(row, column)->setToolTip(tr(metric.help));
    }
    fitHeight(m_metrics);
    const auto& judged = evaluation.metricsTrain.empty() ? evaluation.metricsTest : evaluation.metricsTrain;
    QStringList sentences;
    if (const QString silhouette = silhouetteSentence(judged); !silhouette.isEmpty())
        sentences << silhouette;
    else
        sentences << tr("There is no silhouette: it takes two groups at least.");
    if (std::max(evaluation.split.train.size(), evaluation.split.test.size()) > mostSilhouetteRows)
        sentences << tr("It is that of %1 rows drawn from all of them.").arg(QLocale().toString(qulonglong(mostSilhouetteRows)));
    if (judged.contains("inertia"))
        sentences << tr("Inertia can only be compared at one number of clusters.");
    if (judged.contains("bic"))
        sentences << tr("Train with other numbers of clusters and compare BIC: the smallest is a good choice.");
    m_reading->setText(sentences.join(u' '));
}

void ClustersPart::showSizes(const Evaluation& evaluation)
{
    const std::vector<std::string>& names = evaluation.model->target().classes;
    std::vector<std::size_t> sizes(names.size());
    for (const double cluster : evaluation.prediction.values)
        ++sizes[std::size_t(cluster)];
    const QSignalBlocker blocker(m_sizes);
    m_sizes->clearSelection();
    m_sizes->setRowCount(int(names.size()));
    const double rows = std::max(1.0, double(evaluation.prediction.values.size()));
    for (std::size_t k = 0; k < names.size(); ++k) {
        setCell(m_sizes, int(k), 0, QString::fromStdString(names[k]));
        setCell(m_sizes, int(k), 1, QLocale().toString(qulonglong(sizes[k])));
        setCell(m_sizes, int(k), 2, QStringLiteral("%1 %").arg(100 * double(sizes[k]) / rows, 0, 'f', 1));
    }
    fitHeight(m_sizes);
}

void ClustersPart::selectRows()
{
    const EvaluationPtr evaluation = m_experiment.evaluation();
    if (!evaluation || evaluation->error)
        return;
    std::vector<bool> chosen(std::size_t(m_sizes->rowCount()), false);
    for (const QModelIndex& index : m_sizes->selectionModel()->selectedRows())
        chosen[std::size_t(index.row())] = true;
    std::vector<std::size_t> rows;
    const Vector& clusters = evaluation->prediction.values;
    for (Eigen::Index i = 0; i < clusters.size(); ++i) {
        const auto cluster = std::size_t(clusters[i]);
        if (cluster < chosen.size() && chosen[cluster])
            rows.push_back(std::size_t(i));
    }
    m_experiment.view().select(std::move(rows));
}

} // namespace modelarium
