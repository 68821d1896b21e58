#include "app/cli/commands.h"

#include "app/cli/hold_out_flags.h"
#include "app/cli/interval_flags.h"
#include "app/cli/learner_json.h"
#include "app/cli/online_flags.h"
#include "app/cli/step_json.h"
#include "app/cli/terminal.h"
#include "app/cli/training_flags.h"
#include "app/cli/training_report.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/evaluate/freeze.h"
#include "core/evaluate/inference.h"
#include "core/model/equation.h"
#include "core/model/findings_json.h"
#include "core/model/model_file.h"
#include "core/model/parameters_json.h"

#include <memory>
#include <numeric>
#include <optional>

namespace modelarium::cli {

namespace {

struct TrainFlags {
    TrainingFlags training;
    OnlineFlags online;
    std::string learner;
    HoldOutFlags holdOut;
    IntervalFlags intervals;
    std::optional<double> threshold;
    std::string save;
    bool inference = false;
    bool diagnostics = false;
    bool json = false;
};

nlohmann::ordered_json trainingToJson(const Model& model, const FitOutcome& outcome, const std::vector<StepTouch>& touched)
{
    const Provenance& provenance = model.provenance();
    nlohmann::ordered_json features = nlohmann::ordered_json::array();
    for (const InputColumn& input : model.inputs())
        features.push_back(input.name);
    nlohmann::ordered_json result = {
            {"learner", provenance.learner},
            {"hyperparameters", hyperparametersToJson(provenance.hyperparameters)},
            {"features", features},
            {"target", targetToJson(hasTarget(model.target().task) ? model.target().name : std::string())},
            {"task", std::string(taskName(model.target().task))},
            {"rows_train", provenance.rowsTrain},
            {"rows_test", provenance.rowsTest},
            {"parameters", parametersToJson(model.parameters())},
            {"parameters_in_data_units", parametersToList(parametersInDataUnits(model))},
            {"equation", equationText(model, 6)},
            {"loss", outcome.last.loss},
            {"steps", outcome.last.step},
            {"metrics", trainingMetricsToJson(provenance)},
            {"seconds", outcome.seconds},
            {"preparation", stepsToJson(model.preparation(), touched)},
            {"prepared_features", model.preparation().outputNames()}};
    if (const std::string note = readingNote(model); !note.empty())
        result["equation_note"] = note;
    addPositive(result, model.target());
    if (model.target().threshold)
        result["threshold"] = *model.target().threshold;
    if (provenance.found.penaltyPath)
        result["penalty_path"] = penaltyPathToJson(*provenance.found.penaltyPath);
    return result;
}

void printTraining(const Model& model, const FitOutcome& outcome, const Intervals& intervals, const std::string& heading)
{
    const Provenance& provenance = model.provenance();
    print(equationText(model) + "\n");
    if (const std::string note = readingNote(model); !note.empty())
        print(note + "\n");
    print("\n" + stepLines(model.preparation()));
    print("Learned from " + rowsText(provenance.rowsTrain) + " in " + counted(std::size_t(outcome.last.step), "step", "steps") + ", "
          + shortText(outcome.seconds * 1000, 3) + " ms; loss "
          + shortText(outcome.last.loss, 6) + ".\n");
    printTable(trainingMetricRows(provenance, intervals, heading));
    print(positiveLine(model.target(), provenance.metricsTrain));
    if (provenance.found.penaltyPath)
        printPenaltyPath(*provenance.found.penaltyPath);
}

nlohmann::ordered_json inferenceToJson(const Inference& inference)
{
    auto coefficients = nlohmann::ordered_json::array();
    for (const CoefficientInference& one : inference.coefficients)
        coefficients.push_back({{"name", one.name}, {"value", one.value}, {"standard_error", one.standardError},
                                {inference.usesStudent ? "t" : "z", one.statistic}, {"p", one.pValue}, {"low", one.low}, {"high", one.high}});
    nlohmann::ordered_json json = {{"distribution", inference.usesStudent ? "t" : "normal"}, {"level", inference.level}, {"rows", inference.rows},
                                   {"residual_degrees", inference.residualDegrees}, {"coefficients", coefficients}};
    if (inference.usesStudent)
        json.update({{"residual_sd", inference.residualStandardDeviation}, {"r2", inference.r2}, {"adjusted_r2", inference.adjustedR2},
                     {"f", inference.fStatistic}, {"f_p", inference.fPValue}});
    else
        json.update({{"deviance", inference.deviance}, {"null_deviance", inference.nullDeviance}, {"aic", inference.aic}});
    if (!inference.referenceClass.empty())
        json["reference_class"] = inference.referenceClass;
    return json;
}

nlohmann::ordered_json diagnosticsToJson(const ResidualDiagnostics& result)
{
    const auto list = [](const Vector& values) { return std::vector<double>(values.begin(), values.end()); };
    std::vector<std::size_t> rows;
    for (const std::size_t row : result.rows)
        rows.push_back(row + 1);
    nlohmann::ordered_json json = {{"row", rows}, {"fitted", list(result.fitted)}, {"residual", list(result.residuals)},
                                   {"standardised", list(result.standardised)}, {"normal_quantile", list(result.normalQuantiles)}};
    if (result.leverage.size() > 0)
        json.update({{"leverage", list(result.leverage)}, {"studentised", list(result.studentised)}, {"cooks_distance", list(result.cooksDistance)}});
    return json;
}

void printInference(const Inference& inference)
{
    const std::string statistic = inference.usesStudent ? "t" : "z", level = shortText(100 * inference.level) + " %";
    std::vector<std::vector<std::string>> rows = {{"coefficient", "value", "standard error", statistic, "p", level + " interval"}};
    for (const CoefficientInference& one : inference.coefficients)
        rows.push_back({one.name, shortText(one.value, 5), shortText(one.standardError, 4), shortText(one.statistic, 4), shortText(one.pValue, 3),
                        shortText(one.low, 4) + " to " + shortText(one.high, 4)});
    print("\n");
    printTable(rows);
    print(inference.usesStudent
              ? "Residual standard deviation " + shortText(inference.residualStandardDeviation, 6) + " with " + counted(std::size_t(inference.residualDegrees), "degree", "degrees")
                    + " of freedom; F " + shortText(inference.fStatistic, 4) + ", p " + shortText(inference.fPValue, 3) + ".\n"
              : "Deviance " + shortText(inference.deviance, 6) + ", without features " + shortText(inference.nullDeviance, 6) + "; AIC "
                    + shortText(inference.aic, 6) + ".\n");
    if (!inference.referenceClass.empty())
        print("Each coefficient is that of a class less that of " + inference.referenceClass + ": only such differences make a difference to the probabilities.\n");
}

/// The ten rows that move the model most, for a person; all of them are in the JSON.
void printDiagnostics(const ResidualDiagnostics& result)
{
    constexpr std::size_t mostShown = 10;
    const bool influence = result.leverage.size() > 0;
    const Vector by = influence ? result.cooksDistance : Vector(result.standardised.cwiseAbs());
    std::vector<std::size_t> order(result.rows.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return by[Eigen::Index(a)] > by[Eigen::Index(b)]; });
    std::vector<std::vector<std::string>> rows = {{"row", "fitted", "residual", "standardised"}};
    if (influence)
        rows[0].insert(rows[0].end(), {"leverage", "Cook's distance"});
    for (std::size_t place = 0; place < std::min(order.size(), mostShown); ++place) {
        const auto i = Eigen::Index(order[place]);
        rows.push_back({std::to_string(result.rows[order[place]] + 1), shortText(result.fitted[i], 5), shortText(result.residuals[i], 4), shortText(result.standardised[i], 4)});
        if (influence)
            rows.back().insert(rows.back().end(), {shortText(result.leverage[i], 3), shortText(result.cooksDistance[i], 3)});
    }
    print("\n");
    printTable(rows);
}

/// What goes with the answer: the cells that the preparation touched, and what --inference, --diagnostics and --bootstrap ask for.
struct Extras {
    std::vector<StepTouch> touched;
    std::optional<Inference> inference;
    std::optional<ResidualDiagnostics> diagnostics;
    Intervals intervals{};                          ///< of the test metrics
    std::vector<std::string> notices{};
};

Result<Extras> extrasFor(const TrainFlags& flags, const PreparedTraining& training, const Model& model)
{
    Extras extras;
    if (Result<std::vector<StepTouch>> touched = countTouched(training.preparation, training.table, training.split.train))
        extras.touched = *std::move(touched);
    if (flags.inference) {
        Result<Inference> inference = inferCoefficients(model, training.table, training.split.train);
        if (!inference)
            return inference.error();
        extras.inference = *std::move(inference);
    }
    if (flags.diagnostics) {
        Result<ResidualDiagnostics> diagnostics = residualDiagnostics(model, training.table, training.split.train);
        if (!diagnostics)
            return diagnostics.error();
        extras.diagnostics = *std::move(diagnostics);
    }
    if (flags.intervals.resamples() > 0 && training.test) {
        if (!hasTarget(model.target().task))
            return Error{ErrorCode::Unsupported, "Intervals are for metrics that compare with a target, and there is none: leave out --bootstrap."};
        Result<Intervals> intervals = flags.intervals.intervalsFor(flags.intervals.resamples(), training.test->y, model.predictPrepared(training.test->columns()),
                                                                   model.target(), weighedTerms(model, training.test->features()),
                                                                   training.plan.seed);
        if (!intervals)
            return intervals.error();
        extras.intervals = *std::move(intervals);
    }
    return extras;
}

void printAll(const TrainFlags& flags, const Model& model, const FitOutcome& outcome, const Extras& extras)
{
    if (flags.json) {
        nlohmann::ordered_json document = trainingToJson(model, outcome, extras.touched);
        document["notices"] = extras.notices;
        flags.intervals.addJson(document, extras.intervals);
        if (extras.inference)
            document["inference"] = inferenceToJson(*extras.inference);
        if (extras.diagnostics)
            document["diagnostics"] = diagnosticsToJson(*extras.diagnostics);
        printJson(document);
        return;
    }
    printTraining(model, outcome, extras.intervals, flags.intervals.heading());
    if (extras.inference)
        printInference(*extras.inference);
    if (extras.diagnostics)
        printDiagnostics(*extras.diagnostics);
}

int train(const TrainFlags& flags)
{
    Result<TrainingPlan> plan = flags.training.planFor(flags.learner);
    if (!plan)
        return refuse(plan.error());
    plan->testFraction = flags.holdOut.testFraction();
    plan->holdOut = flags.holdOut.holdOut();
    plan->threshold = flags.threshold;
    const Result<CsvImport> import = flags.training.read();
    if (!import)
        return refuse(import.error());
    plan->features = flags.training.featuresIn(import->table);
    const Result<PreparedTraining> training = prepareTraining(import->table, *plan);
    if (!training)
        return refuse(training.error());
    const Result<FitOutcome> outcome = fit(*training->learner, training->train, plan->seed);
    if (!outcome)
        return refuse(outcome.error());
    const Result<ModelPtr> model = freezeModel(*training, outcome->parameters, outcome->last.step, outcome->seconds,
                                               flags.save.empty() ? FrozenFor::Looking : FrozenFor::Keeping, outcome->last.chosen, outcome->last.found);
    if (!model)
        return refuse(model.error());
    if (plan->threshold && !(*model)->claimsProbabilities())
        return refuse({ErrorCode::Unsupported, "A threshold is laid on probabilities, and models of this kind only decide: leave out --threshold, or take another learner."});
    Result<Extras> extras = extrasFor(flags, *training, **model);
    if (!extras)
        return refuse(extras.error());
    extras->notices = training->notices;
    extras->notices.insert(extras->notices.end(), outcome->notices.begin(), outcome->notices.end());
    for (const std::string& sentence : extras->notices)
        notice("Note: " + sentence);
    if (!flags.save.empty()) {
        if (Result<void> saved = saveModel(**model, flags.save); !saved)
            return refuse(saved.error());
        notice("Saved the frozen model as " + flags.save + ".");
    }
    printAll(flags, **model, *outcome, *extras);
    return 0;
}

} // namespace

void addTrainCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("train", "Trains a model on a data file, freezes it, and says what it is; with --online from a "
                                                    "stream of rows, each seen once: such a model can learn on");
    auto flags = std::make_shared<TrainFlags>();
    flags->training.addTo(*command);
    CLI::Option* learner = command->add_option("--learner", flags->learner, "Learner; see `modelarium-cli learners`");
    flags->training.addSettingsTo(*command);
    flags->holdOut.addTo(*command);
    flags->intervals.addTo(*command, "How often the rows kept back are drawn anew for intervals of the test metrics (none by default)");
    command->add_option("--threshold", flags->threshold, "Between two classes: the positive one (see --positive) is predicted where its probability is at least this "
                                                         "(the likelier one by default)")->check(probability());
    command->add_option("--save", flags->save, "File for the model (.model.json): frozen, or able to learn on with --online");
    command->add_flag("--inference", flags->inference, "Standard errors, tests and intervals of the coefficients, too");
    command->add_flag("--diagnostics", flags->diagnostics, "Residuals, leverage and Cook's distance of the training rows, too");
    command->add_flag("--json", flags->json, "One JSON document on standard output");
    flags->online.addTo(*command);
    command->callback([=, &exitCode] {
        // A model to go on from says both.
        if (flags->online.resume.empty() && learner->count() == 0)
            throw CLI::RequiredError(learner->get_name());
        if (flags->online.resume.empty())
            flags->training.checkTargetFor(flags->learner);
        flags->holdOut.check();
        if (flags->intervals.areChosen() && (flags->holdOut.testFraction() == 0 || flags->online.online))
            throw CLI::ValidationError("--bootstrap", "needs rows kept back: --test-fraction");
        flags->intervals.check(false);
        if (const Result<void> kept = keepInput(flags->training.file(), "--save", flags->save); !kept) {
            exitCode = refuse(kept.error());
            return;
        }
        exitCode = flags->online.online ? trainOnline(flags->training, flags->learner, flags->online, flags->save, flags->json) : train(*flags);
    });
}

} // namespace modelarium::cli
