#pragma once

#include "core/prepare/preparation.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace modelarium {

/// What a step learned about one column, or about one component of several.
struct LearnedColumn {
    std::string column;
    std::vector<std::pair<std::string, std::variant<double, std::string, std::vector<double>, std::vector<std::string>>>> values;
};

/// One step of a frozen preparation, in the order in which cells meet them.
struct StepReport {
    std::string step;                               ///< as on the command line: "impute", "encode", "standardise", ...
    std::string summary;                            ///< one sentence
    std::vector<LearnedColumn> columns;
};

/// How many cells of how many rows and columns a step changed. What makes new columns touches the cells that it makes them of.
struct StepTouch {
    std::size_t rows = 0;
    std::size_t cells = 0;
    std::size_t columns = 0;
};

/// "impute" and "encode" where there are such columns, then every step.
std::vector<StepReport> describeSteps(const Preparation& preparation);

/// One for each of describeSteps(), over the given rows. Errors   those of Preparation::apply
Result<std::vector<StepTouch>> countTouched(const Preparation& preparation, const Table& table, const std::vector<std::size_t>& rows);

/// What a step made of the columns before it; and what filling did to the cells of some inputs.
StepTouch touchOf(const PreparationStep& step, const Matrix& before, const Matrix& after);
Result<StepTouch> touchOfFilling(const Preparation& preparation, const Table& table, const std::vector<std::size_t>& rows,
                                 const std::vector<std::size_t>& inputs);

/// "mean", "most_frequent", ...: how missing cells are filled.
std::string_view imputationName(Imputation imputation);

} // namespace modelarium
