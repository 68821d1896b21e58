#pragma once

#include <bit>
#include <cstdint>

namespace modelarium::kernels {

/// exp(x) = 2^n (1 + tail), with 2^n in two factors so that results below the normal numbers are rounded once.
template <class Real>
struct ReducedExponential {
    Real tail;
    Real first;
    Real second;
};

template <class Real, class Bits>
inline ReducedExponential<Real> reducedExponential(Real x)
{
    // Below this the result is 0; it keeps n in the range of the two factors.
    x = x < -746.0 ? Real{} - 746.0 : x;
    constexpr double toInteger = 6755399441055744.0;            // 1.5 2^52: adding it rounds to a whole number
    const Real shifted = x * 1.4426950408889634 + toInteger;
    const Real n = shifted - toInteger;
    const Real r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10;

    // In pairs and pairs of pairs: a sum that waits for nothing is faster than Horner's.
    const Real r2 = r * r;
    const Real r4 = r2 * r2;
    const Real low = (r * (1.0 / 6.0) + 0.5) + r2 * (r * (1.0 / 120.0) + 1.0 / 24.0);
    const Real middle = (r * (1.0 / 5040.0) + 1.0 / 720.0) + r2 * (r * (1.0 / 362880.0) + 1.0 / 40320.0);
    const Real high = (r * (1.0 / 39916800.0) + 1.0 / 3628800.0) + r2 * (r * (1.0 / 6227020800.0) + 1.0 / 479001600.0);

    const Bits whole = std::bit_cast<Bits>(shifted) - std::bit_cast<std::int64_t>(toInteger);
    const Bits half = whole >> 1;
    return {r + r2 * (low + r4 * (middle + r4 * high)), std::bit_cast<Real>((half + 1023) << 52),
            std::bit_cast<Real>((whole - half + 1023) << 52)};
}

/// exp(x) for x <= 0, by the same few operations on every processor: a prediction has the same bits everywhere, and eight
/// lanes of a vector (`Real` and `Bits` are then vectors) have the bits of a single number.
///
/// Math     x = n ln 2 + r, |r| <= ln(2) / 2; exp(x) = 2^n (1 + r + r^2/2! + ... + r^13/13!), whose first neglected term is
///          below 2^-57; about one unit in the last place
/// Source   W. J. Cody, W. Waite, Software Manual for the Elementary Functions, 1980 (ln 2 in two parts)
template <class Real, class Bits>
inline Real exponentialOfNegative(Real x)
{
    const ReducedExponential<Real> e = reducedExponential<Real, Bits>(x);
    return (1.0 + e.tail) * e.first * e.second;
}

/// 2^x for x <= 0, under the same promise, in two thirds of the operations: nothing has to be reduced, for x minus a whole number is exact.
/// Below 2^-1021 the result is 0.
///
/// Math     x = n + r, |r| <= 1 / 2; 2^x = 2^n (1 + r p(r)), where p, of degree 10, meets (2^r - 1) / r at the Chebyshev points: 2^r is
///          right to 2^-55 before rounding, and to two units in the last place after it
template <class Real, class Bits>
inline Real powerOfTwo(Real x)
{
    constexpr double toInteger = 6755399441055744.0;            // as above
    const Real limited = x < -1021.0 ? Real{} - 1021.0 : x;
    const Real shifted = limited + toInteger;
    const Real r = limited - (shifted - toInteger);
    const Real r2 = r * r;
    const Real r4 = r2 * r2;
    const Real low = (r * 0x1.ebfbdff82c598p-3 + 0x1.62e42fefa39efp-1) + r2 * (r * 0x1.3b2ab6fba1ddap-7 + 0x1.c6b08d704a0c2p-5);
    const Real middle = (r * 0x1.430913096fd9fp-13 + 0x1.5d87fe78a5276p-10) + r2 * (r * 0x1.62bfd47773353p-20 + 0x1.ffcbfc670dcd4p-17);
    const Real high = (r * 0x1.e6063f7217bc6p-28 + 0x1.b524fae627834p-24) + r2 * 0x1.e9d3fe3952179p-32;
    const Real power = 1.0 + r * (low + r4 * (middle + r4 * high));
    // The whole number stands in the lowest bits of `shifted`; it is added to the exponent.
    const Real scaled = std::bit_cast<Real>(std::bit_cast<Bits>(power) + (std::bit_cast<Bits>(shifted) << 52));
    return x < -1021.0 ? Real{} : scaled;
}

/// tanh(x), under the same promise. Near 0 no digit is lost, because exp(-2 |x|) - 1 is taken without rounding to exp first.
///
/// Math     with m = exp(-2 |x|) - 1 = 2^n tail + (2^n - 1): tanh |x| = -m / (2 + m)
template <class Real, class Bits>
inline Real hyperbolicTangent(Real x)
{
    const Real size = x < 0 ? -x : x;
    const ReducedExponential<Real> e = reducedExponential<Real, Bits>(-2.0 * size);
    const Real power = e.first * e.second;
    const Real m = power * e.tail + (power - 1.0);
    const Real tangent = (0.0 - m) / (2.0 + m);
    return x < 0 ? -tangent : tangent;
}

inline double exponentialOfNegative(double x) { return exponentialOfNegative<double, std::int64_t>(x); }

} // namespace modelarium::kernels
