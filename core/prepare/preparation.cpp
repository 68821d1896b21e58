#include "core/prepare/preparation.h"

#include "core/base/number_text.h"
#include "core/prepare/column_statistics.h"
#include "core/prepare/polynomial_exponents.h"
#include "core/prepare/steps.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <unordered_map>

namespace modelarium {

namespace {

constexpr double missingValue = std::numeric_limits<double>::quiet_NaN();

Error columnError(ErrorCode code, const std::string& column, std::string message, std::optional<std::size_t> row = {})
{
    Place place;
    place.column = column;
    if (row)
        place.row = *row + 1;
    return {code, std::move(message), place};
}

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

Result<const Column*> findColumn(const Table& table, const std::string& name)
{
    const std::optional<std::size_t> index = table.find(name);
    if (!index)
        return columnError(ErrorCode::UnknownColumn, name, "The data have no column " + quoted(name) + ", which the model needs.");
    return &table.column(*index);
}

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

std::string listOf(const std::vector<std::string>& names, std::size_t most = 8)
{
    std::string list;
    for (std::size_t i = 0; i < names.size() && i < most; ++i)
        list += (i ? ", " : "") + quoted(names[i]);
    if (names.size() > most)
        list += ", ... (" + std::to_string(names.size()) + " in all)";
    return list;
}

/// A column as a model's input sees it: the codes or numbers of the wanted rows, NaN where missing.
class InputReader {
public:
    InputReader(const InputColumn& input, const Column& column, UnknownCategory unknown)
        : m_input(input), m_column(column), m_unknown(unknown)
    {
    }

    Result<void> read(const std::vector<std::size_t>& rows, double* out)
    {
        const bool wantsCategories = m_input.type == ColumnType::Category || m_input.type == ColumnType::Boolean;
        if (m_column.type() == ColumnType::Empty) {
            std::fill(out, out + rows.size(), missingValue);
            return {};
        }
        if (wantsCategories)
            return m_column.isCategorical() ? readCategories(rows, out) : readLabels(rows, out);
        if (!m_column.isNumeric() || (m_column.type() == ColumnType::Date) != (m_input.type == ColumnType::Date))
            return wrongType(rows);
        return readNumbers(rows, out);
    }

private:
    Result<void> readNumbers(const std::vector<std::size_t>& rows, double* out)
    {
        const Buffer<double>& values = m_column.numberValues();
        for (std::size_t i = 0; i < rows.size(); ++i) {
            out[i] = values[rows[i]];
            if (std::isinf(out[i])) {
                return columnError(ErrorCode::NotFinite, m_input.name, "Row " + std::to_string(rows[i] + 1) + " of "
                                       + quoted(m_input.name) + " is infinite: leave the row out, or correct the cell.", rows[i]);
            }
        }
        return {};
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
            else if (m_unknown == UnknownCategory::Refuse)
                return unknownCategory(text, rows[i]);
        }
        return {};
    }

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
                               + " is " + quoted(level) + ", which the model has never seen. It knows " + listOf(m_input.levels) + ".", row);
    }

    const InputColumn& m_input;
    const Column& m_column;
    UnknownCategory m_unknown;
};

Result<InputColumn> learnInput(const Column& column, const std::vector<std::size_t>& rows, const PreparationChoices& choices)
{
    InputColumn input;
    input.name = column.name();
    input.unit = column.unit();
    input.type = column.type();
    if (column.isCategorical()) {
        const LevelCounts counts = countLevels(column, rows);
        input.levels = column.categoryCells().levels;
        input.typical = double(counts.mostFrequent);
        input.fill = input.typical;
        input.filledInTraining = counts.missing;
        input.maximum = double(input.levels.size()) - 1;
        return input;
    }
    if (!column.isNumeric()) {
        return columnError(ErrorCode::WrongType, column.name(),
                           "The column " + quoted(column.name()) + " holds " + std::string(columnTypeName(column.type()))
                               + " cells; only numbers, categories, booleans and dates can be features.");
    }
    const Result<NumberStatistics> statistics = numberStatistics(column, rows);
    if (!statistics)
        return statistics.error();
    input.minimum = statistics->minimum;
    input.maximum = statistics->maximum;
    input.typical = statistics->median;
    input.filledInTraining = statistics->missing;
    switch (choices.imputation) {
    case Imputation::Mean: input.fill = statistics->mean; break;
    case Imputation::MostFrequent: input.fill = statistics->mostFrequent; break;
    case Imputation::Median:
    case Imputation::Refuse: input.fill = statistics->median; break;
    }
    return input;
}

