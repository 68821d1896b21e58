#pragma once

#include "core/data/dataset.h"
#include "core/learn/trees/forest_tree.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace modelarium {

/// What a forest answers to each training sample when only those trees are asked that did not see it: a test set for nothing.
///
/// Math     the mean of those trees' answers; error: the share of wrong classes, or the mean squared error; score: the share of
///          right classes, or R2 = 1 - error / variance. Samples that every tree has seen so far are left out
/// Source   L. Breiman, Machine Learning 45(1), 2001
class OutOfBag {
public:
    explicit OutOfBag(const Dataset& data);

    /// What one more tree answers to the samples that it did not see.
    void add(const GrownTree& grown);

    std::size_t answered() const { return m_answered; }
    double error() const;
    /// Nothing where no sample was answered, or numbers that were have no variance.
    std::optional<double> score() const;

private:
    std::size_t likeliest(std::size_t sample) const;
    void addTruth(double y);

    const Dataset& m_data;
    std::size_t m_outputs;
    std::vector<double> m_sums;                     // outputs a sample
    std::vector<std::uint32_t> m_trees;             // that have answered a sample
    std::size_t m_answered = 0;
    std::size_t m_wrong = 0;
    double m_firstTruth = 0, m_truthSum = 0, m_truthSquares = 0;        // of the answered samples, about the first of them
};

} // namespace modelarium
