#pragma once

#include "app/charts/plot_values.h"
#include "core/base/matrix.h"

#include <cstddef>
#include <vector>

namespace modelarium {

/// What a regression leaves over on some rows: y - y', row by row. Rows without a truth are not there.
struct Residuals {
    std::vector<std::size_t> rows;                  ///< of the table
    std::vector<double> measured;
    std::vector<double> fitted;
    std::vector<double> residual;
};

Residuals residualsOf(const Vector& truth, const Vector& predicted, const std::vector<std::size_t>& rows);

std::vector<PlotPoint> residualsAgainstFitted(const Residuals& residuals, bool test);
std::vector<PlotPoint> fittedAgainstMeasured(const Residuals& residuals, bool test);

/// Sorted residuals against the quantiles that a normal distribution would give them.
///
/// Math     the i-th smallest of n stands at the normal quantile of (i - 3/8) / (n + 1/4); the line runs through the quartiles
/// Source   G. Blom, Statistical Estimates and Transformed Beta-Variables, 1958
struct NormalQuantiles {
    std::vector<PlotPoint> points;
    double slope = 0;
    double intercept = 0;
};
NormalQuantiles normalQuantiles(const Residuals& residuals, bool test);

/// The x with P(X <= x) = p for a standard normal X; p in (0, 1).
///
/// Source   bisection refined by Newton's method on erfc, to the last digits
double normalQuantile(double p);

} // namespace modelarium
