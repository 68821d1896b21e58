#include "app/document/experiment.h"

#include "app/document/default_choices.h"
#include "app/document/kept_model.h"
#include "app/document/stages.h"
#include "core/base/number_text.h"
#include "core/model/equation.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace modelarium {
namespace {

/// Up to this many cells of training data a change retrains at once.
constexpr std::size_t quickCells = 200'000;

/// Choices that rest this long are a run; what a slider passes on its way is none.
constexpr int settleMilliseconds = 600;

constexpr Changes choiceChanges = Change::Roles | Change::Task | Change::Preparation | Change::Split | Change::Learner
    | Change::Hyperparameters | Change::Positive;

} // namespace

Experiment::Experiment(QObject* parent)
    : QObject(parent), m_data(m_store), m_rows(m_store), m_choices(m_store), m_steps(m_store), m_runs(m_store.undoStack()), m_comparison(m_runs)
{
    m_retrain.setSingleShot(true);
    m_retrain.setInterval(0);
    m_settle.setSingleShot(true);
    m_settle.setInterval(settleMilliseconds);
    connectParts();
}

Experiment::~Experiment() = default;

void Experiment::connectParts()
{
    connect(&m_store, &SetupStore::changed, this, &Experiment::follow);
    connect(&m_retrain, &QTimer::timeout, this, &Experiment::retrain);
    connect(&m_settle, &QTimer::timeout, this, &Experiment::recordRun);
    connect(&m_runs, &RunLog::changed, this, &Experiment::countShownScores);
    connect(&m_runs, &RunLog::changed, this, &Experiment::runsChanged);
    connect(&m_testLooks, &TestLooks::changed, this, &Experiment::countShownScores);
    connect(&m_testLooks, &TestLooks::changed, this, &Experiment::testVisibilityChanged);
    connect(&m_rows, &RowEdits::whatIfChanged, this, [this] {
        Q_EMIT dataChanged();
        askForModel();
    });
    const auto warn = [this](const QString& sentence) { Q_EMIT noticeRaised(Severity::Warning, sentence); };
    // A drag refits many times a second: what was said about these choices is not said again.
    const auto inform = [this](const QString& sentence) {
        if (m_said.contains(sentence))
            return;
        m_said.insert(sentence);
        Q_EMIT noticeRaised(Severity::Information, sentence);
    };
    connect(&m_choices, &Choices::refused, this, warn);
    connect(&m_data, &DataLoading::failed, this,
            [this](const QString& sentence) { Q_EMIT noticeRaised(Severity::Error, sentence); });

    connect(&m_training, &TrainingSession::modelChanged, this, [this] {
        if (isFrozen())
            return;
        Q_EMIT modelChanged();
        evaluate();
    });
    connect(&m_training, &TrainingSession::historyChanged, this, &Experiment::historyChanged);
    connect(&m_training, &TrainingSession::positionChanged, this, &Experiment::positionChanged);
    connect(&m_training, &TrainingSession::stateChanged, this, [this] {
        if (groupsGiven() != m_groups)
            evaluate();
        Q_EMIT stateChanged();
        Q_EMIT stagesChanged();
    });
    connect(&m_training, &TrainingSession::runWanted, this, [this] { train(false); });
    connect(&m_training, &TrainingSession::refused, this, warn);
    connect(&m_training, &TrainingSession::noticeRaised, this, [this, inform](const QString& sentence) {
        // The Train page says itself what the learner has to say about its run.
        if (m_stage != Stage::Train || !m_training.notices().contains(sentence))
            inform(sentence);
    });
    connect(&m_training, &TrainingSession::failed, this, &Experiment::raise);

    connect(&m_evaluateJob, &EvaluateJob::finished, this, [this](const EvaluationPtr& evaluation) {
        m_evaluation = evaluation;
        m_settle.start();
        Q_EMIT evaluationChanged();
    });
    connect(&m_comparison, &Comparison::noticeRaised, this, warn);
    connect(&m_freezeJob, &FreezeJob::finished, this, &Experiment::acceptFrozen);
    connect(&m_freezeJob, &FreezeJob::failed, this, &Experiment::raise);
    connect(&m_freezeJob, &FreezeJob::runningChanged, this, &Experiment::freezingChanged);
}

void Experiment::raise(const Error& error)
{
    Q_EMIT noticeRaised(Severity::Error, errorText(error));
}

