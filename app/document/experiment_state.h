#pragma once

#include "app/document/planned_steps.h"
#include "core/data/csv_reader.h"
#include "core/learn/training.h"
#include "core/model/model.h"

#include <QFlags>
#include <QString>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace modelarium {

/// What a column is used for.
enum class Role { Feature, Target, Ignored };

/// The five stages, in the order in which data walk through them.
enum class Stage { Data, Prepare, Train, Evaluate, Use };
inline constexpr int stageCount = 5;

/// Where the model stands: no data, untrained, learning, held between two steps, trained, or constant.
enum class ExperimentState { Empty, Ready, Learning, Paused, Trained, Frozen };

enum class Severity { Information, Warning, Error };

enum class StageProgress { Done, Here, Next, NotYet };

struct StageState {
    StageProgress progress = StageProgress::NotYet;
    QString reason;                                 ///< what the stage holds, or why it is not open yet
};

/// Where the rows came from.
struct DataSource {
    QString name;                                   ///< as a person reads it: "penguins.csv", "Two moons"
    QString path;                                   ///< empty where the rows are no file of the user
    CsvOptions options;                             ///< what a person decided about the import
    std::optional<ImportReceipt> receipt;           ///< empty for generated rows
    std::string generator;                          ///< id, where the rows were generated
    Table original;                                 ///< the rows as they arrived
    QString lesson;                                 ///< one sentence for samples and generators
};
using DataSourcePtr = std::shared_ptr<const DataSource>;

/// Which rows of the table a frozen model learned from, and which were kept back.
struct FrozenRows {
    Split split;
    std::size_t rows = 0;                           ///< of the table that these indices belong to
};
using FrozenRowsPtr = std::shared_ptr<const FrozenRows>;

/// Everything that a person decides, and nothing that is computed from it. Copies are cheap: they share the columns.
struct Setup {
    DataSourcePtr source;                           ///< null: there are no data
    Table table;
    std::vector<Role> roles;                        ///< one a column
    std::string positive;                           ///< of two classes the one that comes second; empty, or no class of the target: as the plan has it unasked
    std::optional<Task> task;                       ///< empty: by the type of the target; Clustering: no column is one, whatever the learner makes of it
    PlannedSteps steps;                             ///< of the preparation, in the order in which they work
    double testFraction = 0.25;
    HoldOut holdOut{};                              ///< which rows make it up
    std::uint64_t seed = 1;
    std::string learner;
    std::map<std::string, HyperparameterValues> hyperparameters;    ///< by learner: values that are not the default
    std::optional<double> threshold;                ///< between two classes; training knows nothing of it. Empty: the likelier one
    ModelPtr frozen;
    FrozenRowsPtr frozenRows;                       ///< null where the model came from a file
    QString frozenFile;                             ///< where the frozen model was opened from or saved to
};

enum class Change {
    None = 0, Data = 1, Source = 2, Roles = 4, Task = 8, Preparation = 16, Split = 32, Learner = 64, Hyperparameters = 128,
    Frozen = 256, Threshold = 512, Positive = 1024,
};
Q_DECLARE_FLAGS(Changes, Change)
Q_DECLARE_OPERATORS_FOR_FLAGS(Changes)

/// What differs between two setups; tables are the same when they share their columns.
Changes differences(const Setup& before, const Setup& after);

bool sharesColumns(const Table& a, const Table& b);
/// Whether both lead to the same run: the same rows, and the same choices as far as they matter to the chosen learner.
bool sameTraining(const Setup& a, const Setup& b);
std::optional<std::size_t> targetColumn(const Setup& setup);
std::vector<std::size_t> featureColumns(const Setup& setup);
std::vector<std::string> featureNames(const Setup& setup);
/// Whether no column is to be predicted: the learner finds groups or directions.
bool isWithoutTarget(const Setup& setup);
/// The task of the setup, where there is a target, or none is wanted: then it is that of the learner, or Clustering.
std::optional<Task> taskOf(const Setup& setup);
/// The classes of the target where there are two, the positive one second; empty where there are not two.
std::vector<std::string> twoClasses(const Setup& setup);
/// Whether there is something to learn from, and something to learn.
bool canTrain(const Setup& setup);
/// Whether the model answers with a class or a cluster, not with numbers.
bool answersClasses(const Model& model);
/// The table of the chosen learner, with what matters for the task.
HyperparameterTable hyperparameterTable(const Setup& setup);
/// The values of that table, with its defaults where nothing else was chosen.
HyperparameterValues hyperparametersOf(const Setup& setup);
/// The steps as they will be learned, and where each stands in the list.
ResolvedSteps resolvedSteps(const Setup& setup);
TrainingPlan trainingPlan(const Setup& setup);

/// What happened as a whole sentence.
QString errorText(const Error& error);

} // namespace modelarium
