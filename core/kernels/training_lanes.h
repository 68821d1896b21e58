#pragma once

#include "core/kernels/native_width.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>

/// Vectors of the widest kind of the level, in both precisions, and what the training of networks computes with them.
/// Only for the kernels: a type of the same name has another layout on another level.
namespace modelarium::kernels {
namespace {

template <class Real> struct Wide;
template <> struct Wide<double> {
    typedef double Lanes __attribute__((vector_size(nativeBytes), aligned(8), may_alias));
    typedef std::uint64_t Bits __attribute__((vector_size(nativeBytes), aligned(8), may_alias));
    using Word = std::uint64_t;
};
template <> struct Wide<float> {
    typedef float Lanes __attribute__((vector_size(nativeBytes), aligned(4), may_alias));
    typedef std::uint32_t Bits __attribute__((vector_size(nativeBytes), aligned(4), may_alias));
    using Word = std::uint32_t;
};
template <class Real> using Lanes = typename Wide<Real>::Lanes;
template <class Real> constexpr std::size_t lanes = nativeBytes / sizeof(Real);
template <class Real> constexpr std::size_t padding = 64 / sizeof(Real);

template <class Real> Lanes<Real> load(const Real* from) { return *reinterpret_cast<const Lanes<Real>*>(from); }
template <class Real> void store(Real* to, Lanes<Real> value) { *reinterpret_cast<Lanes<Real>*>(to) = value; }
template <class Real> constexpr std::size_t padded(std::size_t count) { return (count + padding<Real> - 1) / padding<Real> * padding<Real>; }

// ---- exp, as in exponential.h, in the precision at hand

template <class Real>
struct Exponential {
    Lanes<Real> tail;                               ///< exp(r) - 1
    Lanes<Real> power;                              ///< 2^n
};

/// Math     x = n ln 2 + r, |r| <= ln(2) / 2, exp(x) = 2^n (1 + tail); x <= 0, taken as no less than -708 (-87 in float)
template <class Real>
Exponential<Real> exponential(Lanes<Real> x)
{
    constexpr bool isDouble = std::is_same_v<Real, double>;
    constexpr Real least = isDouble ? Real(-708) : Real(-87);
    x = x < least ? Lanes<Real>{} + least : x;
    constexpr Real toNearest = isDouble ? Real(0x1.8p52) : Real(0x1.8p23);
    const Lanes<Real> shifted = x * Real(1.4426950408889634) + toNearest;
    const Lanes<Real> n = shifted - toNearest;
    constexpr Real high = isDouble ? Real(0x1.62e42fefa38p-1) : Real(0x1.62e4p-1);
    constexpr Real low = isDouble ? Real(0x1.ef35793c7673p-45) : Real(0x1.7f7d1cf79abcap-20);
    const Lanes<Real> r = (x - n * high) - n * low;
    constexpr Real factorials[] = {Real(1.0 / 6227020800.0), Real(1.0 / 479001600), Real(1.0 / 39916800), Real(1.0 / 3628800),
                                   Real(1.0 / 362880), Real(1.0 / 40320), Real(1.0 / 5040), Real(1.0 / 720), Real(1.0 / 120),
                                   Real(1.0 / 24), Real(1.0 / 6), Real(0.5), Real(1)};
    constexpr std::size_t first = isDouble ? 0 : 6;
    Lanes<Real> sum = Lanes<Real>{} + factorials[first];
#pragma GCC unroll 16
    for (std::size_t k = first + 1; k < 13; ++k)
        sum = sum * r + factorials[k];
    using Bits = typename Wide<Real>::Bits;
    constexpr int shift = isDouble ? 52 : 23;
    const Bits power = (reinterpret_cast<const Bits&>(shifted) << shift)
        + (typename Wide<Real>::Word(isDouble ? 1023 : 127) << shift);
    return {sum * r, reinterpret_cast<const Lanes<Real>&>(power)};
}

template <class Real>
Lanes<Real> exponentialOfNegative(Lanes<Real> x)
{
    const Exponential<Real> e = exponential<Real>(x);
    return e.power * e.tail + e.power;
}

template <class Real>
Lanes<Real> hyperbolicTangent(Lanes<Real> x)
{
    const Exponential<Real> e = exponential<Real>(x < 0 ? 2 * x : -2 * x);
    const Lanes<Real> m = e.power * e.tail + (e.power - 1);
    const Lanes<Real> tangent = (0 - m) / (2 + m);
    return x < 0 ? -tangent : tangent;
}

template <class Real>
Lanes<Real> logistic(Lanes<Real> z)
{
    const Lanes<Real> e = exponentialOfNegative<Real>(z > 0 ? -z : z);
    const Lanes<Real> likelier = 1 / (1 + e);
    return z > 0 ? likelier : e * likelier;
}

/// As in core/model/parameters.h.
enum Activation { Identity, Relu, Tanh, Logistic };

template <class Real>
inline Lanes<Real> activated(int activation, Lanes<Real> z)
{
    if (activation == Relu)
        return z > 0 ? z : Lanes<Real>{};
    if (activation == Tanh)
        return hyperbolicTangent<Real>(z);
    return activation == Logistic ? logistic<Real>(z) : z;
}

/// delta * activation'(z), which all of them can tell from h = activation(z).
template <class Real>
inline Lanes<Real> timesSlope(int activation, Lanes<Real> delta, Lanes<Real> h)
{
    if (activation == Relu)
        return h > 0 ? delta : Lanes<Real>{};
    if (activation == Tanh)
        return delta * (1 - h * h);
    return activation == Logistic ? delta * (h * (1 - h)) : delta;
}

/// The sum of logarithms of numbers from 1 to 10,000, by the logarithms of their products.
class LogSum {
public:
    void add(double value)
    {
        m_product *= value;
        if (m_product > 1e280) {
            m_sum += std::log(m_product);
            m_product = 1;
        }
    }
    double value() const { return m_sum + std::log(m_product); }

private:
    double m_product = 1;
    double m_sum = 0;
};

/// The loss of the rows that a chunk is made for, and its gradient.
template <class Chunk, class Real>
double learnChunk(Chunk chunk, const Real* parameters, const Real* X, const Real* y, const std::uint32_t* order, Real* gradient)
{
    chunk.gather(X, y, order);
    chunk.forward(parameters);
    const double loss = chunk.loss();
    chunk.backward(parameters, gradient);
    return loss;
}

} // namespace
} // namespace modelarium::kernels
