#include "app/pages/evaluate_page.h"

#include "app/pages/curves_part.h"
#include "app/pages/learning_curve_part.h"
#include "app/pages/residuals_part.h"
#include "app/pages/section.h"
#include "app/widgets/confusion_matrix.h"
#include "core/base/number_text.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>

namespace modelarium {
namespace {

constexpr std::size_t worstRows = 20;

struct MetricName {
    const char* id;
    const char* name;
    const char* help;
};

constexpr std::array metricNames{
    MetricName{"accuracy", QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "Accuracy"),
               QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "Share of the rows whose class is predicted right.")},
    MetricName{"balanced_accuracy", QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "Balanced accuracy"),
               QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "The share predicted right in each class, averaged over the classes: rare classes count as much as common ones.")},
    MetricName{"f1_macro", QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "F1, averaged"),
               QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "Balance of finding every row of a class and finding no other, averaged over the classes.")},
    MetricName{"log_loss", QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "Log loss"),
               QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "How surprised the model is by the true classes; smaller is better, and being sure and wrong is dear.")},
    MetricName{"r2", QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "R²"),
               QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "Share of the target's variance that the model explains; 1 is perfect, 0 is no better than the mean.")},
    MetricName{"rmse", QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "RMSE"),
               QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "Root of the mean squared error, in the unit of the target; large errors count more.")},
    MetricName{"mae", QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "Mean error"),
               QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "Mean absolute error, in the unit of the target.")},
    MetricName{"max_error", QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "Largest error"),
               QT_TRANSLATE_NOOP("modelarium::EvaluatePage", "The largest absolute error of any row, in the unit of the target.")},
};

QString metricText(const std::map<std::string, double>& metrics, const char* id)
{
    const auto found = metrics.find(id);
    if (found == metrics.end() || !std::isfinite(found->second))
        return QStringLiteral("–");
    const std::string_view name(id);
    if (name == "accuracy" || name == "balanced_accuracy")
        return QStringLiteral("%1 %").arg(found->second * 100, 0, 'f', 1);
    return QString::fromStdString(shortText(found->second));
}

QTableWidgetItem* makeCell(const QString& text, Qt::Alignment alignment = Qt::AlignRight | Qt::AlignVCenter)
{
    auto* item = new QTableWidgetItem(text);
    item->setTextAlignment(alignment);
    return item;
}

void prepare(QTableWidget* table, const QString& name)
{
    table->setAccessibleName(name);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setTabKeyNavigation(false);
    table->verticalHeader()->setDefaultSectionSize(28);
}

/// As high as its rows, so that the page scrolls and not the table in it.
void fitHeight(QTableWidget* table)
{
    const int header = !table->horizontalHeader()->isHidden() ? table->horizontalHeader()->sizeHint().height() : 0;
    const bool wide = table->horizontalScrollBarPolicy() != Qt::ScrollBarAlwaysOff
        && table->horizontalHeader()->length() + table->verticalHeader()->sizeHint().width() > table->width();
    const int scrollBar = wide ? table->horizontalScrollBar()->sizeHint().height() : 0;
    table->setFixedHeight(header + table->verticalHeader()->length() + scrollBar + 2 * table->frameWidth() + 2);
}

} // namespace

EvaluatePage::EvaluatePage(Experiment& experiment, QWidget* parent) : QWidget(parent), m_experiment(experiment)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    m_state = makeSentence(this);
    m_parts = new QWidget(this);
    auto* parts = new QVBoxLayout(m_parts);
    parts->setContentsMargins(0, 0, 0, 0);
    parts->setSpacing(12);
    parts->addWidget(makeSeal());
    parts->addWidget(makeMetrics());
    parts->addWidget(makeResiduals());
    parts->addWidget(makeSide());
    parts->addWidget(makeConfusion());
    m_curves = new CurvesPart(m_experiment, this);
    m_residuals = new ResidualsPart(m_experiment, this);
    m_learning = new LearningCurvePart(m_experiment, this);
    parts->addWidget(m_curves);
    parts->addWidget(m_residuals);
    parts->addWidget(makeWorst());
    parts->addWidget(m_learning);
    layout->addWidget(m_state);
    layout->addWidget(m_parts);
    layout->addStretch(1);
    connect(&m_experiment, &Experiment::evaluationChanged, this, &EvaluatePage::follow);
    connect(&m_experiment, &Experiment::testVisibilityChanged, this, &EvaluatePage::follow);
    connect(&m_experiment, &Experiment::stateChanged, this, &EvaluatePage::follow);
    follow();
}

