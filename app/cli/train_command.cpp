#include "app/cli/commands.h"

#include "app/cli/learner_json.h"
#include "app/cli/terminal.h"
#include "app/cli/training_flags.h"
#include "core/base/number_text.h"
#include "core/evaluate/freeze.h"
#include "core/model/equation.h"
#include "core/model/model_file.h"
#include "core/model/parameters_json.h"

#include <memory>

namespace modelarium::cli {

namespace {

struct TrainFlags {
    TrainingFlags training;
    std::string learner;
    double testFraction = 0;
    std::string save;
    bool json = false;
};

nlohmann::ordered_json trainingToJson(const Model& model, const FitOutcome& outcome)
{
    const Provenance& provenance = model.provenance();
    nlohmann::ordered_json features = nlohmann::ordered_json::array();
    for (const InputColumn& input : model.inputs())
        features.push_back(input.name);
    return {{"learner", provenance.learner},
            {"hyperparameters", hyperparametersToJson(provenance.hyperparameters)},
            {"features", features},
            {"target", model.target().name},
            {"task", std::string(taskName(model.target().task))},
            {"rows_train", provenance.rowsTrain},
            {"rows_test", provenance.rowsTest},
            {"parameters", parametersToJson(model.parameters())},
            {"parameters_in_data_units", parametersToList(parametersInDataUnits(model))},
            {"equation", equationText(model, 6)},
            {"loss", outcome.last.loss},
            {"steps", outcome.last.step},
            {"metrics", {{"train", provenance.metricsTrain}, {"test", provenance.metricsTest}}},
            {"seconds", outcome.seconds}};
}

void printTraining(const Model& model, const FitOutcome& outcome)
{
    const Provenance& provenance = model.provenance();
    print(equationText(model) + "\n\n");
    print("Learned from " + std::to_string(provenance.rowsTrain) + " rows in " + std::to_string(outcome.last.step)
          + (outcome.last.step == 1 ? " step, " : " steps, ") + shortText(outcome.seconds * 1000, 3) + " ms; loss "
          + shortText(outcome.last.loss, 6) + ".\n");
    std::vector<std::vector<std::string>> rows = {{"metric", "train", provenance.rowsTest ? "test" : ""}};
    for (const auto& [name, value] : provenance.metricsTrain) {
        const auto test = provenance.metricsTest.find(name);
        rows.push_back({name, shortText(value, 6), test == provenance.metricsTest.end() ? "" : shortText(test->second, 6)});
    }
    printTable(rows);
}

int train(const TrainFlags& flags)
{
    Result<TrainingPlan> plan = flags.training.planFor(flags.learner);
    if (!plan)
        return refuse(plan.error());
    plan->testFraction = flags.testFraction;
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
    const Result<ModelPtr> model = freezeModel(*training, outcome->parameters, outcome->last.step, outcome->seconds);
    if (!model)
        return refuse(model.error());
    for (const std::string& sentence : training->notices)
        notice("Note: " + sentence);
    for (const std::string& sentence : outcome->notices)
        notice("Note: " + sentence);
    if (!flags.save.empty()) {
        if (Result<void> saved = saveModel(**model, flags.save); !saved)
            return refuse(saved.error());
        notice("Saved the frozen model as " + flags.save + ".");
    }
    if (flags.json)
        printJson(trainingToJson(**model, *outcome));
    else
        printTraining(**model, *outcome);
    return 0;
}

} // namespace

void addTrainCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("train", "Trains a model on a data file, freezes it, and says what it is");
    auto flags = std::make_shared<TrainFlags>();
    flags->training.addTo(*command);
    command->add_option("--learner", flags->learner, "Learner; see `modelarium-cli learners`")->required();
    flags->training.addSettingsTo(*command);
    command->add_option("--test-fraction", flags->testFraction, "Share of the rows kept back for testing")
        ->check(shareOfRows())->capture_default_str();
    command->add_option("--save", flags->save, "File for the frozen model (.model.json)");
    command->add_flag("--json", flags->json, "One JSON document on standard output");
    command->callback([flags, &exitCode] { exitCode = train(*flags); });
}

} // namespace modelarium::cli
