#include "app/cli/commands.h"

#include "app/cli/data_flags.h"
#include "app/cli/learner_json.h"
#include "app/cli/terminal.h"
#include "core/base/number_text.h"
#include "core/evaluate/freeze.h"
#include "core/model/equation.h"
#include "core/model/model_file.h"
#include "core/model/parameters_json.h"

#include <filesystem>
#include <memory>

namespace modelarium::cli {

namespace {

struct TrainFlags {
    DataFlags data;
    std::string file;
    std::string target;
    std::string features;                           ///< "A,B,..."
    std::string learner;
    std::vector<std::string> settings;              ///< "name=value"
    std::string scale = "none";
    std::string impute = "mean";
    std::string task;
    double testFraction = 0;
    std::uint64_t seed = 1;
    std::string save;
    bool json = false;
};

/// CLI::Range would let NaN pass.
CLI::Validator shareOfRows()
{
    return CLI::Validator([](std::string& text) {
        double share = 0;
        return CLI::detail::lexical_cast(text, share) && share >= 0 && share <= 0.95 ? std::string() : "\"" + text + "\" is not a share from 0 to 0.95";
    }, "FLOAT in [0 - 0.95]");
}

/// "A,B,..." as names: where a column's own name holds a comma, the longest name that fits is taken.
std::vector<std::string> splitFeatures(std::string_view text, const Table& table)
{
    std::vector<std::string> names;
    while (!text.empty()) {
        std::size_t length = std::min(text.find(','), text.size());
        for (std::size_t j = 0; j < table.columns(); ++j) {
            const std::string& name = table.column(j).name();
            if (name.size() > length && text.starts_with(name) && (name.size() == text.size() || text[name.size()] == ','))
                length = name.size();
        }
        names.emplace_back(text.substr(0, length));
        text.remove_prefix(std::min(length + 1, text.size()));
    }
    return names;
}

Result<HyperparameterValues> readSettings(const LearnerInfo& learner, const std::vector<std::string>& settings)
{
    HyperparameterValues values;
    for (const std::string& setting : settings) {
        const std::size_t sign = setting.find('=');
        const std::string name = setting.substr(0, sign);
        const auto spec = std::find_if(learner.table.begin(), learner.table.end(), [&](const auto& row) { return row.name == name; });
        if (sign == std::string::npos || spec == learner.table.end()) {
            std::string names;
            for (const HyperparameterSpec& row : learner.table)
                names += (names.empty() ? "" : ", ") + row.name;
            Place place;
            place.hyperparameter = name;
            return Error{ErrorCode::UnknownHyperparameter,
                         sign == std::string::npos ? "\"" + setting + "\" is not of the form name=value."
                                                   : learner.id + " has no hyperparameter \"" + name + "\": it has " + names + ".", place};
        }
        const Result<HyperparameterValue> value = parseHyperparameter(*spec, std::string_view(setting).substr(sign + 1));
        if (!value)
            return value.error();
        values[name] = *value;
    }
    return values;
}

Result<TrainingPlan> makePlan(const TrainFlags& flags)
{
    const Result<const LearnerInfo*> learner = findLearner(flags.learner);
    if (!learner)
        return learner.error();
    Result<HyperparameterValues> values = readSettings(**learner, flags.settings);
    if (!values)
        return values.error();

    TrainingPlan plan;
    plan.target = flags.target;
    plan.learner = flags.learner;
    plan.hyperparameters = *std::move(values);
    plan.testFraction = flags.testFraction;
    plan.seed = flags.seed;
    plan.dataName = flags.file == "-" ? "standard input" : std::filesystem::path(flags.file).filename().string();
    plan.preparation.scaling = flags.scale == "standard" ? Scaling::Standardise : Scaling::None;
    plan.preparation.imputation = flags.impute == "median" ? Imputation::Median
        : flags.impute == "most_frequent"                  ? Imputation::MostFrequent
        : flags.impute == "refuse"                         ? Imputation::Refuse
                                                           : Imputation::Mean;
    if (!flags.task.empty())
        plan.task = flags.task == "regression" ? Task::Regression : Task::Classification;
    if ((*learner)->advisesScaling(plan.hyperparameters) && plan.preparation.scaling == Scaling::None)
        notice("Note: " + (*learner)->name + " works better on a common scale; --scale standard gives it one.");
    return plan;
}

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
    Result<TrainingPlan> plan = makePlan(flags);
    if (!plan)
        return refuse(plan.error());
    const Result<CsvImport> import = flags.data.read(flags.file);
    if (!import)
        return refuse(import.error());
    plan->features = splitFeatures(flags.features, import->table);
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
    command->add_option("FILE", flags->file, "Data file (.csv), or - for standard input")->required();
    command->add_option("--target", flags->target, "Column to predict")->required();
    command->add_option("--features", flags->features, "Columns to predict from, A,B,... (every usable column by default)");
    command->add_option("--learner", flags->learner, "Learner; see `modelarium-cli learners`")->required();
    command->add_option("--set", flags->settings, "Hyperparameter, name=value; may be repeated")->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_option("--scale", flags->scale, "Scaling of the features")->check(CLI::IsMember({"standard", "none"}))->capture_default_str();
    command->add_option("--impute", flags->impute, "What stands for a missing cell")
        ->check(CLI::IsMember({"mean", "median", "most_frequent", "refuse"}))->capture_default_str();
    command->add_option("--task", flags->task, "Task (by the type of the target by default)")->check(CLI::IsMember({"regression", "classification"}));
    command->add_option("--test-fraction", flags->testFraction, "Share of the rows kept back for testing")
        ->check(shareOfRows())->capture_default_str();
    command->add_option("--seed", flags->seed, "Seed of the split and of the learner")
        ->check(wholeNumber())->capture_default_str();
    command->add_option("--save", flags->save, "File for the frozen model (.model.json)");
    command->add_flag("--json", flags->json, "One JSON document on standard output");
    flags->data.addTo(*command);
    command->callback([flags, &exitCode] { exitCode = train(*flags); });
}

} // namespace modelarium::cli
