#include "core/evaluate/softmax_information.h"

#include "core/learn/linear/row_blocks.h"

#include <Eigen/Cholesky>

#include <cmath>
#include <limits>

namespace modelarium {

namespace {

using Eigen::Index;

/// I over columns z, the last of them 1: blocks of pairs of classes.
Matrix information(const Matrix& Z, const Matrix& P)
{
    const Index m = Z.cols(), classes = P.cols() - 1, size = m * classes;
    const Vector sums = RowBlocks(Z.rows(), size * size).sum(size * size, [&](Index first, Index rows, double* result) {
        Eigen::Map<Matrix> I(result, size, size);
        const auto z = Z.middleRows(first, rows);
        for (Index k = 0; k < classes; ++k) {
            const auto pk = P.col(k + 1).segment(first, rows).array();
            for (Index l = 0; l <= k; ++l) {
                const auto pl = P.col(l + 1).segment(first, rows).array();
                const Vector weights = pk * ((k == l ? 1.0 : 0.0) - pl);
                I.block(k * m, l * m, m, m).noalias() = z.transpose() * weights.asDiagonal() * z;
            }
        }
    });
    return Eigen::Map<const Matrix>(sums.data(), size, size).selfadjointView<Eigen::Lower>();
}

} // namespace

Result<Matrix> softmaxSpread(const Matrix& X, const Matrix& P)
{
    const Error singular{ErrorCode::Singular, "The rows do not tell all weights: some columns are combinations of others, or classes are nearly separated."};
    const Index p = X.cols(), m = p + 1, classes = P.cols() - 1;
    // About the mean and of unit spread, the same problem is better conditioned.
    const RowVector mean = X.colwise().mean();
    Matrix Z(X.rows(), m);
    Z.leftCols(p) = X.rowwise() - mean;
    const RowVector scale = (Z.leftCols(p).colwise().squaredNorm() / double(X.rows())).cwiseSqrt();
    if (!((scale.array() > 0).all() && scale.allFinite()))
        return singular;
    Z.leftCols(p) *= scale.cwiseInverse().asDiagonal();
    Z.col(p).setOnes();

    Matrix I = information(Z, P);
    const Vector D = I.diagonal().cwiseSqrt().cwiseInverse();
    if (!D.allFinite())
        return singular;
    I = D.asDiagonal() * I * D.asDiagonal();
    const Eigen::LLT<Matrix> factor(I);
    // With a unit diagonal what is left of a pivot is the share of a weight that no others tell.
    constexpr double least = 1e-6;                  // squared it is near the rounding of sums of squares
    if (factor.info() != Eigen::Success || !(factor.matrixLLT().diagonal().array() > least).all())
        return singular;
    Matrix F = D.asDiagonal() * factor.matrixU().solve(Matrix(Matrix::Identity(I.rows(), I.cols())));
    for (Index k = 0; k < classes; ++k) {
        auto weights = F.middleRows(k * m, p);
        weights = (scale.cwiseInverse().asDiagonal() * weights).eval();
        F.row(k * m + p) -= mean * weights;
    }
    return F;
}

} // namespace modelarium
