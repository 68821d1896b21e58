#pragma once

#include "core/base/matrix.h"

namespace modelarium {

/// Products of all pairs of columns and the target about a shift, over some rows; all that a quadratic loss needs to know of them.
///
/// Math     G = Z'Z, c = Z'v, targetSquares = v'v, sums = Z'1, targetSum = v'1 with Z = X - shift, v = y - targetShift
/// Shape    G (n_features, n_features), symmetric
struct ColumnProducts {
    Eigen::Index rows = 0;
    Matrix G;
    Vector c;
    Vector sums;
    double targetSquares = 0;
    double targetSum = 0;

    ColumnProducts& operator+=(const ColumnProducts& other);
    ColumnProducts& operator-=(const ColumnProducts& other);
};

/// A point near the mean of the columns: products about it lose no digits when they are centred. Zeros without an intercept.
struct ColumnShift {
    Vector features;
    double target = 0;
};

ColumnShift shiftNearMean(const Matrix& X, const Vector& y, bool intercept);
ColumnShift exactMean(const Matrix& X, const Vector& y);

/// Of the rows first .. first + rows - 1, in one pass.
///
/// Cost     O(rows * n_features^2), on all cores; the same bits with any number of threads
ColumnProducts columnProducts(const Matrix& X, const Vector& y, Eigen::Index first, Eigen::Index rows, const ColumnShift& shift);

/// Moves the products to the mean of their own rows (only with an intercept) and says where that is.
///
/// Returns  false where the shift was so far from the mean that digits were lost: use exactMean()
bool centre(ColumnProducts& products, ColumnShift& shift);

} // namespace modelarium
