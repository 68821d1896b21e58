#include "core/base/counted.h"
#include "core/base/parallel.h"
#include "core/data/csv_columns.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace modelarium::csv {

namespace {

/// Columns of words are categories where the words recur: at most 20 different ones, or at most half as many as filled cells.
bool areCategories(std::size_t distinct, std::size_t filled) { return distinct <= mostLevels && (distinct <= 20 || distinct * 2 <= filled); }

/// DE, FR, NA: where all other words are codes of at most three capitals, NA is one of them.
bool isCapitalCode(std::string_view text)
{
    return text.size() <= 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

struct MissingWords {
    std::vector<bool> missing;
    std::size_t missingCells = 0, keptCells = 0;
    std::string missingExample, keptExample;
};

/// Which words of a column stand for a missing cell.
MissingWords missingWordsOf(const std::vector<std::string>& texts, const std::vector<bool>& bare, const std::vector<std::size_t>& counts,
                             std::optional<bool> keepsNA)
{
    bool othersAreCodes = texts.size() > 1;
    for (std::size_t i = 0; i < texts.size(); ++i)
        othersAreCodes = othersAreCodes && (bare[i] || isCapitalCode(texts[i]));
    othersAreCodes = othersAreCodes && std::find(bare.begin(), bare.end(), false) != bare.end();
    othersAreCodes = keepsNA.value_or(othersAreCodes);
    MissingWords words;
    words.missing.resize(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (!bare[i])
            continue;
        const bool kept = texts[i] == "None" || texts[i] == "none" || (texts[i] == "NA" && othersAreCodes);
        words.missing[i] = !kept;
        (kept ? words.keptCells : words.missingCells) += counts[i];
        std::string& example = kept ? words.keptExample : words.missingExample;
        if (example.empty())
            example = texts[i];
    }
    return words;
}

/// How many cells have each code; negative ones are missing.
std::vector<std::size_t> countCodes(const Buffer<std::int32_t>& codes, std::size_t levels)
{
    constexpr std::size_t fewest = 1 << 16, most = 16;          // cells in a part; parts
    const std::size_t parts = std::clamp<std::size_t>(codes.size() / fewest, 1, most);
    std::vector<std::vector<std::size_t>> counts(parts);
    parallelFor(parts, [&](std::size_t part) {
        // Neighbours count in turns: one counter of few levels would wait for itself. The first place of each is for missing cells.
        constexpr std::size_t turns = 4;
        const std::size_t width = levels + 1;
        std::vector<std::uint32_t> own(turns * width);
        const std::size_t begin = part * codes.size() / parts, end = (part + 1) * codes.size() / parts;
        std::size_t row = begin;
        for (; row + turns <= end; row += turns)
            for (std::size_t turn = 0; turn < turns; ++turn)
                ++own[turn * width + std::size_t(codes[row + turn] + 1)];
        for (; row < end; ++row)
            ++own[std::size_t(codes[row] + 1)];
        counts[part].resize(levels);
        for (std::size_t i = 0; i < levels; ++i)
            for (std::size_t turn = 0; turn < turns; ++turn)
                counts[part][i] += own[turn * width + i + 1];
    });
    for (std::size_t part = 1; part < parts; ++part)
        for (std::size_t i = 0; i < levels; ++i)
            counts[0][i] += counts[part][i];
    return std::move(counts[0]);
}

/// Every code becomes the one at its place in `map`; negative ones become -1.
void recode(Buffer<std::int32_t>& codes, const std::vector<std::int32_t>& map)
{
    constexpr std::size_t together = 1 << 16;
    parallelFor((codes.size() + together - 1) / together, [&](std::size_t block) {
        const std::size_t end = std::min(codes.size(), (block + 1) * together);
        for (std::size_t row = block * together; row < end; ++row)
            codes[row] = codes[row] < 0 ? -1 : map[std::size_t(codes[row])];
    });
}

/// New codes and levels without the missing words; equal words become one level.
CategoryCells withoutMissing(Buffer<std::int32_t> codes, const std::vector<std::string>& texts, const std::vector<bool>& missing)
{
    CategoryCells cells;
    std::unordered_map<std::string_view, std::int32_t> known;
    std::vector<std::int32_t> map(texts.size(), -1);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (missing[i])
            continue;
        const auto [place, isNew] = known.try_emplace(texts[i], std::int32_t(cells.levels.size()));
        if (isNew)
            cells.levels.push_back(texts[i]);
        map[i] = place->second;
    }
    if (cells.levels.size() < texts.size())         // otherwise each code stays what it is
        recode(codes, map);
    cells.codes = std::move(codes);
    return cells;
}

/// False first, true second; the missing word of the pair is added. False where the levels are no such pair, which then stay.
bool becomeBooleans(CategoryCells& cells, bool& mixed)
{
    if (cells.levels.empty())
        return false;
    const auto first = booleanWord(cells.levels.front());
    std::vector<std::int32_t> map;
    std::vector<std::string> words(2);
    for (const std::string& level : cells.levels) {
        const auto word = booleanWord(level);
        if (!first || !word || word->pair != first->pair)
            return false;
        mixed |= !words[std::size_t(word->value)].empty();
        if (words[std::size_t(word->value)].empty())
            words[std::size_t(word->value)] = level;
        map.push_back(word->value);
    }
    // One letter alone may be anything: F, N, T, Y.
    if (cells.levels.size() == 1 && cells.levels.front().size() == 1)
        return false;
    if (words[0].empty())
        words[0] = otherBooleanWord(words[1]);
    if (words[1].empty())
        words[1] = otherBooleanWord(words[0]);
    if (map != std::vector<std::int32_t>{0, 1} && map != std::vector<std::int32_t>{0})
        recode(cells.codes, map);
    cells.levels = std::move(words);
    return true;
}

TextCells asText(const CategoryCells& cells)
{
    TextCells text;
    text.ends.resize(cells.codes.size());
    std::size_t bytes = 0;
    for (const std::int32_t code : cells.codes)
        bytes += code < 0 ? 0 : cells.levels[std::size_t(code)].size();
    text.bytes.reserve(bytes);
    for (std::size_t row = 0; row < cells.codes.size(); ++row) {
        if (cells.codes[row] < 0) {
            text.missing.push_back(std::uint32_t(row));
        } else {
            const std::string& level = cells.levels[std::size_t(cells.codes[row])];
            text.bytes.insert(text.bytes.end(), level.begin(), level.end());
        }
        text.ends[row] = text.bytes.size();
    }
    return text;
}

/// The same cells as categories, or nothing where there are too many different ones.
std::optional<CategoryCells> asCategories(const TextCells& text, std::size_t rows)
{
    CategoryCells cells;
    cells.codes.resize(rows);
    std::unordered_map<std::string_view, std::int32_t> known;
    std::size_t begin = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string_view word(text.bytes.data() + begin, text.ends[row] - begin);
        begin = text.ends[row];
        cells.codes[row] = -1;
        if (word.empty())
            continue;
        const auto [place, isNew] = known.try_emplace(word, std::int32_t(known.size()));
        if (isNew && known.size() > mostLevels)
            return std::nullopt;
        if (isNew)
            cells.levels.emplace_back(word);
        cells.codes[row] = place->second;
    }
    if (!areCategories(cells.levels.size(), rows - text.missing.size()))
        return std::nullopt;
    return cells;
}

} // namespace

