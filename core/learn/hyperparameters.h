#pragma once

#include "core/base/result.h"
#include "core/model/model.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelarium {

/// One row of a learner's table: everything that its form, its flags, its help and its checks need.
struct HyperparameterSpec {
    enum class Kind { Real, Integer, Boolean, Choice, Integers };

    std::string name;                               ///< as on the command line: "learning_rate"
    std::string label;                              ///< as in the form: "Learning rate"
    std::string help;                               ///< one sentence: what it does, and what more or less of it means
    Kind kind = Kind::Real;
    HyperparameterValue defaultValue;
    double minimum = 0;                             ///< inclusive; for Real, Integer and each of Integers
    double maximum = 0;
    std::size_t mostNumbers = 0;                    ///< for Integers: a list such as "8, 8", at most this long; may be empty
    bool logarithmic = false;                       ///< a slider moves in factors
    bool minimumExclusive = false;
    std::vector<std::string> choices{};             ///< for Choice: values as on the command line
    std::vector<std::string> choiceLabels{};        ///< and as in the form
    std::string onlyWhen{};                         ///< name of a Choice or Boolean that this one depends on ...
    std::vector<std::string> onlyWhenValues{};      ///< ... and the values with which it matters ("true"/"false" for Boolean)
    std::optional<Task> onlyFor{};                  ///< the task with which it matters, of a learner that has several; empty: all of them
    bool countsFeatures = false;                    ///< more than there are features means the same as that many
    bool keepsTraining = false;                     ///< may change while a run goes on, without starting again
    bool tunes = true;                              ///< false: changes the cost or what is told beside the answer, and is drawn by name only

    static HyperparameterSpec real(std::string name, std::string label, std::string help, double defaultValue,
                                   double minimum, double maximum, bool logarithmic = false);
    static HyperparameterSpec integer(std::string name, std::string label, std::string help, std::int64_t defaultValue,
                                      std::int64_t minimum, std::int64_t maximum);
    static HyperparameterSpec boolean(std::string name, std::string label, std::string help, bool defaultValue);
    static HyperparameterSpec choice(std::string name, std::string label, std::string help, std::string defaultValue,
                                     std::vector<std::string> values, std::vector<std::string> labels);
    static HyperparameterSpec integers(std::string name, std::string label, std::string help, std::string defaultValue,
                                       std::int64_t minimum, std::int64_t maximum, std::size_t mostNumbers);
    HyperparameterSpec&& when(std::string other, std::vector<std::string> values) &&;
    HyperparameterSpec&& forTask(Task task) &&;
    HyperparameterSpec&& aboveMinimum() &&;
    HyperparameterSpec&& ofFeatures() &&;
    HyperparameterSpec&& notTuned() &&;
};

using HyperparameterTable = std::vector<HyperparameterSpec>;

/// The row of that name, or null.
const HyperparameterSpec* findSpec(const HyperparameterTable& table, std::string_view name);

/// The rows that matter with this task.
HyperparameterTable tableFor(const HyperparameterTable& table, Task task);

/// Errors   BadHyperparameter where one of the values does nothing with this task
Result<void> checkForTask(const HyperparameterTable& table, const HyperparameterValues& values, Task task);

/// Hyperparameters that were checked against a table when they were made; there is no other way to make them.
class Hyperparameters {
public:
    /// Missing values take their default. Integers are accepted where a real is asked for; lists are texts: "8, 8", "8 8", "" or "none".
    /// Errors   UnknownHyperparameter; BadHyperparameter (the name, the value and what is allowed)
    static Result<Hyperparameters> check(const HyperparameterTable& table, const HyperparameterValues& values);

    double real(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    bool boolean(std::string_view name) const;
    const std::string& choice(std::string_view name) const;
    std::vector<std::int64_t> integers(std::string_view name) const;
    const HyperparameterValues& values() const { return m_values; }

private:
    Hyperparameters() = default;
    HyperparameterValues m_values;
};

/// Whether a hyperparameter plays a part beside these values, or beside the defaults of those that are missing.
bool matters(const HyperparameterSpec& spec, const HyperparameterTable& table, const HyperparameterValues& values);

/// A value that matters only with some value of another hyperparameter (onlyWhen) brings that along, so that no value is idle.
/// `varied`: names that get their values later. Then only theirs bring something along: the others may be all that a form holds.
/// Errors   BadHyperparameter where the other has a value with which the first does not matter
Result<HyperparameterValues> withConditions(const HyperparameterTable& table, HyperparameterValues values, const std::vector<std::string>& varied = {});

/// Reads "name=value" texts by the table's kinds.
Result<HyperparameterValue> parseHyperparameter(const HyperparameterSpec& spec, std::string_view text);
std::string hyperparameterText(const HyperparameterValue& value);

} // namespace modelarium
