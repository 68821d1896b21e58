#include "core/learn/trees/impurity.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace modelarium {

namespace {

/// a^2 / n and the like of both sides, with one division and the same bits when the sides change places.
double sumOfQuotients(double leftSquare, double left, double rightSquare, double right)
{
    return (leftSquare * right + rightSquare * left) / (left * right);
}

struct GiniSums {
    const std::uint16_t* codes;
    std::int64_t total;
    std::vector<std::int64_t> right;
    std::vector<std::int64_t> left;
    std::int64_t squaresLeft = 0;
    std::int64_t squaresRight = 0;

    GiniSums(const std::uint16_t* classCodes, const NodeSums& node)
        : codes(classCodes), total(std::int64_t(node.count)), right(node.classCounts), left(node.classCounts.size())
    {
        for (const std::int64_t count : right)
            squaresRight += count * count;
    }

    void moveLeft(std::uint32_t sample)
    {
        const std::uint16_t k = codes[sample];
        squaresLeft += 2 * left[k]++ + 1;
        squaresRight -= 2 * right[k]-- - 1;
    }

    double score(std::size_t count) const
    {
        return sumOfQuotients(double(squaresLeft), double(count), double(squaresRight), double(total - std::int64_t(count)));
    }
};

struct EntropySums {
    const std::uint16_t* codes;
    const std::int64_t* countLogCount;
    std::int64_t total;
    std::vector<std::int64_t> right;
    std::vector<std::int64_t> left;
    std::int64_t sumLeft = 0;
    std::int64_t sumRight = 0;

    EntropySums(const std::uint16_t* classCodes, const std::int64_t* table, const NodeSums& node)
        : codes(classCodes), countLogCount(table), total(std::int64_t(node.count)), right(node.classCounts),
          left(node.classCounts.size())
    {
        for (const std::int64_t count : right)
            sumRight += countLogCount[count];
    }

    void moveLeft(std::uint32_t sample)
    {
        const std::uint16_t k = codes[sample];
        sumLeft += countLogCount[left[k] + 1] - countLogCount[left[k]];
        sumRight += countLogCount[right[k] - 1] - countLogCount[right[k]];
        ++left[k];
        --right[k];
    }

    double score(std::size_t count) const
    {
        return double(sumLeft - countLogCount[count] + sumRight - countLogCount[total - std::int64_t(count)]);
    }
};

/// Deviations from the node's own mean, rounded to the fixed point: large common values cancel before anything is squared.
struct SquareSums {
    const std::int64_t* fixed;
    std::int64_t mean;
    std::int64_t total;
    std::int64_t deviation;
    std::int64_t deviationLeft = 0;

    SquareSums(const std::int64_t* answers, const NodeSums& node)
        : fixed(answers), mean(node.fixedSum / std::int64_t(node.count)), total(std::int64_t(node.count)),
          deviation(node.fixedSum - mean * total)
    {
    }

    void moveLeft(std::uint32_t sample) { deviationLeft += fixed[sample] - mean; }

    double score(std::size_t count) const
    {
        const double left = double(deviationLeft);
        const double right = double(deviation - deviationLeft);
        return sumOfQuotients(left * left, double(count), right * right, double(total - std::int64_t(count)));
    }
};

template <class Sums>
ColumnCut scan(const SortedValue* values, std::size_t count, std::size_t minimumLeaf, Sums sums, double whole, double unit)
{
    ColumnCut cut;
    double best = cut.gain;
    std::size_t i = 0;
    for (; i + 1 < minimumLeaf; ++i)
        sums.moveLeft(values[i].sample);
    for (; i + minimumLeaf < count; ++i) {
        sums.moveLeft(values[i].sample);
        if (values[i].value == values[i + 1].value)
            continue;
        const double score = sums.score(i + 1);
        if (score > best) {
            best = score;
            cut.left = i + 1;
        }
    }
    if (cut.left > 0) {
        cut.gain = std::max(0.0, (best - whole) * unit);
        cut.below = values[cut.left - 1].value;
        cut.above = values[cut.left].value;
    }
    return cut;
}

} // namespace

FixedPoint fixedPoint(const std::vector<double>& y)
{
    const auto [low, high] = std::minmax_element(y.begin(), y.end());
    const double centre = *low / 2 + *high / 2;
    int exponent = 0;
    std::frexp(std::max(*high - centre, centre - *low), &exponent);
    // |fixed| <= 2^bits, so that a sum over all samples, less a mean, still fits into 63 bits.
    const int bits = 61 - int(std::bit_width(y.size()));
    FixedPoint fixed{{}, std::ldexp(1.0, exponent - bits)};
    fixed.values.reserve(y.size());
    for (const double value : y)
        fixed.values.push_back(std::llround(std::ldexp(value - centre, bits - exponent)));
    return fixed;
}

