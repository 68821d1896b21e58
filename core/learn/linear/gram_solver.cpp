#include "core/learn/linear/gram_solver.h"

#include "core/kernels/gram.h"
#include "core/learn/linear/row_blocks.h"

#include <Eigen/Cholesky>

#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

Moments momentsAbout(const ColumnView& X, const Vector& y, bool intercept, const Vector& shift)
{
    const Index n = X.rows();
    const Index p = X.cols();
    const Index m = p + 2;
    const RowBlocks blocks(n, m * m);
    const Vector sums = blocks.sum(m * m, [&](Index first, Index rows, double* G) {
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumGramWorkspace(std::size_t(p)));
        Matrix scratch;
        const auto block = X.middleRows(first, rows, scratch);
        kernels::modelariumGram(block.data(), std::size_t(block.outerStride()), std::size_t(p), y.data() + first, shift.data(),
                                std::size_t(rows), workspace.get(), G);
    });
    const Matrix G = Eigen::Map<const Matrix>(sums.data(), m, m).selfadjointView<Eigen::Lower>();

    Moments moments;
    moments.mean = shift;
    Matrix A = G.topLeftCorner(p + 1, p + 1);
    if (intercept) {
        const Vector offset = G.col(p + 1).head(p + 1) / double(n);      // mean - shift
        moments.mean += offset;
        A -= double(n) * offset * offset.transpose();
        constexpr double lostDigits = 1e3;
        moments.shiftWasNear = (double(n) * offset.array().square() <= lostDigits * A.diagonal().array()).all();
    }
    moments.C = A.topLeftCorner(p, p);
    moments.c = A.col(p).head(p);
    moments.targetSquares = A(p, p);
    return moments;
}

/// Z'r, sum r and r'r of the residuals r = Z w - (y - mean).
Vector residualSums(const ColumnView& X, const Vector& y, const Vector& mean, const Vector& w, double b)
{
    const Index n = X.rows();
    const Index p = X.cols();
    Vector theta(p + 1);
    theta << w, b;
    return RowBlocks(n, p + 2).sum(p + 2, [&](Index first, Index rows, double* sums) {
        const auto workspace = std::make_unique_for_overwrite<double[]>(kernels::modelariumGramWorkspace(0));
        Matrix scratch;
        const auto block = X.middleRows(first, rows, scratch);
        kernels::modelariumResidualSums(block.data(), std::size_t(block.outerStride()), std::size_t(p), y.data() + first, mean.data(),
                                        theta.data(), std::size_t(rows), workspace.get(), sums);
    });
}

/// How many steps of refinement bring the normal equations to the accuracy of an orthogonal method.
int refinementsFor(double reciprocalCondition)
{
    if (reciprocalCondition > 1e-3)
        return 0;
    return reciprocalCondition > 1e-7 ? 1 : 2;
}

} // namespace

bool Moments::isFinite() const { return C.allFinite() && c.allFinite() && std::isfinite(targetSquares); }

Moments momentsOf(const ColumnView& X, const Vector& y, bool intercept)
{
    const Index p = X.cols();
    Vector shift = Vector::Zero(p + 1);
    if (intercept) {
        const Index first = std::min<Index>(X.rows(), 256);
        Matrix scratch;
        shift.head(p) = X.middleRows(0, first, scratch).colwise().mean().transpose();
        shift[p] = y.head(first).mean();
    }
    Moments moments = momentsAbout(X, y, intercept, shift);
    if (!moments.shiftWasNear && moments.mean.allFinite())
        moments = momentsAbout(X, y, intercept, Vector(moments.mean));
    return moments;
}

std::optional<LeastSquares> solveByGram(const Moments& moments, const ColumnView& X, const Vector& y, bool intercept, double alpha)
{
    const Index n = X.rows();
    const Index p = X.cols();
    const Vector diagonal = moments.C.diagonal().array() + alpha;
    constexpr double smallest = 1e-200, largest = 1e200;            // products of what lies between neither vanish nor overflow
    const double rounding = 64 * std::numeric_limits<double>::epsilon();
    const bool constantColumn = intercept
        && (moments.C.diagonal().array() <= double(n) * (rounding * moments.mean.head(p).array()).square()).any();
    if (constantColumn || !moments.isFinite() || !(moments.targetSquares < largest)
        || !(diagonal.array() > smallest).all() || !(diagonal.array() < largest).all() || !moments.shiftWasNear)
        return std::nullopt;

    const Vector D = diagonal.array().rsqrt();
    Matrix K = moments.C;
    K.diagonal() = diagonal;
    const Eigen::LDLT<Matrix> factor(D.asDiagonal() * K * D.asDiagonal());
    const double reciprocal = factor.rcond();
    constexpr double tooCollinear = 1e-11;
    if (factor.info() != Eigen::Success || !factor.isPositive() || !(reciprocal > tooCollinear))
        return std::nullopt;

    LeastSquares solution;
    solution.condition = 1 / std::sqrt(reciprocal);
    solution.w = D.cwiseProduct(factor.solve(D.cwiseProduct(moments.c)));
    double squares = moments.targetSquares - solution.w.dot(2 * moments.c - moments.C * solution.w);
    for (int refinement = refinementsFor(reciprocal); refinement > 0; --refinement) {
        const Vector sums = residualSums(X, y, moments.mean, solution.w, intercept ? moments.mean[p] : 0);
        solution.w -= D.cwiseProduct(factor.solve(D.cwiseProduct(sums.head(p) + alpha * solution.w)));
    }
    // The short formula for the residuals cancels where the fit is nearly perfect.
    constexpr double nearlyPerfect = 1e-6;
    if (squares < nearlyPerfect * moments.targetSquares)
        squares = residualSums(X, y, moments.mean, solution.w, intercept ? moments.mean[p] : 0)[p + 1];
    solution.meanSquaredResidual = squares / double(n);
    solution.b = intercept ? moments.mean[p] - solution.w.dot(moments.mean.head(p)) : 0;
    if (!solution.w.allFinite() || !std::isfinite(solution.b))
        return std::nullopt;
    return solution;
}

} // namespace modelarium
