#pragma once

#include "core/base/matrix.h"
#include "core/base/result.h"
#include "core/model/parameters.h"

#include <optional>

namespace modelarium {

/// What the columns of a weighted least-squares problem say about the spread of its coefficients.
///
/// Math     A = [1, Z] with one row a sample, rows weighted by w; (A' diag(w) A)^-1 = F F' with the rows of F in the order
///          weights of Z, then the intercept; residual = min sum w (y - A beta)^2
/// Shape    F (columns + 1, columns + 1) with an intercept, else (columns, columns); mean (columns), 0 without an intercept
struct DesignFactor {
    Matrix F;
    Vector mean;
    bool intercept = true;
    double residual = 0;
    double total = 0;                               ///< sum w (y - mean y)^2, or sum w y^2 without an intercept

    /// Diagonal of A (A' W A)^-1 A' times the weights: how much each sample pulls its own prediction to itself.
    Vector leverage(const Matrix& Z, const Vector& weights) const;
};

/// The columns that the parameters weigh: the features of a linear model, the terms of a polynomial. In extended precision where the
/// problem is small enough.
///
/// Precondition: Linear with one output, or Polynomial
Matrix designColumns(const Parameters& parameters, const Matrix& X);

/// Factors by Householder QR of centred columns of unit length, in extended precision where the problem is small, else by blocks of
/// rows that are reduced to triangles in order. `weights` is empty for ones.
///
/// Errors   Singular: columns that are constant or combinations of others, by their place in `dependent` (filled)
/// Cost     O(n_samples * columns^2)
/// Source   A. Bjorck, Numerical Methods for Least Squares Problems, 1996, 2.8
Result<DesignFactor> factorDesign(const Parameters& parameters, const Matrix& X, const Vector& y, const Vector& weights, bool intercept,
                                  std::vector<std::size_t>& dependent);

} // namespace modelarium
