#pragma once

#include "core/data/dataset.h"
#include "core/data/table.h"

#include <cstdint>
#include <vector>

namespace modelarium {

/// Which rows a model learns from and which are kept back to test it; both sorted.
struct Split {
    std::vector<std::size_t> train;
    std::vector<std::size_t> test;
};

/// Draws a seeded share of the usable rows for testing, from each class in proportion where the target is a category.
///
/// Rows whose target is missing take part in neither.
/// Errors   TooFewSamples where either side would be empty though `testFraction` > 0
Result<Split> splitRows(const Column& target, double testFraction, std::uint64_t seed);

/// The same with every value of the target a class, also where they are numbers.
/// Errors   TooFewSamples where either side would be empty though `testFraction` > 0
Result<Split> splitRowsByValue(const Column& target, double testFraction, std::uint64_t seed);

/// The same where there is no target: of `rows` rows, every one is usable.
/// Errors   TooFewSamples where either side would be empty though `testFraction` > 0
Result<Split> splitRows(std::size_t rows, double testFraction, std::uint64_t seed);

} // namespace modelarium
