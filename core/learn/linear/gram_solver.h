#pragma once

#include "core/data/column_view.h"
#include "core/learn/linear/least_squares.h"

#include <optional>

namespace modelarium {

/// What least squares need to know of well-conditioned data: the products of the centred columns, and of those with the target.
///
/// Math     C = Z'Z, c = Z'v, targetSquares = v'v with Z = X - mean, v = y - mean (X and y themselves without an intercept),
///          from sums about a shift near the mean
struct Moments {
    Matrix C;
    Vector c;
    double targetSquares = 0;
    Vector mean;                                        ///< of X, then of y; zeros without an intercept
    bool shiftWasNear = true;                           ///< else the centring has cancelled digits

    /// False where a cell is not finite, or where squares of cells leave the range of numbers.
    bool isFinite() const;
};

/// Cost     O(n_samples * n_features^2), one pass; a second where the first rows say little about the mean
Moments momentsOf(const ColumnView& X, const Vector& y, bool intercept);

/// Nothing where so few rows, or so many columns, are solved without them.
std::optional<Moments> momentsForLeastSquares(const ColumnView& X, const Vector& y, bool intercept);

/// solveLeastSquares, with the moments that momentsForLeastSquares gave for the same data.
Result<LeastSquares> solveLeastSquares(const std::optional<Moments>& moments, const ColumnView& X, const Vector& y, bool intercept, double alpha);

/// Least squares from the moments, and a step of refinement where the columns are somewhat collinear. Nothing where they are too
/// collinear for that to be accurate, or out of range.
///
/// Math     solves D (C + alpha I) D (w / D) = D c with D = diag(C + alpha I)^(-1/2) by L D L'; refinement solves for the residual
///          y - X w - b in the same way
/// Shape    X (n_samples, n_features), n_samples > n_features
/// Cost     O(n_features^3), and none to two passes
std::optional<LeastSquares> solveByGram(const Moments& moments, const ColumnView& X, const Vector& y, bool intercept, double alpha);

} // namespace modelarium
