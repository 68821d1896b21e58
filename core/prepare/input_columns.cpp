#include "core/prepare/input_columns.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/base/parallel.h"
#include "core/prepare/column_statistics.h"
#include "core/prepare/fill_choices.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace modelarium {

namespace {

constexpr double missingValue = std::numeric_limits<double>::quiet_NaN();

/// Codes of the model's levels for the codes of a column: levels are matched by name; -1 where the model does not know one.
std::vector<int> matchLevels(const std::vector<std::string>& columnLevels, const std::vector<std::string>& modelLevels)
{
    std::unordered_map<std::string_view, int> codes;
    for (std::size_t i = 0; i < modelLevels.size(); ++i)
        codes.emplace(modelLevels[i], int(i));
    std::vector<int> matched;
    for (const std::string& level : columnLevels) {
        const auto found = codes.find(level);
        matched.push_back(found == codes.end() ? -1 : found->second);
    }
    return matched;
}

/// A column as a model's input sees it: the codes or numbers of the wanted rows, NaN where missing.
class InputReader {
public:
    InputReader(const InputColumn& input, const Column& column, UnknownCategory unknown)
        : m_input(input), m_column(column), m_unknown(unknown)
    {
    }

    Result<void> read(const ChosenRows& chosen, double* out)
    {
        const std::vector<std::size_t>& rows = chosen.rows();
        if (m_column.type() == ColumnType::Empty) {
            std::fill(out, out + rows.size(), missingValue);
            return {};
        }
        if (m_input.isCategorical())
            return m_column.isCategorical() ? readCategories(rows, out) : readLabels(rows, out);
        if (!hasType())
            return wrongType(rows);
        return readNumbers(chosen, out);
    }

    /// See numbersInPlace.
    Result<const double*> inPlace(const ChosenRows& chosen) const
    {
        if (m_input.isCategorical() || m_input.outputs != 1 || !hasType() || m_column.missing() > 0 || !chosen.areAll())
            return nullptr;
        const double* const values = m_column.numberValues().data();
        if (m_column.infinite() > 0)
            return infiniteCell(chosen.rows(), values);
        return values;
    }

private:
    /// For inputs that are numbers or dates.
    bool hasType() const { return m_column.isNumeric() && (m_column.type() == ColumnType::Date) == (m_input.type == ColumnType::Date); }

    Result<void> readNumbers(const ChosenRows& chosen, double* out)
    {
        const Buffer<double>& values = m_column.numberValues();
        const std::vector<std::size_t>& rows = chosen.rows();
        if (chosen.areAll())
            std::copy(values.begin(), values.end(), out);
        for (std::size_t i = 0; i < rows.size() && !chosen.areAll(); ++i)
            out[i] = values[rows[i]];
        if (m_column.infinite() > 0 && std::any_of(out, out + rows.size(), [](double value) { return std::isinf(value); }))
            return infiniteCell(rows, out);
        return {};
    }

    Error infiniteCell(const std::vector<std::size_t>& rows, const double* read) const
    {
        std::size_t i = 0;
        while (!std::isinf(read[i]))
            ++i;
        return columnError(ErrorCode::NotFinite, m_input.name, "Row " + std::to_string(rows[i] + 1) + " of "
                               + quoted(m_input.name) + " is infinite: leave the row out, or correct the cell.", rows[i]);
    }

    Result<void> readCategories(const std::vector<std::size_t>& rows, double* out)
    {
        const CategoryCells& cells = m_column.categoryCells();
        const std::vector<int> codes = matchLevels(cells.levels, m_input.levels);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::int32_t code = cells.codes[rows[i]];
            out[i] = missingValue;
            if (code < 0)
                continue;
            if (codes[std::size_t(code)] >= 0)
                out[i] = codes[std::size_t(code)];
            else if (m_unknown == UnknownCategory::OwnLevel)
                out[i] = ownLevel();
            else if (m_unknown == UnknownCategory::Refuse)
                return unknownCategory(cells.levels[std::size_t(code)], rows[i]);
        }
        return {};
    }

