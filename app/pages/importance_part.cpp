#include "app/pages/importance_part.h"

#include "app/charts/bar_chart.h"
#include "core/base/number_text.h"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace modelarium {
namespace {

constexpr std::size_t mostImportances = 12;
/// More rows than this change no digit that is read.
constexpr std::size_t mostPermutedRows = 20'000;

QString lossText(double value, bool share, int digits = 3)
{
    return share ? QStringLiteral("%1 %").arg(value * 100, 0, 'f', 1) : QString::fromStdString(shortText(value, digits));
}

} // namespace

ImportancePart::ImportancePart(QWidget* parent)
    : AnalysisPart(tr("Which features matter?"), tr("importance of the features"), parent), m_chart(new BarChart(this))
{
    m_chart->setAccessibleName(tr("Importance of the features, a bar each"));
    m_chart->setToolTip(tr("How much worse the model becomes when this column is shuffled over the rows."));
    content()->insertWidget(0, m_chart);
    connect(m_chart, &BarChart::chosen, this, [this](int bar) { Q_EMIT columnChosen(m_names.value(bar)); });
    clear();
    setFolded(true);
}

void ImportancePart::clear()
{
    m_chart->hide();
}

void ImportancePart::begin()
{
    std::vector<std::size_t> sample = sampleOf(mostPermutedRows, true);
    if (sample.size() < 2) {
        refuse(tr("Importance is what a shuffled column costs: that takes at least two rows with a value to compare with."));
        return;
    }
    const std::size_t used = sample.size();
    job().start<PermutationImportance>([model = evaluation()->model, table = evaluation()->table, rows = std::move(sample)](const EvaluationProgress& tell, std::stop_token stop) {
        return permutationImportance(*model, table, rows, {}, tell, stop);
    }, [this, used](const std::shared_ptr<const PermutationImportance>& importance) { fill(*importance, used); });
}

void ImportancePart::fill(const PermutationImportance& importance, std::size_t used)
{
    const MetricInfo* metric = findMetric(importance.metric);
    const bool share = importance.metric == "accuracy";
    const QString metricName = share ? tr("accuracy") : tr("RMSE");
    std::vector<const InputImportance*> order;
    for (const InputImportance& input : importance.inputs)
        order.push_back(&input);
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->mean > b->mean; });
    // One bar left over is better shown than told of.
    const std::size_t shown = order.size() <= mostImportances + 1 ? order.size() : mostImportances;
    std::vector<ChartBar> bars;
    m_names.clear();
    for (std::size_t i = 0; i < shown; ++i) {
        const InputImportance& input = *order[i];
        const QString name = QString::fromStdString(input.input);
        const QString text = tr("%1 ± %2").arg(lossText(input.mean, share), lossText(input.standardDeviation, share, 2));
        const QString help = metric && metric->higherIsBetter ? tr("%1: %2 falls by %3 where it is shuffled.").arg(name, metricName, text)
                                                              : tr("%1: %2 grows by %3 where it is shuffled.").arg(name, metricName, text);
        bars.push_back({name, input.mean, input.standardDeviation, text, help, {}});
        m_names << name;
    }
    m_chart->setBars(std::move(bars));
    m_chart->show();
    const int repeats = importance.inputs.empty() ? 0 : int(importance.inputs.front().losses.size());
    const QString score = lossText(importance.score, share, 4);
    QString text = share ? tr("How much accuracy is lost where one column is shuffled over %1, the others staying as they are: mean and spread of %2 shuffles. Unshuffled it is %3.")
                               .arg(rowsText(used)).arg(repeats).arg(score)
                         : tr("How much RMSE grows where one column is shuffled over %1, the others staying as they are: mean and spread of %2 shuffles. Unshuffled it is %3.")
                               .arg(rowsText(used)).arg(repeats).arg(score);
    if (shown < order.size())
        text = tr("%1 %2").arg(text, tr("And %Ln more feature(s), none above %1.", nullptr, int(order.size() - shown)).arg(lossText(order[shown]->mean, share)));
    arrived(tr("%1 Columns that say the same stand in for each other: each of them looks unimportant.").arg(text));
}

} // namespace modelarium
