#include "app/pages/tries_table.h"

#include "app/pages/metric_names.h"
#include "app/pages/plain_table.h"
#include "app/pages/search_texts.h"
#include "app/pages/section.h"

#include <QHeaderView>
#include <QLabel>
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

TriesTable::TriesTable(QWidget* parent)
    : QWidget(parent), m_same(makeSentence(this)), m_table(makeTable(0, tr("Tries of the search, best first"), this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_same);
    layout->addWidget(m_table);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setToolTip(tr("Press a row, or Return in it, to take its values."));
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);   // bold is for the try that was taken
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
    partAxes(learner);
    m_table->setColumnCount(int(m_columns.size()) + 1);
    QString what = metricWord(result.metric);
    what[0] = what[0].toUpper();
    m_table->setHorizontalHeaderItem(0, makeHead(what, tr("Mean and standard deviation over the folds, on rows that were kept back; of all these rows together where each is left out alone. A try with a score in fewer folds stands behind those with more."),
                                                 QStringList{what, tr("± spread")}.join(u'\t')));
    for (std::size_t j = 0; j < m_columns.size(); ++j) {
        const HyperparameterSpec* spec = findSpec(learner.table, m_columns[j]);
        // A column of figures is narrow: what stands above it goes in lines.
        const QString label = labelOf(learner, m_columns[j]);
        m_table->setHorizontalHeaderItem(int(j) + 1, makeHead(QString(label).replace(u' ', u'\n'), spec ? tr("%1: %2").arg(label, QString::fromStdString(spec->help)) : label, label));
    }
    for (int row = 0; row < m_table->rowCount(); ++row)
        fillRow(row, result.order[std::size_t(row)], learner);
    const int shown = std::min(rowsAtOnce, m_table->rowCount());
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() + shown * m_table->verticalHeader()->defaultSectionSize()
                            + m_table->horizontalScrollBar()->sizeHint().height() + 2 * m_table->frameWidth() + 2);
    m_table->scrollToTop();
}

/// A column that says the same in each row would only push the others out of sight.
void TriesTable::partAxes(const LearnerInfo& learner)
{
    m_columns.clear();
    QStringList same;
    const std::vector<HyperparameterValues>& candidates = m_tries->result.candidates;
    for (const SearchAxis& axis : m_tries->axes) {
        const auto first = candidates.front().find(axis.name);
        const bool known = first != candidates.front().end();
        const bool shared = candidates.size() > 1 && std::all_of(candidates.begin(), candidates.end(), [&](const HyperparameterValues& values) {
            const auto value = values.find(axis.name);
            return known ? value != values.end() && sameValue(value->second, first->second) : value == values.end();
        });
        if (!shared)
            m_columns.push_back(axis.name);
        else
            same << tr("%1 %2").arg(labelOf(learner, axis.name), known ? valueText(findSpec(learner.table, axis.name), first->second) : QStringLiteral("–"));
    }
    m_same->setText(tr("All tries have %1.").arg(same.join(QStringLiteral(", "))));
    m_same->setVisible(!same.isEmpty());
}

void TriesTable::fillRow(int row, std::size_t candidate, const LearnerInfo& learner)
{
    const SearchResult& result = m_tries->result;
    const PlanScore& score = result.scores[candidate];
    const auto found = score.test.find(result.metric);
    const bool known = found != score.test.end();
    const double mean = known ? found->second.mean : std::numeric_limits<double>::quiet_NaN();
    auto* first = makeNumberCell(scoreText(score, result.metric), mean);
    const HyperparameterValues values = m_tries->valuesOf(candidate);
    first->setData(candidateRole, qulonglong(candidate));
    first->setToolTip(tryText(learner, m_tries->axes, values, score, result.metric));
    if (known)
        first->setData(fullValueRole, QStringList{QString::number(mean, 'g', 17), QString::number(found->second.standardDeviation, 'g', 17)}.join(u'\t'));
    m_table->setItem(row, 0, first);
    for (std::size_t j = 0; j < m_columns.size(); ++j) {
        const auto value = values.find(m_columns[j]);
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
    bool found = false;
    for (int row = 0; m_tries && row < m_table->rowCount(); ++row) {
        const bool taken = !found && areChosen(m_tries->valuesOf(m_tries->result.order[std::size_t(row)]), now);
        found = found || taken;
        for (int column = 0; column < m_table->columnCount(); ++column) {
            QTableWidgetItem* cell = m_table->item(row, column);
            QFont font = m_table->font();
            font.setBold(taken);
            cell->setFont(font);
            if (column == 0)
                cell->setData(Qt::AccessibleTextRole, taken ? tr("%1, chosen now").arg(cell->text()) : QVariant());
        }
    }
}

} // namespace modelarium