std::string TableBuilder::unitOf(std::size_t index, std::size_t filled) const
{
    const ColumnPlan& plan = m_columns[index].plan;
    if (!plan.unit.empty())
        return plan.unit;
    const NoteCount* percent = m_notes.find(Note::Percent, std::uint32_t(index));
    if (percent && percent->count == filled)
        return "%";
    for (const Note note : currencyNotes)
        if (const NoteCount* currency = m_notes.find(note, std::uint32_t(index)); currency && currency->count == filled)
            return std::string(readNumber(currency->example, m_decimal).currency);
    return {};
}

/// A currency that some cells have and others lack is no unit of the column, and a person should look.
void TableBuilder::tellPartlyCurrency(std::size_t index, std::size_t filled)
{
    for (const Note note : currencyNotes) {
        NoteCount* currency = m_notes.find(note, std::uint32_t(index));
        if (!currency || currency->count == filled)
            continue;
        const std::size_t count = std::exchange(currency->count, 0);
        const std::size_t line = currency->line;
        const std::string example = currency->example;
        m_notes.set(Note::PartlyCurrency, std::uint32_t(index), count, line, example);
    }
}

Column TableBuilder::finishNumbers(ColumnState& column, std::size_t index)
{
    column.numbers.resize(m_rows);
    const ColumnType type = column.plan.kind == ColumnKind::Date ? ColumnType::Date : ColumnType::Number;
    Column finished = Column::numeric(column.plan.name, type, std::move(column.numbers), m_rows - column.filled, column.infinite);
    if (column.filled == 0 && !column.plan.forced)
        return Column(column.plan.name, ColumnType::Empty, std::monostate(), m_rows);
    // Where one date of the column tells the order of day and month, the others are no question any more.
    NoteCount* ambiguous = m_notes.find(Note::AmbiguousDate, std::uint32_t(index));
    if (ambiguous && column.certainOrder > 0)
        ambiguous->count = 0;
    if (ambiguous)
        ambiguous->example += column.plan.order == DateOrder::DayFirst ? " (day first)" : " (month first)";
    tellPartlyCurrency(index, column.filled);
    return std::move(finished).withUnit(unitOf(index, column.filled));
}