void layOut(std::vector<InputColumn>& inputs, bool referenceLevel)
{
    std::size_t next = 0;
    for (InputColumn& input : inputs) {
        input.firstOutput = next;
        const bool oneHot = input.type == ColumnType::Category || input.type == ColumnType::Boolean;
        // Two levels are one column of 0 and 1 in any case: the second column would only repeat the first.
        const bool leavesOneOut = referenceLevel || input.levels.size() <= 2;
        input.outputs = oneHot ? input.levels.size() - (leavesOneOut && !input.levels.empty() ? 1 : 0) : 1;
        next += input.outputs;
    }
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
        return columnError(ErrorCode::TooLarge, input.name, "The column " + quoted(input.name) + " has " + std::to_string(input.levels.size())
                               + " different values, each of which becomes a column: with " + std::to_string(rows) + " rows they need "
                               + shortText(bytes / 1e9, 3) + " GB. Leave the column out of the features.");
    }
    return {};
}

} // namespace

Result<Preparation> Preparation::learn(const Table& table, const std::vector<std::string>& features,
                                       const std::vector<std::size_t>& trainingRows, const PreparationChoices& choices)
{
    Preparation result;
    result.m_unknown = choices.unknownCategory;
    result.m_refusesMissing = choices.imputation == Imputation::Refuse;
    result.m_referenceLevel = choices.referenceLevel;
    for (const std::string& name : features) {
        const Result<const Column*> column = findColumn(table, name);
        if (!column)
            return column.error();
        Result<InputColumn> input = learnInput(**column, trainingRows, choices);
        if (!input)
            return input.error();
        result.m_inputs.push_back(*std::move(input));
    }
    layOut(result.m_inputs, choices.referenceLevel);
    if (Result<void> size = checkSize(result.m_inputs, trainingRows.size()); !size)
        return size.error();

    if (choices.polynomialDegree > 1) {
        Result<std::vector<std::vector<int>>> exponents = polynomialExponents(result.encodedColumns(), choices.polynomialDegree);
        if (!exponents)
            return exponents.error();
        result.m_steps.push_back(PolynomialTerms{choices.polynomialDegree, *std::move(exponents)});
    }
    if (choices.scaling == Scaling::Standardise) {
        const Result<Matrix> X = result.apply(table, trainingRows);
        if (!X)
            return X.error();
        result.m_steps.push_back(learnStandardise(*X));
    }
    return result;
}

Result<Preparation> Preparation::fromParts(std::vector<InputColumn> inputs, std::vector<PreparationStep> steps,
                                           UnknownCategory unknown, bool refusesMissing, bool referenceLevel)
{
    Preparation result;
    result.m_unknown = unknown;
    result.m_refusesMissing = refusesMissing;
    result.m_referenceLevel = referenceLevel;
    result.m_inputs = std::move(inputs);
    layOut(result.m_inputs, referenceLevel);
    const auto refuse = [](std::string message) { return Error{ErrorCode::BadModelFile, std::move(message)}; };

    std::set<std::string> names;
    for (const InputColumn& input : result.m_inputs) {
        if (!names.insert(input.name).second)
            return refuse("The model has two inputs called " + quoted(input.name) + ".");
        const bool oneHot = input.type == ColumnType::Category || input.type == ColumnType::Boolean;
        if (std::set<std::string>(input.levels.begin(), input.levels.end()).size() != input.levels.size())
            return refuse("The input " + quoted(input.name) + " has a level twice.");
        if (oneHot && !(input.fill >= 0 && input.fill < double(std::max<std::size_t>(input.levels.size(), 1)) && input.fill == std::floor(input.fill)))
            return refuse("The input " + quoted(input.name) + " fills missing cells with a level that it does not have.");
        if (!std::isfinite(input.fill))
            return refuse("The input " + quoted(input.name) + " fills missing cells with a number that is not finite.");
    }
    std::size_t width = result.encodedColumns();
    for (const PreparationStep& step : steps) {
        if (const auto* terms = std::get_if<PolynomialTerms>(&step)) {
            for (const std::vector<int>& exponents : terms->exponents) {
                if (exponents.size() != width)
                    return refuse("A polynomial term of the preparation has not one exponent for each feature.");
                for (const int exponent : exponents)
                    if (exponent < 0 || exponent > terms->degree)
                        return refuse("A polynomial term of the preparation has an exponent outside 0 to its degree.");
            }
            width = terms->exponents.size();
        } else {
            const auto& standardise = std::get<Standardise>(step);
            if (std::size_t(standardise.mean.size()) != width || std::size_t(standardise.scale.size()) != width)
                return refuse("The standardising step does not have one mean and one scale for each feature.");
            if (!standardise.mean.allFinite() || !standardise.scale.allFinite() || !(standardise.scale.array() > 0).all())
                return refuse("The standardising step has a scale that is not a positive finite number.");
        }
    }
    result.m_steps = std::move(steps);
    return result;
}

