#include "core/kernels/perceptron.h"

#include "core/kernels/vectors.h"

#include <algorithm>

namespace modelarium::kernels {

namespace {

/// Where this many features or fewer are looked at, the weights stay in registers.
constexpr std::size_t mostNarrow = 4;

/// Boundaries side by side, one a lane: none of them waits for another. A single boundary, that of class 1, is a plain number.
template <class Real>
struct LaneBoundaries {
    Real classes;
    Real areUsed;                                   // 1 or 0

    LaneBoundaries(std::size_t first, std::size_t boundaries)
    {
        for (std::size_t lane = 0; lane < nativeDoubles; ++lane) {
            classes[lane] = double(first + lane);
            areUsed[lane] = first + lane < boundaries ? 1 : 0;
        }
    }

    bool isWrong(const Real& margin) const
    {
        const Real ones = margin > 0 ? Real{} : areUsed;
        const auto wrong = NativeWords(ones);
        std::int64_t any = 0;
        for (std::size_t lane = 0; lane < nativeDoubles; ++lane)
            any |= wrong[lane];
        return any != 0;
    }
};

template <>
struct LaneBoundaries<double> {
    double classes = 1;

    LaneBoundaries(std::size_t, std::size_t) {}
    bool isWrong(double margin) const { return !(margin > 0); }
};

template <class Real>
constexpr std::size_t lanesOf = sizeof(Real) / sizeof(double);

/// w x + b of one boundary: the features in eight partial sums, the rest of them one after the other.
inline double scores(const double* x, std::size_t features, const double* w, std::size_t, double b)
{
    constexpr std::size_t width = lanesOf<Eight>;
    const std::size_t whole = features / width * width;
    for (std::size_t j = whole; j < features; ++j)
        b += w[j] * x[j];
    if (whole == 0)
        return b;
    Eight sums{};
    for (std::size_t j = 0; j < whole; j += width)
        sums += loaded<Eight>(w + j) * loaded<Eight>(x + j);
    return b + (((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])));
}

/// w x + b of the boundaries of one vector: the features in four partial sums where there are many.
inline NativeDoubles scores(const double* x, std::size_t features, const double* w, std::size_t stride, NativeDoubles b)
{
    std::size_t j = 0;
    if (features > mostNarrow) {
        NativeDoubles s0{}, s1{}, s2{}, s3{};
        for (; j + 4 <= features; j += 4, w += 4 * stride) {
            s0 += loaded<NativeDoubles>(w) * x[j];
            s1 += loaded<NativeDoubles>(w + stride) * x[j + 1];
            s2 += loaded<NativeDoubles>(w + 2 * stride) * x[j + 2];
            s3 += loaded<NativeDoubles>(w + 3 * stride) * x[j + 3];
        }
        b += (s0 + s2) + (s1 + s3);
    }
    for (; j < features; ++j, w += stride)
        b += loaded<NativeDoubles>(w) * x[j];
    return b;
}

template <class Real>
Real sides(const LaneBoundaries<Real>& lanes, double classOfSample)
{
    return lanes.classes == Real{} + classOfSample ? Real{} + 1.0 : Real{} - 1.0;
}

template <class Real>
std::size_t visit(const PerceptronSamples& samples, const std::uint32_t* order, std::size_t count, double rate,
                  const PerceptronBoundaries& boundaries)
{
    std::size_t mistakes = 0;
    for (std::size_t place = 0; place < count; ++place) {
        const double* x = samples.X + order[place] * samples.features;
        bool isMistake = false;
        for (std::size_t first = 0; first < samples.boundaries; first += lanesOf<Real>) {
            const LaneBoundaries<Real> lanes(first, samples.boundaries);
            double* w = boundaries.weights + first;
            double* b = boundaries.intercepts + first;
            const Real s = sides(lanes, samples.classes[order[place]]);
            const Real margin = s * scores(x, samples.features, w, boundaries.stride, loaded<Real>(b));
            if (!lanes.isWrong(margin))
                continue;
            const Real move = margin > 0 ? Real{} : s * rate;
            for (std::size_t j = 0; j < samples.features; ++j)
                stored(w + j * boundaries.stride, loaded<Real>(w + j * boundaries.stride) + move * x[j]);
            stored(b, loaded<Real>(b) + move);
            isMistake = true;
        }
        mistakes += isMistake;
    }
    return mistakes;
}

/// Boundaries that one vector holds, over few features: they stay in registers, and nothing is asked before it is known. Since each sample
/// waits for the one before it, what counts is how long a decision takes: s is multiplied in where nobody waits for it.
template <class Real, std::size_t features>
std::size_t visitNarrow(const PerceptronSamples& samples, const std::uint32_t* order, std::size_t count, double rate,
                        const PerceptronBoundaries& boundaries)
{
    const LaneBoundaries<Real> lanes(0, samples.boundaries);
    Real w[features], b = loaded<Real>(boundaries.intercepts);
    for (std::size_t j = 0; j < features; ++j)
        w[j] = loaded<Real>(boundaries.weights + j * boundaries.stride);
    std::size_t mistakes = 0;
    for (std::size_t place = 0; place < count; ++place) {
        const double* x = samples.X + order[place] * features;
        const Real s = sides(lanes, samples.classes[order[place]]);
        const Real move = s * rate;
        Real margin = s * b;
        for (std::size_t j = 0; j < features; ++j)
            margin += w[j] * (s * x[j]);
        for (std::size_t j = 0; j < features; ++j)
            w[j] = margin > 0 ? w[j] : w[j] + move * x[j];
        b = margin > 0 ? b : b + move;
        mistakes += lanes.isWrong(margin);
    }
    for (std::size_t j = 0; j < features; ++j)
        stored(boundaries.weights + j * boundaries.stride, w[j]);
    stored(boundaries.intercepts, b);
    return mistakes;
}

template <class Real>
std::size_t visitAnyWidth(const PerceptronSamples& samples, const std::uint32_t* order, std::size_t count, double rate,
                          const PerceptronBoundaries& boundaries)
{
    if (samples.boundaries > lanesOf<Real> || samples.features > mostNarrow)
        return visit<Real>(samples, order, count, rate, boundaries);
    switch (samples.features) {
    case 1: return visitNarrow<Real, 1>(samples, order, count, rate, boundaries);
    case 2: return visitNarrow<Real, 2>(samples, order, count, rate, boundaries);
    case 3: return visitNarrow<Real, 3>(samples, order, count, rate, boundaries);
    default: return visitNarrow<Real, mostNarrow>(samples, order, count, rate, boundaries);
    }
}

/// Samples whose scores are kept at once; the sums over them are eight, of every eighth sample.
constexpr std::size_t tileSamples = 256, sumsOfTile = 8;

struct LossTile {
    double scores[tileSamples];
    double isWrong[tileSamples];
};

/// Scores of samples [first, first + tileSamples) by boundary k; 0 beyond the last.
void scoreTile(const PerceptronSamples& samples, const double* columns, std::size_t columnStride, std::size_t count,
               const PerceptronBoundaries& boundaries, std::size_t k, LossTile& tile)
{
    std::fill_n(tile.scores, count, boundaries.intercepts[k]);
    const std::size_t stride = boundaries.stride;
    const double* w = boundaries.weights + k;
    std::size_t j = 0;
    for (; j + 4 <= samples.features; j += 4, w += 4 * stride, columns += 4 * columnStride)
        for (std::size_t i = 0; i < count; ++i) {
            const double* x = columns + i;
            tile.scores[i] += (w[0] * x[0] + w[stride] * x[columnStride])
                + (w[2 * stride] * x[2 * columnStride] + w[3 * stride] * x[3 * columnStride]);
        }
    for (; j < samples.features; ++j, w += stride, columns += columnStride)
        for (std::size_t i = 0; i < count; ++i)
            tile.scores[i] += *w * columns[i];
}

/// What one boundary adds to the sums, and who is on its wrong side.
template <class Real>
void addLoss(const double* scores, const double* classes, double right, double* sums, double* isWrong)
{
    const Real z = loaded<Real>(scores);
    const Real margin = loaded<Real>(classes) == Real{} + right ? z : -z;
    stored(sums, loaded<Real>(sums) + (margin > 0 ? Real{} : -margin));
    stored(isWrong, margin > 0 ? loaded<Real>(isWrong) : Real{} + 1.0);
}

} // namespace

