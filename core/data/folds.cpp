#include "core/data/folds.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/base/random.h"
#include "core/data/parting_columns.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_map>

namespace modelarium {

namespace {

constexpr std::array<std::pair<FoldKind, std::string_view>, 6> kindNames = {{
    {FoldKind::HoldOut, "holdout"}, {FoldKind::KFold, "kfold"}, {FoldKind::Stratified, "stratified"},
    {FoldKind::Grouped, "grouped"}, {FoldKind::LeaveOneOut, "loo"}, {FoldKind::TimeOrdered, "time"},
}};

Error tooFew(std::string message) { return {ErrorCode::TooFewSamples, std::move(message)}; }

std::vector<std::size_t> numbersUpTo(std::size_t n)
{
    std::vector<std::size_t> places(n);
    std::iota(places.begin(), places.end(), std::size_t(0));
    return places;
}

/// Fold numbers, one a place, as lists of places.
TestPlaces placesOf(const std::vector<std::size_t>& foldOfPlace, std::size_t folds)
{
    TestPlaces tests(folds);
    for (std::size_t place = 0; place < foldOfPlace.size(); ++place)
        tests[foldOfPlace[place]].push_back(place);
    return tests;
}

std::vector<std::size_t> countValues(const std::vector<std::size_t>& codes)
{
    std::vector<std::size_t> counts(codes.empty() ? 0 : *std::max_element(codes.begin(), codes.end()) + 1, 0);
    for (const std::size_t code : codes)
        ++counts[code];
    return counts;
}

/// Test places and everything else, as rows of the table.
std::vector<Split> splitsOf(const std::vector<std::size_t>& rows, const TestPlaces& tests)
{
    std::vector<Split> splits;
    for (const std::vector<std::size_t>& places : tests) {
        std::vector<char> tested(rows.size(), 0);
        for (const std::size_t place : places)
            tested[place] = 1;
        Split split;
        for (std::size_t place = 0; place < rows.size(); ++place)
            (tested[place] ? split.test : split.train).push_back(rows[place]);
        splits.push_back(std::move(split));
    }
    return splits;
}

Result<std::vector<std::size_t>> classesForFolds(const Column& target, const std::vector<std::size_t>& rows, std::size_t folds)
{
    std::vector<std::size_t> classes = valueCodes(target, rows);
    const std::vector<std::size_t> counts = countValues(classes);
    const std::size_t most = *std::max_element(counts.begin(), counts.end());
    // One class that is rarer than there are folds is spread as far as it goes; where all are, there is nothing to spread.
    if (most < folds && (target.type() == ColumnType::Number || most < 2))
        return tooFew("No value of \"" + target.name() + "\" occurs as often as there are folds: stratified folds are for classes that do. Choose plain folds.");
    if (most < folds)
        return tooFew("No class of \"" + target.name() + "\" has as many rows as there are folds: choose at most "
                      + countText(most) + " folds, or folds without classes.");
    return classes;
}

Result<std::vector<std::size_t>> groupsForFolds(const Table& table, const std::vector<std::size_t>& rows, const FoldOptions& options)
{
    Result<std::vector<std::size_t>> groups = groupCodes(table, rows, options.groupColumn);
    if (!groups)
        return groups.error();
    const std::size_t count = countValues(*groups).size();
    if (count < std::size_t(options.folds))
        return tooFew("\"" + options.groupColumn + "\" has " + counted(count, "group", "groups") + "; " + countText(options.folds)
                      + " folds need at least one each.");
    return groups;
}

Result<std::vector<Split>> timeOrdered(const Table& table, const std::vector<std::size_t>& usable, const FoldOptions& options)
{
    const Result<std::vector<std::size_t>> rows = rowsInTime(table, usable, options.timeColumn);
    if (!rows)
        return rows.error();
    const std::size_t folds = std::size_t(options.folds), n = rows->size(), size = n / (folds + 1);
    if (size == 0)
        return tooFew(counted(n, "row is", "rows are") + " not enough: " + countText(folds) + " folds in time need at least "
                      + countText(folds + 1) + ".");
    std::vector<Split> splits;
    for (std::size_t fold = 0; fold < folds; ++fold) {
        const auto begin = rows->begin() + std::ptrdiff_t(n - (folds - fold) * size);
        Split split{{rows->begin(), begin}, {begin, begin + std::ptrdiff_t(size)}};
        std::sort(split.train.begin(), split.train.end());
        std::sort(split.test.begin(), split.test.end());
        splits.push_back(std::move(split));
    }
    return splits;
}

/// One round of folds over rows that have a target; `target` is null where there is none.
Result<std::vector<Split>> foldsOnce(const Table& table, const Column* target, const std::vector<std::size_t>& rows, const FoldOptions& options,
                                     std::uint64_t seed)
{
    const std::size_t folds = options.kind == FoldKind::LeaveOneOut ? rows.size() : std::size_t(options.folds);
    switch (options.kind) {
    case FoldKind::TimeOrdered:
        return timeOrdered(table, rows, options);
    case FoldKind::HoldOut: {
        Result<Split> split = !target         ? splitRows(rows.size(), options.testFraction, seed)
                              : options.classes ? splitRowsByValue(*target, options.testFraction, seed)
                                                : splitRows(*target, options.testFraction, seed);
        return split ? Result<std::vector<Split>>(std::vector<Split>{*std::move(split)}) : split.error();
    }
    case FoldKind::Stratified: {
        if (!target)
            return Error{ErrorCode::WrongType, "There is no target whose classes could be dealt out evenly: choose plain folds."};
        const Result<std::vector<std::size_t>> classes = classesForFolds(*target, rows, folds);
        return classes ? Result<std::vector<Split>>(splitsOf(rows, stratifiedPlaces(*classes, folds, options.shuffle, seed))) : classes.error();
    }
    case FoldKind::Grouped: {
        const Result<std::vector<std::size_t>> groups = groupsForFolds(table, rows, options);
        return groups ? Result<std::vector<Split>>(splitsOf(rows, groupedPlaces(*groups, folds, options.shuffle, seed))) : groups.error();
    }
    case FoldKind::KFold:
    case FoldKind::LeaveOneOut:
        break;
    }
    const bool shuffle = options.shuffle && options.kind == FoldKind::KFold;
    return splitsOf(rows, kFoldPlaces(rows.size(), folds, shuffle, seed));
}

Result<void> checkOptions(const FoldOptions& options, std::size_t rows)
{
    const bool counts = options.kind != FoldKind::HoldOut && options.kind != FoldKind::LeaveOneOut;
    if (counts && options.folds < 2)
        return Error{ErrorCode::Unsupported, "A cross-validation needs at least 2 folds, not " + std::to_string(options.folds) + "."};
    if (options.kind == FoldKind::HoldOut && !(options.testFraction > 0 && options.testFraction < 1))
        return Error{ErrorCode::Unsupported, "The share of rows to test with must lie between 0 and 1."};
    if (options.repeats < 1)
        return Error{ErrorCode::Unsupported, "Folds are drawn at least once, not " + std::to_string(options.repeats) + " times."};
    const std::size_t least = counts ? std::size_t(options.folds) : 2;
    if (rows < least)
        return tooFew(counted(rows, "usable row is", "usable rows are") + " not enough: these folds need at least "
                      + countText(least) + ".");
    // Each split lists every row once: 512 MB of lists at most.
    constexpr double mostPlaces = 64e6;
    const double rounds = (options.kind == FoldKind::LeaveOneOut ? double(rows) : counts ? double(options.folds) : 1) * double(options.repeats);
    if (rounds * double(rows) > mostPlaces)
        return Error{ErrorCode::TooLarge, shortText(rounds, 9) + " trainings with " + countText(rows)
                                              + " rows are too many: choose fewer folds or repeats, or take fewer rows."};
    return {};
}

} // namespace

std::string_view foldKindName(FoldKind kind)
{
    return std::find_if(kindNames.begin(), kindNames.end(), [&](const auto& pair) { return pair.first == kind; })->second;
}

std::optional<FoldKind> foldKindNamed(std::string_view name)
{
    for (const auto& [kind, word] : kindNames)
        if (word == name)
            return kind;
    return std::nullopt;
}

std::vector<std::size_t> valueCodes(const Column& column, const std::vector<std::size_t>& rows)
{
    std::unordered_map<std::string, std::size_t> codes;
    std::vector<std::size_t> result;
    result.reserve(rows.size());
    for (const std::size_t row : rows)
        result.push_back(codes.emplace(valueText(column, row), codes.size()).first->second);
    return result;
}

TestPlaces kFoldPlaces(std::size_t n, std::size_t folds, bool shuffle, std::uint64_t seed)
{
    std::vector<std::size_t> order = numbersUpTo(n);
    if (shuffle)
        Random(seed).shuffle(order);
    std::vector<std::size_t> foldOfPlace(n);
    for (std::size_t fold = 0, next = 0; fold < folds; ++fold)
        for (std::size_t size = n / folds + (fold < n % folds ? 1 : 0); size > 0; --size)
            foldOfPlace[order[next++]] = fold;
    return placesOf(foldOfPlace, folds);
}

TestPlaces stratifiedPlaces(const std::vector<std::size_t>& classes, std::size_t folds, bool shuffle, std::uint64_t seed)
{
    // Rows in order of their classes are dealt out one by one: that says how many of each class a fold gets.
    const std::vector<std::size_t> counts = countValues(classes);
    std::vector<std::vector<std::size_t>> foldsOfClass(counts.size());
    std::vector<std::vector<std::size_t>> share(counts.size(), std::vector<std::size_t>(folds, 0));
    std::size_t dealt = 0;
    for (std::size_t k = 0; k < counts.size(); ++k)
        for (std::size_t i = 0; i < counts[k]; ++i)
            ++share[k][dealt++ % folds];
    const Random random(seed);
    for (std::size_t k = 0; k < counts.size(); ++k) {
        for (std::size_t fold = 0; fold < folds; ++fold)
            foldsOfClass[k].insert(foldsOfClass[k].end(), share[k][fold], fold);
        if (shuffle)
            random.split(k).shuffle(foldsOfClass[k]);
    }
    std::vector<std::size_t> foldOfPlace, next(counts.size(), 0);
    for (const std::size_t k : classes)
        foldOfPlace.push_back(foldsOfClass[k][next[k]++]);
    return placesOf(foldOfPlace, folds);
}

TestPlaces groupedPlaces(const std::vector<std::size_t>& groups, std::size_t folds, bool shuffle, std::uint64_t seed)
{
    const std::vector<std::size_t> counts = countValues(groups);
    std::vector<std::size_t> order = numbersUpTo(counts.size());
    if (shuffle)
        Random(seed).shuffle(order);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
    std::vector<std::size_t> rowsInFold(folds, 0), foldOfGroup(counts.size());
    for (const std::size_t group : order) {
        const auto lightest = std::size_t(std::min_element(rowsInFold.begin(), rowsInFold.end()) - rowsInFold.begin());
        rowsInFold[lightest] += counts[group];
        foldOfGroup[group] = lightest;
    }
    std::vector<std::size_t> foldOfPlace;
    for (const std::size_t group : groups)
        foldOfPlace.push_back(foldOfGroup[group]);
    return placesOf(foldOfPlace, folds);
}

std::vector<std::size_t> fairOrder(const std::vector<std::size_t>& rows, const std::vector<std::size_t>& classes, std::uint64_t seed)
{
    std::vector<std::size_t> order = numbersUpTo(rows.size());
    Random(seed).shuffle(order);
    if (!classes.empty()) {
        // Member i of a class of m stands at (i + 1/2) / m of the way: classes are woven evenly into each other.
        const std::vector<std::size_t> counts = countValues(classes);
        std::vector<std::size_t> seen(counts.size(), 0);
        std::vector<double> way(rows.size());
        for (const std::size_t place : order)
            way[place] = (double(seen[classes[place]]++) + 0.5) / double(counts[classes[place]]);
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return way[a] < way[b]; });
    }
    std::vector<std::size_t> result;
    for (const std::size_t place : order)
        result.push_back(rows[place]);
    return result;
}

