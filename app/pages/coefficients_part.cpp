#include "app/pages/coefficients_part.h"

#include "app/pages/plain_table.h"
#include "app/widgets/elided_label.h"
#include "app/widgets/look.h"
#include "app/widgets/names_apart.h"
#include "core/base/number_text.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <variant>

namespace modelarium {
namespace {

/// More coefficients than this are shown on demand: a table of hundreds pushes everything below it away.
constexpr std::size_t shownRows = 20;
constexpr int widestName = 140;

enum CoefficientColumn { ValueColumn, ChanceColumn, CoefficientColumnCount };

QString number(double value, int digits = 4)
{
    return QString::fromStdString(shortText(value, digits));
}

/// Four decimals are all that a chance deserves; a smaller one is never exactly 0.
QString chanceText(double p)
{
    return p < 0.0001 ? CoefficientsPart::tr("< 0.0001") : QString::number(p, 'f', p < 0.001 ? 4 : 3);
}

/// Where there is no room for the names beside the figures they stand above them.
class NamedFigures : public QStyledItemDelegate {
public:
    explicit NamedFigures(QTableWidget* table) : QStyledItemDelegate(table), m_table(table) {}

    void setStacked(bool stacked) { m_stacked = stacked; }
    void setNames(const QStringList& names) { m_names = names; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyleOptionViewItem cell = option;
        const int line = option.fontMetrics.height();
        if (m_stacked)
            cell.rect.setTop(option.rect.top() + line + 2);
        QStyledItemDelegate::paint(painter, cell, index);
        if (!m_stacked || index.column() != ValueColumn)
            return;
        const QTableWidgetItem* name = m_table->verticalHeaderItem(index.row());
        const QRect place(option.rect.left() + 6, option.rect.top() + 3, m_table->viewport()->width() - 12, line);
        painter->save();
        painter->setClipping(false);                        // a name may go on above the next column
        painter->setPen(Look::current().text);
        painter->drawText(place, Qt::AlignLeft | Qt::AlignVCenter, elidedApart(name->toolTip(), m_names, option.fontMetrics, place.width()));
        painter->restore();
    }

private:
    const QTableWidget* m_table;
    bool m_stacked = false;
    QStringList m_names;
};

} // namespace

CoefficientsPart::CoefficientsPart(QWidget* parent)
    : AnalysisPart(tr("How sure are the coefficients?"), tr("standard errors of the coefficients"), parent),
      m_table(makeTable(CoefficientColumnCount, tr("Coefficients with standard errors, tests and intervals"), this)), m_all(new QPushButton(this))
{
    m_table->verticalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(2 * fontMetrics().height() + 10);
    m_table->verticalHeader()->setStyleSheet(QStringLiteral("QHeaderView::section { padding: 2px 6px; border: none; }"));
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(ChanceColumn, QHeaderView::Stretch);
    m_table->horizontalHeader()->setMinimumSectionSize(44);
    m_table->setCornerButtonEnabled(false);
    m_table->setItemDelegate(new NamedFigures(m_table));
    m_all->setProperty("role", QStringLiteral("quiet"));
    m_all->setToolTip(tr("Shows every coefficient."));
    content()->insertWidget(0, m_table);
    content()->insertWidget(1, m_all);
    connect(m_all, &QPushButton::clicked, this, [this] {
        for (int row = 0; row < m_table->rowCount(); ++row)
            m_table->setRowHidden(row, false);
        m_all->hide();
        fitHeight(m_table);
    });
    clear();
    setFolded(true);
}

bool CoefficientsPart::isFor(const Model& model)
{
    const auto* linear = std::get_if<Linear>(&model.parameters());
    return linear ? linear->W.cols() > 0 : std::holds_alternative<Polynomial>(model.parameters());
}

void CoefficientsPart::clear()
{
    m_inference.reset();
    m_table->hide();
    m_all->hide();
}

void CoefficientsPart::begin()
{
    const Evaluation& shown = *evaluation();
    if (shown.split.train.empty()) {
        refuse(tr("Standard errors come from the rows that the model learned from, and those are not here: open its data, unfreeze a copy and train it."));
        return;
    }
    job().start<Inference>([model = shown.model, table = shown.table, rows = shown.split.train](const EvaluationProgress&, std::stop_token) {
        return inferCoefficients(*model, table, rows);
    }, [this](const std::shared_ptr<const Inference>& inference) { fill(inference); });
}

void CoefficientsPart::nameColumns(const Inference& inference)
{
    const bool t = inference.usesStudent;
    const QString statistic = t ? tr("t") : tr("z");
    const QString value = t ? tr("What the prediction changes by where this feature is larger by 1 in its unit and all others stay the same.")
        : inference.referenceClass.empty()
            ? tr("What the log odds of %1 change by where this feature is larger by 1 in its unit and all others stay the same.")
                  .arg(QString::fromStdString(evaluation()->model->target().classes.back()))
            : tr("What the log odds of a class against %1 change by where this feature is larger by 1 in its unit and all others stay the same.")
                  .arg(QString::fromStdString(inference.referenceClass));
    const QString error = tr("± standard error: how far the coefficient would typically be off, had other rows of the same kind been measured.");
    const QString interval = tr("Below it the 95 % interval: made from new rows again and again, 95 of 100 such intervals would hold the true coefficient.");
    const QString chance = tr("%1 is the coefficient divided by its standard error: how many standard errors it is away from 0.\n"
                              "p: if the true coefficient were 0, and the model of the right kind, chance alone would bring a %1 at least this far from 0 with this probability. "
                              "It is not the probability that the coefficient is 0, and it does not say how large or how important the effect is. "
                              "Of twenty features that have no effect, one is expected below 0.05.").arg(statistic);
    m_table->setHorizontalHeaderItem(ValueColumn, makeHead(tr("Coefficient ± SE\n95 % interval"), QStringList{value, error, interval}.join(u'\n'),
                                                           QStringList{tr("Coefficient"), tr("Std. error"), tr("95 % from"), tr("to")}.join(u'\t')));
    m_table->setHorizontalHeaderItem(ChanceColumn, makeHead(tr("%1\np").arg(statistic), chance, QStringList{statistic, tr("p")}.join(u'\t')));
}

void CoefficientsPart::fill(const std::shared_ptr<const Inference>& inference)
{
    m_inference = inference;
    nameColumns(*inference);
    const std::size_t count = inference->coefficients.size();
    m_table->setRowCount(int(count));
    for (std::size_t k = 0; k < count; ++k) {
        const CoefficientInference& each = inference->coefficients[k];
        const int row = int(k);
        const QString name = each.name == "(intercept)" ? tr("(intercept)") : QString::fromStdString(each.name);
        m_table->setVerticalHeaderItem(row, makeHead(name, name, name));
        const QString value = tr("%1 ± %2").arg(number(each.value), number(each.standardError, 2));
        const QString interval = tr("%1 to %2").arg(number(each.low, 3), number(each.high, 3));
        const QString statistic = QString::number(each.statistic, 'f', 2);
        const QString chance = chanceText(each.pValue);
        m_table->setItem(row, ValueColumn, makeTwoLineCell(value, interval, tr("%1: %2, 95 % interval %3").arg(name, value, interval),
                                                           {each.value, each.standardError, each.low, each.high}));
        m_table->setItem(row, ChanceColumn, makeTwoLineCell(statistic, chance, tr("%1: %2 = %3, p %4").arg(name, inference->usesStudent ? tr("t") : tr("z"), statistic, each.pValue < 0.0001 ? chance : tr("= %1").arg(chance)),
                                                            {each.statistic, each.pValue}));
        m_table->setRowHidden(row, count > shownRows + 5 && k >= shownRows);
    }
    m_all->setText(tr("Show all %1").arg(QLocale().toString(qulonglong(count))));
    m_all->setVisible(count > shownRows + 5);
    m_table->show();
    fitNames();
    arrived(summary(*inference));
}

/// Names stand beside the figures where there is room for the longest of them, otherwise above.
void CoefficientsPart::fitNames()
{
    if (!m_inference)
        return;
    const QHeaderView* across = m_table->horizontalHeader();
    int figures = 2 * m_table->frameWidth() + 2, widest = 0;
    for (const int column : {ValueColumn, ChanceColumn})
        figures += std::max(across->sectionSizeHint(column), static_cast<const QAbstractItemView*>(m_table)->sizeHintForColumn(column));
    for (const CoefficientInference& each : m_inference->coefficients)
        widest = std::max(widest, fontMetrics().horizontalAdvance(QString::fromStdString(each.name)) + 14);
    const int beside = std::min(widest, widestName);
    const bool stacked = beside > this->width() - figures;
    QStringList names;
    for (int row = 0; row < m_table->rowCount(); ++row)
        names << m_table->verticalHeaderItem(row)->toolTip();
    auto* figuresBelow = static_cast<NamedFigures*>(m_table->itemDelegate());
    figuresBelow->setStacked(stacked);
    figuresBelow->setNames(names);
    m_table->verticalHeader()->setFixedWidth(stacked ? 1 : beside);     // not hidden: names are copied with the figures
    m_table->verticalHeader()->setDefaultSectionSize((stacked ? 3 : 2) * fontMetrics().height() + 10);
    const QStringList shown = stacked ? QStringList() : elidedApart(names, fontMetrics(), beside - 12);
    for (int row = 0; row < m_table->rowCount(); ++row)
        m_table->verticalHeaderItem(row)->setText(stacked ? QString() : shown[row]);
    fitHeight(m_table);
}

void CoefficientsPart::resizeEvent(QResizeEvent* event)
{
    AnalysisPart::resizeEvent(event);
    fitNames();
}

QString CoefficientsPart::summary(const Inference& inference) const
{
    const QString rows = QLocale().toString(qulonglong(inference.rows));
    QString text;
    if (inference.usesStudent) {
        text = tr("Least squares on %1 training rows; residuals have a standard deviation of %2 with %3 degrees of freedom. R² is %4, adjusted %5; "
                  "all features together: F = %6, p %7.")
                   .arg(rows, number(inference.residualStandardDeviation), QLocale().toString(qulonglong(inference.residualDegrees)), number(inference.r2),
                        number(inference.adjustedR2), number(inference.fStatistic),
                        inference.fPValue < 0.0001 ? chanceText(inference.fPValue) : tr("= %1").arg(chanceText(inference.fPValue)));
    } else {
        const auto& classes = evaluation()->model->target().classes;
        const QString fit = tr("Deviance %1, of the mean alone %2; AIC %3.").arg(number(inference.deviance), number(inference.nullDeviance), number(inference.aic));
        const QString reference = QString::fromStdString(inference.referenceClass);
        text = reference.isEmpty() ? tr("Logistic regression on %1 training rows: log odds of %2 against %3. %4")
                                         .arg(rows, QString::fromStdString(classes.back()), QString::fromStdString(classes.front()), fit)
                                   : tr("Logistic regression on %1 training rows. Each coefficient is that of a class less that of %2, the reference class: "
                                        "only such differences make a difference to the probabilities. %3").arg(rows, reference, fit);
    }
    return tr("In the units of the data. %1 The figures hold where rows are independent and the model is of the right kind; they do not say what is a cause of what.").arg(text);
}

} // namespace modelarium
