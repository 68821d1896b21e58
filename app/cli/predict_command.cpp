#include "app/cli/commands.h"

#include "app/cli/data_flags.h"
#include "app/cli/learner_json.h"
#include "app/cli/terminal.h"
#include "core/base/counted.h"
#include "core/base/file.h"
#include "core/data/csv_writer.h"
#include "core/evaluate/prediction_table.h"
#include "core/model/model_file.h"
#include "core/prepare/unknown_words.h"

#include <memory>

namespace modelarium::cli {

namespace {

struct PredictFlags {
    DataFlags data;
    std::string model;
    std::string file;
    std::string out;
    bool json = false;
};

nlohmann::ordered_json predictionToJson(const Model& model, const Prediction& prediction, const std::vector<std::string>& notices)
{
    const TargetColumn& target = model.target();
    nlohmann::ordered_json result = {{"target", targetToJson(hasTarget(target.task) ? target.name : std::string())}, {"task", std::string(taskName(target.task))}, {"rows", prediction.values.size()},
                                     {"notices", notices}, {"predictions", nlohmann::ordered_json::array()}};
    if (target.task == Task::Projection) {
        result["columns"] = componentNames(model.parameters());
        for (const auto& row : prediction.coordinates.rowwise())
            result["predictions"].push_back(std::vector<double>(row.begin(), row.end()));
        return result;
    }
    for (const double value : prediction.values) {
        if (target.task == Task::Regression)
            result["predictions"].push_back(value);
        else
            result["predictions"].push_back(target.classes[std::size_t(value)]);
    }
    if (target.task == Task::Classification || (target.task == Task::Clustering && model.claimsProbabilities())) {
        for (std::size_t k = 0; k < target.classes.size(); ++k) {
            const Vector column = prediction.probabilities.col(Eigen::Index(k));
            result["probabilities"][target.classes[k]] = std::vector<double>(column.begin(), column.end());
        }
    }
    return result;
}

/// The file's own text with the answers behind each row, in its own delimiter and decimal sign.
Result<std::string> withAnswers(const PredictFlags& flags, const CsvImport& import, const Model& model, const Prediction& prediction)
{
    const Result<CsvImport> copy = flags.data.readVerbatim(flags.file);
    if (!copy)
        return copy.error();
    if (copy->table.rows() != import.table.rows())
        return Error{ErrorCode::FileChanged, "\"" + flags.file + "\" was changed by another program while it was read: predict again when nothing writes to it."};
    const Result<Table> table = predictionTable(copy->table, model, prediction);
    if (!table)
        return table.error();
    return csvText(*table, copyOptions(import.receipt));
}

int predict(const PredictFlags& flags)
{
    for (const std::string& input : {flags.file, flags.model})
        if (const Result<void> kept = keepInput(input, "--out", flags.out); !kept)
            return refuse(kept.error());
    const Result<ModelPtr> model = loadModel(flags.model);
    if (!model)
        return refuse(model.error());
    const Result<CsvImport> import = flags.data.read(flags.file);
    if (!import)
        return refuse(import.error());
    const Result<Prediction> prediction = (*model)->predict(import->table);
    if (!prediction)
        return refuse(prediction.error());
    std::vector<std::string> notices;
    if (std::string sentence = unknownWordsSentence(countUnknownWords((*model)->preparation(), import->table)); !sentence.empty())
        notices.push_back(std::move(sentence));
    for (const std::string& sentence : notices)
        notice("Note: " + sentence);
    if (!flags.out.empty() || !flags.json) {
        const Result<std::string> answers = withAnswers(flags, *import, **model, *prediction);
        if (!answers)
            return refuse(answers.error());
        if (flags.out.empty()) {
            print(*answers);
        } else {
            if (Result<void> written = writeFileAtomically(flags.out, *answers); !written)
                return refuse(written.error());
            const std::size_t rows = prediction->values.size();
            notice("Predicted " + counted(rows, "row into ", "rows into ") + flags.out + ".");
        }
    }
    if (flags.json)
        printJson(predictionToJson(**model, *prediction, notices));
    return 0;
}

} // namespace

void addPredictCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("predict", "Predicts the rows of a data file with a model file: the rows with a column \"prediction\" "
                                                      "(\"cluster\", or \"pc1\", \"pc2\", ..., where the model has no target) and, for classes, \"probability_<class>\", as CSV");
    auto flags = std::make_shared<PredictFlags>();
    command->add_option("MODEL", flags->model, "Model file (.model.json)")->required();
    command->add_option("FILE", flags->file, "Data file (.csv), or - for standard input")->required();
    command->add_option("--out", flags->out, "File for the answers (standard output by default)");
    command->add_flag("--json", flags->json, "One JSON document on standard output");
    flags->data.addTo(*command);
    command->callback([flags, &exitCode] { exitCode = predict(*flags); });
}

} // namespace modelarium::cli
