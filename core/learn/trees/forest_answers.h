#pragma once

#include "core/kernels/bin_cuts.h"
#include "core/learn/trees/forest_tree.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

// What the rows of a forest's node answer, for two classes, many classes and numbers: each says what the node's answer and impurity
// are, and finds the best cut of a feature, from a histogram in large nodes and from the rows themselves in small ones.
namespace modelarium {

constexpr std::size_t forestSlots = kernels::mostFeatures;    // features whose histograms are filled in one pass over the samples
constexpr std::size_t binsOfSlot = 256;
constexpr std::size_t wordsOfBins = 4;                  // 64 bits each: which bins are filled

/// (a^2 / n) + (b^2 / m) with one division, and the same bits when the sides change places.
inline double sumOfQuotients(double leftSquare, double left, double rightSquare, double right)
{
    return (leftSquare * right + rightSquare * left) / (left * right);
}

/// A row of a node: where its bins stand, how often it was drawn, and its class.
struct ClassRow {
    std::uint32_t place;
    std::uint16_t weight;
    std::uint16_t code;
};

/// How much weight has room in the 16 bits of a class; those of the fourth hold the sign.
constexpr std::int64_t mostInField(std::size_t classes) { return classes < 4 ? 0xffff : 0x7fff; }
/// The weight of a row in the 16 bits of its class.
inline std::int64_t fieldOf(const ClassRow& row) { return std::int64_t(std::uint64_t(row.weight) << 16 * row.code); }

/// Two classes by Gini: a bin holds how many samples and how many of class 1, in the halves of one word.
class TwoClasses {
public:
    using Row = ClassRow;

    TwoClasses(const ForestAnswers& answers, std::size_t filledSlots) : m_codes(answers.codes.data()), m_bins(filledSlots * binsOfSlot) {}

    Row row(std::uint32_t sample, std::uint16_t weight) const { return {sample, weight, m_codes[sample]}; }

    void beginNode(const Row* rows, std::size_t count)
    {
        m_weight = 0;
        m_ones = 0;
        for (std::size_t i = 0; i < count; ++i) {
            m_weight += rows[i].weight;
            m_ones += std::int64_t(rows[i].weight) * rows[i].code;
        }
    }

    void beginCuts() {}
    std::int64_t weight() const { return m_weight; }

    double impurity() const
    {
        const double p = double(m_ones) / double(m_weight);
        return m_ones == 0 || m_ones == m_weight ? 0 : p * (1 - p) + (1 - p) * p;
    }

    void answer(double* out) const
    {
        out[0] = double(m_weight - m_ones) / double(m_weight);
        out[1] = double(m_ones) / double(m_weight);
    }

    void add(std::size_t slot, std::size_t bin, const Row& row)
    {
        m_bins[slot * binsOfSlot + bin] += row.weight * ((std::uint64_t(1) << 32) | row.code);
    }

    /// The best cut of a histogram, which is left empty.
    kernels::BinLook bestCut(std::size_t slot, std::size_t bins, const kernels::CutLimits& limits, kernels::BinPlace& place)
    {
        return kernels::modelariumBinaryHistogramCut(&m_bins[slot * binsOfSlot], bins, m_ones, limits, &place);
    }

    bool cutsSmallNodes() const { return m_weight <= mostInField(2); }

    void fillSmallNode(const Row* rows, kernels::SmallNode& node) const
    {
        for (std::size_t i = 0; i < node.count; ++i)
            node.cells[0][i] = fieldOf(rows[i]);
    }

    kernels::BinLook bestCut(const kernels::SmallNode& node, const std::uint32_t* features, std::size_t batch, const kernels::CutLimits& limits,
                             kernels::BinPlace& place) const
    {
        return kernels::modelariumSmallGiniCut(&node, features, batch, m_ones << 16 | (m_weight - m_ones), 2, limits, &place);
    }

private:
    const std::uint16_t* m_codes;
    std::vector<std::uint64_t> m_bins;
    std::int64_t m_weight = 0, m_ones = 0;
};

/// Any number of classes, by Gini or entropy: a bin holds the samples of each.
class ManyClasses {
public:
    using Row = ClassRow;

    ManyClasses(const ForestAnswers& answers, std::size_t filledSlots)
        : m_classes(answers.classes), m_codes(answers.codes.data()), m_logs(answers.countLogCount.data()),
          m_entropy(answers.measure == ImpurityMeasure::Entropy),
          m_asFields(!m_entropy && m_classes <= kernels::mostFieldClasses && std::int64_t(answers.codes.size()) <= mostInField(m_classes)),
          m_fields(m_asFields ? filledSlots * binsOfSlot : 0), m_bins(m_asFields ? 0 : filledSlots * binsOfSlot * m_classes),
          m_binWeights(m_asFields ? 0 : filledSlots * binsOfSlot), m_counts(m_classes), m_left(m_classes)
    {
    }

