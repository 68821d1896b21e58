#include "core/learn/linear/blocked_qr.h"

#include "core/base/parallel.h"
#include "core/learn/linear/pivoted_qr.h"

#include <Eigen/QR>

#include <algorithm>
#include <cmath>

namespace modelarium {

namespace {

using Eigen::Index;

/// Centre and power-of-two scale of every column of X and, last, of y.
struct Ranges {
    ExtendedVector centre;
    ExtendedVector scale;
    ExtendedVector rounding;                            // what rounding leaves of a column of length 1
    std::vector<std::size_t> constant;
};

/// A column of X or, past the last one, y.
Eigen::Map<const Vector> columnOf(const ColumnView& X, const Vector& y, Index j)
{
    return {j < X.cols() ? X.col(j).data() : y.data(), X.rows()};
}

Ranges rangesOf(const ColumnView& X, const Vector& y, bool intercept)
{
    const Index p = X.cols();
    Ranges ranges{ExtendedVector::Zero(p + 1), ExtendedVector::Ones(p + 1), ExtendedVector::Zero(p + 1), {}};
    std::vector<char> isConstant(std::size_t(p) + 1, 0);
    parallelFor(std::size_t(p) + 1, [&](std::size_t column) {
        const Index j = Index(column);
        const Eigen::Map<const Vector> values = columnOf(X, y, j);
        if (intercept)
            ranges.centre[j] = preciseMean(values.cast<long double>());
        const long double spread = (values.cast<long double>().array() - ranges.centre[j]).abs().maxCoeff();
        const long double largest = values.cwiseAbs().maxCoeff();
        isConstant[column] = spread <= 4 * std::numeric_limits<double>::epsilon() * largest;
        if (!isConstant[column]) {
            ranges.scale[j] = std::ldexp(1.0L, std::ilogb(spread) + 1);
            ranges.rounding[j] = dataRounding * (1 + largest / spread);
        }
    });
    for (Index j = 0; j < p; ++j) {
        if (isConstant[std::size_t(j)])
            ranges.constant.push_back(std::size_t(j));
    }
    return ranges;
}

/// The upper triangle (or trapezoid) R of A = Q R.
Matrix triangleOf(Matrix A)
{
    const Eigen::HouseholderQR<Eigen::Ref<Matrix>> qr(A);
    const Index rows = std::min(A.rows(), A.cols());
    Matrix R = qr.matrixQR().topRows(rows).triangularView<Eigen::Upper>();
    return R;
}

/// The centred and scaled columns [X y] of some rows.
Matrix scaledRows(const ColumnView& X, const Vector& y, const Ranges& ranges, Index first, Index rows)
{
    const Index p = X.cols();
    Matrix A(rows, p + 1);
    for (Index j = 0; j <= p; ++j) {
        A.col(j) = (columnOf(X, y, j).segment(first, rows).array() - double(ranges.centre[j])) / double(ranges.scale[j]);
    }
    for (const std::size_t column : ranges.constant)
        A.col(Index(column)).setZero();
    return A;
}

/// Stacks triangles in groups and reduces each group, until one is left.
Matrix reduced(std::vector<Matrix> triangles)
{
    constexpr std::size_t group = 8;
    while (triangles.size() > 1) {
        std::vector<Matrix> next((triangles.size() + group - 1) / group);
        parallelFor(next.size(), [&](std::size_t index) {
            const auto begin = triangles.begin() + std::ptrdiff_t(index * group);
            const auto end = triangles.begin() + std::ptrdiff_t(std::min(triangles.size(), (index + 1) * group));
            Index rows = 0;
            for (auto triangle = begin; triangle != end; ++triangle)
                rows += triangle->rows();
            Matrix stacked(rows, begin->cols());
            rows = 0;
            for (auto triangle = begin; triangle != end; ++triangle) {
                stacked.middleRows(rows, triangle->rows()) = *triangle;
                rows += triangle->rows();
            }
            next[index] = triangleOf(std::move(stacked));
        });
        triangles = std::move(next);
    }
    return std::move(triangles.front());
}

Matrix triangleOfData(const ColumnView& X, const Vector& y, const Ranges& ranges)
{
    const Index n = X.rows();
    const Index blockRows = std::max<Index>(2048, 4 * (X.cols() + 1));
    std::vector<Matrix> triangles(std::size_t((n + blockRows - 1) / blockRows));
    parallelFor(triangles.size(), [&](std::size_t block) {
        const Index first = Index(block) * blockRows;
        triangles[block] = triangleOf(scaledRows(X, y, ranges, first, std::min(blockRows, n - first)));
    });
    return reduced(std::move(triangles));
}

/// Extended precision costs little for a triangle of few columns; many are solved in double.
ExtendedVector solveReduced(const ScaledProblem<long double>& problem, LeastSquares& solution)
{
    constexpr Index fewColumns = 100;
    if (problem.A.cols() <= fewColumns)
        return solveByPivotedQr(problem, solution);
    const ScaledProblem<double> rounded{problem.A.cast<double>(), problem.c.cast<double>(), problem.scale.cast<double>(),
                                        problem.tolerance.cast<double>()};
    return solveByPivotedQr(rounded, solution).cast<long double>();
}

} // namespace

Result<LeastSquares> solveByBlockedQr(const ColumnView& X, const Vector& y, bool intercept, double alpha)
{
    const Index p = X.cols();
    LeastSquares solution;
    const Ranges ranges = rangesOf(X, y, intercept);
    const ExtendedMatrix R = triangleOfData(X, y, ranges).cast<long double>();

    ScaledProblem<long double> problem{R.leftCols(p), R.col(p), ranges.scale.head(p), ExtendedVector::Zero(p)};
    for (Index j = 0; j < p; ++j)
        problem.tolerance[j] = ranges.rounding[j] * problem.A.col(j).norm();
    if (alpha > 0)
        problem.appendPenalty(alpha);
    const ExtendedVector u = solveReduced(problem, solution);

    const long double squares = (R.col(p) - R.leftCols(p) * u).squaredNorm();
    const ExtendedVector w = u.cwiseQuotient(problem.scale) * ranges.scale[p];
    solution.constant = ranges.constant;
    return finished(std::move(solution), w, ranges.centre[p] - w.dot(ranges.centre.head(p)),
                    squares * ranges.scale[p] * ranges.scale[p] / static_cast<long double>(X.rows()));
}

} // namespace modelarium