    /// New data may hold so few rows that a category column reads as numbers or text: the cells' text decides.
    Result<void> readLabels(const std::vector<std::size_t>& rows, double* out)
    {
        std::unordered_map<std::string_view, int> codes;
        for (std::size_t i = 0; i < m_input.levels.size(); ++i)
            codes.emplace(m_input.levels[i], int(i));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            out[i] = missingValue;
            if (m_column.isMissing(rows[i]))
                continue;
            const std::string text = m_column.cellText(rows[i]);
            const auto found = codes.find(text);
            if (found != codes.end())
                out[i] = found->second;
            else if (m_unknown == UnknownCategory::OwnLevel)
                out[i] = ownLevel();
            else if (m_unknown == UnknownCategory::Refuse)
                return unknownCategory(text, rows[i]);
        }
        return {};
    }

    double ownLevel() const { return double(m_input.levels.size()) - 1; }

    /// Names the first cell that is not what the model needs.
    Error wrongType(const std::vector<std::size_t>& rows) const
    {
        const bool wantsDates = m_input.type == ColumnType::Date;
        std::optional<std::size_t> where;
        for (std::size_t i = 0; i < rows.size() && !where; ++i)
            if (!m_column.isMissing(rows[i]) && (wantsDates || !parseNumber(m_column.cellText(rows[i]))))
                where = rows[i];
        std::string message = "The column " + quoted(m_input.name) + " holds " + std::string(columnTypeName(m_column.type()))
            + " cells, but the model was trained on " + (wantsDates ? "dates" : "numbers") + " there";
        if (where)
            message += ": row " + std::to_string(*where + 1) + " is " + quoted(m_column.cellText(*where));
        return columnError(ErrorCode::WrongType, m_input.name, message + ".", where);
    }

    Error unknownCategory(const std::string& level, std::size_t row) const
    {
        return columnError(ErrorCode::UnknownCategory, m_input.name, "Row " + std::to_string(row + 1) + " of " + quoted(m_input.name)
                               + " is " + quoted(level) + ", which the model has never seen. It knows " + listOf(m_input.levels)
                               + ". Unknown categories are refused, as was chosen: let them count as missing or share a level of their own when the model is trained, or correct the cell.", row);
    }

    const InputColumn& m_input;
    const Column& m_column;
    UnknownCategory m_unknown;
};

bool names(const StepChoice& step, const std::string& column)
{
    return std::find(step.columns.begin(), step.columns.end(), column) != step.columns.end();
}

bool isCategorical(const Column& column) { return column.isCategorical(); }

Result<EncodeChoice> encodeChoice(const Column& column, const PreparationChoices& choices)
{
    const std::optional<std::size_t> place = encodingStep(column, choices);
    const bool isNamed = place && !choices.steps[*place].columns.empty();
    if (isNamed && !isCategorical(column)) {
        return columnError(ErrorCode::WrongType, column.name(), "The column " + quoted(column.name()) + " holds "
                               + std::string(columnTypeName(column.type())) + " cells: only categories are encoded. Give it the type category, or leave it out of the step.");
    }
    EncodeChoice choice = place ? std::get<EncodeChoice>(choices.steps[*place].what) : EncodeChoice{Encoding::OneHot, {}, 1, {}};
    if (!choice.unknown)
        choice.unknown = choices.unknownCategory.value_or(UnknownCategory::TreatAsMissing);
    // A yes or no has no other level: what is neither is no answer.
    if (!isNamed && column.type() == ColumnType::Boolean && choice.unknown == UnknownCategory::OwnLevel)
        choice.unknown = UnknownCategory::TreatAsMissing;
    return choice;
}

/// The levels that training rows have, as codes of the column: false before true, words as they come among these rows, for
/// where other rows brought them up would be learned from those.
std::vector<std::size_t> levelsInTraining(const Column& column, const std::vector<std::size_t>& rows, const LevelCounts& counts)
{
    const std::size_t there = counts.counts.size() - std::size_t(std::count(counts.counts.begin(), counts.counts.end(), std::size_t(0)));
    std::vector<std::size_t> codes;
    if (column.type() == ColumnType::Boolean) {
        for (std::size_t code = 0; code < counts.counts.size(); ++code)
            if (counts.counts[code] > 0)
                codes.push_back(code);
        return codes;
    }
    const Buffer<std::int32_t>& cells = column.categoryCells().codes;
    std::vector<char> seen(counts.counts.size());
    for (std::size_t i = 0; codes.size() < there; ++i) {
        const std::int32_t code = cells[rows[i]];
        if (code < 0 || seen[std::size_t(code)])
            continue;
        seen[std::size_t(code)] = 1;
        codes.push_back(std::size_t(code));
    }
    return codes;
}

