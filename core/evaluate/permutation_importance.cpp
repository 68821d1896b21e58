#include "core/evaluate/permutation_importance.h"

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/evaluate/cross_validation.h"
#include "core/evaluate/search.h"

#include <mutex>
#include <numeric>

namespace modelarium {

namespace {

/// The chosen rows of the columns that the model reads, and of its target, as a table of their own.
Result<Table> judgedTable(const Model& model, const Table& table, const std::vector<std::size_t>& rows)
{
    std::vector<ColumnPtr> columns;
    for (const InputColumn& input : model.inputs())
        if (const auto index = table.find(input.name))
            columns.push_back(table.columnPtr(*index));
    if (const auto index = table.find(model.target().name))
        columns.push_back(table.columnPtr(*index));
    const Result<Table> narrow = Table::make(std::move(columns));
    return narrow ? Result<Table>(narrow->selected(rows)) : narrow.error();
}

Table withShuffled(const Table& table, std::size_t column, Random random)
{
    std::vector<std::size_t> order(table.rows());
    std::iota(order.begin(), order.end(), std::size_t(0));
    random.shuffle(order);
    const Result<Table> alone = Table::make({table.columnPtr(column)});
    return table.withColumn(column, alone->selected(order).columnPtr(0));
}

/// The metric of the model on a table whose truth is known; an error where the table cannot be prepared.
Result<double> scoreOf(const Model& model, const Table& table, Vector truth, const MetricInfo& metric, const std::string& positive)
{
    const Result<Matrix> X = model.preparation().apply(table);
    if (!X)
        return X.error();
    TargetColumn target = model.target();
    Prediction predicted = model.predictPrepared(*X);
    if (!positive.empty())
        if (const Result<void> found = lookFor(positive, target, truth, predicted); !found)
            return found.error();
    const Metrics metrics = metricsOf(truth, predicted, target, weighedTerms(model, std::size_t(X->cols())));
    const auto found = metrics.find(metric.id);
    if (found == metrics.end())
        return Error{ErrorCode::Unsupported, "The metric \"" + metric.id + "\" does not exist for these rows."};
    return found->second;
}

} // namespace

Result<PermutationImportance> permutationImportance(const Model& model, const Table& table, const std::vector<std::size_t>& rows,
                                                    const ImportanceOptions& options, const EvaluationProgress& progress, std::stop_token stop)
{
    if (!hasTarget(model.target().task))
        return Error{ErrorCode::Unsupported, "Importance is how much worse the answers get without a column, and this model has no target to compare them with."};
    const Result<const MetricInfo*> metric = metricFor(options.metric, model.target().task);
    if (!metric)
        return metric.error();
    if (options.repeats < 1)
        return Error{ErrorCode::Unsupported, "Columns are shuffled at least once, not " + std::to_string(options.repeats) + " times."};
    if (rows.size() < 2)
        return Error{ErrorCode::TooFewSamples, "Importance needs at least two rows to shuffle."};
    const Result<Dataset> data = makeDataset(table, rows, model.preparation(), model.target());
    if (!data)
        return data.error();
    const Result<Table> judged = judgedTable(model, table, rows);
    if (!judged)
        return judged.error();
    const Result<double> score = scoreOf(model, *judged, data->y, **metric, options.positive);
    if (!score)
        return score.error();

    const std::size_t repeats = std::size_t(options.repeats), inputs = model.inputs().size();
    std::vector<Result<double>> scores(inputs * repeats, score);
    const Random random(options.seed);
    std::mutex mutex;
    std::size_t done = 0;
    parallelFor(scores.size(), [&](std::size_t i) {
        if (stop.stop_requested())
            return;
        const std::size_t column = *judged->find(model.inputs()[i / repeats].name);
        scores[i] = scoreOf(model, withShuffled(*judged, column, random.split(i)), data->y, **metric, options.positive);
        if (progress) {
            std::lock_guard lock(mutex);
            progress(++done, scores.size());
        }
    });
    if (stop.stop_requested())
        return Error{ErrorCode::Cancelled, "The importance was cancelled."};

    PermutationImportance result{(*metric)->id, *score, {}};
    for (std::size_t j = 0; j < inputs; ++j) {
        InputImportance importance{model.inputs()[j].name, 0, 0, {}};
        std::vector<Metrics> losses;
        for (std::size_t r = 0; r < repeats; ++r) {
            const Result<double>& shuffled = scores[j * repeats + r];
            if (!shuffled)
                return shuffled.error();
            importance.losses.push_back((*metric)->higherIsBetter ? *score - *shuffled : *shuffled - *score);
            losses.push_back({{"loss", importance.losses.back()}});
        }
        const ScoreSummary summary = summarised(losses)["loss"];
        importance.mean = summary.mean;
        importance.standardDeviation = summary.standardDeviation;
        result.inputs.push_back(std::move(importance));
    }
    return result;
}

} // namespace modelarium
