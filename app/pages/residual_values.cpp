#include "app/pages/residual_values.h"

#include "core/base/distributions.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {
namespace {

PlotPoint pointOf(double x, double y, std::size_t row, bool test)
{
    PlotPoint point;
    point.x = x;
    point.y = y;
    point.row = row;
    point.test = test;
    return point;
}

/// Linear between the neighbours of a sorted list.
double quantile(const std::vector<double>& sorted, double share)
{
    const double place = share * double(sorted.size() - 1);
    const std::size_t below = std::size_t(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - double(below)) * (sorted[above] - sorted[below]);
}

} // namespace

Residuals residualsOf(const Vector& truth, const Vector& predicted, const std::vector<std::size_t>& rows)
{
    Residuals found;
    for (const std::size_t row : rows) {
        const Eigen::Index i = Eigen::Index(row);
        if (i >= truth.size() || i >= predicted.size() || !std::isfinite(truth[i] - predicted[i]))
            continue;
        found.rows.push_back(row);
        found.measured.push_back(truth[i]);
        found.fitted.push_back(predicted[i]);
        found.residual.push_back(truth[i] - predicted[i]);
    }
    return found;
}

std::vector<PlotPoint> residualsAgainstFitted(const Residuals& residuals, bool test)
{
    std::vector<PlotPoint> points;
    for (std::size_t i = 0; i < residuals.rows.size(); ++i)
        points.push_back(pointOf(residuals.fitted[i], residuals.residual[i], residuals.rows[i], test));
    return points;
}

std::vector<PlotPoint> fittedAgainstMeasured(const Residuals& residuals, bool test)
{
    std::vector<PlotPoint> points;
    for (std::size_t i = 0; i < residuals.rows.size(); ++i)
        points.push_back(pointOf(residuals.measured[i], residuals.fitted[i], residuals.rows[i], test));
    return points;
}

NormalQuantiles normalQuantiles(const Residuals& residuals, bool test)
{
    NormalQuantiles found;
    const std::size_t n = residuals.rows.size();
    if (n == 0)
        return found;
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return residuals.residual[a] < residuals.residual[b]; });
    std::vector<double> sorted;
    for (std::size_t i = 0; i < n; ++i) {
        const double expected = normalQuantile((double(i) + 1 - 0.375) / (double(n) + 0.25));
        sorted.push_back(residuals.residual[order[i]]);
        found.points.push_back(pointOf(expected, sorted.back(), residuals.rows[order[i]], test));
    }
    const double low = quantile(sorted, 0.25);
    const double high = quantile(sorted, 0.75);
    found.slope = (high - low) / (2 * normalQuantile(0.75));
    found.intercept = (low + high) / 2;
    return found;
}

Influence influenceOf(const ResidualDiagnostics& diagnostics, std::size_t most)
{
    constexpr std::size_t alwaysDrawn = 100;
    Influence found;
    // The leverages of all rows add up to the number of coefficients.
    found.coefficients = std::max(1.0, std::round(diagnostics.leverage.sum()));
    found.highestLeverage = diagnostics.leverage.maxCoeff();
    const std::size_t n = diagnostics.rows.size();
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t(0));
    const std::size_t strongest = std::min(alwaysDrawn, n);
    std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(strongest), order.end(), [&](std::size_t a, std::size_t b) {
        const double left = diagnostics.cooksDistance[Eigen::Index(a)], right = diagnostics.cooksDistance[Eigen::Index(b)];
        return left != right ? left > right : a < b;
    });
    found.strongestRow = diagnostics.rows[order.front()];
    found.strongestDistance = diagnostics.cooksDistance[Eigen::Index(order.front())];
    const std::size_t every = std::max<std::size_t>(1, (n + most - 1) / most);
    std::vector<bool> drawn(n, false);
    for (std::size_t i = 0; i < n; i += every)
        drawn[i] = true;
    for (std::size_t i = 0; i < strongest; ++i)
        drawn[order[i]] = true;
    for (std::size_t i = 0; i < n; ++i) {
        if (drawn[i])
            found.points.push_back(pointOf(diagnostics.leverage[Eigen::Index(i)], diagnostics.standardised[Eigen::Index(i)], diagnostics.rows[i], false));
    }
    return found;
}

std::vector<QPointF> cookContour(double distance, double coefficients, double highestLeverage)
{
    constexpr int steps = 60;
    std::vector<QPointF> contour;
    const double end = std::min(highestLeverage, 1.0);
    for (int i = 1; i <= steps; ++i) {
        const double h = end * i / steps;
        contour.emplace_back(h, std::sqrt(distance * coefficients * (1 - h) / h));
    }
    return contour;
}

} // namespace modelarium
