#pragma once

#include "core/base/result.h"
#include "core/prepare/step_choices.h"

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace modelarium::cli {

/// The flags that say how columns become the numbers that a learner sees.
class PreparationFlags {
public:
    /// --scale, --impute, --encode, --step
    void addTo(CLI::App& command);
    /// Errors   BadHyperparameter (also a choice that another one leaves nothing to); UnknownHyperparameter
    Result<PreparationChoices> choices() const;

private:
    Result<void> checkContradictions(const PreparationChoices& choices, const StepChoice& impute, const StepChoice& encode) const;

    std::string m_scale = "none";
    std::string m_impute = "mean";
    std::string m_encode = "one_hot";
    std::vector<std::string> m_steps;
    CLI::Option* m_imputeGiven = nullptr;
    CLI::Option* m_encodeGiven = nullptr;
};

/// Reads "NAME[:OPTION=VALUE,...][@COLUMN,...]"; a column whose name holds a comma stands in double quotes.
/// Errors   BadHyperparameter; UnknownHyperparameter: one sentence
Result<StepChoice> readStep(std::string_view text);

} // namespace modelarium::cli
