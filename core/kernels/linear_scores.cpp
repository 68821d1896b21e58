#include "core/kernels/linear_scores.h"

#include "core/kernels/exponential.h"
#include "core/kernels/vectors.h"

#include <cstdint>
#include <cstring>

namespace modelarium::kernels {

namespace {

template <class Real>
Real load(const double* p)
{
    Real value;
    std::memcpy(&value, p, sizeof value);
    return value;
}

/// Columns from one row on, each `stride` behind the one before.
struct Strided {
    const double* X;
    std::size_t stride;

    const double* operator[](std::size_t j) const { return X + j * stride; }
    void skip(std::size_t columns) { X += columns * stride; }
    Strided from(std::size_t i) const { return {X + i, stride}; }
};

/// Columns from one row on, each where it likes.
struct Apart {
    const double* const* columns;
    std::size_t row;

    const double* operator[](std::size_t j) const { return columns[j] + row; }
    void skip(std::size_t some) { columns += some; }
    Apart from(std::size_t i) const { return {columns, row + i}; }
};

/// Rows of one vector (or one row): eight partial sums, feature j into the sum j mod 8.
template <class Real, class Columns>
Real scores(Columns columns, std::size_t features, const double* w, double b)
{
    Real s0{}, s1{}, s2{}, s3{}, s4{}, s5{}, s6{}, s7{};
    std::size_t j = 0;
    for (; j + 8 <= features; j += 8, columns.skip(8), w += 8) {
        s0 += w[0] * load<Real>(columns[0]);
        s1 += w[1] * load<Real>(columns[1]);
        s2 += w[2] * load<Real>(columns[2]);
        s3 += w[3] * load<Real>(columns[3]);
        s4 += w[4] * load<Real>(columns[4]);
        s5 += w[5] * load<Real>(columns[5]);
        s6 += w[6] * load<Real>(columns[6]);
        s7 += w[7] * load<Real>(columns[7]);
    }
    Real* const sums[] = {&s0, &s1, &s2, &s3, &s4, &s5, &s6};
    for (std::size_t lane = 0; j < features; ++j, ++lane)
        *sums[lane] += w[lane] * load<Real>(columns[lane]);
    return b + (((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)));
}

template <class Columns>
void scoresOfRows(const Columns& columns, std::size_t rows, std::size_t features, const double* w, double b, double* z)
{
    std::size_t i = 0;
    for (; i + nativeDoubles <= rows; i += nativeDoubles) {
        const NativeDoubles some = scores<NativeDoubles>(columns.from(i), features, w, b);
        std::memcpy(z + i, &some, sizeof some);
    }
    for (; i < rows; ++i)
        z[i] = scores<double>(columns.from(i), features, w, b);
}

template <class Real, class Bits>
void logistic(const double* z, double* p0, double* p1)
{
    const Real score = load<Real>(z);
    const Real e = exponentialOfNegative<Real, Bits>(score > 0 ? -score : score);
    const Real likelier = 1 / (1 + e);
    const Real other = e / (1 + e);
    const Real first = score > 0 ? other : likelier;
    const Real second = score > 0 ? likelier : other;
    std::memcpy(p0, &first, sizeof first);
    std::memcpy(p1, &second, sizeof second);
}

template <class Real>
void store(double* p, const Real& value) { std::memcpy(p, &value, sizeof value); }

template <class Real, class Bits>
void softmax(double* z, std::size_t stride, std::size_t classes)
{
    Real largest = load<Real>(z);
    for (std::size_t k = 1; k < classes; ++k) {
        const Real score = load<Real>(z + k * stride);
        largest = score > largest ? score : largest;
    }
    Real sum{};
    for (std::size_t k = 0; k < classes; ++k) {
        const Real e = exponentialOfNegative<Real, Bits>(load<Real>(z + k * stride) - largest);
        store(z + k * stride, e);
        sum += e;
    }
    for (std::size_t k = 0; k < classes; ++k)
        store(z + k * stride, load<Real>(z + k * stride) / sum);
}

template <class Real, class Bits>
void decide(double* z, std::size_t stride, std::size_t classes, std::size_t scores)
{
    const Real zero{}, one = zero + 1.0;
    Real largest = scores == 1 ? zero : load<Real>(z);
    Bits winner{};
    for (std::size_t k = 1; k < classes; ++k) {
        const Real score = load<Real>(scores == 1 ? z : z + k * stride);
        winner = score > largest ? Bits{} + std::int64_t(k) : winner;
        largest = score > largest ? score : largest;
    }
    for (std::size_t k = 0; k < classes; ++k) {
        const Real decision = winner == Bits{} + std::int64_t(k) ? one : zero;
        store(z + k * stride, decision);
    }
}

} // namespace

void modelariumLinearScores(const double* X, std::size_t stride, std::size_t rows, std::size_t features, const double* w,
                            double b, double* z) noexcept
{
    scoresOfRows(Strided{X, stride}, rows, features, w, b, z);
}

void modelariumLinearScoresApart(const double* const* columns, std::size_t rows, std::size_t features, const double* w, double b, double* z) noexcept
{
    scoresOfRows(Apart{columns, 0}, rows, features, w, b, z);
}

void modelariumLogisticProbabilities(const double* z, std::size_t rows, double* p0, double* p1) noexcept
{
    std::size_t i = 0;
    for (; i + nativeDoubles <= rows; i += nativeDoubles)
        logistic<NativeDoubles, NativeWords>(z + i, p0 + i, p1 + i);
    for (; i < rows; ++i)
        logistic<double, std::int64_t>(z + i, p0 + i, p1 + i);
}

void modelariumSoftmaxProbabilities(double* z, std::size_t stride, std::size_t rows, std::size_t classes) noexcept
{
    std::size_t i = 0;
    for (; i + nativeDoubles <= rows; i += nativeDoubles)
        softmax<NativeDoubles, NativeWords>(z + i, stride, classes);
    for (; i < rows; ++i)
        softmax<double, std::int64_t>(z + i, stride, classes);
}

void modelariumHardDecisions(double* z, std::size_t stride, std::size_t rows, std::size_t classes, std::size_t scores) noexcept
{
    std::size_t i = 0;
    for (; i + nativeDoubles <= rows; i += nativeDoubles)
        decide<NativeDoubles, NativeWords>(z + i, stride, classes, scores);
    for (; i < rows; ++i)
        decide<double, std::int64_t>(z + i, stride, classes, scores);
}

} // namespace modelarium::kernels
