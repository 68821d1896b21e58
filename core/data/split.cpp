#include "core/data/split.h"

#include "core/base/buffer.h"
#include "core/base/counted.h"
#include "core/base/random.h"
#include "core/data/parting_columns.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

/// The rows that have a target, one group a class; one group in all where the target is a number.
std::vector<std::vector<std::size_t>> usableGroups(const Column& target)
{
    std::vector<std::vector<std::size_t>> groups(target.isCategorical() ? target.categoryCells().levels.size() : 1);
    if (target.isNumeric() && target.missing() == 0) {
        groups[0].reserve(target.rows());
        preferHugePages(groups[0].data(), target.rows() * sizeof(std::size_t));
        groups[0].resize(target.rows());
        std::iota(groups[0].begin(), groups[0].end(), std::size_t(0));
        return groups;
    }
    for (std::size_t row = 0; row < target.rows(); ++row) {
        if (target.isMissing(row))
            continue;
        groups[target.isCategorical() ? std::size_t(target.categoryCells().codes[row]) : 0].push_back(row);
    }
    return groups;
}

/// How many rows of each group are tested: proportional, and in all round(n * fraction). The largest remainders get the odd rows.
std::vector<std::size_t> testCounts(const std::vector<std::vector<std::size_t>>& groups, double fraction)
{
    std::size_t rows = 0, given = 0;
    std::vector<std::size_t> counts;
    std::vector<std::pair<double, std::size_t>> remainders;
    for (std::size_t group = 0; group < groups.size(); ++group) {
        const double exact = double(groups[group].size()) * fraction;
        counts.push_back(std::size_t(exact));
        remainders.emplace_back(std::floor(exact) - exact, group);
        rows += groups[group].size();
        given += counts.back();
    }
    std::stable_sort(remainders.begin(), remainders.end());
    const auto wanted = std::size_t(std::lround(double(rows) * fraction));
    for (std::size_t i = 0; given < wanted && i < remainders.size(); ++i) {
        const std::size_t group = remainders[i].second;
        if (counts[group] < groups[group].size()) {
            ++counts[group];
            ++given;
        }
    }
    return counts;
}

/// Draws from each group in proportion.
Split splitGroups(std::vector<std::vector<std::size_t>> groups, double testFraction, std::uint64_t seed)
{
    const std::vector<std::size_t> counts = testCounts(groups, testFraction);
    Split split;
    const Random random(seed);
    if (groups.size() == 1 && counts[0] == 0) {
        split.train = std::move(groups[0]);         // in order already
        return split;
    }
    for (std::size_t group = 0; group < groups.size(); ++group) {
        std::vector<std::size_t>& rows = groups[group];
        if (counts[group] > 0)
            random.split(group).shuffle(rows);
        split.test.insert(split.test.end(), rows.begin(), rows.begin() + std::ptrdiff_t(counts[group]));
        split.train.insert(split.train.end(), rows.begin() + std::ptrdiff_t(counts[group]), rows.end());
    }
    std::sort(split.train.begin(), split.train.end());
    std::sort(split.test.begin(), split.test.end());
    return split;
}

Result<Split> withBothSides(Split split, double testFraction)
{
    if (testFraction > 0 && (split.train.empty() || split.test.empty())) {
        return Error{ErrorCode::TooFewSamples, rowsText(split.train.size() + split.test.size())
                                                   + " cannot be parted into rows to learn from and rows to test with: "
                                                     "choose another share for testing, or none."};
    }
    return split;
}

} // namespace

Result<Split> splitRows(const Column& target, double testFraction, std::uint64_t seed)
{
    Split split = splitGroups(usableGroups(target), testFraction, seed);
    if (split.train.empty() && split.test.empty()) {
        Place place;
        place.column = target.name();
        return Error{ErrorCode::TooFewSamples, "The target \"" + target.name() + "\" has no value in any row.", place};
    }
    return withBothSides(std::move(split), testFraction);
}

Result<Split> splitRowsByValue(const Column& target, double testFraction, std::uint64_t seed)
{
    if (target.isCategorical())
        return splitRows(target, testFraction, seed);
    std::vector<std::string> values;
    values.reserve(target.rows());
    for (std::size_t row = 0; row < target.rows(); ++row)
        values.push_back(valueText(target, row));
    return splitRows(Column::categories(target.name(), values), testFraction, seed);
}

Result<Split> splitRows(std::size_t rows, double testFraction, std::uint64_t seed)
{
    std::vector<std::size_t> all(rows);
    std::iota(all.begin(), all.end(), std::size_t(0));
    return withBothSides(splitGroups({std::move(all)}, testFraction, seed), testFraction);
}

} // namespace modelarium
