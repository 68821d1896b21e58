#include "core/prepare/preparation.h"

#include "core/base/buffer.h"
#include "core/base/parallel.h"
#include "core/prepare/input_columns.h"
#include "core/prepare/steps.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace modelarium {

namespace {

Error misfit(std::string message) { return {ErrorCode::BadModelFile, std::move(message)}; }

Result<void> checkInput(const InputColumn& input)
{
    if (std::set<std::string>(input.levels.begin(), input.levels.end()).size() != input.levels.size())
        return misfit("The input " + quoted(input.name) + " has a level twice.");
    if (!input.isCategorical() && (input.encoding != Encoding::OneHot || !input.levels.empty()))
        return misfit("The input " + quoted(input.name) + " has levels although it is no category.");
    const auto levels = double(std::max<std::size_t>(input.levels.size(), 1));
    if (input.isCategorical() && !(input.fill >= 0 && input.fill < levels && input.fill == std::floor(input.fill)))
        return misfit("The input " + quoted(input.name) + " fills missing cells with a level that it does not have.");
    if (input.unknown == UnknownCategory::OwnLevel && input.levels.empty())
        return misfit("The input " + quoted(input.name) + " has no level that takes unknown categories.");
    if (!std::isfinite(input.fill))
        return misfit("The input " + quoted(input.name) + " fills missing cells with a number that is not finite.");
    return {};
}

/// Numbers that a curve made too large to compute with; only curves and powers can.
Result<void> checkFinite(const Matrix& X, const std::vector<std::size_t>& rows, const std::vector<std::string>& names)
{
    for (Eigen::Index j = 0; j < X.cols(); ++j) {
        if (X.col(j).allFinite())
            continue;
        Eigen::Index i = 0;
        while (std::isfinite(X(i, j)))
            ++i;
        const std::string& name = names[std::size_t(j)];
        return columnError(ErrorCode::NotFinite, name, "Row " + std::to_string(rows[std::size_t(i)] + 1) + " of " + quoted(name)
                               + " is too large to compute with: leave the row out, or take another step.", rows[std::size_t(i)]);
    }
    return {};
}

} // namespace

Result<Preparation> Preparation::fromParts(std::vector<InputColumn> inputs, std::vector<PreparationStep> steps,
                                           UnknownCategory unknown, bool refusesMissing, bool referenceLevel)
{
    Preparation result;
    result.m_unknown = unknown;
    result.m_refusesMissing = refusesMissing;
    result.m_referenceLevel = referenceLevel;
    std::set<std::string> names;
    for (const InputColumn& input : inputs) {
        if (!names.insert(input.name).second)
            return misfit("The model has two inputs called " + quoted(input.name) + ".");
        if (Result<void> fits = checkInput(input); !fits)
            return fits.error();
    }
    result.m_inputs = std::move(inputs);
    layOut(result.m_inputs, referenceLevel);
    result.m_widest = result.encodedColumns();
    for (PreparationStep& step : steps) {
        if (Result<void> fits = checkStep(step, result.outputs()); !fits)
            return fits.error();
        result.append(std::move(step));
    }
    return result;
}

void Preparation::append(PreparationStep step)
{
    m_widths.push_back(widthAfter(step, outputs()));
    m_widest = std::max({m_widest, encodedColumns(), m_widths.back()});
    m_steps.push_back(std::move(step));
}

Result<Matrix> Preparation::apply(const Table& table) const
{
    std::vector<std::size_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    return apply(table, rows);
}

Result<Matrix> Preparation::apply(const Table& table, const std::vector<std::size_t>& rows) const
{
    return applyThrough(table, rows, m_steps.size());
}

Result<KeptColumnsPtr> Preparation::applyInPlace(const Table& table, const ChosenRows& chosen) const
{
    constexpr std::size_t worthLooking = 1 << 20;   // cells; a matrix of fewer is no burden, and is then read faster
    if (!m_steps.empty() || !chosen.areAll() || table.rows() * m_inputs.size() < worthLooking)
        return KeptColumnsPtr();
    std::vector<const double*> columns;
    std::vector<ColumnPtr> owners;
    for (const InputColumn& input : m_inputs) {
        const std::optional<std::size_t> index = table.find(input.name);
        if (!index)
            return findColumn(table, input.name).error();
        const Result<const double*> found = numbersInPlace(input, table.column(*index), chosen);
        if (!found)
            return found.error();
        if (!*found)
            return KeptColumnsPtr();
        columns.push_back(*found);
        owners.push_back(table.columnPtr(*index));
    }
    auto owner = std::make_shared<const std::vector<ColumnPtr>>(std::move(owners));
    return std::make_shared<const KeptColumns>(std::move(columns), Eigen::Index(table.rows()), std::move(owner));
}

Result<Matrix> Preparation::encoded(const Table& table, const std::vector<std::size_t>& rows) const
{
    Matrix result(Eigen::Index(rows.size()), Eigen::Index(encodedColumns()));
    preferHugePages(result.data(), std::size_t(result.size()) * sizeof(double));
    const ChosenRows chosen(rows, table.rows());
    std::vector<Result<void>> done(m_inputs.size());
    const auto encodeOne = [&](std::size_t j) { done[j] = encode(m_inputs[j], table, chosen, result); };
    constexpr std::size_t worthThreads = 32768;     // cells; fewer are done before a second thread is awake
    if (rows.size() * m_inputs.size() >= worthThreads) {
        parallelFor(m_inputs.size(), encodeOne);
    } else {
        for (std::size_t j = 0; j < m_inputs.size(); ++j)
            encodeOne(j);
    }
    for (const Result<void>& each : done)
        if (!each)
            return each.error();
    return result;
}

