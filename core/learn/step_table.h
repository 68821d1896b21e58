#pragma once

#include "core/learn/hyperparameters.h"
#include "core/prepare/step_choices.h"

#include <string>
#include <string_view>
#include <vector>

namespace modelarium {

/// The one option of a kind of step that is free text: the constant of a filling, the order of levels.
struct StepTextOption {
    std::string name;                               ///< empty where the kind has none
    std::string label;
    std::string help;
    std::string onlyWhen;                           ///< name of the choice that this one depends on ...
    std::string onlyWhenValue;                      ///< ... and the value with which it matters
};

/// A kind of preparation step as the program knows it: its form, its flags, its help and its checks come from the table.
struct StepKind {
    std::string id;                                 ///< "impute"; as stepName() says it
    std::string name;                               ///< "Fill missing cells"
    std::string help;
    HyperparameterTable table;
    StepTextOption text;
    StepChoice (*make)(const Hyperparameters&, const std::string& text) = nullptr;
};

/// In the order in which a course meets them.
const std::vector<StepKind>& stepKinds();
/// Errors   BadHyperparameter: lists the kinds there are
Result<const StepKind*> findStepKind(std::string_view id);

/// A step of the kind with the given options; missing ones take their default.
/// Errors   UnknownHyperparameter, BadHyperparameter: the option, and what is allowed
Result<StepChoice> makeStep(const StepKind& kind, const HyperparameterValues& values, const std::string& text, std::vector<std::string> columns);

/// The options of a step as makeStep() takes them.
HyperparameterValues stepValues(const StepChoice& step);
std::string stepText(const StepChoice& step);

/// Reads "OPTION=VALUE,..."; a value alone goes to the first option that can take it ("median", "quantiles,8"), the name
/// of a yes-or-no option alone means yes. Conditions are brought along, or refused, as by withConditions().
/// What becomes of unknown categories stays open where it is not said. An option that is given twice is refused.
/// Errors   UnknownHyperparameter, BadHyperparameter
Result<StepChoice> parseStep(const StepKind& kind, std::string_view options);

/// How a step would be written for parseStep(): "bin:edges=quantiles,bins=4,encoding=one_hot".
std::string stepSpelling(const StepChoice& step);

} // namespace modelarium
