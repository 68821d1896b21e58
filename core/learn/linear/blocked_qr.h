#pragma once

#include "core/data/column_view.h"
#include "core/learn/linear/least_squares.h"

namespace modelarium {

/// Least squares for large problems whose columns are too close to collinear for the Gram matrix: a tall matrix is cut into
/// blocks of rows, each is reduced to a triangle, the triangles are stacked and reduced again, and the last one is solved
/// with column pivoting.
///
/// Math     [Z y] = Q R by blocks; minimises |R_Z u - R_y| instead of |Z u - y|
/// Errors   NotFinite (a weight too large for a number)
/// Cost     O(n_samples * n_features^2); memory a copy of the blocks in flight
/// Source   J. Demmel, L. Grigori, M. Hoemmen, J. Langou, SIAM J. Sci. Comput. 34(1), 2012 (TSQR)
Result<LeastSquares> solveByBlockedQr(const ColumnView& X, const Vector& y, bool intercept, double alpha);

} // namespace modelarium