Result<void> Preparation::encode(const InputColumn& input, const Table& table, const ChosenRows& chosen, Matrix& out) const
{
    const std::vector<std::size_t>& rows = chosen.rows();
    const Result<const Column*> column = findColumn(table, input.name);
    if (!column)
        return column.error();
    auto part = out.middleCols(Eigen::Index(input.firstOutput), Eigen::Index(input.outputs));
    Buffer<double> codes;
    double* values = part.data();                   // numbers are read to where they stay
    if (!isOneNumber(input)) {
        part.setZero();
        codes.resize(rows.size());
        values = codes.data();
    }
    if (Result<void> read = readInput(input, **column, unknownCategoryOf(input), chosen, values); !read)
        return read.error();
    if (!input.isCategorical() && (*column)->missing() == 0 && input.outputs == 1)
        return {};                                  // nothing to fill, and the numbers are where they stay
    if (refusesMissingOf(input)) {
        const double* const missing = std::find_if(values, values + rows.size(), [](double value) { return std::isnan(value); });
        if (missing != values + rows.size()) {
            const std::size_t row = rows[std::size_t(missing - values)];
            if (!(*column)->isMissing(row)) {
                return columnError(ErrorCode::MissingValue, input.name, "Row " + std::to_string(row + 1) + " of " + quoted(input.name) + " is "
                                       + quoted((*column)->cellText(row)) + ", which no training row was: it counts as missing, and missing cells are refused. "
                                         "Choose how missing cells are filled, let unknown categories share a level of their own, or leave the row out.", row);
            }
            return columnError(ErrorCode::MissingValue, input.name, "Row " + std::to_string(row + 1) + " of " + quoted(input.name)
                                   + " is missing: choose how missing cells are filled, or leave the row out.", row);
        }
    }
    encodeColumn(input, values, rows.size(), out);
    return {};
}

Result<Matrix> Preparation::applyThrough(const Table& table, const std::vector<std::size_t>& rows, std::size_t steps) const
{
    Result<Matrix> X = encoded(table, rows);
    if (!X)
        return X;
    bool hasCurve = false;
    for (std::size_t s = 0; s < steps; ++s) {
        if (const auto cell = firstUndefined(m_steps[s], *X)) {
            const std::string name = namesThrough(s)[cell->column];
            const std::size_t row = rows[cell->row];
            return columnError(ErrorCode::NotFinite, name, undefinedSentence(std::get<PowerTransform>(m_steps[s]), name, row + 1, cell->value), row);
        }
        *X = applyStep(m_steps[s], *X);
        if (std::holds_alternative<PolynomialTerms>(m_steps[s])) {
            if (Result<void> held = checkProducts(m_steps[s], *X, rows, namesThrough(s + 1)); !held)
                return held.error();
        }
        hasCurve = hasCurve || std::holds_alternative<PowerTransform>(m_steps[s]);
    }
    if (hasCurve && !X->allFinite()) {
        if (Result<void> finite = checkFinite(*X, rows, namesThrough(steps)); !finite)
            return finite.error();
    }
    return X;
}

void Preparation::applyRow(const double* raw, double* scratch, double* out) const noexcept
{
    applyRowThrough(raw, scratch, out, m_steps.size());
}

void Preparation::applyRowThrough(const double* raw, double* scratch, double* out, std::size_t steps) const noexcept
{
    // Each step reads one half of the scratch and writes the other; the last one writes `out`.
    double* current = steps == 0 ? out : scratch;
    double* other = scratch + m_widest;
    for (const InputColumn& input : m_inputs)
        encodeCell(input, *raw++, current + input.firstOutput);
    std::size_t width = encodedColumns();
    for (std::size_t s = 0; s < steps; ++s) {
        double* target = s + 1 == steps ? out : other;
        width = applyStepToRow(m_steps[s], current, width, target);
        other = current;
        current = target;
    }
}

std::size_t Preparation::encodedColumns() const
{
    return m_inputs.empty() ? 0 : m_inputs.back().firstOutput + m_inputs.back().outputs;
}

std::size_t Preparation::outputsThrough(std::size_t steps) const { return steps == 0 ? encodedColumns() : m_widths[steps - 1]; }

std::vector<std::string> Preparation::encodedNames() const
{
    std::vector<std::string> names;
    for (const InputColumn& input : m_inputs) {
        const std::size_t columns = input.valueColumns();
        if (input.encoding == Encoding::Ordinal) {
            names.push_back("code of " + input.name);
        } else if (input.levels.empty()) {
            if (columns == 1)
                names.push_back(input.name);
        } else {
            for (std::size_t level = input.levels.size() - columns; level < input.levels.size(); ++level)
                names.push_back(input.name + " = " + input.levels[level]);
        }
        if (input.missingIndicator)
            names.push_back(input.name + " is missing");
    }
    return names;
}

std::vector<std::string> Preparation::outputNames() const { return namesThrough(m_steps.size()); }

std::vector<std::string> Preparation::namesThrough(std::size_t steps) const
{
    std::vector<std::string> names = encodedNames();
    for (std::size_t s = 0; s < steps; ++s)
        names = namesAfter(m_steps[s], names);
    return names;
}

} // namespace modelarium
