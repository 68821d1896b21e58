#include "core/model/neighbour_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

using kernels::laneCount;

/// Queries of up to this many features are scaled without taking memory.
constexpr std::size_t featuresOnStack = 64;

/// Memory for a scaled query: on the stack where it fits.
class ScaledQuery {
public:
    explicit ScaledQuery(std::size_t features)
    {
        if (features > featuresOnStack)
            m_heap.resize(features);
    }
    float* data() { return m_heap.empty() ? m_stack.data() : m_heap.data(); }

private:
    std::array<float, featuresOnStack> m_stack;
    std::vector<float> m_heap;
};

/// More samples a leaf where boxes keep less out.
std::size_t blocksInLeafFor(std::size_t features)
{
    if (features <= 3)
        return 2;
    return features <= 12 ? 4 : 8;
}

/// Up to so many features have a place on the curve that is fine enough.
constexpr std::size_t mostOnCurve = 3;

/// The lowest 21 bits, two places free behind each.
std::uint64_t spreadByThree(std::uint64_t bits)
{
    bits = (bits | bits << 32) & 0x001f00000000ffffu;
    bits = (bits | bits << 16) & 0x001f0000ff0000ffu;
    bits = (bits | bits << 8) & 0x100f00f00f00f00fu;
    bits = (bits | bits << 4) & 0x10c30c30c30c30c3u;
    return (bits | bits << 2) & 0x1249249249249249u;
}

/// The lowest 21 bits, one place free behind each.
std::uint64_t spreadByTwo(std::uint64_t bits)
{
    bits = (bits | bits << 16) & 0x0000ffff0000ffffu;
    bits = (bits | bits << 8) & 0x00ff00ff00ff00ffu;
    bits = (bits | bits << 4) & 0x0f0f0f0f0f0f0f0fu;
    bits = (bits | bits << 2) & 0x3333333333333333u;
    return (bits | bits << 1) & 0x5555555555555555u;
}

/// Z-order: the bits of all features, the highest of each first. Samples are within [-1, 1]; queries beyond have the places at the edge.
std::uint64_t placeOnCurve(const float* scaled, std::size_t features)
{
    std::uint64_t place = 0;
    for (std::size_t j = 0; j < features; ++j) {
        constexpr float cells = 1 << 20;            // each way from the centre: what a float still tells apart
        const auto cell = std::uint64_t((std::clamp(scaled[j], -1.0f, 0.999999f) + 1) * cells);
        place |= features == 1 ? cell : features == 2 ? spreadByTwo(cell) << j : spreadByThree(cell) << j;
    }
    return place;
}

} // namespace

/// Lays out the tree, the widest feature split at its median until what is left fits into leaves.
class NeighbourSearch::Build {
public:
    Build(NeighbourSearch& search, const Matrix& X)
        : m_search(search), m_features(search.m_features), m_leafSize(search.m_blocksInLeaf * laneCount), m_X(X),
          m_scaled(search.m_samples * m_features), m_order(search.m_samples)
    {
        for (std::size_t j = 0; j < m_features; ++j)
            for (std::size_t i = 0; i < search.m_samples; ++i)
                m_scaled[i * m_features + j] = float((X(Eigen::Index(i), Eigen::Index(j)) - search.m_centre[j]) * search.m_scale);
        std::iota(m_order.begin(), m_order.end(), std::int32_t(0));
        addNode(0, search.m_samples);
    }

private:
    std::size_t leavesFor(std::size_t count) const { return (count + m_leafSize - 1) / m_leafSize; }

    std::int32_t addNode(std::size_t begin, std::size_t end)
    {
        const std::size_t node = m_search.m_childCounts.size();
        m_search.m_childCounts.push_back(0);
        m_search.m_children.resize((node + 1) * laneCount, 0);
        m_search.m_boxes.resize((node + 1) * 2 * laneCount * m_features, 0);
        split(node, begin, end, std::min(laneCount, leavesFor(end - begin)));
        return std::int32_t(node);
    }

    void split(std::size_t node, std::size_t begin, std::size_t end, std::size_t parts)
    {
        if (parts <= 1) {
            addChild(node, begin, end);
            return;
        }
        // Whole leaves to the left, so that only the last leaf of all may be partly empty.
        const std::size_t leftParts = parts / 2;
        const std::size_t middle = begin + leavesFor(end - begin) * leftParts / parts * m_leafSize;
        const std::size_t j = widestFeature(begin, end);
        std::nth_element(m_order.begin() + std::ptrdiff_t(begin), m_order.begin() + std::ptrdiff_t(middle),
                         m_order.begin() + std::ptrdiff_t(end), [&](std::int32_t a, std::int32_t b) {
                             return m_scaled[std::size_t(a) * m_features + j] < m_scaled[std::size_t(b) * m_features + j];
                         });
        split(node, begin, middle, leftParts);
        split(node, middle, end, parts - leftParts);
    }

