#pragma once

#include "app/charts/plot_values.h"
#include "core/evaluate/inference.h"

#include <QPointF>

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

/// How far each row stands from the others, and what it does to the model.
struct Influence {
    std::vector<PlotPoint> points;                  ///< leverage, and standardised residual
    double coefficients = 0;
    double highestLeverage = 0;
    std::size_t strongestRow = 0;                   ///< with the largest Cook's distance
    double strongestDistance = 0;
};

/// At most about `most` points are drawn; the rows with the largest distances are always among them.
///
/// Precondition: the diagnostics have leverages
Influence influenceOf(const ResidualDiagnostics& diagnostics, std::size_t most);

/// The standardised residuals at which Cook's distance is `distance`, above zero; mirrored below it.
///
/// Math     r(h) = sqrt(D p (1 - h) / h), from D = r^2 h / (p (1 - h))
std::vector<QPointF> cookContour(double distance, double coefficients, double highestLeverage);

} // namespace modelarium
