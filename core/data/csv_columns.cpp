#include "core/data/csv_columns.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace modelarium::csv {

namespace {

constexpr double missingNumber = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t noBlock = std::numeric_limits<std::size_t>::max();

/// The cell without quotes and spaces.
std::string_view contentOf(std::string_view cell, std::string& scratch) { return trimmed(unquoted(cell, scratch)); }

std::size_t offsetOf(const kernels::CsvCells& cells, std::size_t row) { return cells.begins[row * cells.beginStride] + cells.bias; }

/// Days before the month in a year that begins in March, counted from the month that is 1 in a year that begins in January.
constexpr int daysBeforeMonth[13] = {0, 306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};

/// yyyy-mm-dd, by far the commonest date; NaN for everything else.
double isoDate(std::string_view text)
{
    if (text.size() != 10)
        return missingNumber;
    std::uint64_t head;
    std::uint16_t tail;
    std::memcpy(&head, text.data(), 8);
    std::memcpy(&tail, text.data() + 8, 2);
    constexpr std::uint64_t form = 0x2D30302D30303030u;         // "0000-00-", the first byte lowest
    const std::uint64_t digits = head ^ form;                   // a dash that is one, and the tens of a digit, are 0
    const std::uint32_t days = tail ^ 0x3030u;
    // Six more than nine reach the tens.
    constexpr std::uint64_t tens = 0xF0F0F0F0F0F0F0F0u, six = 0x0006060006060606u, dashes = 0xFF0000FF00000000u;
    if (((digits | (digits + six)) & tens) | (digits & dashes) | ((days | (days + 0x0606u)) & 0xF0F0u))
        return missingNumber;
    const auto digit = [digits](unsigned byte) { return unsigned(digits >> (8 * byte)) & 15u; };
    const unsigned year = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3);
    const unsigned month = digit(5) * 10 + digit(6);
    const unsigned day = (days & 15u) * 10 + (days >> 8);
    // Days 29 to 31 depend on the month: the general reader knows them.
    if (year - 1 > 9998 || month - 1 > 11 || day - 1 > 27)
        return missingNumber;
    const unsigned fromMarch = year - (month <= 2);             // as daysFromCivil reckons, for years from 0 on
    return double(int(fromMarch * 365 + fromMarch / 4 - fromMarch / 100 + fromMarch / 400) + daysBeforeMonth[month] + int(day) - 1 - 719468);
}

/// Copies of cells are made in pieces of a fixed size: so much is read behind a cell and written behind its copy.
constexpr std::size_t copySlack = 16;

void copyShort(std::string_view text, char* out)
{
    for (std::size_t done = 0; done < text.size(); done += copySlack)
        std::memcpy(out + done, text.data() + done, copySlack);
}

/// What `unquoted` gives of a cell that begins with a quote; returns the end of the copy.
char* copyUnquoted(std::string_view cell, char* out)
{
    constexpr std::uint64_t ones = 0x0101010101010101u;
    const char* from = cell.data() + 1;
    const char* const end = cell.data() + cell.size();
    while (from < end) {
        std::uint64_t word;
        std::memcpy(&word, from, 8);
        std::memcpy(out, &word, 8);
        const std::uint64_t differs = word ^ (ones * '"');
        const std::uint64_t quotes = (differs - ones) & ~differs & (ones * 0x80);      // the lowest bit is right
        const std::size_t count = quotes ? std::size_t(std::countr_zero(quotes)) / 8 : 8;
        const std::size_t left = std::size_t(end - from);
        if (count >= std::min<std::size_t>(left, 8)) {
            from += std::min<std::size_t>(left, 8);
            out += std::min<std::size_t>(left, 8);
            continue;
        }
        out += count;
        from += count + 1;
        if (from < end && *from == '"') {
            *out++ = *from++;
            continue;
        }
        // What follows a closed quote is kept as it stands.
        copyShort({from, std::size_t(end - from)}, out);
        return out + (end - from);
    }
    return out;
}

struct StyleNote {
    std::uint32_t style;
    Note note;
};
constexpr StyleNote styleNotes[] = {
    {GroupedStyle, Note::Thousands}, {AmbiguousGroupStyle, Note::AmbiguousThousands}, {PercentStyle, Note::Percent},
    {UnicodeMinusStyle, Note::UnicodeMinus}, {AccountingStyle, Note::AccountingNegative},
    {RoundedStyle, Note::Rounded},
    {OverflowStyle, Note::Overflow}, {UnderflowStyle, Note::Underflow}, {InfinityStyle, Note::Infinity},
};