    Row row(std::uint32_t sample, std::uint16_t weight) const { return {sample, weight, m_codes[sample]}; }

    void beginNode(const Row* rows, std::size_t count)
    {
        m_weight = 0;
        std::fill(m_counts.begin(), m_counts.end(), 0);
        for (std::size_t i = 0; i < count; ++i) {
            m_weight += rows[i].weight;
            m_counts[rows[i].code] += rows[i].weight;
        }
    }

    void beginCuts() {}
    std::int64_t weight() const { return m_weight; }

    double impurity() const
    {
        double sum = 0;
        for (const std::int64_t count : m_counts) {
            const double p = double(count) / double(m_weight);
            if (count > 0)
                sum += m_entropy ? -p * std::log2(p) : p * (1 - p);
        }
        return std::max(0.0, sum);
    }

    void answer(double* out) const
    {
        for (std::size_t k = 0; k < m_classes; ++k)
            out[k] = double(m_counts[k]) / double(m_weight);
    }

    void add(std::size_t slot, std::size_t bin, const Row& row)
    {
        if (m_asFields) {
            m_fields[slot * binsOfSlot + bin] += fieldOf(row);
            return;
        }
        m_bins[(slot * binsOfSlot + bin) * m_classes + row.code] += row.weight;
        m_binWeights[slot * binsOfSlot + bin] += row.weight;
        m_filled[slot][bin / 64] |= std::uint64_t(1) << bin % 64;
    }

    /// The best cut of a histogram, which is left empty: the cut below each filled bin in turn, if it is better; then the bin goes left.
    kernels::BinLook bestCut(std::size_t slot, std::size_t bins, const kernels::CutLimits& limits, kernels::BinPlace& place)
    {
        if (m_asFields)
            return kernels::modelariumGiniHistogramCut(&m_fields[slot * binsOfSlot], bins, totalFields(), m_classes, limits, &place);
        Scan scan = beginScan();
        kernels::BinLook look{false, false};
        std::uint32_t last = 0;
        place.score = limits.beaten;
        for (std::size_t word = 0; word < wordsOfBins; ++word)
            for (std::uint64_t bits = std::exchange(m_filled[slot][word], 0); bits != 0; bits &= bits - 1) {
                const auto bin = std::uint32_t(word * 64) + std::uint32_t(std::countr_zero(bits));
                look.varies = scan.left > 0;
                const double found = look.varies && std::min(scan.left, m_weight - scan.left) >= limits.leastWeight ? score(scan) : limits.beaten;
                if (found > place.score) {
                    place = {found, 0, last, bin};
                    look.better = true;
                }
                moveLeft(scan, slot, bin);
                last = bin;
            }
        return look;
    }

    bool cutsSmallNodes() const { return m_asFields; }

    void fillSmallNode(const Row* rows, kernels::SmallNode& node) const
    {
        for (std::size_t i = 0; i < node.count; ++i)
            node.cells[0][i] = fieldOf(rows[i]);
    }

    kernels::BinLook bestCut(const kernels::SmallNode& node, const std::uint32_t* features, std::size_t batch, const kernels::CutLimits& limits,
                             kernels::BinPlace& place) const
    {
        return kernels::modelariumSmallGiniCut(&node, features, batch, totalFields(), m_classes, limits, &place);
    }

private:
    struct Scan {
        std::int64_t left = 0;
        std::int64_t sumLeft = 0;
        std::int64_t sumRight = 0;
    };

    Scan beginScan()
    {
        std::fill(m_left.begin(), m_left.end(), 0);
        Scan scan;
        for (const std::int64_t count : m_counts)
            scan.sumRight += term(count);
        return scan;
    }

    void moveLeft(Scan& scan, std::size_t slot, std::size_t bin)
    {
        std::uint32_t* cell = &m_bins[(slot * binsOfSlot + bin) * m_classes];
        for (std::size_t k = 0; k < m_classes; ++k) {
            if (cell[k] == 0)
                continue;
            const std::int64_t before = m_left[k], after = before + std::exchange(cell[k], 0u);
            scan.sumLeft += term(after) - term(before);
            scan.sumRight += term(m_counts[k] - after) - term(m_counts[k] - before);
            m_left[k] = after;
        }
        scan.left += std::exchange(m_binWeights[slot * binsOfSlot + bin], 0u);
    }

