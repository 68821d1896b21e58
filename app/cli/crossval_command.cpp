#include "app/cli/commands.h"

#include "app/cli/evaluation_flags.h"
#include "app/cli/learner_json.h"
#include "app/cli/terminal.h"
#include "app/cli/training_report.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/evaluate/learning_curve.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace modelarium::cli {

namespace {

using Json = nlohmann::ordered_json;

struct CrossvalFlags {
    TrainingFlags training;
    FoldFlags folds;
    std::string learner;
    bool learningCurve = false;
    std::string vary;                               ///< "name" or "name=v1,v2,..."
    bool json = false;
};

Json foldToJson(const FoldOutcome& fold)
{
    return {{"rows_train", fold.rowsTrain}, {"rows_test", fold.rowsTest}, {"train", metricsToJson(fold.train)}, {"test", metricsToJson(fold.test)}, {"seconds", fold.seconds}};
}

Json crossvalToJson(const CrossValidation& result, const TrainingPlan& plan, Json split)
{
    Json folds = Json::array();
    for (const FoldOutcome& fold : result.folds)
        folds.push_back(foldToJson(fold));
    Json document = {{"learner", plan.learner}, {"hyperparameters", valuesToJson(plan.hyperparameters)}, {"target", targetToJson(plan.target)},
            {"task", std::string(taskName(result.target.task))}, {"split", std::move(split)},
            {"train", summariesToJson(result.train)}, {"test", summariesToJson(result.test)}, {"pooled", metricsToJson(result.pooled)}, {"folds", folds}};
    addPositive(document, result.target);
    return document;
}

void printCrossval(const CrossValidation& result, const std::string& how)
{
    print("Judged by " + how + ": " + counted(result.folds.size(), "training.\n\n", "trainings.\n\n"));
    const bool single = testsSingleRows(result);
    std::vector<std::vector<std::string>> rows = {{"metric", "train", single ? "" : "test", "all test rows"}};
    for (const MetricInfo& metric : metricTable()) {
        const auto pooled = result.pooled.find(metric.id);
        if (result.test.contains(metric.id) || pooled != result.pooled.end())
            rows.push_back({metric.id, summaryText(result.train, metric.id), single ? "" : summaryText(result.test, metric.id),
                            pooled == result.pooled.end() ? "" : shortText(pooled->second, 4)});
    }
    printTable(rows);
    print(positiveLine(result.target, result.pooled));
}

Json pointToJson(const CurvePoint& point, const MetricInfo& metric, bool hasValue)
{
    Json json = {{"rows_train", std::llround(point.rows)}};
    if (hasValue)
        json["value"] = valueToJson(point.value);
    json["train"] = summariesToJson(point.train);
    json["test"] = summariesToJson(point.test);
    addScoreNotes(json, point, metric);
    return json;
}

void printPoints(const std::vector<CurvePoint>& points, const std::string& first, const MetricInfo& metric, bool hasValue)
{
    std::vector<std::vector<std::string>> rows = {{first, metric.id + ", train", metric.id + ", test", ""}};
    for (const CurvePoint& point : points)
        rows.push_back({hasValue ? hyperparameterText(point.value) : countText(std::size_t(std::llround(point.rows))), summaryText(point.train, metric.id),
                        testText(point, metric.id), whyUnranked(point, metric)});
    print("\n");
    printTable(rows);
}

/// The values to vary a hyperparameter over: those named, or some around its default.
Result<SearchAxis> variedAxis(const LearnerInfo& learner, const std::string& text)
{
    const std::size_t sign = text.find('=');
    const Result<const HyperparameterSpec*> spec = findHyperparameter(learner, text.substr(0, sign));
    if (!spec)
        return spec.error();
    SearchAxis axis = suggestedAxis(**spec);
    if (sign == std::string::npos) {
        axis.values = spreadValues(**spec, axis, 9);
        return axis;
    }
    axis.values.clear();
    for (const std::string& part : splitList(std::string_view(text).substr(sign + 1))) {
        const Result<HyperparameterValue> value = parseHyperparameter(**spec, part);
        if (!value)
            return value.error();
        axis.values.push_back(*value);
    }
    if (axis.values.empty())
        return Error{ErrorCode::BadHyperparameter, "\"" + text + "\" names no values: write name=v1,v2,...", Place{.hyperparameter = axis.name}};
    return axis;
}

struct Curves {
    std::vector<CurvePoint> learning;
    std::vector<CurvePoint> validation;
    std::string varied;
};

Result<Curves> curvesFor(const CrossvalFlags& flags, const Table& table, const TrainingPlan& plan, const std::vector<Split>& folds, bool inTime)
{
    Curves curves;
    if (flags.learningCurve) {
        Result<std::vector<CurvePoint>> points = learningCurve(table, plan, folds, {.shuffle = !inTime, .seed = plan.seed}, terminalProgress());
        if (!points)
            return points.error();
        curves.learning = *std::move(points);
    }
    if (!flags.vary.empty()) {
        const LearnerInfo& learner = **findLearner(plan.learner);
        const Result<SearchAxis> axis = variedAxis(learner, flags.vary);
        if (!axis)
            return axis.error();
        Result<std::vector<CurvePoint>> points = validationCurve(table, plan, folds, axis->name, axis->values, terminalProgress());
        if (!points)
            return points.error();
        curves.validation = *std::move(points);
        curves.varied = axis->name;
    }
    return curves;
}

void printAsJson(const Curves& curves, const MetricInfo& metric, Json document)
{
    const auto list = [&](const std::vector<CurvePoint>& points, bool hasValue) {
        Json json = Json::array();
        for (const CurvePoint& point : points)
            json.push_back(pointToJson(point, metric, hasValue));
        return json;
    };
    if (!curves.learning.empty())
        document["learning_curve"] = list(curves.learning, false);
    if (!curves.validation.empty())
        document["validation_curve"] = {{"hyperparameter", curves.varied}, {"points", list(curves.validation, true)}};
    printJson(document);
}

int crossval(const CrossvalFlags& flags)
{
    Result<TrainingPlan> plan = flags.training.planFor(flags.learner);
    if (!plan)
        return refuse(plan.error());
    const Result<CsvImport> import = flags.training.read();
    if (!import)
        return refuse(import.error());
    plan->features = flags.training.featuresIn(import->table);
    plan->groupColumn = flags.folds.groupColumn();
    const Result<std::vector<Split>> folds = flags.folds.foldsFor(import->table, *plan);
    if (!folds)
        return refuse(folds.error());
    const Result<CrossValidation> result = crossValidate(import->table, *plan, *folds, terminalProgress());
    if (!result)
        return refuse(result.error());
    const Json split = flags.folds.toJson(import->table, *plan, folds->size());
    const Result<Curves> curves = curvesFor(flags, import->table, *plan, *folds, split["kind"] == "time");
    if (!curves)
        return refuse(curves.error());
    const std::vector<std::string> notices = foldNotices(import->table, *plan, result->unknown);
    printNotices(notices);
    const MetricInfo& metric = **metricFor("", result->target.task);
    if (flags.json) {
        Json document = crossvalToJson(*result, *plan, split);
        document["notices"] = notices;
        printAsJson(*curves, metric, std::move(document));
        return 0;
    }
    printCrossval(*result, flags.folds.sentence(import->table, *plan));
    if (!curves->learning.empty())
        printPoints(curves->learning, "rows", metric, false);
    if (!curves->validation.empty())
        printPoints(curves->validation, curves->varied, metric, true);
    return 0;
}

} // namespace

void addCrossvalCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("crossval", "Trains on parts of a data file and judges each model by the rows it has not seen");
    auto flags = std::make_shared<CrossvalFlags>();
    flags->training.addTo(*command);
    command->add_option("--learner", flags->learner, "Learner; see `modelarium-cli learners`")->required();
    flags->training.addSettingsTo(*command);
    flags->folds.addTo(*command);
    command->add_flag("--learning-curve", flags->learningCurve, "Scores with a growing share of the training rows, too");
    command->add_option("--vary", flags->vary, "Scores for several values of a hyperparameter, too: name, or name=v1,v2,...");
    command->add_flag("--json", flags->json, "One JSON document on standard output");
    command->callback([flags, &exitCode] {
        flags->folds.check();
        flags->training.checkTargetFor(flags->learner);
        exitCode = crossval(*flags);
    });
}

} // namespace modelarium::cli
