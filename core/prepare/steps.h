#pragma once

#include "core/base/matrix.h"
#include "core/prepare/preparation.h"

namespace modelarium {

/// Population mean and standard deviation (ddof 0) of each column; a constant column keeps scale 1.
Standardise learnStandardise(const Matrix& X);

/// One encoded cell: the number itself, or a 1 among zeros.
void encodeCell(const InputColumn& input, double value, double* out) noexcept;
void encodeColumn(const InputColumn& input, const double* values, std::size_t rows, Matrix& out);

/// The same arithmetic for a matrix and for one row, so that both give the same bits.
Matrix applyStep(const PreparationStep& step, const Matrix& X);
std::size_t applyStepToRow(const PreparationStep& step, const double* x, std::size_t width, double* out) noexcept;

} // namespace modelarium
