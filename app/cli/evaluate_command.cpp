#include "app/cli/commands.h"

#include "app/cli/data_flags.h"
#include "app/cli/explanation_flags.h"
#include "app/cli/interval_flags.h"
#include "app/cli/terminal.h"
#include "app/cli/training_report.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/evaluate/clustering_metrics.h"
#include "core/evaluate/curves.h"
#include "core/evaluate/metrics.h"
#include "core/evaluate/projection_metrics.h"
#include "core/learn/training.h"
#include "core/model/model_file.h"
#include "core/model/projection_text.h"

#include <memory>
#include <numeric>

namespace modelarium::cli {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t usualResamples = 1000;
constexpr std::size_t rowsForUsualResamples = 10000;        // more take seconds: they have to be asked for

struct EvaluateFlags {
    DataFlags data;
    std::string model;
    std::string file;
    IntervalFlags intervals;
    std::string positive;
    std::uint64_t seed = 1;
    ExplanationFlags explanation;
    bool json = false;
};

/// What is to be judged, with the positive class in the second place.
struct Judged {
    TargetColumn target;
    Vector truth;
    Prediction predicted;
};

/// The rows that can be judged: those whose target is known; all where there is none.
Result<Dataset> judgedRows(const Table& table, const Model& model, std::vector<std::string>& notices)
{
    std::vector<std::size_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    if (hasTarget(model.target().task)) {
        const std::optional<std::size_t> target = table.find(model.target().name);
        std::erase_if(rows, [&](std::size_t row) { return !target || table.column(*target).isMissing(row); });
        if (target && rows.size() < table.rows())
            notices.push_back(rowsText(table.rows() - rows.size()) + " without a target took no part.");
    }
    Result<Dataset> data = makeDataset(table, rows, model.preparation(), model.target());
    if (!data)
        return data;
    if (std::string sentence = unknownWordsSentence(countUnknownWords(model.preparation(), table, rows)); !sentence.empty())
        notices.push_back(std::move(sentence));
    return data;
}

void printMatrix(const Eigen::MatrixXi& matrix, const std::vector<std::string>& classes)
{
    std::vector<std::vector<std::string>> rows = {{"truth \\ predicted"}};
    rows[0].insert(rows[0].end(), classes.begin(), classes.end());
    for (Eigen::Index k = 0; k < matrix.rows(); ++k) {
        std::vector<std::string> row = {classes[std::size_t(k)]};
        for (Eigen::Index j = 0; j < matrix.cols(); ++j)
            row.push_back(countText(std::size_t(matrix(k, j))));
        rows.push_back(std::move(row));
    }
    print("\n");
    printTable(rows);
}

Result<Intervals> intervalsFor(const EvaluateFlags& flags, const Judged& judged, std::size_t terms)
{
    const auto rows = std::size_t(judged.truth.size());
    if (!flags.intervals.areChosen() && !flags.intervals.isLevelChosen() && rows > rowsForUsualResamples) {
        notice("Note: there are more than " + countText(rowsForUsualResamples) + " rows, so the metrics have no intervals; --bootstrap "
               + std::to_string(usualResamples) + " gives them some.");
        return Intervals();
    }
    return flags.intervals.intervalsFor(flags.intervals.areChosen() ? flags.intervals.resamples() : usualResamples, judged.truth, judged.predicted,
                                        judged.target, terms, flags.seed);
}

Json confusionToJson(const Eigen::MatrixXi& matrix, const std::vector<std::string>& classes)
{
    Json rows = Json::array();
    for (Eigen::Index k = 0; k < matrix.rows(); ++k) {
        const Eigen::RowVectorXi row = matrix.row(k);
        rows.push_back(std::vector<int>(row.begin(), row.end()));
    }
    return {{"classes", classes}, {"counts", rows}};
}

std::vector<double> chosen(const std::vector<double>& values, const std::vector<std::size_t>& places)
{
    std::vector<double> result;
    for (const std::size_t place : places)
        result.push_back(values[place]);
    return result;
}

/// Curves of one class against the rest, of at most a thousand points each. Null where the rows have only one of the two.
Json curvesToJson(const Vector& truth, const Vector& probability, std::size_t k, const std::string& name)
{
    const Result<RocCurve> roc = rocCurve(truth, probability, k);
    const Result<PrecisionRecallCurve> pr = precisionRecallCurve(truth, probability, k);
    const Result<CalibrationCurve> calibration = calibrationCurve(truth, probability, k);
    if (!roc || !pr || !calibration)
        return nullptr;
    const std::vector<std::size_t> points = thinned(roc->thresholds.size(), 1000);
    return {{"class", name},
            {"roc", {{"area", roc->area}, {"thresholds", chosen(roc->thresholds, points)}, {"false_positive_rate", chosen(roc->falsePositiveRate, points)},
                     {"true_positive_rate", chosen(roc->truePositiveRate, points)}}},
            {"precision_recall", {{"average_precision", pr->averagePrecision}, {"thresholds", chosen(pr->thresholds, points)},
                                  {"precision", chosen(pr->precision, points)}, {"recall", chosen(pr->recall, points)}}},
            {"calibration", {{"expected_error", calibration->expectedError}, {"mean_predicted", calibration->meanPredicted},
                             {"share", calibration->shareOfPositives}, {"rows", calibration->rows}}}};
}

Json curvesToJson(const Vector& truth, const Prediction& predicted, const TargetColumn& target)
{
    Json curves = Json::array();
    for (Eigen::Index k = predicted.probabilities.cols() == 2 ? 1 : 0; k < predicted.probabilities.cols(); ++k)
        if (Json one = curvesToJson(truth, predicted.probabilities.col(k), std::size_t(k), target.classes[std::size_t(k)]); !one.is_null())
            curves.push_back(std::move(one));
    return curves;
}

void printMetrics(const Metrics& metrics, const Intervals& intervals, std::size_t count, const std::string& heading = {})
{
    std::vector<std::vector<std::string>> rows = {{"metric", rowsText(count)}};
    if (!intervals.empty())
        rows[0].push_back(heading);
    for (const MetricInfo& metric : metricTable()) {
        const auto value = metrics.find(metric.id);
        if (value == metrics.end())
            continue;
        rows.push_back({metric.id, shortText(value->second, 6)});
        if (!intervals.empty())
            rows.back().push_back(intervalText(intervals, metric.id));
    }
    printTable(rows);
}

/// Without a truth: how well the rows fit the groups, and how many there are in each.
int evaluateClusters(const Model& model, const Dataset& data, const Explanation& explanation, const std::vector<std::string>& notices, bool json)
{
    const Metrics metrics = clusteringMetrics(model, data.X());
    if (data.samples() > mostSilhouetteRows && metrics.contains("silhouette"))
        notice("Note: the silhouette is that of " + countText(mostSilhouetteRows) + " rows drawn from all of them.");
    std::vector<std::size_t> sizes(model.outputs());
    for (const double cluster : model.predictPrepared(data.columns()).values)
        ++sizes[std::size_t(cluster)];
    if (json) {
        Json clusters = Json::object();
        for (std::size_t k = 0; k < sizes.size(); ++k)
            clusters[model.target().classes[k]] = sizes[k];
        Json document = {{"target", nullptr}, {"task", std::string(taskName(model.target().task))}, {"rows", data.samples()}, {"metrics", metricsToJson(metrics)}, {"rows_in_cluster", clusters}, {"notices", notices}};
        addExplanation(document, explanation, model);
        printJson(document);
        return 0;
    }
    printMetrics(metrics, {}, data.samples());
    std::vector<std::vector<std::string>> rows = {{"cluster", "rows"}};
    for (std::size_t k = 0; k < sizes.size(); ++k)
        rows.push_back({model.target().classes[k], countText(sizes[k])});
    print("\n");
    printTable(rows);
    printExplanation(explanation, model);
    return 0;
}

/// Without a truth: how much of the rows their coordinates keep, and which component keeps what.
int evaluateComponents(const Model& model, const Dataset& data, const Explanation& explanation, const std::vector<std::string>& notices, bool json)
{
    const auto& projection = std::get<Projection>(model.parameters());
    const Metrics metrics = metricsOf(model, data);
    const Vector kept = keptShares(projection, data.X()), learned = varianceShares(projection);
    const std::vector<std::string> names = componentNames(projection);
    if (json) {
        Json components = Json::array();
        for (std::size_t k = 0; k < names.size(); ++k) {
            Json one = {{"name", names[k]}, {"share_in_training", learned[Eigen::Index(k)]}};
            if (kept.size() > 0)
                one["share"] = kept[Eigen::Index(k)];
            components.push_back(std::move(one));
        }
        Json document = {{"target", nullptr}, {"task", std::string(taskName(model.target().task))}, {"rows", data.samples()}, {"metrics", metricsToJson(metrics)}, {"components", components}, {"notices", notices}};
        addExplanation(document, explanation, model);
        printJson(document);
        return 0;
    }
    printMetrics(metrics, {}, data.samples());
    std::vector<std::vector<std::string>> rows = {{"component", "share of the variance", "in training"}};
    for (std::size_t k = 0; k < names.size(); ++k)
        rows.push_back({names[k], kept.size() > 0 ? shortText(kept[Eigen::Index(k)], 6) : "", shortText(learned[Eigen::Index(k)], 6)});
    print("\n");
    printTable(rows);
    printExplanation(explanation, model);
    return 0;
}

int evaluate(const EvaluateFlags& flags)
{
    const Result<ModelPtr> model = loadModel(flags.model);
    if (!model)
        return refuse(model.error());
    const Result<CsvImport> import = flags.data.read(flags.file);
    if (!import)
        return refuse(import.error());
    std::vector<std::string> notices;
    const Result<Dataset> data = judgedRows(import->table, **model, notices);
    for (const std::string& sentence : notices)
        notice("Note: " + sentence);
    if (!data)
        return refuse(data.error());
    if (data->samples() == 0)
        return refuse({ErrorCode::TooFewSamples, hasTarget((*model)->target().task) ? "No row of the data has a target to compare with."
                                                                                    : "The data have no row."});

    if (!hasTarget((*model)->target().task)) {
        if (!flags.positive.empty())
            return refuse({ErrorCode::WrongTask, "The model has no classes, and none of them is positive: leave out --positive."});
        if (flags.intervals.areChosen() || flags.intervals.isLevelChosen())
            return refuse({ErrorCode::WrongTask, "Intervals are those of metrics that compare answers with a truth, and the model has no target: leave out --bootstrap and --level."});
        const Result<Explanation> explanation = flags.explanation.explain(**model, import->table, data->rows(), flags.positive, flags.seed);
        if (!explanation)
            return refuse(explanation.error());
        const bool groups = (*model)->target().task == Task::Clustering;
        return groups ? evaluateClusters(**model, *data, *explanation, notices, flags.json) : evaluateComponents(**model, *data, *explanation, notices, flags.json);
    }
    Judged judged{(*model)->target(), data->y, (*model)->predictPrepared(data->columns())};
    if (!flags.positive.empty())
        if (const Result<void> made = lookFor(flags.positive, judged.target, judged.truth, judged.predicted); !made)
            return refuse(made.error());
    const auto& [target, truth, predicted] = judged;
    const std::size_t terms = weighedTerms(**model, data->features());
    const Metrics metrics = metricsOf(truth, predicted, target, terms);
    const Result<Intervals> intervals = intervalsFor(flags, judged, terms);
    if (!intervals)
        return refuse(intervals.error());
    const Result<Explanation> explanation = flags.explanation.explain(**model, import->table, data->rows(), flags.positive, flags.seed);
    if (!explanation)
        return refuse(explanation.error());
    const bool classes = target.task == Task::Classification;
    const Eigen::MatrixXi confusion = classes ? confusionMatrix(truth, predicted.values, target.classes.size()) : Eigen::MatrixXi();
    if (!flags.json) {
        printMetrics(metrics, *intervals, data->samples(), flags.intervals.heading());
        print(positiveLine(target, metrics));
        if (classes)
            printMatrix(confusion, target.classes);
        printExplanation(*explanation, **model);
        return 0;
    }
    Json document = {{"target", target.name}, {"task", std::string(taskName(target.task))}, {"rows", data->samples()}, {"metrics", metricsToJson(metrics)}, {"notices", notices}};
    addPositive(document, target);
    if (classes)
        document["confusion_matrix"] = confusionToJson(confusion, target.classes);
    flags.intervals.addJson(document, *intervals);
    if (classes && predicted.areProbabilities)
        document["curves"] = curvesToJson(truth, predicted, target);
    addExplanation(document, *explanation, **model);
    printJson(document);
    return 0;
}

} // namespace

void addEvaluateCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("evaluate", "Compares a model's predictions with the truth in a data file; without a target, says how well the rows fit the clusters, or how much of them the components keep");
    auto flags = std::make_shared<EvaluateFlags>();
    command->add_option("MODEL", flags->model, "Model file (.model.json)")->required();
    command->add_option("FILE", flags->file, "Data file (.csv) with the target column, or - for standard input")->required();
    flags->intervals.addTo(*command, "How often the rows are drawn anew for the intervals of the metrics; 0 for none (1000 for up to 10000 rows, or with --level)");
    command->add_option("--positive", flags->positive, "Of two classes the one that precision, recall, F1 and the curves are about (that of the model by default)")->check(notEmpty());
    command->add_option("--seed", flags->seed, "Seed of the resamples, of the shuffled cells and of the rows with curves")->check(wholeNumber())->capture_default_str();
    flags->explanation.addTo(*command);
    command->add_flag("--json", flags->json, "One JSON document on standard output");
    flags->data.addTo(*command);
    command->callback([flags, &exitCode] {
        flags->intervals.check(true);
        exitCode = evaluate(*flags);
    });
}

} // namespace modelarium::cli
