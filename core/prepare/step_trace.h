#pragma once

#include "core/prepare/step_report.h"

#include <optional>
#include <string>
#include <vector>

namespace modelarium {

/// Preparation::learn() for those who ask what became of each chosen step.
struct LearnedSteps {
    Preparation preparation;                                ///< as far as it could be learned
    std::vector<std::optional<std::size_t>> learnedAs;      ///< one a chosen step: its place in preparation.steps(); empty for cells, and where no column fits
    std::optional<Error> error;                             ///< why it could not be learned to the end ...
    std::optional<std::size_t> refused;                     ///< ... and by which of the chosen steps, where it was one of them
};

LearnedSteps learnSteps(const Table& table, const std::vector<std::string>& features, const std::vector<std::size_t>& trainingRows,
                        const PreparationChoices& choices);

/// What each chosen step did to the rows that it was learned from.
///
/// Cost     that of learning, and of applying every step once
struct StepTrace {
    LearnedSteps learned;
    std::vector<StepTouch> touched;                         ///< one a chosen step; nothing from the refused one on
    Matrix prepared;                                        ///< the training rows after the last step that could be learned
};

StepTrace traceSteps(const Table& table, const std::vector<std::string>& features, const std::vector<std::size_t>& trainingRows,
                     const PreparationChoices& choices);

/// The columns that come from one input: after encoding, and after each step.
/// Shape    (steps + 1) lists of rising places
std::vector<std::vector<std::size_t>> columnsFrom(const Preparation& preparation, std::size_t input);

/// What each step learned about the columns that come from one input: "mean 43.9, standard deviation 5.46".
struct LearnedAbout {
    std::string step;                                       ///< as stepName() says it
    std::string column;                                     ///< as it is called before that step; a principal component after it
    std::string text;
};
std::vector<LearnedAbout> learnedAbout(const Preparation& preparation, std::size_t input, std::size_t mostColumns = 3);

} // namespace modelarium
