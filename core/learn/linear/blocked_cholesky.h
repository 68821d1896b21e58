#pragma once

#include "core/base/matrix.h"

namespace modelarium {

/// The Cholesky factor of a large symmetric matrix, block by block on all cores; of one without a factor that of a matrix near it.
///
/// Math     A = U'U; the rows of blocks of U from the top: U_ii'U_ii = A_ii - sum_(k < i) U_ki'U_ki, then
///          U_ii'U_ij = A_ij - sum_(k < i) U_ki'U_kj for all j > i at once
/// Cost     n^3 / 6 multiplications, in place; a solution n^2. The same bits with any number of threads
/// Source   G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed., 4.2
class BlockedCholesky {
public:
    /// Of A + lift I; where rounding leaves that without a factor, with a lift a hundred times larger, and so on; the last one tried is 1.
    BlockedCholesky(Matrix A, double lift);

    /// False where not even that has a factor: nothing can be solved then.
    bool isPositive() const { return m_isPositive; }
    Vector solve(const Vector& right) const;

private:
    bool factor();
    bool factorBlock(Eigen::Index first, Eigen::Index size);
    void updateBlock(Eigen::Index first, Eigen::Index rows, Eigen::Index column, Eigen::Index columns);

    Matrix m_U;                                     ///< below the diagonal lies A
    bool m_isPositive = false;
};

} // namespace modelarium
