#pragma once

#include "core/prepare/preparation.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace modelarium {

/// Cells that hold a category which the preparation has not learned, and which it does not refuse.
struct UnknownWords {
    std::size_t asMissing = 0;                      ///< cells that count as missing
    std::size_t asOther = 0;                        ///< cells that go to the level "(other)"
    std::string column, word;                       ///< of the first cell that counts as missing
    std::size_t row = 0;                            ///< of the table, from 0

    UnknownWords& operator+=(const UnknownWords& more);
};

/// Columns that the table does not have, and categories that are refused, count for nothing: their rows are named where they are prepared.
///
/// Cost     O(levels) a category whose levels are all known, O(rows) for the others
UnknownWords countUnknownWords(const Preparation& preparation, const Table& table, const std::vector<std::size_t>& rows);
UnknownWords countUnknownWords(const Preparation& preparation, const Table& table);

/// "3 cells of the test rows hold a category that the training rows did not (such as "giant" in row 7 of "size"): they count as
/// missing."; `cellsOf` is "of the test rows", or empty. Empty where there are none.
std::string unknownWordsSentence(const UnknownWords& words, std::string_view cellsOf = "");

} // namespace modelarium
