#pragma once

#include "core/base/result.h"
#include "core/data/dataset.h"

#include <vector>

namespace modelarium {

/// Mean and variance (ddof 0) of one feature over some samples.
struct ColumnMoments {
    double mean = 0;
    double variance = 0;
};

/// In two passes, and relative to the first value: a constant feature has exactly its value and variance 0.
ColumnMoments columnMomentsOf(const double* x, const std::vector<Eigen::Index>& rows);

std::vector<Eigen::Index> rowsOfClass(const Vector& y, double code);

/// The logarithm of the share of a class without samples: the smallest that is a normal number.
double leastLogPrior();

/// A variance is a sum of squares: values whose squares are beyond the range of double have none.
///
/// Errors   NotFinite (names the largest value with its row and column)
Result<void> checkSquares(const Dataset& data);

} // namespace modelarium