/// Levels in the order that was asked for, then as training rows have them; rare ones are left to the level for others.
std::vector<std::string> chosenLevels(const std::vector<std::string>& levels, const std::vector<std::size_t>& inTraining,
                                      const std::vector<std::size_t>& counts, const EncodeChoice& choice)
{
    const bool leavesRareOut = choice.unknown == UnknownCategory::OwnLevel && choice.rareBelow > 1;
    const auto isRare = [&](std::size_t code) { return leavesRareOut && counts[code] < choice.rareBelow; };
    std::vector<std::string> kept;
    for (const std::string& level : choice.order) {
        const auto code = std::size_t(std::find(levels.begin(), levels.end(), level) - levels.begin());
        if (!isRare(code) && std::find(kept.begin(), kept.end(), level) == kept.end())
            kept.push_back(level);
    }
    const std::unordered_set<std::string_view> ordered(choice.order.begin(), choice.order.end());
    for (const std::size_t code : inTraining)
        if (!isRare(code) && !ordered.contains(levels[code]))
            kept.push_back(levels[code]);
    return kept;
}

/// The code of a level, which is added where it is new.
std::size_t codeOf(std::vector<std::string>& levels, const std::string& level)
{
    const auto found = std::find(levels.begin(), levels.end(), level);
    const std::size_t code = std::size_t(found - levels.begin());
    if (found == levels.end())
        levels.push_back(level);
    return code;
}

Result<InputColumn> learnCategories(InputColumn input, const Column& column, const std::vector<std::size_t>& rows,
                                    const ImputeChoice& fill, const EncodeChoice& encode)
{
    const std::vector<std::string>& all = column.categoryCells().levels;
    const LevelCounts counts = countLevels(column, rows);
    for (const std::string& level : encode.order) {
        if (std::find(all.begin(), all.end(), level) == all.end())
            return columnError(ErrorCode::UnknownCategory, column.name(), "The order of the levels of " + quoted(column.name()) + " names "
                                   + quoted(level) + ", which the column does not have. It has " + listOf(all) + ".");
    }
    const std::vector<std::size_t> inTraining = levelsInTraining(column, rows, counts);
    input.levels = chosenLevels(all, inTraining, counts.counts, encode);
    // The first of several: max_element keeps it.
    const auto frequent = std::max_element(inTraining.begin(), inTraining.end(),
                                           [&](std::size_t a, std::size_t b) { return counts.counts[a] < counts.counts[b]; });
    const auto place = frequent == inTraining.end() ? input.levels.end() : std::find(input.levels.begin(), input.levels.end(), all[*frequent]);
    // Where even the most frequent level is rare, all of them are in the level for others.
    const bool isRare = place == input.levels.end();
    input.typical = isRare ? 0 : double(place - input.levels.begin());
    input.fill = input.typical;
    if (fill.method == Imputation::Constant)
        input.fill = double(codeOf(input.levels, fill.constant));
    else if (fill.method == Imputation::OwnLevel)
        input.fill = double(codeOf(input.levels, missingLevel));
    if (encode.unknown == UnknownCategory::OwnLevel) {
        const std::size_t other = codeOf(input.levels, otherLevel);
        if (other + 1 != input.levels.size()) {
            return columnError(ErrorCode::BadHyperparameter, column.name(), "The column " + quoted(column.name()) + " has a level called "
                                   + quoted(otherLevel) + " already: choose another way to treat unknown categories.");
        }
        if (isRare) {
            input.typical = double(other);
            if (fill.method != Imputation::Constant && fill.method != Imputation::OwnLevel)
                input.fill = input.typical;
        }
    }
    // As with numbers: nothing says what stands for its cells.
    if (input.levels.empty())
        return columnError(ErrorCode::MissingValue, column.name(), "The column " + quoted(column.name()) + " has no value in the rows to learn from: "
                               "leave it out of the features.");
    input.unknown = encode.unknown;
    input.encoding = encode.encoding;
    input.filledInTraining = counts.missing;
    input.maximum = double(input.levels.size()) - 1;
    return input;
}

Result<InputColumn> learnNumbers(InputColumn input, const Column& column, const ChosenRows& chosen, const ImputeChoice& fill)
{
    const std::vector<std::size_t>& rows = chosen.rows();
    const bool isConstant = fill.method == Imputation::Constant;
    const double constant = isConstant ? constantFor(column, fill.constant).value_or(0) : 0;
    const Result<NumberStatistics> statistics = numberStatistics(column, chosen, fill.method == Imputation::Mean);
    if (!statistics && isConstant && statistics.error().code == ErrorCode::MissingValue) {
        input.fill = input.minimum = input.maximum = input.typical = constant;
        input.filledInTraining = rows.size();
        return input;
    }
    if (!statistics)
        return statistics.error();
    input.minimum = statistics->minimum;
    input.maximum = statistics->maximum;
    input.typical = statistics->median;
    input.filledInTraining = statistics->missing;
    switch (fill.method) {
    case Imputation::Mean: input.fill = statistics->mean; break;
    case Imputation::MostFrequent: input.fill = mostFrequentValue(column, rows); break;
    case Imputation::Constant: input.fill = constant; break;
    case Imputation::Median:
    case Imputation::OwnLevel:
    case Imputation::Refuse: input.fill = statistics->median; break;
    }
    return input;
}

