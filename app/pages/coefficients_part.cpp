#include "app/pages/coefficients_part.h"

#include "app/pages/plain_table.h"
#include "core/base/number_text.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <array>
#include <variant>

namespace modelarium {
namespace {

/// More coefficients than this are shown on demand: a table of hundreds pushes everything below it away.
constexpr std::size_t mostRows = 20;
constexpr int widestName = 104;

enum Column { ValueColumn, ErrorColumn, StatisticColumn, ChanceColumn, LowColumn, HighColumn, ColumnCount };

QString number(double value, int digits = 4)
{
    return QString::fromStdString(shortText(value, digits));
}

/// Four decimals are all that a chance deserves; a smaller one is never exactly 0.
QString chanceText(double p)
{
    return p < 0.0001 ? CoefficientsPart::tr("< 0.0001") : QString::number(p, 'f', p < 0.001 ? 4 : 3);
}

} // namespace

CoefficientsPart::CoefficientsPart(QWidget* parent)
    : AnalysisPart(tr("How sure are the coefficients?"), tr("standard errors of the coefficients"), parent),
      m_table(makeTable(ColumnCount, tr("Coefficients with standard errors, tests and intervals"), this)), m_all(new QPushButton(this))
{
    m_table->verticalHeader()->setMaximumWidth(widestName);
    m_table->verticalHeader()->setTextElideMode(Qt::ElideMiddle);
    m_table->verticalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->setCornerButtonEnabled(false);
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
    struct Head {
        QString name;
        QString help;
    };
    const bool t = inference.usesStudent;
    const QString statistic = t ? tr("t") : tr("z");
    const std::array<Head, ColumnCount> heads{
        Head{tr("Coefficient"), t ? tr("What the prediction changes by where this feature is larger by 1 in its unit and all others stay the same.")
                                  : tr("What the log odds of %1 change by where this feature is larger by 1 in its unit and all others stay the same.")
                                        .arg(QString::fromStdString(evaluation()->model->target().classes.back()))},
        Head{tr("Std. error"), tr("How far the coefficient would typically be off, had other rows of the same kind been measured.")},
        Head{statistic, tr("The coefficient divided by its standard error: how many standard errors it is away from 0.")},
        Head{tr("p"), tr("If the true coefficient were 0, and the model of the right kind, chance alone would bring a %1 at least this far from 0 with this probability. "
                         "It is not the probability that the coefficient is 0, and it does not say how large or how important the effect is. "
                         "Of twenty features that have no effect, one is expected below 0.05.").arg(statistic)},
        Head{tr("95 % from"), tr("Where the interval begins. Made from new rows again and again, 95 of 100 such intervals would hold the true coefficient.")},
        Head{tr("to"), tr("Where the interval ends. Made from new rows again and again, 95 of 100 such intervals would hold the true coefficient.")}};
    for (int column = 0; column < ColumnCount; ++column) {
        auto* item = new QTableWidgetItem(heads[std::size_t(column)].name);
        item->setToolTip(heads[std::size_t(column)].help);
        item->setData(Qt::AccessibleDescriptionRole, heads[std::size_t(column)].help);
        m_table->setHorizontalHeaderItem(column, item);
    }
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
        auto* head = new QTableWidgetItem(name);
        head->setToolTip(name);
        m_table->setVerticalHeaderItem(row, head);
        m_table->setItem(row, ValueColumn, makeNumberCell(number(each.value), each.value));
        m_table->setItem(row, ErrorColumn, makeNumberCell(number(each.standardError, 3), each.standardError));
        m_table->setItem(row, StatisticColumn, makeNumberCell(QString::number(each.statistic, 'f', 2), each.statistic));
        m_table->setItem(row, ChanceColumn, makeNumberCell(chanceText(each.pValue), each.pValue));
        m_table->setItem(row, LowColumn, makeNumberCell(number(each.low), each.low));
        m_table->setItem(row, HighColumn, makeNumberCell(number(each.high), each.high));
        m_table->setRowHidden(row, count > mostRows + 5 && k >= mostRows);
    }
    m_all->setText(tr("Show all %1").arg(count));
    m_all->setVisible(count > mostRows + 5);
    m_table->show();
    fitHeight(m_table);
    arrived(summary(*inference));
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
        text = tr("Logistic regression on %1 training rows: log odds of %2 against %3. Deviance %4, of the mean alone %5; AIC %6.")
                   .arg(rows, QString::fromStdString(classes.back()), QString::fromStdString(classes.front()), number(inference.deviance),
                        number(inference.nullDeviance), number(inference.aic));
    }
    return tr("In the units of the data. %1 The figures hold where rows are independent and the model is of the right kind; they do not say what is a cause of what.").arg(text);
}

} // namespace modelarium