/// The note of a currency, by its sign or its code.
Note currencyNote(std::string_view currency)
{
    static constexpr std::pair<std::string_view, Note> notes[] = {
        {"$", Note::Dollar}, {"USD", Note::Dollar}, {"\xE2\x82\xAC", Note::Euro}, {"EUR", Note::Euro}, {"\xC2\xA3", Note::Pound}, {"GBP", Note::Pound},
        {"\xC2\xA5", Note::Yen}, {"JPY", Note::Yen}, {"\xE2\x82\xB9", Note::Rupee}, {"CHF", Note::Franc}};
    const auto* found = std::find_if(std::begin(notes), std::end(notes), [&](const auto& note) { return note.first == currency; });
    return found == std::end(notes) ? Note::Dollar : found->second;
}

} // namespace

TableBuilder::TableBuilder(std::vector<ColumnPlan> plans, char decimal, bool tellsDecimals, std::size_t expectedRows, double bytesPerRow)
    : m_decimal(decimal), m_tellsDecimals(tellsDecimals), m_capacity(expectedRows), m_bytesPerRow(bytesPerRow)
{
    for (ColumnPlan& plan : plans)
        m_columns.emplace_back(std::move(plan));
    for (ColumnState& column : m_columns)
        makeRoom(column);
}

void TableBuilder::makeRoom(ColumnState& column)
{
    switch (column.plan.kind) {
    case ColumnKind::Number:
    case ColumnKind::Date: column.numbers.resize(m_capacity); break;
    case ColumnKind::Labels: column.codes.resize(m_capacity); break;
    case ColumnKind::Text:
        column.text.ends.resize(m_capacity);
        column.text.bytes.resize(std::max(column.text.bytes.size(), std::size_t(double(m_capacity) * m_bytesPerRow / double(m_columns.size()))));
        break;
    }
}

void TableBuilder::grow(std::size_t rows, std::size_t textBytes)
{
    m_capacity = std::max(m_capacity, m_rows + rows);
    for (ColumnState& column : m_columns) {
        if (!column.active)
            continue;
        makeRoom(column);
        if (column.plan.kind == ColumnKind::Text && column.textBytes + textBytes > column.text.bytes.size())
            column.text.bytes.resize(column.textBytes + column.textBytes / 2 + textBytes);
    }
}

void TableBuilder::measure(const RowBlock& block, BlockWork& work) const
{
    work.columns.resize(m_columns.size());
    work.found.columns.assign(m_columns.size(), {});
    work.found.misfits.clear();
    for (std::size_t j = 0; j < m_columns.size(); ++j) {
        const ColumnState& column = m_columns[j];
        BlockWork::ColumnWork& own = work.columns[j];
        own.tooMany = false;
        own.texts.clear();
        if (!column.active)
            continue;
        if (column.plan.kind == ColumnKind::Labels)
            own.tooMany = column.misfitBlock.load(std::memory_order_relaxed) != noBlock
                || !own.labels.encode(block.cells(j), block.rows, column.plan.forced ? std::size_t(1) << 30 : mostLevels, work.memos);
        else if (column.plan.kind == ColumnKind::Text)
            gatherTexts(block.cells(j), block.rows, j, work);
    }
}

void TableBuilder::gatherTexts(const kernels::CsvCells& cells, std::size_t rows, std::size_t column, BlockWork& work) const
{
    BlockWork::ColumnWork& own = work.columns[column];
    own.textEnds.resize(rows);
    own.texts.resize(own.texts.capacity());
    const bool verbatim = m_columns[column].plan.verbatim;
    std::size_t filled = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        std::string_view text = cellAt(cells, row);
        if (own.texts.size() < filled + text.size() + copySlack)
            own.texts.resize(2 * own.texts.size() + text.size() + copySlack);
        char* const place = own.texts.data() + filled;
        if (!verbatim && text.starts_with('"')) {
            text = {place, std::size_t(copyUnquoted(text, place) - place)};
        } else {
            if (!verbatim && !text.empty() && (text.front() == ' ' || text.back() == ' ' || text.front() == '\t' || text.back() == '\t')) {
                text = trimmed(text);
                work.found.notes.add(Note::SpacesTrimmed, std::uint32_t(column), offsetOf(cells, row), text);
            }
            if (!verbatim && text.size() <= 7 && (text == "NA" || isMissingWord(text))) {
                work.found.notes.add(Note::MissingSpelling, std::uint32_t(column), offsetOf(cells, row), text);
                text = {};
            }
            copyShort(text, place);
        }
        if (text.empty())
            work.found.columns[column].missing.push_back(std::uint32_t(row));
        else if (!verbatim && text.front() == '0' && isIdentifier(text))
            work.found.notes.add(Note::LeadingZeros, std::uint32_t(column), offsetOf(cells, row), text);
        filled += text.size();
        own.textEnds[row] = std::uint32_t(filled);
    }
    own.texts.resize(filled);
}

