#include "app/cli/commands.h"

#include "app/cli/learner_json.h"
#include "app/cli/step_json.h"
#include "app/cli/terminal.h"
#include "app/cli/training_report.h"
#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/learn/hyperparameters.h"
#include "core/model/equation.h"
#include "core/model/model_file.h"
#include "core/model/projection_text.h"

#include <memory>

namespace modelarium::cli {

namespace {

std::string targetText(const Model& model)
{
    if (model.target().task == Task::Clustering)
        return "none: the answer is one of " + counted(model.outputs(), "group", "groups") + ", the last of them " + model.target().classes.back();
    if (model.target().task == Task::Projection)
        return "none: the answer is " + counted(model.outputs(), "coordinate", "coordinates");
    return model.target().name + " (" + std::string(taskName(model.target().task)) + ")";
}

/// A row a component: what it keeps, and its direction in the prepared features.
void printComponents(const Projection& projection, const Model& model)
{
    const Vector shares = varianceShares(projection);
    std::vector<std::vector<std::string>> rows = {{"component", "variance", "share", "prepared feature", "loading"}};
    const std::vector<std::string> names = componentNames(projection), features = model.preparation().outputNames();
    for (std::size_t k = 0; k < names.size(); ++k)
        for (std::size_t j = 0; j < features.size(); ++j) {
            const Eigen::Index at = Eigen::Index(k);
            const std::string loading = shortText(projection.directions(at, Eigen::Index(j)), 6);
            if (j == 0)
                rows.push_back({names[k], shortText(projection.variance[at], 6), shortText(shares[at], 6), features[j], loading});
            else
                rows.push_back({"", "", "", features[j], loading});
        }
    print("\n");
    printTable(rows);
}

/// Another program may have written the file, and need not know where the model comes from.
constexpr const char* notSaid = "the file does not say";

std::string learnedFromText(const Provenance& provenance)
{
    if (provenance.rowsTrain == 0 && provenance.dataName.empty())
        return notSaid;
    const std::string rows = provenance.rowsTrain > 0 ? rowsText(provenance.rowsTrain) + " of " : std::string();
    return rows + (provenance.dataName.empty() ? "data without a name" : provenance.dataName)
        + ", tested on " + countText(provenance.rowsTest);
}

std::string createdText(const Provenance& provenance)
{
    if (provenance.created.empty() && provenance.programVersion.empty())
        return notSaid;
    return (provenance.created.empty() ? "at no known time" : provenance.created)
        + (provenance.programVersion.empty() ? "" : " by version " + provenance.programVersion) + ", seed " + std::to_string(provenance.seed);
}

void printModel(const Model& model)
{
    const Provenance& provenance = model.provenance();
    print(equationText(model) + "\n");
    if (const std::string note = readingNote(model); !note.empty())
        print(note + "\n");
    print("\n");
    std::vector<std::vector<std::string>> rows = {
        {"target", targetText(model)},
        {"learner", provenance.learner.empty() ? notSaid : provenance.learner},
        {"state", model.onlineState() ? "can learn on: `train --online --resume` goes on from here" : "frozen"},
        {"shape", std::string(shapeName(model.parameters())) + ", " + counted(parameterCount(model.parameters()), "number", "numbers") + (model.target().threshold ? " and a threshold" : "")},
        {"learned from", learnedFromText(provenance)},
        {"created", createdText(provenance)},
        {"certificate", counted(model.certificate().rows.size(), "reference row", "reference rows") + " predicted again: all agree"},
    };
    if (model.target().threshold) {
        rows.push_back({"threshold", "\"" + model.target().classes[1] + "\" where its probability is at least "
                                         + exactText(*model.target().threshold)});
    }
    for (const auto& [name, value] : provenance.hyperparameters)
        rows.push_back({"  " + name, hyperparameterText(value)});
    printTable(rows);
    if (!provenance.metricsTrain.empty()) {
        print("\n");
        printTable(trainingMetricRows(provenance));
        print(positiveLine(model.target(), provenance.metricsTrain));
    }
    if (provenance.found.penaltyPath)
        printPenaltyPath(*provenance.found.penaltyPath);

    print("\n");
    rows = {{"input", "type", "range in training", "missing cells become"}};
    for (const InputColumn& input : model.inputs()) {
        std::string range = shortText(input.minimum) + " to " + shortText(input.maximum), fill = shortText(input.fill);
        if (!input.levels.empty()) {
            range.clear();
            for (std::size_t i = 0; i < input.levels.size() && i < 6; ++i)
                range += (i ? ", " : "") + input.levels[i];
            if (input.levels.size() > 6)
                range += ", ... (" + countText(input.levels.size()) + ")";
            fill = input.levels[std::size_t(input.fill)];
        }
        rows.push_back({input.name, std::string(columnTypeName(input.type)), range, model.preparation().refusesMissingOf(input) ? "refused" : fill});
    }
    printTable(rows);
    print("\n" + stepLines(model.preparation()));
    if (const auto* projection = std::get_if<Projection>(&model.parameters()))
        printComponents(*projection, model);

    const std::vector<NamedParameter> parameters = parametersInDataUnits(model);
    if (parameters.empty())
        return;
    print("\n");
    rows = {{"parameter", "value in data units"}};
    for (const NamedParameter& parameter : parameters)
        rows.push_back({parameter.name, exactText(parameter.value)});
    printTable(rows);
}

int show(const std::string& path, bool json)
{
    const Result<ModelPtr> model = loadModel(path);
    if (!model)
        return refuse(model.error());
    if (!json) {
        printModel(**model);
        return 0;
    }
    nlohmann::ordered_json document = nlohmann::ordered_json::parse(modelToJson(**model));
    document["metrics"] = trainingMetricsToJson((*model)->provenance());
    document["equation"] = equationText(**model, 6);
    document["equation_latex"] = equationLatex(**model, 6);
    document["preparation_steps"] = stepsToJson((*model)->preparation(), {});
    document["prepared_features"] = (*model)->preparation().outputNames();
    if (const std::string note = readingNote(**model); !note.empty())
        document["equation_note"] = note;
    if (const auto* projection = std::get_if<Projection>(&(*model)->parameters())) {
        const Vector shares = varianceShares(*projection);
        document["explained_variance_ratio"] = std::vector<double>(shares.begin(), shares.end());
    }
    document["parameters_in_data_units"] = parametersToList(parametersInDataUnits(**model));
    addPositive(document, (*model)->target());
    printJson(document);
    return 0;
}

} // namespace

void addShowCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("show", "Shows everything in a model file, and its equation");
    auto path = std::make_shared<std::string>();
    auto json = std::make_shared<bool>(false);
    command->add_option("MODEL", *path, "Model file (.model.json)")->required();
    command->add_flag("--json", *json, "One JSON document on standard output");
    command->callback([path, json, &exitCode] { exitCode = show(*path, *json); });
}

} // namespace modelarium::cli
