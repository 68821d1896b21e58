#pragma once

#include "core/learn/linear/least_squares.h"

#include <cmath>
#include <limits>

namespace modelarium {

/// Cells are doubles: what is smaller than a few roundings of a column is not in the data.
constexpr long double dataRounding = 64 * std::numeric_limits<double>::epsilon();

/// The mean, corrected by the mean of what is left: a sum over many rows alone would lose digits.
template <class Values>
long double preciseMean(const Values& values)
{
    const long double first = values.mean();
    return first + (values.array() - first).mean();
}

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

    /// alpha |w|^2 as further rows sqrt(alpha) / scale_j.
    void appendPenalty(double alpha)
    {
        const Eigen::Index n = A.rows();
        const Eigen::Index p = A.cols();
        A.conservativeResize(n + p, Eigen::NoChange);
        A.bottomRows(p).setZero();
        for (Eigen::Index j = 0; j < p; ++j)
            A(n + j, j) = std::sqrt(Scalar(alpha)) / scale[j];
        c.conservativeResize(n + p);
        c.tail(p).setZero();
    }
};

/// Solves by Householder QR with column pivoting; where columns are not independent, with the smallest |w|.
/// Fills condition and dependent of `found`.
///
/// Cost     O(rows * n_features^2)
/// Source   P. Businger, G. H. Golub, Numer. Math. 7, 1965
template <class Scalar>
typename ScaledProblem<Scalar>::Values solveByPivotedQr(const ScaledProblem<Scalar>& problem, LeastSquares& found);

/// The solution in the units of the data. Errors   NotFinite (a weight too large for a number)
Result<LeastSquares> finished(LeastSquares solution, const ExtendedVector& w, long double b, long double meanSquaredResidual);

extern template ExtendedVector solveByPivotedQr(const ScaledProblem<long double>&, LeastSquares&);
extern template Vector solveByPivotedQr(const ScaledProblem<double>&, LeastSquares&);

} // namespace modelarium
