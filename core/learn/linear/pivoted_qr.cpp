#include "core/learn/linear/pivoted_qr.h"

#include <Eigen/QR>

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

using Eigen::Index;

// Past this many columns the exact condition number and the friendlier naming of columns would cost more than the fit.
constexpr Index manyColumns = 300;

template <class Scalar>
using ColumnsOf = typename ScaledProblem<Scalar>::Columns;
template <class Scalar>
using ValuesOf = typename ScaledProblem<Scalar>::Values;

/// ||R||_1 ||R^-1||_1 with the columns of R brought to equal length.
template <class Scalar>
double conditionOf(ColumnsOf<Scalar> R)
{
    const Index rank = R.rows();
    if (rank == 0)
        return 1;
    if (rank > manyColumns)
        return double(std::abs(R(0, 0) / R(rank - 1, rank - 1)));
    R = R.template triangularView<Eigen::Upper>();
    for (Index j = 0; j < rank; ++j)
        R.col(j) /= R.col(j).norm();
    const ColumnsOf<Scalar> inverse =
        R.template triangularView<Eigen::Upper>().solve(ColumnsOf<Scalar>::Identity(rank, rank));
    return double(R.cwiseAbs().colwise().sum().maxCoeff() * inverse.cwiseAbs().colwise().sum().maxCoeff());
}

/// Columns, in units of their tolerance, that lie in the span of the ones before them: the later one of two equal columns.
template <class Scalar>
std::vector<std::size_t> combinationsOfEarlierColumns(const ColumnsOf<Scalar>& M)
{
    std::vector<std::size_t> dependent;
    ColumnsOf<Scalar> basis(M.rows(), std::min(M.rows(), M.cols()));
    Index found = 0;
    for (Index j = 0; j < M.cols(); ++j) {
        ValuesOf<Scalar> rest = M.col(j);
        for (int pass = 0; pass < 2; ++pass)            // once more: Gram-Schmidt loses orthogonality in one pass
            rest -= basis.leftCols(found) * (basis.leftCols(found).transpose() * rest);
        const Scalar length = rest.norm();
        if (length <= 1 || found == basis.cols())
            dependent.push_back(std::size_t(j));
        else
            basis.col(found++) = rest / length;
    }
    return dependent;
}

/// The shortest w = u / scale among all u with T P^T u = d; T (rank, n_features) has full row rank.
template <class Scalar>
ValuesOf<Scalar> smallestWeights(const ColumnsOf<Scalar>& T, const ValuesOf<Scalar>& d, const ValuesOf<Scalar>& scale,
                               const Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, int>& P)
{
    // (T P^T D) w = d has the minimum-norm solution w = Q R^-T d with (T P^T D)^T = Q R.
    const ColumnsOf<Scalar> transposed = scale.asDiagonal() * (P * T.transpose());
    const Eigen::HouseholderQR<ColumnsOf<Scalar>> qr(transposed);
    const Index rank = T.rows();
    ValuesOf<Scalar> w = ValuesOf<Scalar>::Zero(transposed.rows());
    w.head(rank) = qr.matrixQR().topRows(rank).template triangularView<Eigen::Upper>().transpose().solve(d);
    w.applyOnTheLeft(qr.householderQ());
    return scale.cwiseProduct(w);
}

} // namespace

template <class Scalar>
typename ScaledProblem<Scalar>::Values solveByPivotedQr(const ScaledProblem<Scalar>& problem, LeastSquares& found)
{
    const Index p = problem.A.cols();
    // In units of their tolerance, columns are comparable: pivoting finds the one that stands out most from its rounding.
    const ValuesOf<Scalar> unit = problem.tolerance.unaryExpr(
        [](Scalar tolerance) { return tolerance > 0 ? std::ldexp(Scalar(1), std::ilogb(tolerance)) : Scalar(1); });
    const Eigen::ColPivHouseholderQR<ColumnsOf<Scalar>> qr(problem.A * unit.cwiseInverse().asDiagonal());
    const auto& P = qr.colsPermutation();
    Index rank = 0;
    while (rank < std::min(problem.A.rows(), p) && std::abs(qr.matrixQR()(rank, rank)) > 1)
        ++rank;
    if (rank == 0)
        return ValuesOf<Scalar>::Zero(p);

    ValuesOf<Scalar> Qc = problem.c;
    Qc.applyOnTheLeft(qr.householderQ().transpose());
    ColumnsOf<Scalar> T = qr.matrixQR().topRows(rank);
    T.leftCols(rank) = ColumnsOf<Scalar>(T.leftCols(rank).template triangularView<Eigen::Upper>());
    const ValuesOf<Scalar> d = Qc.head(rank);
    found.condition = conditionOf<Scalar>(T.leftCols(rank));

    if (rank == p) {
        const ValuesOf<Scalar> u = T.template triangularView<Eigen::Upper>().solve(d);
        return (P * u).cwiseQuotient(unit);
    }
    if (p <= manyColumns) {
        found.dependent = combinationsOfEarlierColumns<Scalar>(T * P.transpose());
    } else {
        found.dependent.assign(P.indices().data() + rank, P.indices().data() + p);
        std::sort(found.dependent.begin(), found.dependent.end());
    }
    return smallestWeights<Scalar>(T, d, problem.scale.cwiseProduct(unit), P).cwiseQuotient(unit);
}

template ExtendedVector solveByPivotedQr(const ScaledProblem<long double>&, LeastSquares&);
template Vector solveByPivotedQr(const ScaledProblem<double>&, LeastSquares&);

} // namespace modelarium
