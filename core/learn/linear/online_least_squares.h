#pragma once

#include "core/learn/online.h"

namespace modelarium {

/// Least squares row by row: after every row the weights are those of all rows so far, as if they had been solved at once.
///
/// Math     X = Q sqrt(D) R with R unit upper triangular: each row is rotated into D, R and the right-hand side by Givens rotations
///          without square roots; R w = theta. Columns that the rows so far cannot tell apart get weight 0
/// Shape    (1, features) -> Linear {W (1, n_features), b, Identity}
/// Cost     O(n_features^2) a row, whatever the number of rows
/// Source   W. M. Gentleman, Appl. Statist. 23(3), 1974 (AS 75)
class OnlineLeastSquares final : public OnlineRun {
public:
    OnlineLeastSquares(OnlineShape shape, bool intercept);
    Parameters freeze() const override;

protected:
    void predictRow(const double* x, double* out) const override;
    Result<void> learnRow(const double* x, double y) override;
    double loss() const override { return rows() ? m_squares / double(rows()) : 0; }
    void saveState(OnlineState& state) const override;
    bool takeState(const OnlineState& state) override;

private:
    void solve();

    bool m_intercept;
    Vector m_D;                                     ///< (columns): squares of the diagonal
    Matrix m_R;                                     ///< (columns, columns), row i in column i, above the diagonal
    Vector m_theta;
    Vector m_weights;                               ///< the solution: the intercept first, where there is one
    Vector m_row;
    double m_squares = 0;                           ///< of the residuals
};

} // namespace modelarium
