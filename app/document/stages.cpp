#include "app/document/stages.h"

#include "app/document/kept_model.h"

#include <QCoreApplication>

namespace modelarium {
namespace {

struct Stages {
    Q_DECLARE_TR_FUNCTIONS(modelarium::Stages)
};

bool isPrepared(const Setup& setup)
{
    return canTrain(setup);
}

bool isDone(Stage stage, const StageFacts& facts)
{
    switch (stage) {
    case Stage::Data: return facts.setup.source != nullptr;
    case Stage::Prepare: return isPrepared(facts.setup);
    case Stage::Train: return facts.hasModel && facts.state != ExperimentState::Learning;
    case Stage::Evaluate: return facts.hasModel && facts.wasEvaluated;
    case Stage::Use: return facts.wasSaved;
    }
    return false;
}

/// Why a stage is not open yet; empty where it is.
QString obstacle(Stage stage, const StageFacts& facts)
{
    if (stage == Stage::Data || (facts.hasModel && stage == Stage::Use))
        return {};
    if (!facts.setup.source)
        return Stages::tr("Open a data file first, or take one of the samples.");
    if (stage == Stage::Prepare)
        return {};
    if (facts.hasModel)
        return {};
    if (!taskOf(facts.setup))
        return Stages::tr("Choose the column that is to be predicted first.");
    if (featureColumns(facts.setup).empty())
        return isWithoutTarget(facts.setup) ? Stages::tr("Choose at least one column to learn from first.")
                                            : Stages::tr("Choose at least one column to predict from first.");
    return stage == Stage::Train ? QString() : Stages::tr("Train a model first.");
}

QString preparedSentence(const Setup& setup)
{
    const int features = int(featureColumns(setup).size());
    if (taskOf(setup) == Task::Clustering)
        return Stages::tr("Groups are looked for in %Ln feature(s); nothing is predicted.", nullptr, features);
    if (taskOf(setup) == Task::Projection)
        return Stages::tr("Directions are looked for in %Ln feature(s); nothing is predicted.", nullptr, features);
    const QString target = QString::fromStdString(setup.table.column(*targetColumn(setup)).name());
    return Stages::tr("%Ln feature(s) predict %1.", nullptr, features).arg(target);
}

QString trainedSentence(const StageFacts& facts)
{
    switch (facts.state) {
    case ExperimentState::Frozen:
        return keptModelSentence(*facts.setup.frozen, Stages::tr("training is over"));
    case ExperimentState::Learning: return Stages::tr("The model is learning.");
    case ExperimentState::Paused: return Stages::tr("Training is paused between two steps.");
    case ExperimentState::Trained: return Stages::tr("The model is trained.");
    default: return Stages::tr("The model is not trained yet.");
    }
}

QString content(Stage stage, const StageFacts& facts)
{
    const Setup& setup = facts.setup;
    switch (stage) {
    case Stage::Data:
        if (!setup.source)
            return Stages::tr("Open a data file, or take one of the samples.");
        return Stages::tr("%Ln row(s) of %1.", nullptr, int(setup.table.rows())).arg(setup.source->name);
    case Stage::Prepare:
        return isPrepared(setup) ? preparedSentence(setup) : Stages::tr("Choose what is to be predicted, and from what.");
    case Stage::Train: return trainedSentence(facts);
    case Stage::Evaluate:
        return taskOf(setup) == Task::Projection ? Stages::tr("How much of the rows their coordinates keep.")
            : taskOf(setup) == Task::Clustering  ? Stages::tr("How tight the groups are, and how far apart.")
                                      : Stages::tr("How well the model does on rows that it has not seen.");
    case Stage::Use: return Stages::tr("Predict, save and take the model to where it is used.");
    }
    return {};
}

} // namespace

StageState stageState(Stage stage, const StageFacts& facts)
{
    const QString reason = obstacle(stage, facts);
    if (stage == facts.here)
        return {StageProgress::Here, reason.isEmpty() ? content(stage, facts) : reason};
    if (!reason.isEmpty())
        return {StageProgress::NotYet, reason};
    if (isDone(stage, facts))
        return {StageProgress::Done, content(stage, facts)};
    return {StageProgress::Next, content(stage, facts)};
}

} // namespace modelarium