bool TableBuilder::place(const RowBlock& block, BlockWork& work)
{
    if (m_rows + block.rows > m_capacity)
        return false;
    for (std::size_t j = 0; j < m_columns.size(); ++j) {
        const ColumnState& column = m_columns[j];
        if (column.active && column.plan.kind == ColumnKind::Text && column.textBytes + work.columns[j].texts.size() > column.text.bytes.size())
            return false;
    }
    for (std::size_t j = 0; j < m_columns.size(); ++j) {
        ColumnState& column = m_columns[j];
        if (!column.active)
            continue;
        BlockWork::ColumnWork& own = work.columns[j];
        if (column.plan.kind == ColumnKind::Labels) {
            own.tooMany = own.tooMany || !mergeLabels(column, own);
        } else if (column.plan.kind == ColumnKind::Text) {
            own.textBegin = column.textBytes;
            column.textBytes += own.texts.size();
        }
    }
    work.found.firstRow = m_rows;
    m_rows += block.rows;
    return true;
}

bool TableBuilder::mergeLabels(ColumnState& column, BlockWork::ColumnWork& work)
{
    Levels& levels = column.levels;
    work.globalCodes.resize(work.labels.labels.size());
    std::string key;
    for (std::size_t i = 0; i < work.labels.labels.size(); ++i) {
        const BlockLabels::Label& label = work.labels.labels[i];
        const bool bare = !label.quoted && isMissingSpelling(label.text);
        key.assign(1, bare ? '\1' : '\0');
        key += label.text;
        const auto [known, isNew] = levels.known.try_emplace(key, std::int32_t(levels.texts.size()));
        if (isNew) {
            levels.texts.emplace_back(label.text);
            levels.bare.push_back(bare);
        }
        work.globalCodes[i] = known->second;
    }
    return column.plan.forced || levels.texts.size() <= mostLevels;
}

void TableBuilder::convert(const RowBlock& block, std::size_t blockNumber, BlockWork& work)
{
    convertNumbers(block, blockNumber, work);
    auto converted = work.numbers.cbegin();
    for (std::size_t j = 0; j < m_columns.size(); ++j) {
        ColumnState& column = m_columns[j];
        const bool isConverted = converted != work.numbers.cend() && converted->cells.begins == block.begins + j;
        if (!isConverted && (column.plan.kind == ColumnKind::Number || !isWanted(column, blockNumber)))
            continue;
        const kernels::CsvCells cells = block.cells(j);
        const std::size_t misfits = work.found.misfits.size();
        switch (column.plan.kind) {
        case ColumnKind::Number: settleNumbers(*converted++, block.rows, j, work); break;
        case ColumnKind::Date: convertDates(cells, block.rows, j, work); break;
        case ColumnKind::Labels: convertLabels(cells, block.rows, j, work); break;
        case ColumnKind::Text: convertTexts(block.rows, j, work); break;
        }
        if (work.found.misfits.size() == misfits)
            continue;
        std::size_t earliest = column.misfitBlock.load(std::memory_order_relaxed);
        while (blockNumber < earliest && !column.misfitBlock.compare_exchange_weak(earliest, blockNumber, std::memory_order_relaxed)) { }
    }
}

