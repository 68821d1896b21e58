#pragma once

#include "core/data/dataset.h"
#include "core/learn/trees/presorted_columns.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace modelarium {

enum class ImpurityMeasure { Gini, Entropy, SquaredError };

/// What the samples of a node add up to.
struct NodeSums {
    std::size_t count = 0;
    std::vector<std::int64_t> classCounts;          ///< empty for regression
    std::int64_t fixedSum = 0;                      ///< of the answers in fixed point; 0 for classes
    double mean = 0;
    double impurity = 0;                            ///< exactly 0 where all answers are the same
};

/// The best place to cut one column: `left` values go left, the last of them is `below`, the next one is `above`.
struct ColumnCut {
    double gain = -std::numeric_limits<double>::infinity();
    std::size_t left = 0;
    float below = 0;
    float above = 0;
};

/// Numbers as integers, and what a step of the integers is worth.
struct FixedPoint {
    std::vector<std::int64_t> values;
    double unit = 1;
};

/// Answers about the middle of their range: sums over all samples, less a mean, still fit into 63 bits.
FixedPoint fixedPoint(const std::vector<double>& y);

/// n log2 n for n = 0 .. samples; sums over classes stay exact as double.
FixedPoint fixedCountLogCounts(std::size_t samples);

/// How mixed the answers of a node are, and how much a cut sorts them.
///
/// Math     Gini: 1 - sum p_k^2; entropy: -sum p_k log2 p_k (bits); squared error: mean (y - mean y)^2.
///          The gain of a cut is  n impurity - n_left impurity_left - n_right impurity_right.
///          All sums are of integers (counts, or answers in fixed point), so a gain does not depend on the order of the
///          samples: equally good cuts compare equal on any feature, and ties are broken by rule, not by rounding.
/// Source   L. Breiman, J. Friedman, R. Olshen, C. Stone, Classification and Regression Trees, 1984
class Impurity {
public:
    Impurity(const Dataset& data, ImpurityMeasure measure);

    std::size_t outputs() const { return m_classes ? m_classes : 1; }
    NodeSums sumsOf(const std::uint32_t* samples, std::size_t count) const;

    /// The answer of a node: the share of each class, or the mean. `out` has outputs() elements.
    void answer(const NodeSums& node, double* out) const;

    /// Cuts lie between values that differ, with at least `minimumLeaf` on each side; of equal gains the lowest cut wins.
    /// The gain is -infinity where there is no such cut, and otherwise not negative.
    ColumnCut bestCut(const SortedValue* values, const NodeSums& node, std::size_t minimumLeaf) const;

private:
    ColumnCut binaryGiniCut(const SortedValue* values, const NodeSums& node, std::size_t minimumLeaf) const;
    double giniOf(const NodeSums& node) const;
    double entropyOf(const NodeSums& node) const;

    ImpurityMeasure m_measure;
    std::size_t m_classes;
    std::vector<std::uint16_t> m_codes;
    std::vector<std::uint32_t> m_codeBits;          // the same, one bit a sample; only for two classes
    std::vector<double> m_y;
    std::vector<std::int64_t> m_fixed;              // y in fixed point about the middle of its range
    std::vector<std::int64_t> m_countLogCount;      // n -> n log2 n in fixed point
    double m_unit = 1;                              // what one step of the fixed point is worth in a gain
};

} // namespace modelarium