Result<Matrix> Preparation::apply(const Table& table) const
{
    std::vector<std::size_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    return apply(table, rows);
}

Result<Matrix> Preparation::apply(const Table& table, const std::vector<std::size_t>& rows) const
{
    const auto n = Eigen::Index(rows.size());
    Matrix encoded = Matrix::Zero(n, Eigen::Index(encodedColumns()));
    std::vector<double> values(rows.size());
    for (const InputColumn& input : m_inputs) {
        const Result<const Column*> column = findColumn(table, input.name);
        if (!column)
            return column.error();
        if (Result<void> read = InputReader(input, **column, m_unknown).read(rows, values.data()); !read)
            return read.error();
        for (Eigen::Index i = 0; i < n; ++i) {
            double& value = values[std::size_t(i)];
            if (std::isnan(value)) {
                if (m_refusesMissing) {
                    return columnError(ErrorCode::MissingValue, input.name, "Row " + std::to_string(rows[std::size_t(i)] + 1) + " of "
                                           + quoted(input.name) + " is missing: choose how missing cells are filled, or leave the row out.",
                                       rows[std::size_t(i)]);
                }
                value = input.fill;
            }
        }
        encodeColumn(input, values.data(), rows.size(), encoded);
    }
    for (const PreparationStep& step : m_steps)
        encoded = applyStep(step, encoded);
    return encoded;
}

void Preparation::applyRow(const double* raw, double* scratch, double* out) const noexcept
{
    // Each step reads one half of the scratch and writes the other; the last one writes `out`.
    double* current = m_steps.empty() ? out : scratch;
    double* other = scratch + scratchSize() / 2;
    for (const InputColumn& input : m_inputs) {
        const double value = std::isnan(*raw) ? input.fill : *raw;
        ++raw;
        encodeCell(input, value, current + input.firstOutput);
    }
    std::size_t width = encodedColumns();
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        double* target = i + 1 == m_steps.size() ? out : other;
        width = applyStepToRow(m_steps[i], current, width, target);
        other = current;
        current = target;
    }
}

std::size_t Preparation::scratchSize() const { return 2 * std::max(encodedColumns(), outputs()); }

std::size_t Preparation::encodedColumns() const
{
    return m_inputs.empty() ? 0 : m_inputs.back().firstOutput + m_inputs.back().outputs;
}

std::size_t Preparation::outputs() const
{
    std::size_t width = encodedColumns();
    for (const PreparationStep& step : m_steps)
        if (const auto* terms = std::get_if<PolynomialTerms>(&step))
            width = terms->exponents.size();
    return width;
}

std::vector<std::string> Preparation::encodedNames() const
{
    std::vector<std::string> names;
    for (const InputColumn& input : m_inputs) {
        if (input.levels.empty()) {
            names.push_back(input.name);
            continue;
        }
        const std::size_t first = input.levels.size() - input.outputs;
        for (std::size_t level = first; level < input.levels.size(); ++level)
            names.push_back(input.name + " = " + input.levels[level]);
    }
    return names;
}

std::vector<std::string> Preparation::outputNames() const
{
    std::vector<std::string> names = encodedNames();
    for (const PreparationStep& step : m_steps)
        if (const auto* terms = std::get_if<PolynomialTerms>(&step))
            names = termNames(terms->exponents, names);
    return names;
}

} // namespace modelarium
