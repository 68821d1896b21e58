#include "core/prepare/power_transform.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace modelarium {

namespace {

/// ((exp(t))^lambda - 1) / lambda: expm1 keeps the digits where lambda or t is small.
double boxCoxOfLog(double lambda, double t) noexcept { return lambda == 0 ? t : std::expm1(lambda * t) / lambda; }

double yeoJohnson(double lambda, double x) noexcept
{
    return x >= 0 ? boxCoxOfLog(lambda, std::log1p(x)) : -boxCoxOfLog(2 - lambda, std::log1p(-x));
}

/// The logarithm of the likelihood as a function of lambda, up to a constant.
class Likelihood {
public:
    Likelihood(PowerFamily family, const double* values, std::size_t count) : m_family(family), m_values(values), m_count(count)
    {
        for (std::size_t i = 0; i < count; ++i)
            m_sumOfLogs += family == PowerFamily::BoxCox ? std::log(values[i]) : std::copysign(std::log1p(std::abs(values[i])), values[i]);
    }

    double operator()(double lambda) const
    {
        const double n = double(m_count);
        double mean = 0, squares = 0;
        for (std::size_t i = 0; i < m_count; ++i) {             // Welford: one pass, no cancellation
            const double value = powerValue(m_family, lambda, m_values[i]);
            const double difference = value - mean;
            mean += difference / double(i + 1);
            squares += difference * (value - mean);
        }
        const double variance = squares / n;
        constexpr double fewestDigits = 1e-8;
        if (!std::isfinite(variance) || !(std::sqrt(variance) > fewestDigits * std::abs(mean)))
            return -std::numeric_limits<double>::infinity();
        return -n / 2 * std::log(variance) + (lambda - 1) * m_sumOfLogs;
    }

private:
    PowerFamily m_family;
    const double* m_values;
    std::size_t m_count;
    double m_sumOfLogs = 0;
};

struct Bracket {
    double low, middle, high;
    double atMiddle;
};

/// Walks uphill in growing steps from 1, where nothing is changed, until the likelihood falls again or a border is reached.
Bracket bracketMaximum(const Likelihood& likelihood)
{
    constexpr double border = 10;
    const double atOne = likelihood(1);
    double direction = 1, next = 2, atNext = likelihood(next);
    if (!(atNext > atOne)) {
        direction = -1;
        next = 0;
        atNext = likelihood(next);
        if (!(atNext > atOne))
            return {0, 1, 2, atOne};
    }
    double before = 1, here = next, atHere = atNext, step = 1;
    while (std::abs(here) < border) {
        step *= 1.6;
        const double beyond = std::clamp(here + direction * step, -border, border);
        const double atBeyond = likelihood(beyond);
        if (!(atBeyond > atHere))
            return {std::min(before, beyond), here, std::max(before, beyond), atHere};
        before = here;
        here = beyond;
        atHere = atBeyond;
    }
    return {std::min(before, here), here, std::max(before, here), atHere};
}

/// Golden section with parabolas (Brent, Algorithms for Minimization without Derivatives, 1973, chapter 5).
double maximise(const Likelihood& likelihood, Bracket bracket)
{
    constexpr double golden = 0.3819660112501051;
    constexpr double tolerance = 1e-9;
    double low = bracket.low, high = bracket.high;
    double x = bracket.middle, w = x, v = x;
    double fx = bracket.atMiddle, fw = fx, fv = fx;
    double step = 0, stepBefore = 0;
    for (int trial = 0; trial < 100; ++trial) {
        const double middle = (low + high) / 2;
        const double close = tolerance * std::abs(x) + 1e-10;
        if (std::abs(x - middle) <= 2 * close - (high - low) / 2)
            break;
        bool parabola = false;
        if (std::abs(stepBefore) > close && std::isfinite(fw) && std::isfinite(fv)) {
            const double r = (x - w) * (fx - fv), q = (x - v) * (fx - fw);
            double p = (x - v) * q - (x - w) * r, d = 2 * (q - r);
            if (d > 0)
                p = -p;
            d = std::abs(d);
            const double before = std::exchange(stepBefore, step);
            parabola = d > 0 && std::abs(p) < std::abs(0.5 * d * before) && p > d * (low - x) && p < d * (high - x);
            if (parabola)
                step = p / d;
        }
        if (!parabola) {
            stepBefore = (x >= middle ? low : high) - x;
            step = golden * stepBefore;
        }
        const double u = x + (std::abs(step) >= close ? step : std::copysign(close, step));
        const double fu = likelihood(u);
        if (fu >= fx) {
            (u >= x ? low : high) = x;
            v = std::exchange(w, std::exchange(x, u));
            fv = std::exchange(fw, std::exchange(fx, fu));
        } else {
            (u < x ? low : high) = u;
            if (fu >= fw || w == x) {
                v = std::exchange(w, u);
                fv = std::exchange(fw, fu);
            } else if (fu >= fv || v == x || v == w) {
                v = u;
                fv = fu;
            }
        }
    }
    return x;
}

} // namespace

double powerValue(PowerFamily family, double lambda, double x) noexcept
{
    switch (family) {
    case PowerFamily::Logarithm: return std::log(x);
    case PowerFamily::BoxCox: return boxCoxOfLog(lambda, std::log(x));
    case PowerFamily::YeoJohnson: return yeoJohnson(lambda, x);
    }
    return x;
}

double likeliestLambda(PowerFamily family, const double* values, std::size_t count)
{
    if (family == PowerFamily::Logarithm)
        return 0;
    if (count == 0 || std::all_of(values, values + count, [&](double value) { return value == values[0]; }))
        return 1;
    const Likelihood likelihood(family, values, count);
    const Bracket bracket = bracketMaximum(likelihood);
    return std::isfinite(bracket.atMiddle) ? maximise(likelihood, bracket) : 1;
}

} // namespace modelarium