    void addChild(std::size_t node, std::size_t begin, std::size_t end)
    {
        const auto lane = std::size_t(m_search.m_childCounts[node]++);
        findBounds(begin, end);
        float* boxes = &m_search.m_boxes[node * 2 * laneCount * m_features];
        for (std::size_t j = 0; j < m_features; ++j) {
            boxes[2 * laneCount * j + lane] = m_low[j];
            boxes[2 * laneCount * j + laneCount + lane] = m_high[j];
        }
        const std::int32_t child = end - begin <= m_leafSize ? ~addLeaf(begin, end) : addNode(begin, end);
        m_search.m_children[node * laneCount + lane] = child;
    }

    std::int32_t addLeaf(std::size_t begin, std::size_t end)
    {
        const std::size_t leaf = m_search.m_sampleOf.size() / m_leafSize;
        const std::size_t first = m_search.m_sampleOf.size();
        m_search.m_sampleOf.resize(first + m_leafSize, -1);
        m_search.m_leaves.resize((first + m_leafSize) * m_features, std::numeric_limits<float>::quiet_NaN());
        m_search.m_rows.resize((first + m_leafSize) * m_features, 0.0);
        // In the order of the data: of equal distances the smaller index is met first.
        std::sort(m_order.begin() + std::ptrdiff_t(begin), m_order.begin() + std::ptrdiff_t(end));
        for (std::size_t place = 0; place < end - begin; ++place) {
            const auto sample = std::size_t(m_order[begin + place]);
            const std::size_t slot = first + place;
            m_search.m_sampleOf[slot] = std::int64_t(sample);
            float* block = &m_search.m_leaves[slot / laneCount * laneCount * m_features];
            for (std::size_t j = 0; j < m_features; ++j) {
                block[j * laneCount + slot % laneCount] = m_scaled[sample * m_features + j];
                m_search.m_rows[slot * m_features + j] = m_X(Eigen::Index(sample), Eigen::Index(j));
            }
        }
        return std::int32_t(leaf);
    }

    std::size_t widestFeature(std::size_t begin, std::size_t end)
    {
        findBounds(begin, end);
        std::size_t widest = 0;
        for (std::size_t j = 1; j < m_features; ++j)
            if (m_high[j] - m_low[j] > m_high[widest] - m_low[widest])
                widest = j;
        return widest;
    }

    void findBounds(std::size_t begin, std::size_t end)
    {
        m_low.assign(m_features, std::numeric_limits<float>::infinity());
        m_high.assign(m_features, -std::numeric_limits<float>::infinity());
        for (std::size_t place = begin; place < end; ++place) {
            const float* row = &m_scaled[std::size_t(m_order[place]) * m_features];
            for (std::size_t j = 0; j < m_features; ++j) {
                m_low[j] = std::min(m_low[j], row[j]);
                m_high[j] = std::max(m_high[j], row[j]);
            }
        }
    }

    NeighbourSearch& m_search;
    std::size_t m_features;
    std::size_t m_leafSize;
    const Matrix& m_X;
    std::vector<float> m_scaled;
    std::vector<std::int32_t> m_order;
    std::vector<float> m_low;
    std::vector<float> m_high;
};

NeighbourSearch::NeighbourSearch(const Matrix& X, DistanceMetric metric)
    : m_samples(std::size_t(X.rows())), m_features(std::size_t(X.cols())), m_metric(metric),
      m_blocksInLeaf(blocksInLeafFor(m_features))
{
    double halfRange = 0;
    for (Eigen::Index j = 0; j < X.cols(); ++j) {
        const double low = X.col(j).minCoeff();
        const double high = X.col(j).maxCoeff();
        m_centre.push_back(low / 2 + high / 2);
        halfRange = std::max(halfRange, high / 2 - low / 2);
    }
    // A power of two, so that scaling rounds nothing; limited, so that its square is a number.
    int exponent = 0;
    std::frexp(halfRange, &exponent);
    m_scale = std::ldexp(1.0, -std::clamp(exponent, -500, 500));
    Build(*this, X);
}

kernels::NeighbourTree NeighbourSearch::tree() const noexcept
{
    return {m_features, m_blocksInLeaf, m_metric == DistanceMetric::Manhattan, m_boxes.data(), m_children.data(),
            m_childCounts.data(), m_leaves.data(), m_rows.data(), m_sampleOf.data()};
}

/// False where the query is so far away that floats cannot tell the samples apart.
bool NeighbourSearch::scaleQuery(const double* x, float* scaled) const noexcept
{
    constexpr double farAway = 1e6;
    for (std::size_t j = 0; j < m_features; ++j) {
        const double place = (x[j] - m_centre[j]) * m_scale;
        if (!(std::abs(place) < farAway))
            return false;
        scaled[j] = float(place);
    }
    return true;
}