std::size_t modelariumPerceptronVisit(const PerceptronSamples* samples, const std::uint32_t* order, std::size_t count, double rate,
                                      const PerceptronBoundaries* boundaries) noexcept
{
    return samples->boundaries == 1 ? visitAnyWidth<double>(*samples, order, count, rate, *boundaries)
                                    : visitAnyWidth<NativeDoubles>(*samples, order, count, rate, *boundaries);
}

void modelariumPerceptronLoss(const PerceptronSamples* samples, const double* columns, std::size_t columnStride, std::size_t count,
                              const PerceptronBoundaries* boundaries, PerceptronLoss* loss) noexcept
{
    double sums[sumsOfTile] = {}, wrong = 0;
    for (std::size_t first = 0; first < count; first += tileSamples) {
        const std::size_t rows = std::min(tileSamples, count - first);
        LossTile tile{};
        for (std::size_t k = 0; k < samples->boundaries; ++k) {
            scoreTile(*samples, columns + first, columnStride, rows, *boundaries, k, tile);
            const double* classes = samples->classes + first;
            const double right = samples->boundaries == 1 ? 1 : double(k);
            std::size_t i = 0;
            for (; i + nativeDoubles <= rows; i += nativeDoubles)
                addLoss<NativeDoubles>(tile.scores + i, classes + i, right, sums + i % sumsOfTile, tile.isWrong + i);
            for (; i < rows; ++i)
                addLoss<double>(tile.scores + i, classes + i, right, sums + i % sumsOfTile, tile.isWrong + i);
        }
        for (std::size_t i = 0; i < rows; ++i)
            wrong += tile.isWrong[i];
    }
    *loss = {((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])), std::size_t(wrong)};
}

} // namespace modelarium::kernels
