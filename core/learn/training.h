#pragma once

#include "core/data/hold_out.h"
#include "core/data/table.h"
#include "core/learn/fit.h"
#include "core/learn/registry.h"
#include "core/model/model.h"
#include "core/prepare/preparation.h"
#include "core/prepare/unknown_words.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace modelarium {

/// Everything a person decides before training.
struct TrainingPlan {
    std::vector<std::string> features;              ///< empty: every usable column but the target and those that group rows
    std::string target;                             ///< empty: none, for learners that find groups or directions
    std::string learner;
    HyperparameterValues hyperparameters;
    PreparationChoices preparation;                 ///< referenceLevel is set by the learner
    double testFraction = 0;                        ///< 0: learn from every row
    std::uint64_t seed = 1;
    std::string dataName;
    std::optional<Task> task;                       ///< empty: by the type of the target
    std::vector<std::string> classes;               ///< of the target; empty: those of the table
    std::string positive{};                         ///< of two classes the one that comes second; empty: see putAffirmativeSecond
    std::optional<double> threshold{};              ///< between two classes, on the probability of the second; empty: the likelier one
    HoldOut holdOut{};                              ///< which rows make up testFraction
    std::string groupColumn{};                      ///< by which folds keep rows together; neither it nor that of holdOut is a feature unasked
};

/// A plan applied to a table: what the learner will see, and all that a frozen model must carry.
struct PreparedTraining {
    TrainingPlan plan;                              ///< with the features that were used
    const LearnerInfo* info = nullptr;
    std::shared_ptr<const Learner> learner;
    HyperparameterValues checkedHyperparameters;
    Split split;
    Preparation preparation;
    TargetColumn target;
    DatasetPtr train;
    DatasetPtr test;                                ///< null where testFraction is 0
    Table table;
    UnknownWords unknownInTest;                     ///< cells of the test rows; `notices` tell them
    std::vector<std::string> notices;               ///< "2 rows without a target were left out", a step that no column fits, ...
};

/// The task that a target column asks for: classes for categories and booleans, numbers otherwise.
Task taskOf(const Column& target);

/// The task of a plan: the one that it names, or that its target asks for; without a target that of its learner, or clustering.
/// Errors   UnknownColumn
Result<Task> taskOf(const Table& table, const TrainingPlan& plan);

/// What a plan's models will answer: the classes in their order, the positive one of two second.
/// Errors   UnknownColumn; WrongTask; OneClass; TooLarge; UnknownCategory (the positive class)
Result<TargetColumn> targetOf(const Table& table, const TrainingPlan& plan);

/// A plan without a target has no answers to learn from: all rows take part, none is left out.
bool isWithoutTarget(const TrainingPlan& plan);

/// Columns that can be features: numbers, categories, booleans, dates; not text, empty columns or constants.
std::vector<std::string> usableFeatures(const Table& table, std::string_view target);

/// Errors   UnknownColumn; WrongTask (also a target for a learner that takes none, or none for one that needs it); UnknownLearner;
///          BadHyperparameter; those of holdOut and Preparation::learn; checkShape and checkTarget; OutOfMemory
Result<PreparedTraining> prepareTraining(const Table& table, const TrainingPlan& plan);

/// The same with rows that were parted already, as for one fold of a cross-validation: everything is learned from rows.train alone.
/// plan.testFraction takes no part; every row named has a target.
Result<PreparedTraining> prepareTraining(const Table& table, const TrainingPlan& plan, const Split& rows);

/// Prepared samples of any rows of the table, in the same units and order as the training set.
Result<Dataset> makeDataset(const Table& table, const std::vector<std::size_t>& rows, const Preparation& preparation,
                            const TargetColumn& target);

/// A cheap model for drawing one frame of a training: no metrics, no certificate. `chosen` and `found`: see Progress.
Result<ModelPtr> snapshotModel(const PreparedTraining& training, Parameters parameters, std::size_t steps, const HyperparameterValues& chosen = {},
                               Findings found = {});

} // namespace modelarium