bool TableBuilder::takeUnusualNumber(const kernels::CsvCells& cells, std::size_t row, std::size_t column, BlockWork& work, double& value)
{
    const std::string_view cell = cellAt(cells, row);
    value = missingNumber;
    if (cell.empty())
        return true;
    std::string scratch;
    const std::string_view content = contentOf(cell, scratch);
    const NumberCell number = readNumber(content, m_decimal);
    const std::uint32_t id = std::uint32_t(column);
    const auto note = [&](Note kind) { work.found.notes.add(kind, id, offsetOf(cells, row), content); };
    switch (number.kind) {
    case CellClass::Empty: return true;
    case CellClass::Missing: note(Note::MissingSpelling); return true;
    case CellClass::Number:
        value = number.value;
        for (const auto& [style, kind] : styleNotes)
            if (number.style & style)
                note(kind);
        if (number.style & CurrencyStyle)
            note(currencyNote(number.currency));
        return true;
    case CellClass::LeadingZeros:
    case CellClass::Other: break;
    }
    if (!m_columns[column].plan.forced) {
        if (number.kind == CellClass::Other)
            note(Note::WordsAmongNumbers);
        work.found.misfits.emplace_back(column, std::string(content));
        return false;
    }
    if (number.kind == CellClass::LeadingZeros) {
        double digits = 0;
        for (const char c : content)
            if (c >= '0' && c <= '9')
                digits = digits * 10 + (c - '0');
        value = content.front() == '-' ? -digits : digits;
        return true;
    }
    note(Note::NotANumber);
    return true;
}

/// All columns of numbers at once: their cells lie side by side in the text.
void TableBuilder::convertNumbers(const RowBlock& block, std::size_t blockNumber, BlockWork& work)
{
    work.numbers.clear();
    for (std::size_t j = 0; j < m_columns.size(); ++j) {
        ColumnState& column = m_columns[j];
        if (column.plan.kind == ColumnKind::Number && isWanted(column, blockNumber))
            work.numbers.push_back({block.cells(j), column.numbers.data() + work.found.firstRow, nullptr, 0});
    }
    work.unusual.resize(work.numbers.size() * block.rows);
    for (std::size_t k = 0; k < work.numbers.size(); ++k)
        work.numbers[k].unusual = work.unusual.data() + k * block.rows;
    if (!work.numbers.empty())
        kernels::modelariumCsvNumbers(work.numbers.data(), work.numbers.size(), block.rows, m_decimal);
}

/// Reads the cells that the kernel did not take for plain numbers, up to the first one that is none.
void TableBuilder::settleNumbers(const kernels::CsvNumberColumn& converted, std::size_t rows, std::size_t column, BlockWork& work)
{
    const kernels::CsvCells& cells = converted.cells;
    double* values = converted.values;
    std::size_t missing = 0;
    for (std::size_t i = 0; i < converted.unusualCount; ++i) {
        const std::size_t row = converted.unusual[i];
        if (!takeUnusualNumber(cells, row, column, work, values[row])) {
            work.found.columns[column].filled = row - missing;
            return;
        }
        missing += std::isnan(values[row]);
        work.found.columns[column].infinite += std::isinf(values[row]);
    }
    work.found.columns[column].filled = rows - missing;
    if (m_tellsDecimals)
        noteDecimals(cells, rows, column, work);
}

/// Counts the cells that hold the decimal character: the receipt tells how many the choice of it touched.
void TableBuilder::noteDecimals(const kernels::CsvCells& cells, std::size_t rows, std::size_t column, BlockWork& work) const
{
    const Note note = m_decimal == ',' ? Note::DecimalComma : Note::DecimalPoint;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string_view cell = cellAt(cells, row);
        if (cell.find(m_decimal) != std::string_view::npos)
            work.found.notes.add(note, std::uint32_t(column), offsetOf(cells, row), trimmed(cell));
    }
}