    double score(const Scan& scan) const
    {
        const std::int64_t right = m_weight - scan.left;
        return m_entropy ? double(scan.sumLeft - m_logs[scan.left] + scan.sumRight - m_logs[right])
                         : sumOfQuotients(double(scan.sumLeft), double(scan.left), double(scan.sumRight), double(right));
    }

    std::int64_t totalFields() const
    {
        std::uint64_t total = 0;
        for (std::size_t k = 0; k < m_classes; ++k)
            total |= std::uint64_t(m_counts[k]) << 16 * k;
        return std::int64_t(total);
    }

    std::int64_t term(std::int64_t count) const { return m_entropy ? m_logs[count] : count * count; }

    std::size_t m_classes;
    const std::uint16_t* m_codes;
    const std::int64_t* m_logs;
    bool m_entropy;
    bool m_asFields;                                // few classes and samples: all of a bin stands in one word
    std::vector<std::int64_t> m_fields;
    std::vector<std::uint32_t> m_bins;
    std::vector<std::uint32_t> m_binWeights;
    std::uint64_t m_filled[forestSlots][wordsOfBins] = {};        // bins that are filled
    std::vector<std::int64_t> m_counts, m_left;
    std::int64_t m_weight = 0;
};

/// Numbers: a bin holds how many samples and the sum of their answers, less the node's mean.
class Numbers {
public:
    struct Row {
        std::uint32_t place;
        std::uint32_t weight;
        std::int64_t fixed;
        double y;
    };

    Numbers(const ForestAnswers& answers, std::size_t filledSlots)
        : m_y(answers.y.data()), m_fixed(answers.fixed.data()), m_binWeights(filledSlots * binsOfSlot), m_binDeviations(filledSlots * binsOfSlot)
    {
    }

    Row row(std::uint32_t sample, std::uint16_t weight) const { return {sample, weight, m_fixed[sample], m_y[sample]}; }

    void beginNode(const Row* rows, std::size_t count)
    {
        if (count == 1) {
            m_weight = rows[0].weight;
            m_mean = rows[0].y;
            m_impurity = 0;
            return;
        }
        m_weight = 0;
        std::int64_t sum = 0;
        // Relative to the first answer: the mean of equal answers is that answer to the last bit.
        const double first = rows[0].y;
        double rest = 0;
        for (std::size_t i = 0; i < count; ++i) {
            m_weight += rows[i].weight;
            sum += rows[i].weight * rows[i].fixed;
            rest += rows[i].weight * (rows[i].y - first);
        }
        m_mean = first + rest / double(m_weight);
        m_impurity = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const double deviation = rows[i].y - m_mean;
            m_impurity += rows[i].weight * deviation * deviation;
        }
        m_impurity /= double(m_weight);
        m_fixedSum = sum;
    }

    void beginCuts()
    {
        m_fixedMean = m_fixedSum / m_weight;
        m_deviation = m_fixedSum - m_fixedMean * m_weight;
    }

    std::int64_t weight() const { return m_weight; }
    double impurity() const { return m_impurity; }
    void answer(double* out) const { *out = m_mean; }

    void add(std::size_t slot, std::size_t bin, const Row& row)
    {
        m_binWeights[slot * binsOfSlot + bin] += row.weight;
        m_binDeviations[slot * binsOfSlot + bin] += row.weight * (row.fixed - m_fixedMean);
    }

    /// The best cut of a histogram, which is left empty.
    kernels::BinLook bestCut(std::size_t slot, std::size_t bins, const kernels::CutLimits& limits, kernels::BinPlace& place)
    {
        return kernels::modelariumSquaresHistogramCut(&m_binWeights[slot * binsOfSlot], &m_binDeviations[slot * binsOfSlot], bins, m_deviation,
                                                      limits, &place);
    }

    bool cutsSmallNodes() const { return true; }

    void fillSmallNode(const Row* rows, kernels::SmallNode& node) const
    {
        for (std::size_t i = 0; i < node.count; ++i) {
            node.cells[0][i] = rows[i].weight;
            node.cells[1][i] = rows[i].weight * (rows[i].fixed - m_fixedMean);
        }
    }

    kernels::BinLook bestCut(const kernels::SmallNode& node, const std::uint32_t* features, std::size_t batch, const kernels::CutLimits& limits,
                             kernels::BinPlace& place) const
    {
        return kernels::modelariumSmallSquaresCut(&node, features, batch, m_deviation, limits, &place);
    }

private:
    const double* m_y;
    const std::int64_t* m_fixed;
    std::vector<std::int64_t> m_binWeights, m_binDeviations;
    std::int64_t m_weight = 0, m_fixedSum = 0, m_fixedMean = 0, m_deviation = 0;
    double m_mean = 0, m_impurity = 0;
};

} // namespace modelarium