QWidget* EvaluatePage::makeSeal()
{
    m_sealPart = new QWidget(this);
    auto* layout = new QVBoxLayout(m_sealPart);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    m_look = new QPushButton(tr("Look at the test set"), m_sealPart);
    m_look->setToolTip(tr("Shows how this model does on the rows that were kept back, and counts it. It cannot be undone: nobody can unsee a score."));
    m_looks = makeSentence(m_sealPart);
    m_open = new QCheckBox(tr("leave the test set open"), m_sealPart);
    m_open->setToolTip(tr("On: every new model shows its test score at once, and counts. Off: the score is under seal until you ask for it."));
    layout->addWidget(m_look);
    layout->addWidget(m_looks);
    layout->addWidget(m_open);
    connect(m_look, &QPushButton::clicked, &m_experiment, &Experiment::lookAtTest);
    connect(m_open, &QCheckBox::clicked, this, [this](bool open) {
        m_experiment.testLooks().setOpen(open);
        if (open)
            m_experiment.lookAtTest();
    });
    return m_sealPart;
}

QWidget* EvaluatePage::makeMetrics()
{
    auto* section = new Section(tr("How well does it do?"), this);
    m_metrics = new QTableWidget(0, 3, section);
    m_metrics->setHorizontalHeaderLabels({tr("Metric"), tr("Training"), tr("Test")});
    m_metrics->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    prepare(m_metrics, tr("Metrics on training rows and on test rows"));
    m_metrics->verticalHeader()->hide();
    m_metrics->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_metrics->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_metrics->horizontalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_metrics->horizontalHeader()->setMinimumSectionSize(68);
    m_metrics->setShowGrid(false);
    m_metrics->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_metrics->setSelectionMode(QAbstractItemView::NoSelection);
    m_metrics->setFocusPolicy(Qt::TabFocus);
    section->content()->addWidget(m_metrics);
    return section;
}

QWidget* EvaluatePage::makeResiduals()
{
    m_residualPart = new Section(tr("Errors in the plot"), this);
    m_styles = new QButtonGroup(this);
    auto* row = new QHBoxLayout;
    const std::array<QString, 3> names{tr("None"), tr("Lines"), tr("Squares")};
    const std::array<QString, 3> helps{tr("Draws no errors."), tr("Draws each error as a line from the point to the prediction."),
                                       tr("Draws each error as a square: least squares makes the sum of their areas smallest.")};
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto* button = new QRadioButton(names[i], m_residualPart);
        button->setToolTip(helps[i]);
        m_styles->addButton(button, int(i));
        row->addWidget(button);
    }
    row->addStretch(1);
    m_residualPart->content()->addLayout(row);
    m_sum = makeSentence(m_residualPart);
    m_residualPart->content()->addWidget(m_sum);
    connect(m_styles, &QButtonGroup::idClicked, this, [this](int id) { Q_EMIT residualStyleChosen(ResidualStyle(id)); });
    return m_residualPart;
}

/// What the matrix and the list of errors look at.
QWidget* EvaluatePage::makeSide()
{
    m_sidePart = new QWidget(this);
    auto* row = new QHBoxLayout(m_sidePart);
    row->setContentsMargins(0, 0, 0, 0);
    auto* label = new QLabel(tr("Look closer at"), m_sidePart);
    label->setProperty("role", QStringLiteral("secondary"));
    m_side = makeChoice(m_sidePart);
    m_side->addItem(tr("Test rows"), TestSide);
    m_side->addItem(tr("Training rows"), TrainSide);
    m_side->setAccessibleName(tr("Rows that are looked at"));
    m_side->setToolTip(tr("Which rows everything below looks at."));
    label->setBuddy(m_side);
    row->addWidget(label);
    row->addWidget(m_side, 1);
    connect(m_side, &QComboBox::activated, this, &EvaluatePage::follow);
    return m_sidePart;
}

QWidget* EvaluatePage::makeConfusion()
{
    m_confusionPart = new Section(tr("Which class is taken for which?"), this);
    m_confusion = new ConfusionMatrix(m_confusionPart);
    m_confusionPart->content()->addWidget(makeSentence(m_confusionPart,
        tr("A row is a true class, a column a predicted one. Choose a cell or a name to see its rows in the plot.")));
    m_confusionPart->content()->addWidget(m_confusion);
    connect(m_confusion, &ConfusionMatrix::chosenCellsChanged, this, &EvaluatePage::selectCells);
    return m_confusionPart;
}