bool TableBuilder::convertDates(const kernels::CsvCells& cells, std::size_t rows, std::size_t column, BlockWork& work)
{
    const ColumnPlan& plan = m_columns[column].plan;
    const DateOrder other = plan.order == DateOrder::DayFirst ? DateOrder::MonthFirst : DateOrder::DayFirst;
    double* values = m_columns[column].numbers.data() + work.found.firstRow;
    std::size_t dates = 0;
    std::string scratch;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string_view cell = cellAt(cells, row);
        values[row] = isoDate(cell);
        if (!std::isnan(values[row])) {
            ++dates;
            continue;
        }
        const std::string_view content = contentOf(cell, scratch);
        const auto note = [&](Note kind) { work.found.notes.add(kind, std::uint32_t(column), offsetOf(cells, row), content); };
        if (content.empty())
            continue;
        if (isMissingSpelling(content)) {
            note(Note::MissingSpelling);
            continue;
        }
        const auto date = readDate(content, plan.order);
        if (!date) {
            if (!plan.forced) {
                note(Note::WordsAmongDates);
                work.found.columns[column].filled = dates;
                work.found.misfits.emplace_back(column, std::string(content));
                return false;
            }
            note(Note::NotADate);
            continue;
        }
        values[row] = date->days;
        ++dates;
        if (date->style & TwoDigitYearStyle)
            note(Note::TwoDigitYear);
        if (date->style & TimeZoneStyle)
            note(Note::TimeZone);
        if (date->style & NumericOrderStyle) {
            note(Note::AmbiguousDate);
            const auto swapped = readDate(content, other);
            work.found.columns[column].certainOrder += !swapped;
        }
    }
    work.found.columns[column].filled = dates;
    return true;
}

void TableBuilder::convertLabels(const kernels::CsvCells& cells, std::size_t rows, std::size_t column, BlockWork& work)
{
    BlockWork::ColumnWork& own = work.columns[column];
    if (own.tooMany) {
        work.found.misfits.emplace_back(column, std::string());
        return;
    }
    std::int32_t* codes = m_columns[column].codes.data() + work.found.firstRow;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::int32_t code = own.labels.codes[row];
        codes[row] = code < 0 ? -1 : own.globalCodes[std::size_t(code)];
    }
    for (const std::uint32_t row : own.labels.trimmedRows)
        work.found.notes.add(Note::SpacesTrimmed, std::uint32_t(column), offsetOf(cells, row), trimmed(cellAt(cells, row)));
    // How many cells each spelling has is counted at the end; here only where it stands first.
    for (const BlockLabels::Label& label : own.labels.labels)
        if (!label.quoted && isMissingSpelling(label.text))
            work.found.notes.add(Note::MissingSpelling, std::uint32_t(column), offsetOf(cells, label.row), label.text);
        else if (isIdentifier(label.text))
            work.found.notes.add(Note::LeadingZeros, std::uint32_t(column), offsetOf(cells, label.row), label.text);
}

void TableBuilder::convertTexts(std::size_t rows, std::size_t column, BlockWork& work)
{
    const BlockWork::ColumnWork& own = work.columns[column];
    TextCells& text = m_columns[column].text;
    if (!own.texts.empty())
        std::memcpy(text.bytes.data() + own.textBegin, own.texts.data(), own.texts.size());
    for (std::size_t row = 0; row < rows; ++row)
        text.ends[work.found.firstRow + row] = own.textBegin + own.textEnds[row];
}

void TableBuilder::accept(const BlockFindings& found)
{
    m_notes.append(found.notes, m_reading > 0);
    for (std::size_t j = 0; j < m_columns.size(); ++j) {
        ColumnState& column = m_columns[j];
        // The first misfit in file order decides; what was found behind it depends on how the file was cut.
        if (!column.active || column.misfit.size() > 0)
            continue;
        column.filled += found.columns[j].filled;
        column.infinite += found.columns[j].infinite;
        column.certainOrder += found.columns[j].certainOrder;
        for (const std::uint32_t row : found.columns[j].missing)
            column.text.missing.push_back(std::uint32_t(found.firstRow + row));
    }
    for (const auto& [index, text] : found.misfits)
        if (m_columns[index].misfit.empty())
            m_columns[index].misfit = text.empty() ? std::string(1, ' ') : text;
}

/// True where adding up the numbers would add apples to pears: two currencies, or percents beside anything else.
/// Notes where the second unit begins; for a percent sign that other cells lack, where the first one stands.
bool TableBuilder::mixesUnits(std::size_t index)
{
    const ColumnState& column = m_columns[index];
    if (column.plan.kind != ColumnKind::Number || column.plan.forced)
        return false;
    std::vector<const NoteCount*> units;
    const auto collect = [&](Note note) {
        if (const NoteCount* unit = m_notes.find(note, std::uint32_t(index)))
            units.push_back(unit);
    };
    collect(Note::Percent);
    const bool barePercents = !units.empty() && units.front()->count < column.filled;
    for (const Note currency : currencyNotes)
        collect(currency);
    if (units.size() < 2 && !barePercents)
        return false;
    std::sort(units.begin(), units.end(), [](const NoteCount* a, const NoteCount* b) { return a->line < b->line; });
    const auto told = [](const NoteCount& unit) { return "\"" + unit.example + "\" in line " + std::to_string(unit.line); };
    const std::string example = units.size() < 2 ? told(*units[0]) + " beside cells without the sign" : told(*units[0]) + " and " + told(*units[1]);
    const std::size_t line = units[std::min<std::size_t>(1, units.size() - 1)]->line;
    m_notes.set(Note::MixedUnits, std::uint32_t(index), 1, line, example);
    return true;
}

