#pragma once

#include "core/learn/linear/least_squares.h"

namespace modelarium {

/// A least-squares problem whose columns were centred and brought to a comparable size.
///
/// Math     minimises |A u - c|; the weights in the units of the features are w = u / scale
/// Shape    A (rows, n_features), c (rows); scale, tolerance (n_features)
template <class Scalar>
struct ScaledProblem {
    using Columns = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
    using Values = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

    Columns A;
    Values c;
    Values scale;
    Values tolerance;                               ///< what remains of a column beside others counts as nothing below this
};

/// Solves by Householder QR with column pivoting; where columns are not independent, with the smallest |w|.
/// Fills condition and dependent of `found`.
///
/// Cost     O(rows * n_features^2)
/// Source   P. Businger, G. H. Golub, Numer. Math. 7, 1965
template <class Scalar>
typename ScaledProblem<Scalar>::Values solveByPivotedQr(const ScaledProblem<Scalar>& problem, LeastSquares& found);

extern template ExtendedVector solveByPivotedQr(const ScaledProblem<long double>&, LeastSquares&);
extern template Vector solveByPivotedQr(const ScaledProblem<double>&, LeastSquares&);

} // namespace modelarium
