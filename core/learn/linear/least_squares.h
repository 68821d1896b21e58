#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"

#include <cstddef>
#include <string>
#include <vector>

namespace modelarium {

/// Numbers with a longer mantissa where the processor has them (64 bits on x86-64).
using ExtendedMatrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
using ExtendedVector = Eigen::Matrix<long double, Eigen::Dynamic, 1>;

/// A weighted sum fitted by least squares, and what was found out about its columns on the way.
struct LeastSquares {
    Vector w;
    double b = 0;
    double meanSquaredResidual = 0;
    double condition = 1;                           ///< estimate, of the centred columns brought to equal length
    std::vector<std::size_t> constant;              ///< columns without any spread (with an intercept), or all zero
    std::vector<std::size_t> dependent;             ///< columns that are combinations of the ones before them
};

/// Least squares and ridge regression, made for accuracy first and for speed where accuracy is not at stake.
///
/// Math     minimises |y - X w - b|^2 + alpha |w|^2; among equal minima the one with the smallest |w|
/// Shape    X (n_samples, n_features), y (n_samples)
/// Unit     any: columns are centred and brought to equal length inside
/// Errors   NotFinite where a weight is too large for a number
/// Cost     small problems O(n p^2) in extended precision by Householder QR; large ones one pass for the Gram matrix,
///          and blocked Householder QR (a few passes) where the columns are too close to collinear for it
/// Source   G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed., 5.3 and 5.5
Result<LeastSquares> solveLeastSquares(const Matrix& X, const Vector& y, bool intercept, double alpha = 0);

/// Whether a problem of this shape is solved in extended precision.
bool isSmallLeastSquares(Eigen::Index samples, Eigen::Index columns);

/// The same for a small problem whose columns were computed in extended precision.
Result<LeastSquares> solveExtendedLeastSquares(ExtendedMatrix X, ExtendedVector y, bool intercept, double alpha = 0);

/// "x1, x2 and 3 more"
std::string namedColumns(const std::vector<std::size_t>& columns, const std::vector<std::string>& names);

/// One sentence for each thing that a person should know about the columns.
std::vector<std::string> leastSquaresNotices(const LeastSquares& solution, std::size_t samples,
                                             const std::vector<std::string>& columnNames, double alpha);

} // namespace modelarium
