#pragma once

#include "app/document/choices.h"
#include "app/document/comparison.h"
#include "app/document/data_loading.h"
#include "app/document/row_edits.h"
#include "app/document/run_log.h"
#include "app/document/setup_store.h"
#include "app/document/stages.h"
#include "app/document/step_edits.h"
#include "app/document/test_looks.h"
#include "app/document/training_session.h"
#include "app/document/view_state.h"
#include "app/jobs/evaluate_job.h"
#include "app/jobs/freeze_job.h"

#include <QObject>
#include <QSet>
#include <QTimer>

namespace modelarium {

/// One answer of the model, with what a person needs to believe it.
struct RowPrediction {
    double value = 0;                               ///< the value, the code of the likeliest class, or the first coordinate
    std::vector<double> probabilities;              ///< one a class; empty for regression
    std::vector<double> coordinates;                ///< of a projection
    std::vector<std::string> arithmetic;            ///< the calculation, line by line
    QStringList warnings;                           ///< inputs outside the range seen in training, one sentence each
};

/// The document: what a person decided, the training that follows from it, and the model that both give.
///
/// Its parts do the work and are asked directly: data() loads, rows() edits, choices() decides, steps() prepares, training() plays, view() looks.
/// The experiment sees to it that they follow each other: a change invalidates the run, and where training is quick enough
/// it starts again at once.
class Experiment : public QObject {
    Q_OBJECT

public:
    explicit Experiment(QObject* parent = nullptr);
    ~Experiment() override;

    DataLoading& data() { return m_data; }
    RowEdits& rows() { return m_rows; }
    Choices& choices() { return m_choices; }
    StepEdits& steps() { return m_steps; }
    TrainingSession& training() { return m_training; }
    const TrainingSession& training() const { return m_training; }
    ViewState& view() { return m_view; }
    const ViewState& view() const { return m_view; }
    RunLog& runs() { return m_runs; }
    const RunLog& runs() const { return m_runs; }
    Comparison& comparison() { return m_comparison; }
    TestLooks& testLooks() { return m_testLooks; }
    const TestLooks& testLooks() const { return m_testLooks; }
    QUndoStack& undoStack() { return m_store.undoStack(); }

    const Setup& setup() const { return m_store.setup(); }
    const Table& table() const;                     ///< with the question of a what-if drag in it
    std::optional<Task> task() const { return taskOf(setup()); }
    const LearnerInfo* learner() const;             ///< null where there are no data
    ExperimentState state() const;
    bool isFrozen() const { return setup().frozen != nullptr; }
    /// Frozen, and no constant for ever: it came from a stream of rows, and can go on learning from others.
    bool canLearnOn() const { return isFrozen() && setup().frozen->onlineState(); }

    ModelPtr model() const;                         ///< the frozen one, or what training shows; null before
    bool isModelStale() const;                      ///< the model on show belongs to choices that are no longer made
    /// What the model on show learned from, where it belongs to the choices as they are; null while another one is on its way.
    PreparedTrainingPtr currentTraining() const;
    /// Of model() on table(), or of one shortly before; null before the first.
    EvaluationPtr evaluation() const { return m_evaluation; }
    /// The rows that model() learned from and those kept back; null where they are not rows of table().
    SplitPtr split() const;
    /// Whether the score on the test rows may be shown: it was asked for, or the rows lie open.
    bool isTestVisible() const;
    /// The rows of evaluation() whose answers would tell that score, in rising order; none where it may be shown.
    const std::vector<std::size_t>& sealedRows() const;
    void lookAtTest();                              ///< breaks the seal for the model on show, and counts it
    RowPrediction predictRow(const std::vector<double>& inputs) const;  ///< needs a model; inputs as for Model::predictRow

    Stage stage() const { return m_stage; }
    void setStage(Stage stage);
    StageState stageState(Stage stage) const;

    /// Retrain after each change: by default where a run is quick. Empty asks the size of the data and the learner.
    void setAutoTrain(std::optional<bool> automatic);
    bool isAutoTraining() const;
    /// Trains with the choices as they are; to the end, or step by step with the player.
    void train(bool playing = true);