const Table& Experiment::table() const
{
    return m_rows.whatIfTable() ? *m_rows.whatIfTable() : setup().table;
}

const LearnerInfo* Experiment::learner() const
{
    const auto info = findLearner(setup().learner);
    return info ? *info : nullptr;
}

ExperimentState Experiment::state() const
{
    if (isFrozen())
        return ExperimentState::Frozen;
    if (!setup().source)
        return ExperimentState::Empty;
    switch (m_training.state()) {
    case TrainingSession::State::Learning: return ExperimentState::Learning;
    case TrainingSession::State::Paused: return ExperimentState::Paused;
    case TrainingSession::State::Finished: return ExperimentState::Trained;
    default: return ExperimentState::Ready;
    }
}

ModelPtr Experiment::model() const
{
    return isFrozen() ? setup().frozen : decided(m_training.model());
}

/// The same numbers with the threshold that is chosen: training knows nothing of it.
ModelPtr Experiment::decided(const ModelPtr& trained) const
{
    const std::optional<double>& threshold = setup().threshold;
    if (!trained || trained->target().threshold == threshold || trained->target().task != Task::Classification
        || trained->target().classes.size() != 2)
        return trained;
    if (m_undecided != trained || m_decided->target().threshold != threshold) {
        auto made = trained->withThreshold(threshold);
        m_undecided = trained;
        m_decided = made ? *std::move(made) : trained;
    }
    return m_decided;
}

bool Experiment::isModelStale() const
{
    return !isFrozen() && m_training.isStale();
}

PreparedTrainingPtr Experiment::currentTraining() const
{
    return !isFrozen() && m_training.isCurrent() && belongsToChoices() ? m_training.training() : nullptr;
}

RowPrediction Experiment::predictRow(const std::vector<double>& inputs) const
{
    RowPrediction answer;
    const ModelPtr shown = model();
    if (!shown || inputs.size() != shown->inputs().size())
        return answer;
    std::vector<double> workspace(shown->workspaceSize());
    std::vector<double> out(shown->outputs());
    shown->predictRow(inputs.data(), workspace.data(), out.data());
    if (answersClasses(*shown)) {
        answer.value = double(shown->target().classOf(out.data()));
        answer.probabilities = out;
    } else if (!out.empty()) {                      // before its first step a projection has no coordinate
        answer.value = out.front();
        if (shown->target().task == Task::Projection)
            answer.coordinates = out;
    }
    answer.arithmetic = arithmeticText(*shown, inputs.data());
    for (std::size_t j = 0; j < inputs.size(); ++j) {
        const InputColumn& input = shown->inputs()[j];
        if (!input.levels.empty() || std::isnan(inputs[j]) || (inputs[j] >= input.minimum && inputs[j] <= input.maximum))
            continue;
        const auto text = [&input](double value) {
            return QString::fromStdString(input.type == ColumnType::Date ? dateText(value) : shortText(value));
        };
        const QString name = QString::fromStdString(input.name);
        answer.warnings << tr("%1 = %2 is outside the range from %3 to %4 that was seen in training.")
                               .arg(name, text(inputs[j]), text(input.minimum), text(input.maximum));
    }
    return answer;
}

void Experiment::setStage(Stage stage)
{
    if (stage == m_stage)
        return;
    m_stage = stage;
    Q_EMIT stageChanged();
    Q_EMIT stagesChanged();
}

StageFacts Experiment::stageFacts(Stage here) const
{
    StageFacts facts{setup()};
    facts.state = state();
    facts.hasModel = isFrozen() || m_training.isCurrent();
    facts.wasEvaluated = m_evaluation && !m_evaluation->error;
    facts.wasSaved = isFrozen() && setup().frozen == m_savedModel;
    facts.here = here;
    return facts;
}

StageState Experiment::stageState(Stage stage) const
{
    return modelarium::stageState(stage, stageFacts(m_stage));
}

void Experiment::setAutoTrain(std::optional<bool> automatic)
{
    m_autoTrain = automatic;
    askForModel();
}

bool Experiment::isAutoTraining() const
{
    return m_autoTrain.value_or(setup().table.rows() * (featureColumns(setup()).size() + 1) <= quickCells);
}