Result<std::vector<Split>> makeFolds(const Table& table, std::string_view target, const FoldOptions& options)
{
    const Result<const Column*> column = target.empty() ? Result<const Column*>(nullptr) : columnNamed(table, target, "to predict");
    if (!column)
        return column.error();
    if (options.kind == FoldKind::Grouped)
        if (const Result<void> other = checkNotTarget(options.groupColumn, target, "to group rows by"); !other)
            return other.error();
    if (options.kind == FoldKind::TimeOrdered)
        if (const Result<void> other = checkNotTarget(options.timeColumn, target, "to order rows by"); !other)
            return other.error();
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < table.rows(); ++row)
        if (!*column || !(*column)->isMissing(row))
            rows.push_back(row);
    if (Result<void> checked = checkOptions(options, rows.size()); !checked)
        return checked.error();

    const bool repeats = options.kind != FoldKind::LeaveOneOut && options.kind != FoldKind::TimeOrdered;
    std::vector<Split> all;
    for (int repeat = 0; repeat < (repeats ? options.repeats : 1); ++repeat) {
        // The first round is the one that a single round would be.
        const std::uint64_t seed = repeat == 0 ? options.seed : Random(options.seed).split(std::uint64_t(repeat)).bits();
        Result<std::vector<Split>> once = foldsOnce(table, *column, rows, options, seed);
        if (!once)
            return once.error();
        all.insert(all.end(), std::make_move_iterator(once->begin()), std::make_move_iterator(once->end()));
    }
    return all;
}

} // namespace modelarium
