#pragma once

#include "core/data/split.h"

#include <cstdint>
#include <string>

namespace modelarium {

/// How the rows are chosen that are kept back for testing.
enum class HoldOutKind {
    InProportion,       ///< drawn, from each class in proportion (splitRows)
    AtRandom,           ///< drawn without a look at the classes
    Grouped,            ///< whole groups are drawn: rows that belong together are never on both sides
    Last,               ///< those that come last: learn from the past, test on what follows
};

struct HoldOut {
    HoldOutKind kind = HoldOutKind::InProportion;
    std::string column{};                           ///< Grouped: rows with the same value belong together; Last: gives the order, empty: that of the table

    bool operator==(const HoldOut&) const = default;
};

/// Parts the rows of a table that have a target, or all rows where `target` is null; both sides sorted.
///
/// Math     round(n * testFraction) of n rows are tested. Grouped: groups in a drawn order, as long as each brings the tested rows nearer
///          to that number; at least one group stays on each side. Last: of equal values, the earlier row of the table comes first
/// Errors   UnknownColumn, MissingValue, WrongType of the column (groupCodes, rowsInTime);
///          TooFewSamples where either side would be empty though `testFraction` > 0
/// Random   the seed alone; Last draws nothing
Result<Split> holdOut(const Table& table, const Column* target, const HoldOut& how, double testFraction, std::uint64_t seed);

} // namespace modelarium