void Experiment::train(bool playing)
{
    if (!isFrozen() && !canTrain(setup())) {
        Q_EMIT noticeRaised(Severity::Information, modelarium::stageState(Stage::Train, stageFacts(Stage::Data)).reason);
        return;
    }
    m_retrain.stop();
    m_trainedTable = table();
    m_trainedSetup = setup();
    m_training.begin(table(), trainingPlan(setup()), playing);
}

void Experiment::follow(Changes changes)
{
    m_settle.stop();
    m_rows.endWhatIf();
    m_freezeJob.cancel();
    if (changes & (choiceChanges | Change::Source))
        m_said.clear();
    const bool leavesWork = changes.testFlag(Change::Source) && m_wasDecided && !isFrozen() && m_training.isCurrent() && !m_store.isExchanging();
    m_wasDecided = !changes.testFlag(Change::Source);
    if (changes.testFlag(Change::Frozen))
        m_training.setLocked(isFrozen() ? keptModelSentence(*setup().frozen, tr("training is over"), tr("Unfreeze a copy to go on learning.")) : QString());
    if (changes.testFlag(Change::Source))
        followSource();
    if (changes.testFlag(Change::Data))
        followRows();
    if (changes & (Change::Roles | Change::Task))
        chooseAxes();
    if (changes & (Change::Roles | Change::Task | Change::Positive))
        Q_EMIT rolesChanged();
    if (changes.testFlag(Change::Preparation))
        Q_EMIT preparationChanged();
    if (changes.testFlag(Change::Split))
        Q_EMIT splitChanged();
    if (changes.testFlag(Change::Learner))
        Q_EMIT learnerChanged();
    if (changes & (Change::Learner | Change::Hyperparameters))
        Q_EMIT hyperparametersChanged();
    if (changes.testFlag(Change::Frozen))
        Q_EMIT frozenChanged();
    if (changes & (Change::Frozen | Change::Threshold))
        Q_EMIT modelChanged();
    if (changes.testFlag(Change::Threshold))
        evaluate();
    if (changes & (choiceChanges | Change::Data | Change::Frozen))
        askForModel();
    Q_EMIT stateChanged();
    Q_EMIT stagesChanged();
    if (changes.testFlag(Change::Source) && isFrozen() && setup().source && !sayWhatIsMissing())
        Q_EMIT noticeRaised(Severity::Information,
                            keptModelSentence(*setup().frozen, tr("it stays, and answers for the new rows"), tr("Unfreeze a copy to train on them.")));
    if (leavesWork)
        Q_EMIT noticeRaised(Severity::Information, tr("The model and the choices before are kept: Undo (Ctrl+Z) brings them back."));
}

void Experiment::followSource()
{
    m_comparison.cancel();
    m_view.clearInputs();
    m_view.select({});
    // Undo may bring back what this run learned from; a file of other columns has nothing in common with it.
    if (!belongsToChoices())
        m_training.clear();
    chooseAxes();
    Q_EMIT sourceChanged();
}

/// A frozen model beside a table without its columns says so: nothing that is drawn then could be its answer.
bool Experiment::sayWhatIsMissing()
{
    QStringList missing;
    for (const InputColumn& input : setup().frozen->inputs()) {
        if (!table().find(input.name))
            missing << tr("\"%1\"").arg(QString::fromStdString(input.name));
    }
    if (missing.isEmpty())
        return false;
    constexpr int mostNamed = 4;
    const int more = int(missing.size()) - mostNamed;
    const QString names = missing.mid(0, mostNamed).join(QStringLiteral(", ")) + (more > 0 ? tr(" and %Ln more", nullptr, more) : QString());
    Q_EMIT noticeRaised(Severity::Warning, tr("The model asks for %1, and %2 has no such column: it has no answer for these rows.")
                                               .arg(names, setup().source->name));
    return true;
}

void Experiment::followRows()
{
    std::vector<std::size_t> rows = m_view.selection();
    rows.erase(std::remove_if(rows.begin(), rows.end(), [this](std::size_t row) { return row >= setup().table.rows(); }),
               rows.end());
    m_view.select(std::move(rows));
    Q_EMIT dataChanged();
}

