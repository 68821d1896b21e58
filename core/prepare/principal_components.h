#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"

namespace modelarium {

/// The directions along which the rows of a matrix spread most, the widest first.
///
/// Math     C = (X - mean)'(X - mean) / (n - 1) = sum_k variance_k v_k v_k'; the component of largest size of each v_k is positive,
///          so that the same data give the same signs
/// Shape    mean (n_features); directions (n_features, n_features), one a row; variance (n_features), falling. With fewer rows than
///          three quarters of the features there are as many directions as rows, or as were asked for: along all others no row spreads, and their variance is 0
struct PrincipalAxes {
    Vector mean;
    Matrix directions;
    Vector variance;

    double totalVariance() const { return variance.sum(); }
    /// How many axes are needed for this share of the variance.
    Eigen::Index axesFor(double share) const;
};

/// One pass over the rows for the products of all pairs of columns, then the eigenvectors of their matrix. With fewer rows n than
/// three quarters of the features the centred rows are turned first, so that n coordinates of each say all: (X - mean)' = Q R.
///
/// Errors   TooFewSamples (fewer than two rows); NotFinite where squares of the values overflow; TooLarge (more than 5,000 columns)
/// Cost     O(n d^2 + d^3) for d features, parallel over blocks of rows; O(d n^2 + n^3) where n < 3/4 d; the same bits with any number of threads
/// Source   I. T. Jolliffe, Principal Component Analysis, 2nd edition, Springer 2002, chapter 1 and 3.5
Result<PrincipalAxes> principalAxes(const Matrix& X, Eigen::Index leastDirections = 0);

} // namespace modelarium