Result<Column> TableBuilder::finishLabels(ColumnState& column, std::size_t index)
{
    column.codes.resize(m_rows);
    const std::vector<std::size_t> counts = countCodes(column.codes, column.levels.texts.size());
    const MissingWords words = missingWordsOf(column.levels.texts, column.levels.bare, counts, column.plan.keepsNA);
    const std::uint32_t id = std::uint32_t(index);
    if (words.keptCells > 0)
        m_notes.rename(Note::MissingSpelling, Note::KeptMissingWord, id, words.keptCells, words.keptExample);
    if (NoteCount* note = m_notes.find(Note::MissingSpelling, id)) {
        note->count = words.missingCells;
        note->example = words.missingExample;
    }
    CategoryCells cells = withoutMissing(std::move(column.codes), column.levels.texts, words.missing);
    if (NoteCount* zeros = m_notes.find(Note::LeadingZeros, id)) {
        zeros->count = 0;
        for (std::size_t i = 0; i < counts.size(); ++i)
            zeros->count += isIdentifier(column.levels.texts[i]) ? counts[i] : 0;
    }
    std::size_t filled = 0;
    for (std::size_t i = 0; i < counts.size(); ++i)
        filled += words.missing[i] ? 0 : counts[i];
    const std::string& name = column.plan.name;
    const auto& forced = column.plan.forced;
    if (filled == 0 && !forced)
        return Column(name, ColumnType::Empty, std::monostate(), m_rows);
    bool mixed = false;
    const std::string lastSpelling = cells.levels.empty() ? std::string() : cells.levels.back();
    if (!(forced && *forced == ColumnType::Category) && becomeBooleans(cells, mixed)) {
        if (mixed)
            m_notes.add(Note::MixedBooleans, id, 0, lastSpelling);
        return Column(name, ColumnType::Boolean, std::move(cells), m_rows).withUnit(column.plan.unit);
    }
    if (forced && *forced == ColumnType::Boolean) {
        if (cells.levels.size() != 2)
            return Error{ErrorCode::WrongType, "Column \"" + name + "\" cannot be read as yes and no: it has " + countText(cells.levels.size())
                                                   + " different values.", {.column = name}};
        return Column(name, ColumnType::Boolean, std::move(cells), m_rows);
    }
    if (!forced && !areCategories(cells.levels.size(), filled))
        return Column(name, ColumnType::Text, asText(cells), m_rows).withUnit(column.plan.unit);
    return Column(name, ColumnType::Category, std::move(cells), m_rows).withUnit(column.plan.unit);
}

Column TableBuilder::finishText(ColumnState& column, std::size_t)
{
    column.text.ends.resize(m_rows);
    column.text.bytes.resize(column.textBytes);
    if (!column.plan.forced)
        if (auto cells = asCategories(column.text, m_rows))
            return Column(column.plan.name, ColumnType::Category, std::move(*cells), m_rows).withUnit(column.plan.unit);
    return Column(column.plan.name, ColumnType::Text, std::move(column.text), m_rows).withUnit(column.plan.unit);
}

Result<Column> TableBuilder::finishColumn(std::size_t index)
{
    ColumnState& column = m_columns[index];
    switch (column.plan.kind) {
    case ColumnKind::Number:
    case ColumnKind::Date: return finishNumbers(column, index);
    case ColumnKind::Labels: return finishLabels(column, index);
    case ColumnKind::Text: break;
    }
    return finishText(column, index);
}

Result<Table> TableBuilder::finish()
{
    std::vector<ColumnPtr> columns;
    for (std::size_t j = 0; j < m_columns.size(); ++j) {
        Result<Column> column = finishColumn(j);
        if (!column)
            return column.error();
        columns.push_back(std::make_shared<const Column>(std::move(*column)));
    }
    return Table::make(std::move(columns));
}

} // namespace modelarium::csv
