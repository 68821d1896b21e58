#pragma once

#include "core/data/csv_columns.h"
#include "core/data/csv_dialect.h"
#include "core/data/csv_source.h"

#include <cstddef>
#include <functional>

namespace modelarium::csv {

constexpr std::size_t textPadding = 64;             ///< the kernels read that far beside the text
constexpr std::size_t longestRecord = std::size_t(512) << 20;

/// Where the next record begins in the decoded text.
struct TextPosition {
    std::size_t offset = 0;
    std::size_t line = 1;
};

/// What both ways of reading need to know.
struct ReadingContext {
    const ByteSource& source;
    const TextEncoding& encoding;
    const Dialect& dialect;
    TableBuilder& builder;
    std::size_t blockBytes;
    std::size_t maximumBytes;
    const std::function<bool(double)>& progress;
    std::size_t widest = 0;                 ///< the most cells of a row, where that is more than there are columns

    RowRules rowRules() const { return {builder.columns(), dialect.columns.size(), dialect.record.comments}; }
};

enum class ReadingEnd {
    Complete,
    Unusual,            ///< from the position on, the general reader is needed
    NotUtf8,            ///< a byte at or behind the position is not UTF-8
};

/// Reads plain UTF-8 in blocks on all cores: each block guesses that it begins outside quotes, which the block before it
/// confirms or corrects; so the table never depends on where the blocks begin.
Result<ReadingEnd> readInParallel(ReadingContext& context, TextPosition& position);

/// Reads everything else: quotes bent in every way, other encodings, compressed files.
Result<ReadingEnd> readInOrder(ReadingContext& context, TextPosition& position);

/// The sentence about a quote that is still open when the file ends. Columns count from 1; `columns` may name fewer.
Error openQuoteError(std::size_t line, std::size_t column, const std::vector<ColumnPlan>& columns);

/// The lines of a block's notes, from their offsets: `begin` is the first byte of the block and stands in line `line`.
void setLines(Notes& notes, const char* text, std::size_t begin, std::size_t line);

} // namespace modelarium::csv