void Experiment::chooseAxes()
{
    const auto [x, y] = defaultAxes(setup());
    const auto isShowable = [this](const std::string& name) {
        const auto column = setup().table.find(name);
        return column && setup().roles[*column] != Role::Ignored;
    };
    const auto target = targetColumn(setup());
    const bool plotsTarget = target && setup().table.column(*target).name() == m_view.yColumn();
    const bool shouldPlotTarget = target && setup().table.column(*target).name() == y;
    const bool keeps = isShowable(m_view.xColumn()) && isShowable(m_view.yColumn()) && m_view.xColumn() != m_view.yColumn()
        && plotsTarget == shouldPlotTarget;
    if (!keeps)
        m_view.setAxes(x, y);
}

/// Whether the newest run learns, or learned, from exactly these rows with exactly these choices.
bool Experiment::belongsToChoices() const
{
    return sharesColumns(m_trainedTable, table()) && !(differences(m_trainedSetup, setup()) & choiceChanges);
}

void Experiment::askForModel()
{
    if (isFrozen()) {
        evaluate();
        return;
    }
    if (belongsToChoices() && m_training.state() != TrainingSession::State::Idle) {
        m_retrain.stop();
        evaluate();
        return;
    }
    if (showPastRun())
        return;
    if (canTrain(setup()) && isAutoTraining())
        m_retrain.start();
    else
        m_training.invalidate();
}

/// What was learned before from the same rows with the same choices is shown at once.
bool Experiment::showPastRun()
{
    const RunPtr run = m_rows.whatIfTable() ? nullptr : m_runs.find(setup());
    if (!run || !run->training)
        return false;
    m_retrain.stop();
    m_trainedTable = table();
    m_trainedSetup = setup();
    m_training.restore(run->training, run->frames, run->seconds, run->notices);
    return true;
}

/// A run that has come to its end and rests goes into the log; a drag that asks "what if" is none.
void Experiment::recordRun()
{
    const TrainingSession& training = m_training;
    if (isFrozen() || m_rows.whatIfTable() || training.state() != TrainingSession::State::Finished || !training.isCurrent()
        || !belongsToChoices() || !m_evaluation || m_evaluation->error || m_evaluation->model != decided(training.history().back().model))
        return;
    if (m_testLooks.isOpen(setup()))
        m_testLooks.look(setup());
    const RunPtr known = m_runs.find(setup());
    if (known && known->model == training.history().back().model)
        return;
    Run run;
    run.setup = setup();
    run.model = training.history().back().model;
    run.training = training.training();
    run.frames = training.history().frames();
    run.seconds = training.seconds();
    run.notices = training.notices();
    run.metricsTrain = m_evaluation->metricsTrain;
    run.metricsTest = m_evaluation->metricsTest;
    keepWithinMemory(run);
    m_runs.add(std::move(run));
}

/// The card of a run shows its test score wherever the test set is open: six cards are six looks.
void Experiment::countShownScores()
{
    // A look tells of itself, and comes back here: those that are counted are not counted again.
    const std::vector<RunPtr> runs = m_runs.runs();
    for (const RunPtr& run : runs) {
        if (!run->metricsTest.empty() && m_testLooks.isOpen(run->setup))
            m_testLooks.look(run->setup);
    }
}

void Experiment::restoreRun(int number)
{
    const RunPtr run = m_runs.run(number);
    if (!run)
        return;
    if (!isFrozen() && sameTraining(run->setup, setup())) {
        if (run->setup.threshold != setup().threshold) {
            Setup next = setup();
            next.threshold = run->setup.threshold;
            m_store.change(tr("Go back to run %1").arg(number), std::move(next));
        }
        // The choices are made already; the player may stand elsewhere, or another run may be on its way.
        if (!showPastRun())
            train();
        return;
    }
    m_store.change(tr("Go back to run %1").arg(number), run->setup);
    if (!m_training.isCurrent() && m_training.state() == TrainingSession::State::Idle)
        train();
}

void Experiment::trainSuggested()
{
    const std::vector<Setup> setups = Comparison::suggestion(setup());
    if (setups.empty()) {
        Q_EMIT noticeRaised(Severity::Information, modelarium::stageState(Stage::Train, stageFacts(Stage::Data)).reason);
        return;
    }
    m_comparison.start(setups);
}

bool Experiment::isTestVisible() const
{
    return (m_evaluation && m_evaluation->rowsChanged) || m_testLooks.isOpen(setup()) || m_testLooks.isSeen(setup());
}