Result<InputColumn> learnInput(const Column& column, const ChosenRows& chosen, const PreparationChoices& choices)
{
    if (!column.isNumeric() && !column.isCategorical()) {
        return columnError(ErrorCode::WrongType, column.name(),
                           "The column " + quoted(column.name()) + " holds " + std::string(columnTypeName(column.type()))
                               + " cells; only numbers, categories, booleans and dates can be features.");
    }
    const Result<ChosenFill> fill = fillChoice(column, choices);
    if (!fill)
        return fill.error();
    const Result<EncodeChoice> encode = encodeChoice(column, choices);
    if (!encode)
        return encode.error();
    InputColumn input;
    input.name = column.name();
    input.unit = column.unit();
    input.type = column.type();
    Result<InputColumn> learned = isCategorical(column) ? learnCategories(std::move(input), column, chosen.rows(), fill->choice, *encode)
                                                        : learnNumbers(std::move(input), column, chosen, fill->choice);
    if (!learned)
        return learned;
    // For categories a mean or median is the most frequent level.
    const bool mean = fill->choice.method == Imputation::Mean || fill->choice.method == Imputation::Median;
    learned->filledBy = isCategorical(column) && mean ? Imputation::MostFrequent : fill->choice.method;
    learned->refusesMissing = fill->choice.method == Imputation::Refuse;
    learned->missingIndicator = fill->choice.indicator && (fill->named || learned->filledInTraining > 0) && !*learned->refusesMissing;
    return learned;
}

/// A step that names a column which is no feature would do nothing, silently.
Result<void> checkNames(const std::vector<std::string>& features, const PreparationChoices& choices)
{
    for (const StepChoice& step : choices.steps) {
        for (const std::string& column : step.columns) {
            if (!readsCells(step) || std::find(features.begin(), features.end(), column) != features.end())
                continue;
            return columnError(ErrorCode::UnknownColumn, column, "The step " + std::string(stepName(step)) + " names the column "
                                   + quoted(column) + ", which is not among the features. They are " + listOf(features) + ".");
        }
    }
    return {};
}

/// A column of many different words, one column a word, is rarely meant: it is refused before it fills the memory.
Result<void> checkSize(const std::vector<InputColumn>& inputs, std::size_t rows)
{
    constexpr std::size_t manyLevels = 1000;
    constexpr double mostBytes = 1e9;
    for (const InputColumn& input : inputs) {
        const double bytes = double(input.outputs) * double(rows) * sizeof(double);
        if (input.outputs <= manyLevels || bytes <= mostBytes)
            continue;
        return columnError(ErrorCode::TooLarge, input.name, "The column " + quoted(input.name) + " has " + countText(input.levels.size())
                               + " different values, each of which becomes a column: with " + rowsText(rows) + " they need "
                               + shortText(bytes / 1e9, 3) + " GB. Leave the column out of the features.");
    }
    return {};
}

} // namespace

std::optional<std::size_t> encodingStep(const Column& column, const PreparationChoices& choices)
{
    std::optional<std::size_t> forAll;
    for (std::size_t i = 0; i < choices.steps.size(); ++i) {
        const StepChoice& step = choices.steps[i];
        if (!std::holds_alternative<EncodeChoice>(step.what))
            continue;
        if (names(step, column.name()))
            return i;
        if (step.columns.empty() && !forAll)
            forAll = i;
    }
    return forAll;
}

std::optional<std::size_t> stepBehind(const Error& error, const Table& table, const PreparationChoices& choices)
{
    const std::optional<std::size_t> column = table.find(error.place.column);
    if (column && error.code == ErrorCode::MissingValue)
        return fillingStep(table.column(*column), choices);
    if (column && error.code == ErrorCode::UnknownCategory)
        return encodingStep(table.column(*column), choices);
    return {};
}

Error columnError(ErrorCode code, const std::string& column, std::string message, std::optional<std::size_t> row)
{
    Place place;
    place.column = column;
    if (row)
        place.row = *row + 1;
    return {code, std::move(message), place};
}

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