FixedPoint fixedCountLogCounts(std::size_t samples)
{
    const double n = double(samples);
    const int bits = 51 - int(std::ceil(std::log2(n * std::log2(n + 1) + 1)));
    FixedPoint fixed{{0}, std::ldexp(1.0, -bits)};
    fixed.values.reserve(samples + 1);
    for (std::size_t count = 1; count <= samples; ++count)
        fixed.values.push_back(std::llround(std::ldexp(double(count) * std::log2(double(count)), bits)));
    return fixed;
}

Impurity::Impurity(const Dataset& data, ImpurityMeasure measure)
    : m_measure(measure), m_classes(data.task == Task::Classification ? data.classes() : 0)
{
    const double* y = data.y.data();
    if (m_classes > 0) {
        m_codes.assign(y, y + data.samples());
        if (m_classes == 2) {
            m_codeBits.resize((data.samples() + 31) / 32);
            for (std::size_t i = 0; i < data.samples(); ++i)
                kernels::setBit(m_codeBits.data(), std::uint32_t(i), m_codes[i] == 1);
        }
    } else {
        m_y.assign(y, y + data.samples());
        FixedPoint fixed = fixedPoint(m_y);
        m_fixed = std::move(fixed.values);
        m_unit = fixed.unit * fixed.unit;
    }
    if (m_measure == ImpurityMeasure::Entropy) {
        FixedPoint logs = fixedCountLogCounts(data.samples());
        m_countLogCount = std::move(logs.values);
        m_unit = logs.unit;
    }
}

NodeSums Impurity::sumsOf(const std::uint32_t* samples, std::size_t count) const
{
    NodeSums node;
    node.count = count;
    if (m_classes > 0) {
        node.classCounts.assign(m_classes, 0);
        for (std::size_t i = 0; i < count; ++i)
            ++node.classCounts[m_codes[samples[i]]];
        node.impurity = m_measure == ImpurityMeasure::Entropy ? entropyOf(node) : giniOf(node);
        return node;
    }
    // Relative to the first answer: the mean of equal answers is that answer to the last bit.
    const double first = m_y[samples[0]];
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sum += m_y[samples[i]] - first;
        node.fixedSum += m_fixed[samples[i]];
    }
    node.mean = first + sum / double(count);
    for (std::size_t i = 0; i < count; ++i)
        node.impurity += (m_y[samples[i]] - node.mean) * (m_y[samples[i]] - node.mean);
    node.impurity /= double(count);
    return node;
}

double Impurity::giniOf(const NodeSums& node) const
{
    double gini = 0;
    for (const std::int64_t count : node.classCounts) {
        const double share = double(count) / double(node.count);
        gini += share * (1 - share);
    }
    return gini;
}

double Impurity::entropyOf(const NodeSums& node) const
{
    double entropy = 0;
    for (const std::int64_t count : node.classCounts) {
        const double share = double(count) / double(node.count);
        if (count > 0)
            entropy -= share * std::log2(share);
    }
    return std::max(0.0, entropy);
}

void Impurity::answer(const NodeSums& node, double* out) const
{
    if (m_classes == 0)
        *out = node.mean;
    for (std::size_t k = 0; k < m_classes; ++k)
        out[k] = double(node.classCounts[k]) / double(node.count);
}

/// Two classes need one count: the commonest case, and the fastest.
ColumnCut Impurity::binaryGiniCut(const SortedValue* values, const NodeSums& node, std::size_t minimumLeaf) const
{
    const double n = double(node.count), zeros = double(node.classCounts[0]), ones = double(node.classCounts[1]);
    ColumnCut cut;
    double score = 0;
    cut.left = kernels::modelariumBinaryGiniCut(values, node.count, m_codeBits.data(), std::size_t(node.classCounts[1]), minimumLeaf, &score);
    if (cut.left > 0) {
        cut.gain = std::max(0.0, (score - (zeros * zeros + ones * ones) / n) * m_unit);
        cut.below = values[cut.left - 1].value;
        cut.above = values[cut.left].value;
    }
    return cut;
}

ColumnCut Impurity::bestCut(const SortedValue* values, const NodeSums& node, std::size_t minimumLeaf) const
{
    const std::size_t count = node.count;
    if (count < 2 * minimumLeaf || values[0].value == values[count - 1].value)
        return {};
    const double n = double(count);
    if (m_measure == ImpurityMeasure::SquaredError) {
        const SquareSums sums(m_fixed.data(), node);
        return scan(values, count, minimumLeaf, sums, double(sums.deviation) * double(sums.deviation) / n, m_unit);
    }
    if (m_measure == ImpurityMeasure::Entropy) {
        const EntropySums sums(m_codes.data(), m_countLogCount.data(), node);
        return scan(values, count, minimumLeaf, sums, double(sums.sumRight - m_countLogCount[count]), m_unit);
    }
    constexpr std::size_t most = std::size_t(1) << 26;          // squares of larger counts are not exact as double
    if (m_classes == 2 && count < most)
        return binaryGiniCut(values, node, minimumLeaf);
    const GiniSums sums(m_codes.data(), node);
    const double whole = double(sums.squaresRight) / n;
    return scan(values, count, minimumLeaf, sums, whole, m_unit);
}

} // namespace modelarium