const std::vector<std::size_t>& Experiment::sealedRows() const
{
    static const std::vector<std::size_t> none;
    // Without a truth there is nothing that a look could spoil.
    const bool sealed = m_evaluation && !m_evaluation->error && hasTarget(m_evaluation->model->target().task) && !isTestVisible();
    return sealed ? m_evaluation->split.test : none;
}

void Experiment::lookAtTest()
{
    m_testLooks.look(setup());
}

void Experiment::retrain()
{
    m_trainedTable = table();
    m_trainedSetup = setup();
    m_training.follow(table(), trainingPlan(setup()));
}

SplitPtr Experiment::split() const
{
    if (isFrozen()) {
        const FrozenRowsPtr& rows = setup().frozenRows;
        return rows && rows->rows == table().rows() ? SplitPtr(rows, &rows->split) : nullptr;
    }
    const PreparedTrainingPtr training = m_training.training();
    if (!training || training->table.rows() != table().rows())
        return nullptr;
    return SplitPtr(training, &training->split);
}

/// Step by step, what one frame of half-steps shows as groups is what the centres of the frame before gave; at the end they are the model's.
GroupsGiven Experiment::groupsGiven() const
{
    const TrainingHistory& frames = m_training.history();
    const std::size_t position = m_training.position();
    const PreparedTrainingPtr training = m_training.training();
    if (isFrozen() || !training || training->info->stepName != "half-step" || position >= frames.size() || m_training.isStale()
        || (position + 1 == frames.size() && m_training.state() == TrainingSession::State::Finished))
        return {};
    if (position == 0)
        return {frames[0].step == 0, nullptr};
    return frames[position].step == frames[position - 1].step + 1 ? GroupsGiven{true, frames[position - 1].model} : GroupsGiven();
}

void Experiment::evaluate()
{
    if (model() && setup().source) {
        m_groups = groupsGiven();
        m_evaluateJob.start(model(), table(), split(), m_groups);
        return;
    }
    m_evaluateJob.cancel();
    if (!m_evaluation)
        return;
    m_evaluation.reset();
    Q_EMIT evaluationChanged();
}

void Experiment::freeze()
{
    if (isFrozen()) {
        Q_EMIT noticeRaised(Severity::Information, keptModelSentence(*setup().frozen, tr("there is nothing to freeze")));
        return;
    }
    if (isFreezing())
        return;
    recordRun();
    m_training.pause();
    if (!m_training.isCurrent() || !m_training.frame()) {
        Q_EMIT noticeRaised(Severity::Information, tr("There is nothing to freeze yet: train a model first."));
        return;
    }
    m_freezing = m_training.training();
    if (setup().threshold && m_freezing->target.classes.size() == 2) {
        // Its metrics are those of its own decisions.
        auto withThreshold = std::make_shared<PreparedTraining>(*m_freezing);
        withThreshold->target.threshold = setup().threshold;
        m_freezing = std::move(withThreshold);
    }
    m_freezingStep = m_training.frame()->step;
    m_freezeJob.start(m_freezing, *m_training.frame());
}

void Experiment::acceptFrozen(const ModelPtr& model)
{
    FrozenRows rows;
    rows.split = m_freezing->split;
    rows.rows = m_freezing->table.rows();
    Setup next = setup();
    next.frozen = model;
    next.frozenRows = std::make_shared<const FrozenRows>(std::move(rows));
    next.frozenFile.clear();
    m_freezing.reset();
    // Steps that were under way when the training was held have come since.
    m_training.seek(m_training.history().indexOfStep(m_freezingStep));
    m_store.change(tr("Freeze"), std::move(next));
}

void Experiment::unfreezeCopy()
{
    if (!isFrozen())
        return;
    // A model file holds what was learned, not the rows that it was learned from.
    const bool fromFile = !setup().frozenRows;
    if (fromFile && !setup().source) {
        Q_EMIT noticeRaised(Severity::Information, tr("This model came from a file: it can predict, and there are no rows here to learn from. "
                                                      "Open a table to train a model of its own."));
        return;
    }
    Setup next = setup();
    next.frozen.reset();
    next.frozenRows.reset();
    next.frozenFile.clear();
    m_store.change(fromFile ? tr("Put the opened model aside") : tr("Unfreeze a copy"), std::move(next));
    if (fromFile)
        Q_EMIT noticeRaised(Severity::Information, tr("The opened model was put aside; Undo brings it back. What is trained now learns from %1.")
                                                       .arg(setup().source->name));
}

} // namespace modelarium