    void restoreRun(int number);                    ///< its choices and rows, and its model without training again
    /// Trains a set of learners with their defaults beside the one on show, each a run in the log.
    void trainSuggested();

    /// Makes the model on show constant. It arrives with frozenChanged(), because metrics and certificate take a moment.
    void freeze();
    bool isFreezing() const { return m_freezeJob.isRunning(); }
    void cancelFreezing() { m_freezeJob.cancel(); }
    void unfreezeCopy();
    void openModel(const QString& path);
    /// The frozen model after it has gone on learning from so many rows; it is not saved yet.
    void keepLearnedOn(const ModelPtr& model, std::size_t rows);
    bool saveModel(const QString& path);            ///< the frozen model; false: a notice says why
    bool saveTable(const QString& path);
    bool isModelUnsaved() const;                    ///< frozen, and not written since
    bool isTrainingUnkept() const;                  ///< trained for long, and not frozen
    bool areRowsUnsaved() const;                    ///< edited, and not written since
    /// What would be lost by closing, as a sentence; empty where nothing would.
    QString unsavedWork() const;

Q_SIGNALS:
    void dataChanged();                             ///< other rows or columns, or other cells
    void sourceChanged();                           ///< another file
    void rolesChanged();                            ///< or the task, or which of two classes is the positive one
    void preparationChanged();
    void splitChanged();                            ///< test share, which rows make it up, or seed
    void learnerChanged();
    void hyperparametersChanged();
    void modelChanged();                            ///< the model on show: its numbers, its absence, or its staleness
    void historyChanged();
    void positionChanged();
    void stateChanged();
    void freezingChanged();                         ///< it has begun, or is over
    void frozenChanged();
    void evaluationChanged();
    void testVisibilityChanged();                   ///< or how often the test rows were looked at
    void runsChanged();
    void stageChanged();
    void stagesChanged();                           ///< what stageState() answers
    void noticeRaised(modelarium::Severity severity, const QString& sentence);

private:
    void connectParts();
    void follow(Changes changes);
    void followSource();
    void followRows();
    bool sayWhatIsMissing();
    void chooseAxes();
    void retrain();
    void askForModel();
    bool belongsToChoices() const;
    bool showPastRun();
    ModelPtr decided(const ModelPtr& trained) const;
    void recordRun();
    void countShownScores();
    GroupsGiven groupsGiven() const;
    void evaluate();
    void raise(const Error& error);
    StageFacts stageFacts(Stage here) const;
    void acceptFrozen(const ModelPtr& model);

    SetupStore m_store;
    DataLoading m_data;
    RowEdits m_rows;
    Choices m_choices;
    StepEdits m_steps;
    TrainingSession m_training;
    ViewState m_view;
    RunLog m_runs;
    Comparison m_comparison;
    TestLooks m_testLooks;
    EvaluateJob m_evaluateJob;
    FreezeJob m_freezeJob;
    EvaluationPtr m_evaluation;
    mutable ModelPtr m_undecided;                   ///< what training showed last, and the same with the threshold ...
    mutable ModelPtr m_decided;                     ///< ... that is chosen
    QTimer m_retrain;
    QTimer m_settle;                                ///< a run is kept once its choices rest: a slider passes many values
    Stage m_stage = Stage::Data;
    bool m_wasDecided = false;                      ///< a person chose or edited something since the rows were opened
    std::optional<bool> m_autoTrain;
    QSet<QString> m_said;                           ///< notices about the choices as they are
    Table m_savedTable;                             ///< the rows as they were saved last
    ModelPtr m_savedModel;
    GroupsGiven m_groups;                           ///< that the last evaluation was asked with
    PreparedTrainingPtr m_freezing;                 ///< what is being frozen came from this training ...
    std::size_t m_freezingStep = 0;                 ///< ... and this step of it
    Table m_trainedTable;                           ///< what the newest run was asked to learn from, and how
    Setup m_trainedSetup;
};

} // namespace modelarium
