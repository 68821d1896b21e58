#include "core/learn/linear/least_squares.h"

#include "core/base/counted.h"
#include "core/learn/linear/blocked_qr.h"
#include "core/learn/linear/gram_solver.h"
#include "core/learn/linear/pivoted_qr.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

/// Centres the columns, scales them by powers of two (which rounds nothing) and sets constant columns to zero.
struct ScaledColumns {
    ScaledProblem<long double> problem;
    ExtendedVector centre;
    long double meanTarget = 0;
};

ScaledColumns scaleColumns(ExtendedMatrix X, ExtendedVector y, bool intercept, LeastSquares& found)
{
    const Index p = X.cols();
    ScaledColumns scaled{{std::move(X), std::move(y), ExtendedVector::Ones(p), ExtendedVector::Zero(p)},
                         ExtendedVector::Zero(p)};
    ScaledProblem<long double>& problem = scaled.problem;
    for (Index j = 0; j < p; ++j) {
        auto column = problem.A.col(j);
        const long double largest = column.cwiseAbs().maxCoeff();
        if (intercept) {
            scaled.centre[j] = preciseMean(column);
            column.array() -= scaled.centre[j];
        }
        const long double spread = column.cwiseAbs().maxCoeff();
        if (spread <= 4 * std::numeric_limits<double>::epsilon() * largest) {
            column.setZero();
            found.constant.push_back(std::size_t(j));
            continue;
        }
        problem.scale[j] = std::ldexp(1.0L, std::ilogb(spread) + 1);
        column /= problem.scale[j];
        problem.tolerance[j] = dataRounding * column.norm() * (1 + largest / spread);
    }
    if (intercept) {
        scaled.meanTarget = problem.c.mean();
        problem.c.array() -= scaled.meanTarget;
    }
    return scaled;
}

} // namespace

std::string namedColumns(const std::vector<std::size_t>& columns, const std::vector<std::string>& names)
{
    constexpr std::size_t shown = 3;
    std::string text;
    for (std::size_t i = 0; i < std::min(columns.size(), shown); ++i) {
        if (i > 0)
            text += i + 1 == columns.size() ? " and " : ", ";
        text += names[columns[i]];
    }
    if (columns.size() > shown)
        text += " and " + countText(columns.size() - shown) + " more";
    return text;
}

bool isSmallLeastSquares(Index samples, Index columns)
{
    // Up to this many multiplications extended precision costs no more than a few milliseconds.
    constexpr double smallProblem = 4e6;
    const double n = double(samples);
    const double p = double(columns);
    return n * p * std::min(n, p) <= smallProblem;
}

Result<LeastSquares> solveExtendedLeastSquares(ExtendedMatrix X, ExtendedVector y, bool intercept, double alpha)
{
    LeastSquares solution;
    const Index n = X.rows();
    ScaledColumns scaled = scaleColumns(std::move(X), std::move(y), intercept, solution);
    if (alpha > 0)
        scaled.problem.appendPenalty(alpha);
    const ExtendedVector u = solveByPivotedQr(scaled.problem, solution);
    const ExtendedVector w = u.cwiseQuotient(scaled.problem.scale);
    const ExtendedVector residual = scaled.problem.c.head(n) - scaled.problem.A.topRows(n) * u;
    return finished(std::move(solution), w, scaled.meanTarget - w.dot(scaled.centre),
                    residual.squaredNorm() / static_cast<long double>(n));
}

Result<LeastSquares> finished(LeastSquares solution, const ExtendedVector& w, long double b, long double meanSquaredResidual)
{
    std::erase_if(solution.dependent, [&](std::size_t column) {
        return std::find(solution.constant.begin(), solution.constant.end(), column) != solution.constant.end();
    });
    solution.w = w.cast<double>();
    solution.b = double(b);
    // Only a number that is shown: squares of numbers near 1e300 end at the largest double.
    constexpr long double largest = std::numeric_limits<double>::max();
    solution.meanSquaredResidual = double(std::min(meanSquaredResidual, largest));
    if (!solution.w.allFinite() || !std::isfinite(solution.b)) {
        return Error{ErrorCode::NotFinite, "A weight would be too large for a number: bring the features and the target to "
                                           "comparable units."};
    }
    return solution;
}

std::optional<Moments> momentsForLeastSquares(const ColumnView& X, const Vector& y, bool intercept)
{
    if (isSmallLeastSquares(X.rows(), X.cols()) || X.rows() <= 2 * X.cols())
        return std::nullopt;
    return momentsOf(X, y, intercept);
}

Result<LeastSquares> solveLeastSquares(const std::optional<Moments>& moments, const ColumnView& X, const Vector& y, bool intercept, double alpha)
{
    Matrix scratch;
    if (isSmallLeastSquares(X.rows(), X.cols()))
        return solveExtendedLeastSquares(X.middleRows(0, X.rows(), scratch).cast<long double>(), y.cast<long double>(), intercept, alpha);
    if (moments) {
        if (std::optional<LeastSquares> solution = solveByGram(*moments, X, y, intercept, alpha))
            return *std::move(solution);
    }
    return solveByBlockedQr(X, y, intercept, alpha);
}

Result<LeastSquares> solveLeastSquares(const Matrix& X, const Vector& y, bool intercept, double alpha)
{
    return solveLeastSquares(momentsForLeastSquares(X, y, intercept), X, y, intercept, alpha);
}

std::vector<std::string> leastSquaresNotices(const LeastSquares& solution, std::size_t samples,
                                             const std::vector<std::string>& columnNames, double alpha)
{
    std::vector<std::string> notices;
    if (!solution.constant.empty()) {
        notices.push_back(namedColumns(solution.constant, columnNames)
                          + (solution.constant.size() == 1 ? " is constant: its weight is 0." : " are constant: their weights are 0."));
    }
    if (alpha > 0)
        return notices;
    if (columnNames.size() >= samples) {
        notices.push_back("More columns than rows (" + counted(columnNames.size(), "column", "columns") + ", "
                          + rowsText(samples) + "): many models fit without error, this one has the smallest weights.");
    } else if (!solution.dependent.empty()) {
        notices.push_back(namedColumns(solution.dependent, columnNames)
                          + (solution.dependent.size() == 1 ? " is a combination" : " are combinations")
                          + " of other columns: many models fit equally well, this one has the smallest weights.");
    }
    return notices;
}

} // namespace modelarium
