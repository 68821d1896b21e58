#include "core/evaluate/partial_dependence.h"

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/evaluate/curves.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modelarium {

namespace {

using Eigen::Index;

bool isNumber(const InputColumn& input) { return input.type == ColumnType::Number || input.type == ColumnType::Date; }

/// Every distinct value where there are few; otherwise evenly between two quantiles.
Result<std::vector<double>> gridOf(const InputColumn& input, const Column& column, const std::vector<std::size_t>& rows,
                                   const PartialDependenceOptions& options)
{
    std::vector<double> values;
    if (!isNumber(input)) {
        values.resize(input.levels.size());
        std::iota(values.begin(), values.end(), 0.0);
        return values;
    }
    for (const std::size_t row : rows)
        if (column.isNumeric() && std::isfinite(column.numberValues()[row]))
            values.push_back(column.numberValues()[row]);
    if (values.empty())
        return Error{ErrorCode::MissingValue, "\"" + input.name + "\" has no value in these rows.", Place{.column = input.name}};
    std::sort(values.begin(), values.end());
    std::vector<double> distinct = values;
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    if (distinct.size() <= options.points)
        return distinct;
    const double low = sortedQuantile(values, options.lowestShare), high = sortedQuantile(values, options.highestShare);
    std::vector<double> grid;
    for (std::size_t i = 0; i < options.points; ++i)
        grid.push_back(options.points == 1 ? (low + high) / 2 : low + (high - low) * (double(i) / double(options.points - 1)));
    grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
    return grid;
}

/// A column with one value in every row, of the type that the model was trained on.
ColumnPtr constantColumn(const InputColumn& input, double value, std::size_t rows)
{
    if (input.type == ColumnType::Number)
        return std::make_shared<const Column>(Column::numbers(input.name, Buffer<double>(rows, value)));
    if (input.type == ColumnType::Date)
        return std::make_shared<const Column>(Column::dates(input.name, Buffer<double>(rows, value)));
    return std::make_shared<const Column>(Column::categories(input.name, Buffer<std::int32_t>(rows, std::int32_t(value)), input.levels));
}

/// Places among `rows` that get a curve of their own, sorted.
std::vector<std::size_t> curvePlaces(const std::vector<std::size_t>& rows, const PartialDependenceOptions& options)
{
    std::vector<std::size_t> places(rows.size());
    std::iota(places.begin(), places.end(), std::size_t(0));
    if (places.size() > options.curves) {
        Random(options.seed).shuffle(places);
        places.resize(options.curves);
        std::sort(places.begin(), places.end());
    }
    return places;
}

/// What the model answers for each row: the value, the coordinates, or the probability of each class.
Matrix answersOf(const Model& model, const Matrix& X)
{
    Prediction prediction = model.predictPrepared(X);
    if (model.target().task == Task::Projection)
        return std::move(prediction.coordinates);
    return model.target().task != Task::Regression ? std::move(prediction.probabilities) : Matrix(prediction.values);
}

} // namespace

Result<PartialDependence> partialDependence(const Model& model, const Table& table, const std::vector<std::size_t>& rows, std::string_view name,
                                            const PartialDependenceOptions& options, std::stop_token stop)
{
    const auto input = std::find_if(model.inputs().begin(), model.inputs().end(), [&](const InputColumn& one) { return one.name == name; });
    const std::optional<std::size_t> index = table.find(name);
    if (input == model.inputs().end() || !index)
        return Error{ErrorCode::UnknownColumn, "The model has no input \"" + std::string(name) + "\" in these data.", Place{.column = std::string(name)}};
    if (rows.empty())
        return Error{ErrorCode::TooFewSamples, "There are no rows to ask the model about."};
    if (options.points < 1 || !(options.lowestShare >= 0 && options.lowestShare < options.highestShare && options.highestShare <= 1))
        return Error{ErrorCode::Unsupported, "The grid needs at least one point, and shares from 0 to 1 of which the first is the smaller one."};
    Result<std::vector<double>> grid = gridOf(*input, table.column(*index), rows, options);
    if (!grid)
        return grid.error();

    const std::vector<std::size_t> places = curvePlaces(rows, options);
    const Table chosen = table.selected(rows);
    const std::size_t outputs = model.outputs();
    PartialDependence result{std::string(name), *std::move(grid), isNumber(*input) ? std::vector<std::string>() : input->levels, {}, {}, {}};
    result.mean.resize(Index(result.grid.size()), Index(outputs));
    result.curves.assign(outputs, Matrix(Index(places.size()), Index(result.grid.size())));
    for (const std::size_t place : places)
        result.curveRows.push_back(rows[place]);

    std::vector<Result<void>> done(result.grid.size());
    parallelFor(result.grid.size(), [&](std::size_t point) {
        if (stop.stop_requested())
            return;
        const Result<Matrix> X = model.preparation().apply(chosen.withColumn(*index, constantColumn(*input, result.grid[point], rows.size())));
        if (!X) {
            done[point] = X.error();
            return;
        }
        const Matrix answers = answersOf(model, *X);
        result.mean.row(Index(point)) = answers.colwise().mean();
        for (std::size_t output = 0; output < outputs; ++output)
            for (std::size_t i = 0; i < places.size(); ++i)
                result.curves[output](Index(i), Index(point)) = answers(Index(places[i]), Index(output));
    });
    if (stop.stop_requested())
        return Error{ErrorCode::Cancelled, "The partial dependence was cancelled."};
    for (const Result<void>& one : done)
        if (!one)
            return one.error();
    return result;
}

} // namespace modelarium
