#pragma once

#include "core/data/split.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelarium {

/// How rows are parted for a cross-validation.
enum class FoldKind {
    HoldOut,            ///< one seeded share for testing, from each class in proportion (splitRows)
    KFold,              ///< each row is tested once, in one of k folds of nearly equal size
    Stratified,         ///< the same, each class spread evenly over the folds
    Grouped,            ///< rows of one group are never on both sides
    LeaveOneOut,        ///< as many folds as rows
    TimeOrdered,        ///< always learn from the past and test on what follows
};

/// The word on the command line: "holdout", "kfold", "stratified", "grouped", "loo", "time".
std::string_view foldKindName(FoldKind kind);
std::optional<FoldKind> foldKindNamed(std::string_view name);

struct FoldOptions {
    FoldKind kind = FoldKind::KFold;
    int folds = 5;
    int repeats = 1;                                ///< KFold, Stratified, Grouped and HoldOut: again with other draws
    bool shuffle = true;                            ///< false: folds follow the order of the rows
    double testFraction = 0.25;                     ///< HoldOut only
    std::string groupColumn;                        ///< Grouped: rows with the same value belong together
    std::string timeColumn;                         ///< TimeOrdered: rows in its order; empty: in the order of the table
    bool classes = false;                           ///< HoldOut: values of the target are classes, also where they are numbers
    std::uint64_t seed = 1;
};

/// Parts the rows of a table that have a target into folds, or all rows where `target` is empty: what to learn from and what to test with, each sorted.
///
/// Math     KFold: rows are shuffled and cut into k runs, the first n mod k of them one row longer. Stratified: the same for the
///          rows in order of their classes, dealt out so that each fold has each class within one row of its share.
///          Grouped: the largest group first, each into the fold that has fewest rows. TimeOrdered: n is cut so that fold i tests
///          run i of k runs of n / (k + 1) rows at the end, and learns from all rows before it; of equal times, the earlier row
///          of the table comes first. Without shuffling, the same folds as scikit-learn's KFold, StratifiedKFold, LeaveOneOut,
///          TimeSeriesSplit, and GroupKFold where no two groups are of one size
/// Errors   UnknownColumn (target, group, time); WrongType (a time that is neither a number nor a date; classes that are none, or no target to have any);
///          MissingValue (a group or time of a usable row is missing: names row and column);
///          TooFewSamples (fewer rows, groups or rows of any class than folds need); Unsupported (folds < 2, repeats < 1, no share; rows grouped or ordered by the target);
///          TooLarge (splits * rows above 64 million)
/// Random   repeat r draws with stream r of the seed
Result<std::vector<Split>> makeFolds(const Table& table, std::string_view target, const FoldOptions& options);

/// The parts of makeFolds for rows that are known already: each gives the test rows of every fold as places in 0 .. n-1, sorted.
using TestPlaces = std::vector<std::vector<std::size_t>>;
TestPlaces kFoldPlaces(std::size_t n, std::size_t folds, bool shuffle, std::uint64_t seed);
TestPlaces stratifiedPlaces(const std::vector<std::size_t>& classes, std::size_t folds, bool shuffle, std::uint64_t seed);
TestPlaces groupedPlaces(const std::vector<std::size_t>& groups, std::size_t folds, bool shuffle, std::uint64_t seed);

/// The value of each given row of a column as a number 0, 1, ... in order of first appearance: classes and groups of any type.
std::vector<std::size_t> valueCodes(const Column& column, const std::vector<std::size_t>& rows);

/// `rows` in an order of which every beginning is a fair sample: shuffled, and each class in proportion where `classes` are given
/// (one a row; empty for none).
std::vector<std::size_t> fairOrder(const std::vector<std::size_t>& rows, const std::vector<std::size_t>& classes, std::uint64_t seed);

} // namespace modelarium