std::string listOf(const std::vector<std::string>& names, std::size_t most)
{
    std::string list;
    for (std::size_t i = 0; i < names.size() && i < most; ++i)
        list += (i ? ", " : "") + quoted(names[i]);
    if (names.size() > most)
        list += ", ... (" + countText(names.size()) + " in all)";
    return list;
}

Result<const Column*> findColumn(const Table& table, const std::string& name)
{
    const std::optional<std::size_t> index = table.find(name);
    if (!index)
        return columnError(ErrorCode::UnknownColumn, name, "The data have no column " + quoted(name) + ", which the model needs.");
    return &table.column(*index);
}

Result<std::vector<InputColumn>> learnInputs(const Table& table, const std::vector<std::string>& features,
                                             const std::vector<std::size_t>& rows, const PreparationChoices& choices)
{
    if (Result<void> named = checkNames(features, choices); !named)
        return named.error();
    std::vector<const Column*> columns;
    for (const std::string& name : features) {
        const Result<const Column*> column = findColumn(table, name);
        if (!column)
            return column.error();
        columns.push_back(*column);
    }
    if (Result<void> constants = checkConstants(columns, choices); !constants)
        return constants.error();
    const ChosenRows chosen(rows, table.rows());
    std::vector<std::optional<Result<InputColumn>>> learned(columns.size());
    parallelFor(columns.size(), [&](std::size_t j) { learned[j] = learnInput(*columns[j], chosen, choices); });
    std::vector<InputColumn> inputs;
    for (std::optional<Result<InputColumn>>& input : learned) {
        if (!*input)
            return input->error();
        inputs.push_back(*std::move(*input));
    }
    layOut(inputs, choices.referenceLevel);
    if (Result<void> size = checkSize(inputs, rows.size()); !size)
        return size.error();
    return inputs;
}

void layOut(std::vector<InputColumn>& inputs, bool referenceLevel)
{
    std::size_t next = 0;
    for (InputColumn& input : inputs) {
        input.firstOutput = next;
        const bool oneHot = input.isCategorical() && input.encoding == Encoding::OneHot;
        // Two levels are one column of 0 and 1 in any case: the second column would only repeat the first.
        const bool leavesOneOut = referenceLevel || input.levels.size() <= 2;
        input.outputs = oneHot ? input.levels.size() - (leavesOneOut && !input.levels.empty() ? 1 : 0) : 1;
        input.outputs += input.missingIndicator ? 1 : 0;
        next += input.outputs;
    }
}

Result<const double*> numbersInPlace(const InputColumn& input, const Column& column, const ChosenRows& rows)
{
    return InputReader(input, column, UnknownCategory::Refuse).inPlace(rows);
}

Result<void> readInput(const InputColumn& input, const Column& column, UnknownCategory unknown, const ChosenRows& rows, double* out)
{
    return InputReader(input, column, unknown).read(rows, out);
}

void encodeCell(const InputColumn& input, double value, double* out) noexcept
{
    const std::size_t columns = input.valueColumns();
    if (input.missingIndicator)
        out[columns] = std::isnan(value) ? 1 : 0;
    if (std::isnan(value))
        value = input.fill;
    if (input.encoding == Encoding::Ordinal || input.levels.empty()) {
        if (columns == 1)
            *out = value;
        return;
    }
    const std::size_t left = input.levels.size() - columns;
    for (std::size_t i = 0; i < columns; ++i)
        out[i] = double(std::size_t(value) == i + left);
}

bool isOneNumber(const InputColumn& input)
{
    return (input.encoding == Encoding::Ordinal || input.levels.empty()) && input.valueColumns() == 1;
}

void encodeColumn(const InputColumn& input, const double* values, std::size_t rows, Matrix& out)
{
    const auto first = Eigen::Index(input.firstOutput);
    const std::size_t columns = input.valueColumns();
    if (input.missingIndicator)
        for (std::size_t i = 0; i < rows; ++i)
            out(Eigen::Index(i), first + Eigen::Index(columns)) = std::isnan(values[i]) ? 1 : 0;
    const auto filled = [&](std::size_t i) { return std::isnan(values[i]) ? input.fill : values[i]; };
    if (input.encoding == Encoding::Ordinal || input.levels.empty()) {
        double* const column = columns == 1 ? out.data() + first * out.rows() : nullptr;
        for (std::size_t i = 0; i < rows && column; ++i)
            column[i] = filled(i);
        return;
    }
    const std::size_t left = input.levels.size() - columns;
    for (std::size_t i = 0; i < rows; ++i) {
        const auto level = std::size_t(filled(i));
        if (level >= left)
            out(Eigen::Index(i), first + Eigen::Index(level - left)) = 1;
    }
}

} // namespace modelarium
