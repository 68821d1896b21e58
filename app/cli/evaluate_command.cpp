#include "app/cli/commands.h"

#include "app/cli/data_flags.h"
#include "app/cli/terminal.h"
#include "core/base/number_text.h"
#include "core/evaluate/metrics.h"
#include "core/learn/training.h"
#include "core/model/model_file.h"

#include <memory>

namespace modelarium::cli {

namespace {

struct EvaluateFlags {
    DataFlags data;
    std::string model;
    std::string file;
    bool json = false;
};

/// The rows that can be judged: those whose target is known.
Result<Dataset> judgedRows(const Table& table, const Model& model)
{
    std::vector<std::size_t> rows;
    const std::optional<std::size_t> target = table.find(model.target().name);
    for (std::size_t row = 0; target && row < table.rows(); ++row)
        if (!table.column(*target).isMissing(row))
            rows.push_back(row);
    if (target && rows.size() < table.rows())
        notice("Note: " + std::to_string(table.rows() - rows.size()) + " rows without a target took no part.");
    return makeDataset(table, rows, model.preparation(), model.target());
}

void printMatrix(const Eigen::MatrixXi& matrix, const std::vector<std::string>& classes)
{
    std::vector<std::vector<std::string>> rows = {{"truth \\ predicted"}};
    rows[0].insert(rows[0].end(), classes.begin(), classes.end());
    for (Eigen::Index k = 0; k < matrix.rows(); ++k) {
        std::vector<std::string> row = {classes[std::size_t(k)]};
        for (Eigen::Index j = 0; j < matrix.cols(); ++j)
            row.push_back(std::to_string(matrix(k, j)));
        rows.push_back(std::move(row));
    }
    print("\n");
    printTable(rows);
}

int evaluate(const EvaluateFlags& flags)
{
    const Result<ModelPtr> model = loadModel(flags.model);
    if (!model)
        return refuse(model.error());
    const Result<CsvImport> import = flags.data.read(flags.file);
    if (!import)
        return refuse(import.error());
    const Result<Dataset> data = judgedRows(import->table, **model);
    if (!data)
        return refuse(data.error());
    if (data->samples() == 0)
        return refuse({ErrorCode::TooFewSamples, "No row of the data has a target to compare with."});

    const TargetColumn& target = (*model)->target();
    const std::map<std::string, double> metrics = metricsOf(**model, *data);
    nlohmann::ordered_json document = {{"target", target.name}, {"task", std::string(taskName(target.task))}, {"rows", data->samples()}, {"metrics", metrics}};
    Eigen::MatrixXi matrix;
    if (target.task == Task::Classification) {
        matrix = confusionMatrix(data->y, (*model)->predictPrepared(data->X).values, target.classes.size());
        auto rows = nlohmann::ordered_json::array();
        for (Eigen::Index k = 0; k < matrix.rows(); ++k) {
            const Eigen::RowVectorXi row = matrix.row(k);
            rows.push_back(std::vector<int>(row.begin(), row.end()));
        }
        document["confusion_matrix"] = {{"classes", target.classes}, {"counts", rows}};
    }
    if (flags.json) {
        printJson(document);
        return 0;
    }
    std::vector<std::vector<std::string>> rows = {{"metric", std::to_string(data->samples()) + " rows"}};
    for (const auto& [name, value] : metrics)
        rows.push_back({name, shortText(value, 6)});
    printTable(rows);
    if (target.task == Task::Classification)
        printMatrix(matrix, target.classes);
    return 0;
}

} // namespace

void addEvaluateCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("evaluate", "Compares a frozen model's predictions with the truth in a data file");
    auto flags = std::make_shared<EvaluateFlags>();
    command->add_option("MODEL", flags->model, "Model file (.model.json)")->required();
    command->add_option("FILE", flags->file, "Data file (.csv) with the target column, or - for standard input")->required();
    command->add_flag("--json", flags->json, "One JSON document on standard output");
    flags->data.addTo(*command);
    command->callback([flags, &exitCode] { exitCode = evaluate(*flags); });
}

} // namespace modelarium::cli