void TableBuilder::chooseNextKind(ColumnState& column, std::size_t index)
{
    ColumnPlan& plan = column.plan;
    // How many such cells were met before all blocks knew depends on the blocks: what counts is that there is one.
    const auto settleWords = [&](Note note, bool tell) {
        if (NoteCount* words = m_notes.find(note, std::uint32_t(index)))
            words->count = tell && column.filled > 0 ? 1 : 0;
    };
    switch (plan.kind) {
    case ColumnKind::Number: {
        settleWords(Note::WordsAmongNumbers, readNumber(column.misfit, m_decimal).kind == CellClass::Other);
        const bool dayFirst = readDate(column.misfit, DateOrder::DayFirst).has_value();
        const bool monthFirst = readDate(column.misfit, DateOrder::MonthFirst).has_value();
        if (column.filled == 0 && (dayFirst || monthFirst)) {
            plan.kind = ColumnKind::Date;
            if (dayFirst != monthFirst)
                plan.order = dayFirst ? DateOrder::DayFirst : DateOrder::MonthFirst;
        } else {
            plan.kind = ColumnKind::Labels;
        }
        break;
    }
    case ColumnKind::Date: {
        const DateOrder other = plan.order == DateOrder::DayFirst ? DateOrder::MonthFirst : DateOrder::DayFirst;
        const bool tryOther = !plan.otherOrderTried && readDate(column.misfit, other);
        settleWords(Note::WordsAmongDates, !tryOther);
        if (tryOther) {
            plan.order = other;
            plan.otherOrderTried = true;
        } else {
            plan.kind = ColumnKind::Labels;
        }
        break;
    }
    case ColumnKind::Labels:
    case ColumnKind::Text: plan.kind = ColumnKind::Text; break;
    }
}

void TableBuilder::empty(std::size_t index)
{
    ColumnState& column = m_columns[index];
    m_notes.forgetColumn(std::uint32_t(index));
    column.active = true;
    column.misfit.clear();
    column.misfitBlock = noBlock;
    column.filled = column.infinite = column.certainOrder = column.textBytes = 0;
    column.numbers = {};
    column.codes = {};
    column.levels = {};
    column.text = {};
}

void TableBuilder::beginReading()
{
    m_capacity = std::max(m_rows, std::size_t(1));
    m_rows = 0;
    ++m_reading;
    for (ColumnState& column : m_columns)
        if (column.active)
            makeRoom(column);
}

bool TableBuilder::settle()
{
    bool settled = true;
    for (std::size_t j = 0; j < m_columns.size(); ++j) {
        ColumnState& column = m_columns[j];
        if (!column.active)
            continue;
        if (column.misfit.empty() && mixesUnits(j))
            column.misfit = m_notes.find(Note::MixedUnits, std::uint32_t(j))->example;
        column.active = !column.misfit.empty();
        if (!column.active)
            continue;
        settled = false;
        chooseNextKind(column, j);
        empty(j);
    }
    if (!settled)
        beginReading();
    return settled;
}

void TableBuilder::widen(std::size_t columns)
{
    std::set<std::string> taken;
    for (const ColumnState& column : m_columns)
        taken.insert(column.plan.name);
    while (m_columns.size() < columns) {
        ColumnPlan plan;
        plan.name = uniqueName("column_" + std::to_string(m_columns.size() + 1), taken);
        taken.insert(plan.name);
        m_columns.emplace_back(std::move(plan));
    }
    for (std::size_t j = 0; j < m_columns.size(); ++j)
        empty(j);
    m_notes.clear();
    beginReading();
    m_reading = 0;
}

} // namespace modelarium::csv
