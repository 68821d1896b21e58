#include "core/prepare/unknown_words.h"

#include "core/base/counted.h"
#include "core/prepare/input_columns.h"

#include <numeric>
#include <optional>
#include <unordered_set>

namespace modelarium {

namespace {

/// Which of the levels of a column of categories an input does not know; empty where it knows all.
std::vector<char> unknownLevels(const std::vector<std::string>& levels, const std::unordered_set<std::string_view>& known)
{
    std::vector<char> unknown(levels.size());
    bool any = false;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        unknown[i] = known.contains(levels[i]) ? 0 : 1;
        any = any || unknown[i];
    }
    return any ? unknown : std::vector<char>();
}

/// The places of the rows whose cell is unknown: how many, and the first.
struct UnknownCells {
    std::size_t count = 0;
    std::size_t first = 0;
};

UnknownCells unknownCells(const InputColumn& input, const Column& column, const std::vector<std::size_t>& rows)
{
    UnknownCells cells;
    const auto add = [&](std::size_t row) {
        if (cells.count++ == 0)
            cells.first = row;
    };
    const std::unordered_set<std::string_view> known(input.levels.begin(), input.levels.end());
    if (column.isCategorical()) {
        const CategoryCells& categories = column.categoryCells();
        const std::vector<char> unknown = unknownLevels(categories.levels, known);
        for (std::size_t i = 0; i < rows.size() && !unknown.empty(); ++i)
            if (const std::int32_t code = categories.codes[rows[i]]; code >= 0 && unknown[std::size_t(code)])
                add(rows[i]);
        return cells;
    }
    for (const std::size_t row : rows)
        if (column.type() != ColumnType::Empty && !column.isMissing(row) && !known.contains(column.cellText(row)))
            add(row);
    return cells;
}

} // namespace

UnknownWords& UnknownWords::operator+=(const UnknownWords& more)
{
    if (asMissing == 0 && more.asMissing > 0) {
        column = more.column;
        word = more.word;
        row = more.row;
    }
    asMissing += more.asMissing;
    asOther += more.asOther;
    return *this;
}

UnknownWords countUnknownWords(const Preparation& preparation, const Table& table, const std::vector<std::size_t>& rows)
{
    UnknownWords words;
    for (const InputColumn& input : preparation.inputs()) {
        const std::optional<std::size_t> index = table.find(input.name);
        const UnknownCategory unknown = preparation.unknownCategoryOf(input);
        if (!input.isCategorical() || !index || unknown == UnknownCategory::Refuse)
            continue;
        const Column& column = table.column(*index);
        const UnknownCells cells = unknownCells(input, column, rows);
        if (cells.count == 0)
            continue;
        UnknownWords here;
        if (unknown == UnknownCategory::OwnLevel)
            here.asOther = cells.count;
        else
            here = {cells.count, 0, input.name, column.cellText(cells.first), cells.first};
        words += here;
    }
    return words;
}

UnknownWords countUnknownWords(const Preparation& preparation, const Table& table)
{
    std::vector<std::size_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    return countUnknownWords(preparation, table, rows);
}

std::string unknownWordsSentence(const UnknownWords& words, std::string_view cellsOf)
{
    if (words.asMissing == 0)
        return {};
    const bool one = words.asMissing == 1;
    return countText(words.asMissing) + (one ? " cell " : " cells ") + std::string(cellsOf) + (cellsOf.empty() ? "" : " ")
        + (one ? "holds" : "hold") + " a category that the training rows did not (" + (one ? "" : "such as ") + quoted(words.word) + " in row "
        + std::to_string(words.row + 1) + " of " + quoted(words.column) + "): " + (one ? "it counts" : "they count") + " as missing.";
}

} // namespace modelarium
