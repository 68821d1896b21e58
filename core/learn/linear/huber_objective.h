#pragma once

#include "core/base/result.h"
#include "core/data/dataset.h"
#include "core/model/parameters.h"

#include <cmath>
#include <vector>

namespace modelarium {

/// The objective of Huber regression in moderate units and about the mean of the columns, with its derivatives.
///
/// Math     F = n sigma + sum_in r^2 / sigma + sum_out (2 epsilon |r| - epsilon^2 sigma) + alpha |w|^2, r = X w + b - y; out where
///          |r| > epsilon sigma. The gradient has no jumps; second derivatives are those of the rows inside
/// Shape    theta (n_features + 2): w, b, sigma; b belongs to columns less their mean, and is not touched without an intercept
/// Unit     columns and target divided by powers of two that bring them near 1; none where they are near it already
/// Cost     at: O(n_samples * n_features); hessian: O(n_samples * n_features^2)
class HuberObjective {
public:
    struct Evaluation {
        double loss = 0;
        Vector gradient;
        Eigen::Index outliers = 0;
    };

    HuberObjective(DatasetPtr data, double epsilon, double alpha, bool intercept);

    Eigen::Index features() const { return m_data->X().cols(); }
    Eigen::Index samples() const { return m_data->X().rows(); }
    double epsilon() const { return m_epsilon; }
    /// 2 alpha for each feature, in these units.
    const Vector& price() const { return m_price; }
    double leastSigma() const { return m_leastSigma; }
    Evaluation at(const Vector& theta) const;
    /// With outliers at a share of the curvature that a parabola through their present residuals has.
    Matrix hessian(const Vector& theta, double outlierShare) const;
    /// sum_i weight_i [x_i, 1, -z_i]'[x_i, 1, -z_i]; without an intercept a 1 stands for it.
    Matrix weightedProducts(const Vector& weights, const Vector& z) const;
    /// [X, 1]'v, 0 for an intercept that is not there.
    Vector transposed(const Vector& v) const;
    /// X w + b, without the target.
    Vector alongRows(const Vector& theta) const;
    /// The sigma with the lowest loss for these residuals.
    double bestSigma(const Vector& residuals, double from) const;
    /// Where least squares puts the line.
    Result<Vector> start() const;
    Vector residuals(const Vector& theta) const;
    Linear linear(const Vector& theta) const;
    double lossInDataUnits(double loss) const;
    bool isOutlier(double residual, double sigma) const { return std::abs(residual) > m_epsilon * sigma; }

private:
    Vector alongRows(const Vector& theta, const Vector* lessTarget) const;

    DatasetPtr m_data;
    double m_epsilon;
    bool m_intercept;
    std::vector<int> m_exponent;                    // units of the features and of the target
    Vector m_mean;
    Vector m_price;                                 // 2 alpha in these units, by feature
    double m_leastSigma = 0;
};

} // namespace modelarium