QWidget* EvaluatePage::makeWorst()
{
    auto* section = new Section(tr("Where is it most wrong?"), this);
    m_worst = new QTableWidget(0, 4, section);
    m_worst->setHorizontalHeaderLabels({tr("Row"), tr("Truth"), tr("Predicted"), tr("Error")});
    prepare(m_worst, tr("Rows with the largest errors"));
    m_worst->verticalHeader()->hide();
    m_worst->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_worst->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_worst->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_nothingWrong = makeSentence(section, tr("It is right for every one of these rows."));
    section->content()->addWidget(m_nothingWrong);
    section->content()->addWidget(m_worst);
    connect(m_worst, &QTableWidget::itemSelectionChanged, this, &EvaluatePage::selectWorst);
    return section;
}

void EvaluatePage::setLook(const Look& look)
{
    m_curves->setLook(look);
    m_residuals->setLook(look);
    m_learning->setLook(look);
}

void EvaluatePage::setResidualStyle(ResidualStyle style)
{
    m_styles->button(int(style))->setChecked(true);
}

const std::vector<std::size_t>& EvaluatePage::rowsOfSide(const Evaluation& evaluation) const
{
    return m_side->currentData().toInt() == TestSide ? evaluation.split.test : evaluation.split.train;
}

void EvaluatePage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    follow();
}

/// While another stage is on show nothing is drawn: a dragged point is evaluated many times a second.
void EvaluatePage::follow()
{
    if (!isVisible())
        return;
    const EvaluationPtr evaluation = m_experiment.evaluation();
    const bool shown = evaluation && !evaluation->error;
    m_parts->setVisible(shown);
    if (!shown) {
        m_state->setText(evaluation && evaluation->error ? errorText(*evaluation->error) : QString());
        m_state->setVisible(evaluation && evaluation->error);
        return;
    }
    m_state->setText(evaluation->rowsChanged
                         ? tr("These are not the rows that the model was trained on: all of them count as test rows.")
                         : tr("No rows are kept back: the test column stays empty. Choose a test share on the Prepare page."));
    m_state->setVisible(evaluation->rowsChanged || evaluation->split.test.empty());
    showSeal(*evaluation);
    const bool classes = evaluation->model->target().task == Task::Classification;
    m_residualPart->setVisible(!classes);
    m_confusionPart->setVisible(classes);
    showMetrics(*evaluation);
    m_curves->setVisible(classes);
    m_residuals->setVisible(!classes);
    if (classes) {
        showConfusion(*evaluation);
        m_curves->show(evaluation, rowsOfSide(*evaluation));
    } else {
        showResiduals(*evaluation);
        m_residuals->show(evaluation, rowsOfSide(*evaluation), m_side->currentData().toInt() == TestSide);
    }
    showWorst(*evaluation);
}

void EvaluatePage::showSeal(const Evaluation& evaluation)
{
    const bool hasTest = !evaluation.split.test.empty();
    const bool wasVisible = m_testVisible;
    m_testVisible = hasTest && m_experiment.isTestVisible();
    m_sealPart->setVisible(hasTest && !evaluation.rowsChanged);
    m_look->setVisible(!m_testVisible);
    m_look->setEnabled(!m_experiment.isModelStale());
    m_looks->setText(m_experiment.testLooks().sentence(m_experiment.setup()));
    m_open->setChecked(m_experiment.testLooks().isOpen(m_experiment.setup()));
    if (auto* entries = qobject_cast<QStandardItemModel*>(m_side->model()))
        entries->item(0)->setEnabled(m_testVisible);
    m_sidePart->setVisible(hasTest && !evaluation.split.train.empty());
    if (!m_testVisible || evaluation.split.train.empty() || !wasVisible)
        showChoice(m_side, m_testVisible ? TestSide : TrainSide);
}

void EvaluatePage::showMetrics(const Evaluation& evaluation)
{
    m_metrics->setRowCount(0);
    for (const MetricName& metric : metricNames) {
        if (!evaluation.metricsTrain.contains(metric.id) && !evaluation.metricsTest.contains(metric.id))
            continue;
        const int row = m_metrics->rowCount();
        m_metrics->insertRow(row);
        m_metrics->setItem(row, 0, makeCell(tr(metric.name), Qt::AlignLeft | Qt::AlignVCenter));
        m_metrics->setItem(row, 1, makeCell(metricText(evaluation.metricsTrain, metric.id)));
        const bool sealed = !m_testVisible && !evaluation.metricsTest.empty();
        m_metrics->setItem(row, 2, makeCell(sealed ? tr("sealed") : metricText(evaluation.metricsTest, metric.id)));
        for (int column = 0; column < 3; ++column)
            m_metrics->item(row, column)->setToolTip(tr(metric.help));
    }
    fitHeight(m_metrics);
}

