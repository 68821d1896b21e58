#include "app/pages/tries_table.h"

#include "app/pages/metric_names.h"
#include "app/pages/plain_table.h"
#include "app/pages/search_texts.h"

#include <QHeaderView>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace modelarium {
namespace {

constexpr int candidateRole = Qt::UserRole;
/// More rows than these scroll within the table.
constexpr int rowsAtOnce = 10;

} // namespace

TriesTable::TriesTable(QWidget* parent) : QWidget(parent), m_table(makeTable(0, tr("Tries of the search, best first"), this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setToolTip(tr("Press a row, or Return in it, to take its values."));
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->verticalHeader()->hide();
    const auto take = [this](int row) {
        if (const QTableWidgetItem* first = m_table->item(row, 0))
            Q_EMIT tryPressed(std::size_t(first->data(candidateRole).toULongLong()));
    };
    connect(m_table, &QTableWidget::cellClicked, this, take);
    connect(m_table, &QTableWidget::activated, this, [take](const QModelIndex& index) { take(index.row()); });
}

void TriesTable::setTries(const std::shared_ptr<const SearchTries>& tries, const LearnerInfo& learner)
{
    m_tries = tries;
    const SearchResult& result = tries->result;
    const QSignalBlocker blocker(m_table);
    m_table->clear();
    m_table->setRowCount(int(result.order.size()));
    m_table->setColumnCount(int(tries->axes.size()) + 1);
    QString what = metricWord(result.metric);
    what[0] = what[0].toUpper();
    m_table->setHorizontalHeaderItem(0, makeHead(what, tr("Mean and standard deviation over the folds, on rows that were kept back."),
                                                 QStringList{what, tr("± spread")}.join(u'\t')));
    for (std::size_t j = 0; j < tries->axes.size(); ++j) {
        const HyperparameterSpec* spec = findSpec(learner.table, tries->axes[j].name);
        // A column of figures is narrow: what stands above it goes in lines.
        const QString label = labelOf(learner, tries->axes[j].name);
        m_table->setHorizontalHeaderItem(int(j) + 1, makeHead(QString(label).replace(u' ', u'\n'), spec ? tr("%1: %2").arg(label, QString::fromStdString(spec->help)) : label, label));
    }
    for (int row = 0; row < m_table->rowCount(); ++row)
        fillRow(row, result.order[std::size_t(row)], learner);
    const int shown = std::min(rowsAtOnce, m_table->rowCount());
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() + shown * m_table->verticalHeader()->defaultSectionSize()
                            + m_table->horizontalScrollBar()->sizeHint().height() + 2 * m_table->frameWidth() + 2);
    m_table->scrollToTop();
}

void TriesTable::fillRow(int row, std::size_t candidate, const LearnerInfo& learner)
{
    const SearchResult& result = m_tries->result;
    const PlanScore& score = result.scores[candidate];
    const auto found = score.test.find(result.metric);
    const bool known = found != score.test.end();
    const double mean = known ? found->second.mean : std::numeric_limits<double>::quiet_NaN();
    auto* first = makeNumberCell(known ? tr("%1 ± %2").arg(metricValueText(result.metric, mean), metricValueText(result.metric, found->second.standardDeviation))
                                       : QStringLiteral("–"), mean);
    const HyperparameterValues values = m_tries->valuesOf(candidate);
    first->setData(candidateRole, qulonglong(candidate));
    first->setToolTip(tryText(learner, values, score, result.metric));
    if (known)
        first->setData(fullValueRole, QStringList{QString::number(mean, 'g', 17), QString::number(found->second.standardDeviation, 'g', 17)}.join(u'\t'));
    m_table->setItem(row, 0, first);
    for (std::size_t j = 0; j < m_tries->axes.size(); ++j) {
        const auto value = values.find(m_tries->axes[j].name);
        auto* cell = new QTableWidgetItem(value == values.end() ? QStringLiteral("–")
                                                                : valueText(findSpec(learner.table, value->first), value->second));
        cell->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        if (value == values.end())
            cell->setToolTip(tr("Another value makes this one mean nothing here."));
        else
            cell->setData(fullValueRole, QString::fromStdString(hyperparameterText(value->second)));
        m_table->setItem(row, int(j) + 1, cell);
    }
}

void TriesTable::markChosen(const HyperparameterValues& now)
{
    const QSignalBlocker blocker(m_table);
    m_table->clearSelection();
    for (int row = 0; m_tries && row < m_table->rowCount(); ++row) {
        if (!areChosen(m_tries->valuesOf(m_tries->result.order[std::size_t(row)]), now))
            continue;
        m_table->selectRow(row);
        return;
    }
}

} // namespace modelarium
