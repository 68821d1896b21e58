#pragma once

#include "app/cli/data_flags.h"
#include "app/cli/preparation_flags.h"
#include "core/learn/training.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace modelarium::cli {

/// The flags that say what is learned from which columns, the same for every verb that trains.
class TrainingFlags {
public:
    /// FILE, --target (needed by learners that predict), --features, --task, --seed, and those of PreparationFlags and DataFlags.
    void addTo(CLI::App& command);
    /// --set; only where one learner is named.
    void addSettingsTo(CLI::App& command);
    /// Wrong usage, where a learner that predicts is named without a target, is thrown as CLI::RequiredError: call it in the callback.
    void checkTargetFor(const std::string& learner) const;
    /// A task without a target is wrong usage.
    void checkTask() const;

    /// The plan for one learner, without its features: those need the table.
    /// Errors   UnknownLearner; UnknownHyperparameter; BadHyperparameter
    Result<TrainingPlan> planFor(const std::string& learner) const;
    /// The table; notices go to standard error.
    Result<CsvImport> read() const { return m_data.read(m_file); }
    /// --features as names: where a column's own name holds a comma, the longest name that fits is taken.
    std::vector<std::string> featuresIn(const Table& table) const;

    /// Whether --set names it.
    bool sets(const std::string& hyperparameter) const;
    std::optional<Task> task() const;               ///< --task; empty: by the type of the target
    const std::string& file() const { return m_file; }
    Result<CsvOptions> csvOptions() const { return m_data.options(); }
    const std::string& target() const { return m_target; }
    std::uint64_t seed() const { return m_seed; }

private:
    DataFlags m_data;
    std::string m_file;
    std::string m_target;
    std::string m_features;                         ///< "A,B,..."
    std::vector<std::string> m_settings;            ///< "name=value"
    PreparationFlags m_preparation;
    std::string m_task;
    std::string m_positive;
    std::uint64_t m_seed = 1;
};

/// The row of the learner's table with this name. Errors   UnknownHyperparameter: lists the names there are
Result<const HyperparameterSpec*> findHyperparameter(const LearnerInfo& learner, const std::string& name);

/// "A,B,..." cut at commas, for lists whose parts hold none.
std::vector<std::string> splitList(std::string_view text);

/// The columns that a list names, A,B,...: of a name with a comma in it the whole one.
std::vector<std::string> columnsNamed(std::string_view list, const Table& table);

/// A number from 0 to 1.
CLI::Validator probability();

/// A share from 0 to 0.95; CLI::Range would let NaN pass.
CLI::Validator shareOfRows();

} // namespace modelarium::cli