void NeighbourSearch::findNearest(const double* x, int k, Neighbour* nearest, double bound) const noexcept
{
    find(x, k, nearest, bound, true);
}

void NeighbourSearch::findNearestSet(const double* x, int k, Neighbour* nearest, double bound) const noexcept
{
    find(x, k, nearest, bound, false);
}

kernels::NeighbourQuery NeighbourSearch::query(const double* x, const float* scaled, double bound, bool ordered) const noexcept
{
    // x and a sample (at most 1 from the centre) are each rounded to float once; doubled, to be safe by a wide margin.
    double sumOfErrors = 0;
    double sumOfSquares = 0;
    for (std::size_t j = 0; j < m_features; ++j) {
        const double error = std::ldexp(1.0, -23) * (1 + std::abs(double(scaled[j])));
        sumOfErrors += error;
        sumOfSquares += error * error;
    }
    // (a + e)^2 <= a^2 (1 + t) + e^2 (1 + 1/t) for every t > 0.
    constexpr double t = 1.0 / 512;
    const bool manhattan = m_metric == DistanceMetric::Manhattan;
    return {
        .x = x,
        .scaled = scaled,
        .scale = manhattan ? m_scale : m_scale * m_scale,
        .slack = manhattan ? sumOfErrors : sumOfSquares * (1 + 1 / t),
        .relativeSlack = t + double(m_features + 8) * std::ldexp(1.0, -22),
        .bound = bound,
        .ordered = ordered,
    };
}

void NeighbourSearch::find(const double* x, int k, Neighbour* nearest, double bound, bool ordered) const noexcept
{
    ScaledQuery scaled(m_features);
    if (scaleQuery(x, scaled.data())) {
        const kernels::NeighbourQuery asked = query(x, scaled.data(), bound, ordered);
        const kernels::NeighbourTree view = tree();
        kernels::modelariumFindNearest(&view, &asked, k, nearest);
    } else {
        compareAll(x, k, nearest, 1);
    }
    if (!std::isfinite(nearest[k - 1].distance))
        compareAll(x, k, nearest, std::ldexp(1.0, -600));
}

std::size_t NeighbourSearch::findWithin(const double* x, double bound, std::size_t most, kernels::NeighbourSlot* found) const
{
    ScaledQuery scaled(m_features);
    if (!scaleQuery(x, scaled.data()))
        return most + 1;
    const kernels::NeighbourQuery asked = query(x, scaled.data(), bound, true);
    const kernels::NeighbourTree view = tree();
    return kernels::modelariumFindWithin(&view, &asked, found, most);
}

double NeighbourSearch::distance(const double* x, std::size_t slot, double unit) const noexcept
{
    const double* row = &m_rows[slot * m_features];
    double sum = 0;
    for (std::size_t j = 0; j < m_features; ++j) {
        const double difference = x[j] * unit - row[j] * unit;
        sum += m_metric == DistanceMetric::Euclidean ? difference * difference : std::abs(difference);
    }
    return sum;
}

void NeighbourSearch::compareAll(const double* x, int k, Neighbour* nearest, double unit) const noexcept
{
    int count = 0;
    for (std::size_t slot = 0; slot < m_sampleOf.size(); ++slot) {
        if (m_sampleOf[slot] < 0)
            continue;
        const Neighbour candidate{distance(x, slot, unit), m_sampleOf[slot]};
        if (count == k && !(candidate < nearest[k - 1]))
            continue;
        int place = count < k ? count++ : k - 1;
        for (; place > 0 && candidate < nearest[place - 1]; --place)
            nearest[place] = nearest[place - 1];
        nearest[place] = candidate;
    }
}

std::uint64_t NeighbourSearch::placeOf(const double* x) const noexcept
{
    ScaledQuery scaled(m_features);
    if (!scaleQuery(x, scaled.data()))
        return std::numeric_limits<std::uint64_t>::max();
    if (m_features <= mostOnCurve)
        return placeOnCurve(scaled.data(), m_features);
    const kernels::NeighbourTree view = tree();
    return std::uint64_t(kernels::modelariumNearestLeaf(&view, scaled.data()));
}

double NeighbourSearch::boundFrom(const double* x, const double* other, double kthDistance) const noexcept
{
    const bool manhattan = m_metric == DistanceMetric::Manhattan;
    double way = 0;
    for (std::size_t j = 0; j < m_features; ++j)
        way += manhattan ? std::abs(x[j] - other[j]) : (x[j] - other[j]) * (x[j] - other[j]);
    // The triangle inequality holds for distances as they are, not as they are rounded: some room for that.
    const double room = 1 + double(m_features + 8) * 1e-15;
    if (manhattan)
        return (kthDistance + way) * room;
    const double bound = (std::sqrt(kthDistance) + std::sqrt(way)) * room;
    return bound * bound + std::numeric_limits<double>::min();
}

} // namespace modelarium
