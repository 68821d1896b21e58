#include "core/data/hold_out.h"

#include "core/base/counted.h"
#include "core/base/random.h"
#include "core/data/parting_columns.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

std::vector<std::size_t> rowsWithTarget(const Table& table, const Column* target)
{
    std::vector<std::size_t> rows;
    rows.reserve(table.rows());
    for (std::size_t row = 0; row < table.rows(); ++row)
        if (!target || !target->isMissing(row))
            rows.push_back(row);
    return rows;
}

/// The last `tested` of the rows are kept back.
Split lastKeptBack(const std::vector<std::size_t>& rows, std::size_t tested)
{
    const auto border = rows.end() - std::ptrdiff_t(tested);
    Split split{{rows.begin(), border}, {border, rows.end()}};
    std::sort(split.train.begin(), split.train.end());
    std::sort(split.test.begin(), split.test.end());
    return split;
}

Result<Split> groupsKeptBack(const Table& table, const std::vector<std::size_t>& rows, const std::string& column, std::size_t wanted, std::uint64_t seed)
{
    const Result<std::vector<std::size_t>> groups = groupCodes(table, rows, column);
    if (!groups)
        return groups.error();
    const std::size_t count = groups->empty() ? 0 : *std::max_element(groups->begin(), groups->end()) + 1;
    if (wanted > 0 && count < 2)
        return Error{ErrorCode::TooFewSamples, "\"" + column + "\" has " + counted(count, "group", "groups")
                                                   + ": two are needed, one to learn from and one to test with.", Place{.column = column}};
    std::vector<std::size_t> sizes(count, 0), order(count);
    for (const std::size_t group : *groups)
        ++sizes[group];
    std::iota(order.begin(), order.end(), std::size_t(0));
    Random(seed).shuffle(order);
    std::vector<char> tested(count, 0);
    std::size_t taken = 0, groupsTaken = 0;
    const auto distance = [wanted](std::size_t n) { return n > wanted ? n - wanted : wanted - n; };
    for (const std::size_t group : order) {
        if (wanted == 0 || groupsTaken + 1 == count || distance(taken + sizes[group]) >= distance(taken))
            continue;
        tested[group] = 1;
        taken += sizes[group];
        ++groupsTaken;
    }
    // Where every group is far larger than the share, the smallest comes nearest to it.
    if (wanted > 0 && groupsTaken == 0)
        tested[*std::min_element(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return sizes[a] < sizes[b]; })] = 1;
    Split split;
    for (std::size_t place = 0; place < rows.size(); ++place)
        (tested[(*groups)[place]] ? split.test : split.train).push_back(rows[place]);
    return split;
}

} // namespace

Result<Split> holdOut(const Table& table, const Column* target, const HoldOut& how, double testFraction, std::uint64_t seed)
{
    if (how.kind == HoldOutKind::InProportion)
        return target ? splitRows(*target, testFraction, seed) : splitRows(table.rows(), testFraction, seed);
    const std::vector<std::size_t> rows = rowsWithTarget(table, target);
    if (how.kind == HoldOutKind::AtRandom) {
        Result<Split> split = splitRows(rows.size(), testFraction, seed);
        if (split) {
            for (std::vector<std::size_t>* side : {&split->train, &split->test})
                for (std::size_t& place : *side)
                    place = rows[place];
        }
        return split;
    }
    const auto wanted = std::size_t(std::lround(double(rows.size()) * testFraction));
    if (testFraction > 0 && (wanted == 0 || wanted == rows.size()))
        return splitRows(rows.size(), testFraction, seed);                      // says what is wrong with the share
    if (how.kind == HoldOutKind::Grouped)
        return groupsKeptBack(table, rows, how.column, wanted, seed);
    const Result<std::vector<std::size_t>> ordered = rowsInTime(table, rows, how.column);
    if (!ordered)
        return ordered.error();
    return lastKeptBack(*ordered, wanted);
}

} // namespace modelarium
