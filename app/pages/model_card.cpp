#include "app/pages/model_card.h"

#include "app/pages/section.h"
#include "app/widgets/folded_text.h"
#include "app/widgets/look.h"
#include "app/widgets/names_apart.h"
#include "app/widgets/typeset.h"
#include "core/base/number_text.h"
#include "core/learn/registry.h"
#include "core/model/equation.h"

#include <QCheckBox>
#include <QClipboard>
#include <QFileInfo>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStyle>
#include <QTableWidget>
#include <QVBoxLayout>

namespace modelarium {
namespace {

constexpr std::size_t shownParameters = 500;
/// The table of the numbers is to be in sight below them on a small laptop.
constexpr int equationLines = 4;
constexpr int freezingMilliseconds = 300;           // before it is worth a word

/// Weights of the features in each direction: of length 1, and without the mean.
std::vector<NamedParameter> loadings(const Projection& projection, const std::vector<std::string>& features)
{
    const std::vector<std::string> names = componentNames(projection);
    std::vector<NamedParameter> all;
    for (Eigen::Index k = 0; k < projection.directions.rows(); ++k)
        for (Eigen::Index j = 0; j < projection.directions.cols(); ++j)
            all.push_back({names[std::size_t(k)] + ": " + features[std::size_t(j)], projection.directions(k, j)});
    return all;
}

/// The parameters as the learner found them: with scaled features where the features were scaled.
std::vector<NamedParameter> parametersAsTrained(const Model& model)
{
    if (const auto* projection = std::get_if<Projection>(&model.parameters()))
        return loadings(*projection, model.preparation().outputNames());
    const auto* linear = std::get_if<Linear>(&model.parameters());
    if (!linear)
        return {};
    const std::vector<std::string> names = model.preparation().outputNames();
    std::vector<NamedParameter> all;
    for (Eigen::Index k = 0; k < linear->W.rows(); ++k) {
        const std::string prefix = linear->W.rows() > 1 ? model.target().classes[std::size_t(k)] + ": " : std::string();
        all.push_back({prefix + "(intercept)", linear->b[k]});
        for (Eigen::Index j = 0; j < linear->W.cols(); ++j)
            all.push_back({prefix + names[std::size_t(j)], linear->W(k, j)});
    }
    return all;
}

bool isScaled(const Model& model)
{
    for (const PreparationStep& step : model.preparation().steps()) {
        if (std::holds_alternative<Standardise>(step))
            return true;
    }
    return false;
}

QString duration(double seconds)
{
    if (seconds < 1e-6)
        return ModelCard::tr("%1 ns").arg(seconds * 1e9, 0, 'f', 0);
    if (seconds < 1e-3)
        return ModelCard::tr("%1 µs").arg(seconds * 1e6, 0, 'f', 1);
    if (seconds < 1)
        return ModelCard::tr("%1 ms").arg(seconds * 1e3, 0, 'f', 1);
    return ModelCard::tr("%1 s").arg(seconds, 0, 'f', 1);
}

} // namespace

ModelCard::ModelCard(Experiment& experiment, QWidget* parent)
    : QFrame(parent), m_experiment(experiment), m_title(new QLabel(tr("The model"), this)), m_lock(new QLabel(this)),
      m_state(makeSentence(this)), m_file(makeSentence(this)), m_foldedEquation(new FoldedText(equationLines, this)), m_equation(&m_foldedEquation->label()), m_count(makeSentence(this)), m_freeze(new QPushButton(this)), m_save(new QPushButton(tr("Save…"), this)),
      m_times(makeSentence(this))
{
    setProperty("role", QStringLiteral("card"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    m_title->setProperty("role", QStringLiteral("title"));
    m_equation->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_equation->setProperty("role", QStringLiteral("equation"));
    m_equation->setAccessibleName(tr("Equation of the model in the units of the data"));
    m_lock->setPixmap(strokeIcon(QStringLiteral("lock"), &Look::frost).pixmap(QSize(18, 18), devicePixelRatioF()));
    auto* state = new QHBoxLayout;
    state->setSpacing(6);
    state->addWidget(m_lock, 0, Qt::AlignTop);
    state->addWidget(m_state, 1);
    m_freeze->setProperty("role", QStringLiteral("primary"));
    layout->addWidget(m_title);
    layout->addLayout(state);
    layout->addWidget(m_file);
    layout->addWidget(makeScores());
    layout->addWidget(makeScroll(), 1);
    layout->addWidget(m_times);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_freeze, 1);
    buttons->addWidget(m_save);
    layout->addLayout(buttons);
    m_save->setToolTip(tr("Saves the model as a file (Ctrl+S)."));
    connect(m_save, &QPushButton::clicked, this, &ModelCard::saveWanted);
    connect(m_freeze, &QPushButton::clicked, this, [this] {
        if (showsFreezing())
            m_experiment.cancelFreezing();
        else if (m_experiment.isFrozen())
            m_experiment.unfreezeCopy();
        else
            m_experiment.freeze();
    });
    connect(&m_experiment, &Experiment::modelChanged, this, &ModelCard::followModel);
    connect(&m_experiment, &Experiment::stateChanged, this, &ModelCard::followState);
    connect(&m_experiment, &Experiment::frozenChanged, this, &ModelCard::followState);
    // Most models are frozen before anybody could read that they are.
    m_freezingShown.setSingleShot(true);
    m_freezingShown.setInterval(freezingMilliseconds);
    connect(&m_freezingShown, &QTimer::timeout, this, &ModelCard::followState);
    connect(&m_experiment, &Experiment::freezingChanged, this, [this] {
        if (m_experiment.isFreezing())
            m_freezingShown.start();
        else
            followState();
    });
    connect(&m_experiment, &Experiment::evaluationChanged, this, &ModelCard::followScores);
    connect(&m_experiment, &Experiment::testVisibilityChanged, this, &ModelCard::followScores);
    connect(&m_experiment, &Experiment::stateChanged, this, &ModelCard::followScores);
    connect(&m_experiment, &Experiment::stagesChanged, this, &ModelCard::followFile);
    followModel();
    followState();
    followScores();
    followFile();
}

QWidget* ModelCard::makeScores()
{
    auto* part = new QWidget(this);
    auto* grid = new QGridLayout(part);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(0);
    m_metric = makeSentence(part);
    m_trainName = makeSentence(part);
    m_testName = makeSentence(part);
    m_train = new QLabel(part);
    m_test = new QLabel(part);
    for (QLabel* label : {m_train, m_test})
        label->setProperty("role", QStringLiteral("large"));
    m_train->setAccessibleName(tr("Score on training rows"));
    m_test->setAccessibleName(tr("Score on test rows"));
    grid->addWidget(m_metric, 0, 0, 1, 2);
    grid->addWidget(m_train, 1, 0);
    grid->addWidget(m_test, 1, 1);
    grid->addWidget(m_trainName, 2, 0);
    grid->addWidget(m_testName, 2, 1);
    return part;
}

/// Equation and numbers scroll together, score and buttons stay.
QWidget* ModelCard::makeScroll()
{
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 6, 0);
    layout->setSpacing(8);
    layout->addWidget(m_foldedEquation);
    layout->addWidget(m_count);
    layout->addWidget(makeNumbers());
    layout->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    content->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    return scroll;
}

QWidget* ModelCard::makeNumbers()
{
    auto* part = new QWidget(this);
    auto* layout = new QVBoxLayout(part);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    m_asTrained = new QCheckBox(tr("as trained (scaled features)"), part);
    m_asTrained->setToolTip(tr("Off: in the units of the data. On: the numbers that the learner found with scaled features."));
    m_numbers = new QTableWidget(0, 2, part);
    m_numbers->setAccessibleName(tr("Parameters of the model"));
    m_numbers->setHorizontalHeaderLabels({tr("Parameter"), tr("Value")});
    m_numbers->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_numbers->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_numbers->verticalHeader()->hide();
    m_numbers->verticalHeader()->setDefaultSectionSize(26);
    m_numbers->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_numbers->setSelectionMode(QAbstractItemView::NoSelection);
    m_numbers->setTabKeyNavigation(false);
    m_numbers->setWordWrap(false);
    m_numbers->setItemDelegateForColumn(0, new NamesApart(m_numbers));
    m_numbers->setTextElideMode(Qt::ElideMiddle);
    m_numbers->setShowGrid(false);
    m_numbers->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_numbers->setProperty("role", QStringLiteral("plain"));
    m_numbers->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_numbers->horizontalHeaderItem(1)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    layout->addWidget(m_asTrained);
    layout->addWidget(m_numbers);
    connect(m_asTrained, &QCheckBox::toggled, this, &ModelCard::followModel);
    return part;
}

void ModelCard::setProjector(bool on)
{
    setStyleSheet(on ? QStringLiteral("QLabel, QCheckBox, QTableWidget, QHeaderView::section, QPushButton { font-size: 14pt; }"
                                     "QLabel[role=\"equation\"] { font-size: 16pt; }"
                                     "QLabel[role=\"title\"], QLabel[role=\"large\"] { font-size: 20pt; }")
                     : QString());
    m_numbers->verticalHeader()->setDefaultSectionSize(on ? 36 : 26);
    fitNumbers();
}

void ModelCard::copyEquation()
{
    if (const ModelPtr model = m_experiment.model())
        QGuiApplication::clipboard()->setText(QString::fromStdString(equationText(*model, 17)));
}

void ModelCard::copyLatex()
{
    if (const ModelPtr model = m_experiment.model())
        QGuiApplication::clipboard()->setText(QString::fromStdString(equationLatex(*model)));
}

bool ModelCard::showsFreezing() const
{
    return m_experiment.isFreezing() && !m_freezingShown.isActive();
}

QString ModelCard::stateSentence() const
{
    if (showsFreezing())
        return tr("Freezing: it answers for its rows once more, and its scores are written down with it.");
    switch (m_experiment.state()) {
    case ExperimentState::Empty: return tr("There is no model yet.");
    case ExperimentState::Frozen:
        return m_experiment.model()->onlineState() ? tr("From a stream of rows: it answers as it is, and can learn on, on the Use page.")
                                                   : tr("Frozen: these numbers are the model. They can only predict.");
    case ExperimentState::Learning: return tr("Learning: the numbers move.");
    case ExperimentState::Paused: return tr("Held between two steps.");
    case ExperimentState::Trained:
        return m_experiment.isModelStale() ? tr("Trained, but with other choices than the ones you see.") : tr("Trained. It can still change.");
    case ExperimentState::Ready: break;
    }
    const auto& error = m_experiment.training().error();
    if (error)
        return errorText(*error);
    return m_experiment.model() ? tr("These numbers are of the choices before. Nothing is trained with those that you see.") : tr("Not trained yet.");
}

void ModelCard::followState()
{
    const bool frozen = m_experiment.isFrozen();
    m_state->setText(stateSentence());
    const bool constant = frozen && !m_experiment.canLearnOn();
    m_lock->setVisible(constant);
    m_freeze->setText(showsFreezing() ? tr("Cancel") : frozen ? tr("Unfreeze a copy") : tr("Freeze"));
    m_freeze->setToolTip(showsFreezing() ? tr("The model stays as it is, and can learn on.")
                                : frozen ? tr("Goes on with a copy that can learn; the model itself stays as it is.")
                                : tr("Makes the numbers constants: training is over, the model can be saved and used (Ctrl+F)."));
    m_freeze->setEnabled(frozen || showsFreezing() || (m_experiment.model() && !m_experiment.isModelStale()));
    m_save->setEnabled(frozen);
    if (property("frozen").toBool() != constant) {
        setProperty("frozen", constant);
        style()->unpolish(this);
        style()->polish(this);
    }
    QFont font = m_numbers->font();
    if ((font.weight() == QFont::DemiBold) != frozen) {
        font.setWeight(frozen ? QFont::DemiBold : QFont::Normal);
        m_numbers->setFont(font);
        // A header measures its cells when they change, not when their font does.
        m_numbers->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    }
    m_equation->setProperty("frozen", frozen);
    m_equation->style()->unpolish(m_equation);
    m_equation->style()->polish(m_equation);
}

void ModelCard::followModel()
{
    const ModelPtr model = m_experiment.model();
    m_numbers->setVisible(model != nullptr);
    const bool isProjection = model && std::holds_alternative<Projection>(model->parameters());
    m_asTrained->setVisible((isProjection && model->outputs() > 0) || (model && isScaled(*model) && std::holds_alternative<Linear>(model->parameters())));
    m_asTrained->setText(isProjection ? tr("loadings: directions of length 1") : tr("as trained (scaled features)"));
    if (!model) {
        m_foldedEquation->setText({});
        m_count->setText(m_experiment.state() == ExperimentState::Empty
                             ? tr("Open a table: what a model finds in it will stand here.")
                             : tr("Training finds numbers from the data. They will stand here, and they are all that the model is."));
        m_numbers->setRowCount(0);
        followState();
        return;
    }
    m_foldedEquation->setText(typeset(QString::fromStdString(equationText(*model))));
    m_equation->setToolTip(tr("In the units of the data. Model > Copy the equation gives all digits."));
    const int count = int(parameterCount(model->parameters()));
    m_count->setText(model->target().threshold ? tr("%Ln number(s) are all that this model is, the threshold among them.", nullptr, count + 1)
                                               : tr("%Ln number(s) are all that this model is.", nullptr, count));
    showNumbers(*model);
    followState();
}

void ModelCard::showNumbers(const Model& model)
{
    const bool asTrained = m_asTrained->isVisibleTo(this) && m_asTrained->isChecked();
    std::vector<NamedParameter> parameters = asTrained ? parametersAsTrained(model) : parametersInDataUnits(model);
    if (parameters.size() > shownParameters)
        parameters.resize(shownParameters);
    if (const auto threshold = model.target().threshold; threshold && !parameters.empty())
        parameters.push_back({tr("threshold of %1").arg(QString::fromStdString(model.target().classes[1])).toStdString(), *threshold});
    m_numbers->setVisible(!parameters.empty());
    m_numbers->setRowCount(int(parameters.size()));
    for (int row = 0; row < int(parameters.size()); ++row) {
        const NamedParameter& parameter = parameters[std::size_t(row)];
        const QString cells[] = {QString::fromStdString(parameter.name), typeset(QString::fromStdString(shortText(parameter.value, 5)))};
        for (int column = 0; column < 2; ++column) {
            QTableWidgetItem* item = m_numbers->item(row, column);
            if (!item) {
                item = new QTableWidgetItem;
                item->setTextAlignment((column ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
                m_numbers->setItem(row, column, item);
            }
            item->setText(cells[column]);
            item->setToolTip(column ? QString::fromStdString(exactText(parameter.value)) : cells[0]);
        }
    }
    fitNumbers();
}

/// As high as its rows: the card scrolls, not the table in it.
void ModelCard::fitNumbers()
{
    const int rows = m_numbers->verticalHeader()->length();
    m_numbers->setFixedHeight(m_numbers->horizontalHeader()->sizeHint().height() + rows + 2 * m_numbers->frameWidth());
}

/// A model that came out of a file says out of which, and what it learned from.
void ModelCard::followFile()
{
    const Setup& setup = m_experiment.setup();
    const bool isOpened = setup.frozen && !setup.frozenRows && !setup.frozenFile.isEmpty();
    m_file->setVisible(isOpened);
    if (!isOpened)
        return;
    const Provenance& provenance = setup.frozen->provenance();
    const auto learner = findLearner(provenance.learner);
    const QString file = QFileInfo(setup.frozenFile).fileName(), source = QString::fromStdString(provenance.dataName);
    const QString name = QString::fromStdString(learner ? (*learner)->name : provenance.learner);
    const QString what = name.isEmpty() ? file : tr("%1: %2").arg(file, name);
    const int count = int(provenance.rowsTrain);
    // Another program may have written the file, and need not know where the model comes from.
    m_file->setText(count == 0 && source.isEmpty() ? tr("%1. The file does not say what the model was learned from.").arg(what)
                    : count == 0       ? tr("%1, learned from %2; the file does not say from how many rows.").arg(what, source)
                    : source.isEmpty() ? tr("%1, learned from %Ln row(s); the file does not say of which data.", nullptr, count).arg(what)
                                       : tr("%1, learned from %Ln row(s) of %2.", nullptr, count).arg(what, source));
    m_file->setToolTip(setup.frozenFile);
}

void ModelCard::showScores(const QString& train, const QString& test, Task task)
{
    m_metric->setText(task == Task::Clustering       ? tr("Silhouette: how far apart groups are")
                      : task == Task::Projection     ? tr("Variance kept by the coordinates")
                      : task == Task::Classification ? tr("Accuracy")
                                                     : tr("R²: share of the variance explained"));
    m_train->setText(train);
    m_test->setText(test);
}

void ModelCard::followScores()
{
    const EvaluationPtr evaluation = m_experiment.evaluation();
    const bool known = evaluation && !evaluation->error;
    const ModelPtr model = known ? evaluation->model : m_experiment.model();
    const Task task = model ? model->target().task : Task::Regression;
    const char* metric = task == Task::Clustering ? "silhouette" : task == Task::Projection ? "explained_variance_ratio" : task == Task::Classification ? "accuracy" : "r2";
    // Rows that the model was not trained with say nothing about its training: then the file tells what it reached.
    const bool otherRows = known && evaluation->rowsChanged;
    const bool fromFile = !known && m_experiment.isFrozen() && !m_experiment.setup().frozenRows;
    // Without a truth there is nothing that a look could spoil.
    const bool sealed = known && !evaluation->metricsTest.empty() && hasTarget(task) && !m_experiment.isTestVisible();
    const QString dash = QStringLiteral("–");
    m_trainName->setText(otherRows || fromFile ? tr("when trained") : tr("training"));
    m_testName->setText(otherRows ? tr("these rows") : fromFile ? tr("when tested") : tr("test"));
    if (known)
        showScores(scoreText(otherRows ? model->provenance().metricsTrain : evaluation->metricsTrain, metric),
                   sealed ? tr("sealed") : scoreText(evaluation->metricsTest, metric), task);
    else if (fromFile)
        showScores(scoreText(model->provenance().metricsTrain, metric), scoreText(model->provenance().metricsTest, metric), task);
    else
        showScores(dash, dash, task);
    if (!known && !fromFile)
        m_metric->setText(tr("No score yet"));
    m_test->setToolTip(sealed      ? tr("The test score is under seal: break it on the Evaluate page when the model is chosen.")
                       : fromFile ? tr("On the rows that were kept back when the model was trained.")
                                  : QString());
    m_test->setEnabled(!sealed);
    if (!known || evaluation->secondsPerPrediction <= 0) {
        m_times->clear();
        return;
    }
    const double training = m_experiment.isFrozen() ? evaluation->model->provenance().seconds : m_experiment.training().seconds();
    m_times->setText(training > 0 ? tr("Training took %1; one prediction takes %2.").arg(duration(training), duration(evaluation->secondsPerPrediction))
                                  : tr("One prediction takes %1.").arg(duration(evaluation->secondsPerPrediction)));
}

} // namespace modelarium
