#include "core/base/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <math.h>

namespace modelarium {

namespace {

using Extended = long double;

/// log Gamma without the shared sign of std::lgamma, which threads would race for.
Extended logGamma(Extended x)
{
    int sign = 0;
    return ::lgammal_r(x, &sign);
}

/// What Stirling's formula leaves out: log Gamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2), to extended precision from x = 20 on.
Extended stirlingRest(Extended x)
{
    const Extended r = 1 / (x * x);
    return (1 / 12.0L - r * (1 / 360.0L - r * (1 / 1260.0L - r * (1 / 1680.0L - r * (1 / 1188.0L - r * (691 / 360360.0L - r / 156)))))) / x;
}

/// log B(a, b). The difference of two large logarithms would lose what both have in common, so it is taken inside Stirling's formula.
Extended logBeta(Extended a, Extended b)
{
    const Extended small = std::min(a, b), large = std::max(a, b), sum = a + b;
    if (large < 20)
        return logGamma(a) + logGamma(b) - logGamma(sum);
    const Extended ratio = (large - 0.5L) * std::log1p(small / large) + small * std::log(sum) - small + stirlingRest(sum) - stirlingRest(large);
    return logGamma(small) - ratio;
}

/// The logarithm of the larger of two shares that add up to 1 is taken from the smaller one, which has all its digits.
Extended logShare(Extended share, Extended other) { return share > 0.5L ? std::log1p(-other) : std::log(share); }

/// The continued fraction of I_x(a, b), which converges fast for x < (a + 1) / (a + b + 2).
Extended betaFraction(Extended a, Extended b, Extended x)
{
    constexpr Extended tiny = 1e-4000L;
    constexpr Extended enough = std::numeric_limits<Extended>::epsilon();
    const auto guarded = [](Extended value) { return value == 0 ? tiny : value; };
    Extended c = 1, d = 1 / guarded(1 - (a + b) * x / (a + 1)), fraction = d;
    for (int m = 1; m < 100000; ++m) {
        const Extended even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / guarded(1 + even * d);
        c = guarded(1 + even / c);
        fraction *= d * c;
        const Extended odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / guarded(1 + odd * d);
        c = guarded(1 + odd / c);
        fraction *= d * c;
        if (std::abs(d * c - 1) <= enough)
            break;
    }
    return fraction;
}

Extended beta(Extended a, Extended b, Extended x, Extended y)
{
    if (x <= 0 || y <= 0)
        return x <= 0 ? 0 : 1;
    if (x > (a + 1) / (a + b + 2))
        return 1 - beta(b, a, y, x);
    const Extended front = a * logShare(x, y) + b * logShare(y, x) - logBeta(a, b);
    return std::exp(front) * betaFraction(a, b, x) / a;
}

/// The root of a falling function between two bounds: Newton's steps where they stay inside, halving where they do not.
template <class Function, class Slope>
double rootBetween(double low, double high, const Function& function, const Slope& slope)
{
    double x = (low + high) / 2;
    for (int i = 0; i < 200; ++i) {
        const double value = function(x);
        (value > 0 ? low : high) = x;
        const double step = value / slope(x);
        double next = x + step;
        if (!(next > low && next < high))
            next = (low + high) / 2;
        if (std::abs(next - x) <= 1e-16 * std::abs(x) || next == x)
            return next;
        x = next;
    }
    return x;
}

/// With B(n/2, 1/2) = Gamma(n/2) sqrt(pi) / Gamma((n + 1)/2).
double studentDensity(double t, double nu)
{
    const Extended n = nu;
    const Extended front = -std::log(n) / 2 - logBeta(n / 2, 0.5L);
    return double(std::exp(front - (n + 1) / 2 * std::log1p(Extended(t) * t / n)));
}

} // namespace

double incompleteBeta(double a, double b, double x, double y)
{
    return std::isnan(a + b + x + y) ? std::numeric_limits<double>::quiet_NaN() : double(beta(a, b, x, y));
}

double normalTail(double z) { return std::erfc(z / std::numbers::sqrt2) / 2; }

double normalTwoSided(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

double normalQuantile(double p)
{
    if (!(p > 0 && p < 1))
        return p <= 0 ? -std::numeric_limits<double>::max() : p >= 1 ? std::numeric_limits<double>::max() : p;
    if (p > 0.5)
        return -normalQuantile(1 - p);
    // The tail at -z falls from 1/2 to below the smallest double between 0 and 39.
    // In logarithms it is nearly a parabola there, and Newton's steps arrive from anywhere.
    const double z = rootBetween(0, 39, [p](double x) { return std::log(normalTail(x) / p); },
                                 [](double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi) / normalTail(x); });
    return p == 0.5 ? 0 : -z;
}

double studentTwoSided(double t, double nu)
{
    if (std::isnan(t) || !(nu > 0))
        return std::numeric_limits<double>::quiet_NaN();
    if (std::isinf(t))
        return 0;
    const Extended square = Extended(t) * t, sum = Extended(nu) + square;
    return double(beta(Extended(nu) / 2, 0.5L, nu / sum, square / sum));
}

double studentQuantile(double p, double nu)
{
    if (!(p > 0 && p < 1))
        return p <= 0 ? -std::numeric_limits<double>::max() : p >= 1 ? std::numeric_limits<double>::max() : p;
    if (p == 0.5)
        return 0;
    if (p < 0.5)
        return -studentQuantile(1 - p, nu);
    const double tails = 2 * (1 - p);
    double high = 1;
    while (studentTwoSided(high, nu) > tails && high < 1e300)
        high *= 4;
    return rootBetween(0, high, [&](double t) { return std::log(studentTwoSided(t, nu) / tails); },
                       [&](double t) { return 2 * studentDensity(t, nu) / studentTwoSided(t, nu); });
}

double fisherTail(double f, double d1, double d2)
{
    if (std::isnan(f) || !(d1 > 0 && d2 > 0))
        return std::numeric_limits<double>::quiet_NaN();
    if (f <= 0 || std::isinf(f))
        return f <= 0 ? 1 : 0;
    const Extended product = Extended(d1) * f, sum = Extended(d2) + product;
    return double(beta(Extended(d2) / 2, Extended(d1) / 2, d2 / sum, product / sum));
}

} // namespace modelarium