void EvaluatePage::showConfusion(const Evaluation& evaluation)
{
    const Eigen::MatrixXi& counts = m_side->currentData().toInt() == TestSide ? evaluation.confusionTest : evaluation.confusionTrain;
    QStringList classes;
    for (const std::string& name : evaluation.model->target().classes)
        classes << QString::fromStdString(name);
    m_confusion->setVisible(counts.size() > 0);
    m_confusion->setCounts(classes, counts);
}

void EvaluatePage::showResiduals(const Evaluation& evaluation)
{
    const auto sumOf = [&evaluation](const std::vector<std::size_t>& rows) {
        double sum = 0;
        for (const std::size_t row : rows) {
            const double error = evaluation.truth[Eigen::Index(row)] - evaluation.prediction.values[Eigen::Index(row)];
            sum += std::isfinite(error) ? error * error : 0;
        }
        return QString::fromStdString(shortText(sum, 5));
    };
    m_sum->setText(!m_testVisible
                       ? tr("Sum of the squared errors: %1").arg(sumOf(evaluation.split.train))
                       : tr("Sum of the squared errors: %1 in training, %2 in the test.")
                             .arg(sumOf(evaluation.split.train), sumOf(evaluation.split.test)));
}

void EvaluatePage::showWorst(const Evaluation& evaluation)
{
    const bool classes = evaluation.model->target().task == Task::Classification;
    struct Miss {
        std::size_t row;
        double error;
    };
    std::vector<Miss> misses;
    for (const std::size_t row : rowsOfSide(evaluation)) {
        const Eigen::Index i = Eigen::Index(row);
        const double truth = evaluation.truth[i];
        if (!std::isfinite(truth))
            continue;
        const double error = classes ? 1 - evaluation.prediction.probabilities(i, Eigen::Index(truth))
                                     : std::abs(truth - evaluation.prediction.values[i]);
        if (!classes || evaluation.prediction.values[i] != truth)
            misses.push_back({row, error});
    }
    const std::size_t shown = std::min(worstRows, misses.size());
    std::partial_sort(misses.begin(), misses.begin() + std::ptrdiff_t(shown), misses.end(),
                      [](const Miss& a, const Miss& b) { return a.error != b.error ? a.error > b.error : a.row < b.row; });

    const QSignalBlocker blocker(m_worst);
    m_worst->clearSelection();
    m_worst->setRowCount(int(shown));
    m_worst->setHorizontalHeaderItem(3, new QTableWidgetItem(classes ? tr("Sureness") : tr("Error")));
    const auto answer = [&](double value) {
        return classes ? QString::fromStdString(evaluation.model->target().classes[std::size_t(value)])
                       : QString::fromStdString(shortText(value));
    };
    for (int i = 0; i < int(shown); ++i) {
        const Miss& miss = misses[std::size_t(i)];
        const Eigen::Index row = Eigen::Index(miss.row);
        const double predicted = evaluation.prediction.values[row];
        auto* number = makeCell(QString::number(miss.row + 1));
        number->setData(Qt::UserRole, qulonglong(miss.row));
        m_worst->setItem(i, 0, number);
        m_worst->setItem(i, 1, makeCell(answer(evaluation.truth[row])));
        m_worst->setItem(i, 2, makeCell(answer(predicted)));
        m_worst->setItem(i, 3, makeCell(classes ? QStringLiteral("%1 %").arg(evaluation.prediction.probabilities(row, Eigen::Index(predicted)) * 100, 0, 'f', 0)
                                                : QString::fromStdString(shortText(evaluation.truth[row] - predicted))));
    }
    m_worst->setVisible(shown > 0);
    m_nothingWrong->setVisible(shown == 0);
    fitHeight(m_worst);
}

void EvaluatePage::selectCells()
{
    const EvaluationPtr evaluation = m_experiment.evaluation();
    if (!evaluation || evaluation->error)
        return;
    std::vector<std::size_t> rows;
    const auto cells = m_confusion->chosenCells();
    for (const std::size_t row : rowsOfSide(*evaluation)) {
        const double truth = evaluation->truth[Eigen::Index(row)];
        if (!std::isnan(truth) && std::binary_search(cells.begin(), cells.end(), std::pair(int(truth), int(evaluation->prediction.values[Eigen::Index(row)]))))
            rows.push_back(row);
    }
    m_experiment.view().select(std::move(rows));
}

void EvaluatePage::selectWorst()
{
    std::vector<std::size_t> rows;
    for (const QModelIndex& index : m_worst->selectionModel()->selectedRows())
        rows.push_back(std::size_t(m_worst->item(index.row(), 0)->data(Qt::UserRole).toULongLong()));
    m_experiment.view().select(std::move(rows));
}

} // namespace modelarium
