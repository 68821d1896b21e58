#pragma once

#include "core/base/matrix.h"
#include "core/prepare/preparation.h"

namespace modelarium {

/// How many columns a step leaves of `width`.
std::size_t widthAfter(const PreparationStep& step, std::size_t width);
std::vector<std::string> namesAfter(const PreparationStep& step, const std::vector<std::string>& names);
/// Where a column that the step does not take part in goes; empty where the step uses it up.
std::vector<std::optional<std::size_t>> placesAfter(const PreparationStep& step, std::size_t width);
/// True where column j of the result depends on column j alone.
bool keepsColumns(const PreparationStep& step);

/// The same arithmetic for a matrix and for one row, so that both give the same bits.
Matrix applyStep(const PreparationStep& step, const Matrix& X);
std::size_t applyStepToRow(const PreparationStep& step, const double* x, std::size_t width, double* out) noexcept;

/// The first row and column (of X) in which the step is not defined: a logarithm of what is not positive.
struct UndefinedCell {
    std::size_t row = 0, column = 0;
    double value = 0;
};
std::optional<UndefinedCell> firstUndefined(const PreparationStep& step, const Matrix& X);
std::string undefinedSentence(const PowerTransform& step, const std::string& column, std::size_t row, double value);

/// NotFinite where a power or a product that the step made of numbers is beyond their range; `X` and `names` are those after it.
Result<void> checkProducts(const PreparationStep& step, const Matrix& X, const std::vector<std::size_t>& rows, const std::vector<std::string>& names);

/// Errors   BadModelFile: what of a step from a file does not fit `width` columns
Result<void> checkStep(const PreparationStep& step, std::size_t width);

/// "mass < 3", "3 <= mass < 5", "mass >= 5"
std::string intervalName(const std::string& column, const std::vector<double>& edges, std::size_t interval);

} // namespace modelarium
