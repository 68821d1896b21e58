#include "app/pages/evaluate_page.h"

#include "app/pages/clusters_part.h"
#include "app/pages/coefficients_part.h"
#include "app/pages/components_part.h"
#include "app/pages/cross_validation_part.h"
#include "app/pages/curves_part.h"
#include "app/pages/dependence_part.h"
#include "app/pages/importance_part.h"
#include "app/pages/learning_curve_part.h"
#include "app/pages/metrics_part.h"
#include "app/pages/penalty_path_part.h"
#include "app/pages/plain_table.h"
#include "app/pages/residuals_part.h"
#include "app/pages/search_part.h"
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

QTableWidgetItem* makeCell(const QString& text, Qt::Alignment alignment = Qt::AlignRight | Qt::AlignVCenter)
{
    auto* item = new QTableWidgetItem(text);
    item->setTextAlignment(alignment);
    return item;
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
    m_metrics = new MetricsPart(this);
    parts->addWidget(m_metrics);
    parts->addWidget(makeResiduals());
    parts->addWidget(makeSide());
    parts->addWidget(makeConfusion());
    m_curves = new CurvesPart(m_experiment, this);
    m_residuals = new ResidualsPart(m_experiment, this);
    parts->addWidget(m_curves);
    parts->addWidget(m_residuals);
    parts->addWidget(makeWorst());
    addAnalyses(parts);
    m_plans = new QWidget(this);
    auto* plans = new QVBoxLayout(m_plans);
    plans->setContentsMargins(0, 0, 0, 0);
    plans->setSpacing(12);
    addPlans(plans);
    m_clusters = new ClustersPart(m_experiment, this);
    m_components = new ComponentsPart(this);
    layout->addWidget(m_state);
    layout->addWidget(m_parts);
    layout->addWidget(m_clusters);
    layout->addWidget(m_components);
    layout->addWidget(m_plans);
    layout->addStretch(1);
    connect(&m_experiment, &Experiment::evaluationChanged, this, &EvaluatePage::follow);
    connect(&m_experiment, &Experiment::testVisibilityChanged, this, &EvaluatePage::follow);
    connect(&m_experiment, &Experiment::stateChanged, this, &EvaluatePage::follow);
    follow();
}

/// Parts that stay folded until they are asked for, about the model on show.
void EvaluatePage::addAnalyses(QLayout* parts)
{
    m_penalty = new PenaltyPathPart(this);
    m_coefficients = new CoefficientsPart(this);
    m_importance = new ImportancePart(this);
    m_dependence = new DependencePart(this);
    for (QWidget* part : std::initializer_list<QWidget*>{m_penalty, m_coefficients, m_importance, m_dependence})
        parts->addWidget(part);
    connect(m_importance, &ImportancePart::columnChosen, this, [this](const QString& column) {
        m_dependence->setFeature(column);
        m_dependence->setFolded(false);
    });
}

/// The same about the choices that lead to it, with a target or without one.
void EvaluatePage::addPlans(QLayout* plans)
{
    m_search = new SearchPart(m_experiment, this);
    m_learning = new LearningCurvePart(m_experiment, this);
    for (QWidget* part : std::initializer_list<QWidget*>{new CrossValidationPart(m_experiment, this), m_search, m_learning})
        plans->addWidget(part);
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
    m_worst = makeTable(4, tr("Rows with the largest errors"), section);
    m_worst->setHorizontalHeaderLabels({tr("Row"), tr("Truth"), tr("Predicted"), tr("Error")});
    m_worst->verticalHeader()->hide();
    m_worst->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_worst->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_worst->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
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
    m_dependence->setLook(look);
    m_penalty->setLook(look);
    m_search->setLook(look);
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
    const bool groups = shown && evaluation->model->target().task == Task::Clustering;
    const bool directions = shown && evaluation->model->target().task == Task::Projection;
    m_parts->setVisible(shown && !groups && !directions);
    m_clusters->setVisible(groups);
    m_components->setVisible(directions);
    m_plans->setVisible(shown);
    if (shown)
        showState(*evaluation);
    if (groups || directions) {
        if (groups)
            m_clusters->show(*evaluation);
        else
            m_components->show(*evaluation);
        return;
    }
    if (!shown) {
        m_state->setText(evaluation && evaluation->error ? errorText(*evaluation->error) : QString());
        m_state->setVisible(evaluation && evaluation->error);
        return;
    }
    showSeal(*evaluation);
    const bool classes = evaluation->model->target().task == Task::Classification;
    m_residualPart->setVisible(!classes);
    m_confusionPart->setVisible(classes);
    m_metrics->show(evaluation, m_testVisible);
    m_curves->setVisible(classes);
    m_residuals->setVisible(!classes);
    if (classes) {
        showConfusion(*evaluation);
        m_curves->show(evaluation, rowsOfSide(*evaluation), m_side->currentData().toInt() == TestSide);
    } else {
        showResiduals(*evaluation);
        m_residuals->show(evaluation, rowsOfSide(*evaluation), m_side->currentData().toInt() == TestSide);
    }
    showWorst(*evaluation);
    showAnalyses(evaluation);
}

/// What a person has to know of the rows before the scores are read.
void EvaluatePage::showState(const Evaluation& evaluation)
{
    QStringList sentences;
    if (evaluation.rowsChanged)
        sentences << tr("These are not the rows that the model was trained on: all of them count as test rows.");
    else if (evaluation.split.test.empty() && hasTarget(evaluation.model->target().task))
        sentences << tr("No rows are kept back: the test column stays empty. Choose a test share on the Prepare page.");
    if (!evaluation.unknownWords.empty())
        sentences << QString::fromStdString(evaluation.unknownWords);
    m_state->setText(sentences.join(u' '));
    m_state->setVisible(!sentences.isEmpty());
}

/// Where the test rows are under seal, the side that is looked at is that of the training rows: see showSeal.
void EvaluatePage::showAnalyses(const EvaluationPtr& evaluation)
{
    const auto& rows = rowsOfSide(*evaluation);
    const bool test = m_side->currentData().toInt() == TestSide;
    const bool hasCoefficients = CoefficientsPart::isFor(*evaluation->model);
    m_penalty->showPathOf(*evaluation->model);
    m_coefficients->setVisible(hasCoefficients);
    if (hasCoefficients)
        m_coefficients->show(evaluation, rows, test);
    m_importance->show(evaluation, rows, test);
    m_dependence->show(evaluation, rows, test);
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
