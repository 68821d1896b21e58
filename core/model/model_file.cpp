#include "core/model/model_file.h"

#include "core/base/counted.h"
#include "core/base/file.h"
#include "core/base/number_text.h"
#include "core/model/canonical_json.h"
#include "core/model/equation.h"
#include "core/model/findings_json.h"
#include "core/model/json_fields.h"
#include "core/model/parameters_json.h"
#include "core/model/preparation_json.h"
#include "core/model/strict_json.h"
#include "core/model/trees_json.h"

#include <algorithm>
#include <cmath>
#include <new>

namespace modelarium {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* formatName = "modelarium-model";
constexpr std::int64_t formatVersion = 4;           ///< the newest that this program writes and reads
const std::string checksumKey = "sha256";
constexpr double certificateTolerance = 1e-12;      ///< other processors may round the last digit another way

Error badFile(std::string message) { return {ErrorCode::BadModelFile, std::move(message)}; }

/// The oldest format that holds all of the model: a reader of format 1 would not see a threshold, and decide otherwise.
std::int64_t oldestReaderOf(const Model& model)
{
    return std::max<std::int64_t>({oldestReaderOf(model.preparation()), oldestReaderOf(model.parameters()), model.target().threshold ? 2 : 1});
}

ordered_json provenanceToJson(const Provenance& p)
{
    return {{"learner", p.learner},
            {"hyperparameters", hyperparametersToJson(p.hyperparameters)},
            {"seed", p.seed},
            {"data_name", p.dataName},
            {"data_sha256", p.dataFingerprint},
            {"rows_train", p.rowsTrain},
            {"rows_test", p.rowsTest},
            {"steps", p.steps},
            {"seconds", p.seconds}};
}

std::size_t readCount(const JsonFields& fields, const char* key)
{
    return std::size_t(fields.integer(key, 0, std::int64_t(1) << 53));
}

TargetColumn readTarget(const json& value)
{
    const JsonFields fields(value, "the target");
    TargetColumn target;
    target.name = fields.text("name");
    target.unit = fields.has("unit") ? fields.text("unit") : "";
    const std::string task = fields.text("task");
    if (task == taskName(Task::Classification))
        target.task = Task::Classification;
    else if (task == taskName(Task::Clustering))
        target.task = Task::Clustering;
    else if (task == taskName(Task::Projection))
        target.task = Task::Projection;
    else if (task != taskName(Task::Regression))
        fields.refuse("task", "is \"" + task.substr(0, 80) + "\", which this program does not know");
    if (target.task == Task::Classification || target.task == Task::Clustering)
        target.classes = fields.texts("classes");
    if (fields.has("threshold"))
        target.threshold = fields.number("threshold");
    return target;
}

std::map<std::string, double> readMetrics(const JsonFields& metrics, const char* key)
{
    std::map<std::string, double> result;
    if (!metrics.has(key))
        return result;
    const JsonFields fields(metrics.at(key), "the metrics");
    for (const auto& item : metrics.at(key).items())
        result[item.key()] = fields.number(item.key().c_str());
    return result;
}

Provenance readProvenance(const JsonFields& document)
{
    const JsonFields fields(document.at("provenance"), "the provenance");
    Provenance p;
    p.learner = fields.text("learner");
    const json& hyperparameters = fields.at("hyperparameters");
    if (!hyperparameters.is_object())
        fields.refuse("hyperparameters", "is not an object");
    for (const auto& item : hyperparameters.items()) {
        const json& value = item.value();
        if (value.is_boolean())
            p.hyperparameters[item.key()] = value.get<bool>();
        else if (value.is_number_integer())
            p.hyperparameters[item.key()] = value.get<std::int64_t>();
        else if (value.is_number())
            p.hyperparameters[item.key()] = value.get<double>();
        else if (value.is_string())
            p.hyperparameters[item.key()] = value.get<std::string>();
        else
            fields.refuse("hyperparameters", "holds something that is neither a number, a text, true nor false");
    }
    if (!fields.at("seed").is_number_unsigned())
        fields.refuse("seed", "is not a whole number from 0 on");
    p.seed = fields.at("seed").get<std::uint64_t>();
    p.dataName = fields.text("data_name");
    p.dataFingerprint = fields.text("data_sha256");
    p.rowsTrain = readCount(fields, "rows_train");
    p.rowsTest = readCount(fields, "rows_test");
    p.steps = readCount(fields, "steps");
    p.seconds = fields.number("seconds");
    p.created = document.text("created");
    p.programVersion = document.text("app_version");
    const JsonFields metrics(document.at("metrics"), "the metrics");
    p.metricsTrain = readMetrics(metrics, "train");
    p.metricsTest = readMetrics(metrics, "test");
    p.found.outOfBag = readMetrics(metrics, "out_of_bag");
    if (document.has("penalty_path"))
        p.found.penaltyPath = std::make_shared<const PenaltyPath>(penaltyPathFromJson(document.at("penalty_path")));
    return p;
}

Certificate readCertificate(const json& value, std::size_t inputs)
{
    const JsonFields fields(value, "the certificate");
    Certificate certificate;
    const json& rows = fields.at("rows");
    if (!rows.is_array() || rows.size() > 10'000)
        fields.refuse("rows", "is not a list of at most 10,000 rows");
    for (const json& row : rows) {
        if (!row.is_array() || row.size() != inputs)
            fields.refuse("rows", "has a row that does not have one cell for each input");
        certificate.rows.emplace_back();
        for (const json& cell : row) {
            if (!cell.is_string())
                fields.refuse("rows", "has a cell that is not a text");
            certificate.rows.back().push_back(cell.get<std::string>());
        }
    }
    certificate.predictions = fields.matrix("predictions");
    if (std::size_t(certificate.predictions.rows()) != certificate.rows.size())
        fields.refuse("predictions", "does not have one row for each row of the certificate");
    return certificate;
}

ordered_json onlineStateToJson(const OnlineState& state)
{
    ordered_json result = {{"counts", ordered_json::object()}, {"numbers", ordered_json::object()}};
    for (const auto& [name, count] : state.counts)
        result["counts"][name] = count;
    for (const auto& [name, values] : state.numbers)
        result["numbers"][name] = vectorToJson(values);
    return result;
}

OnlineStatePtr readOnlineState(const JsonFields& document)
{
    constexpr std::size_t mostEntries = 1000;
    if (!document.has("online_state"))
        return {};
    const JsonFields fields(document.at("online_state"), "the learner's state");
    auto state = std::make_shared<OnlineState>();
    for (const char* kind : {"counts", "numbers"}) {
        const json& entries = fields.at(kind);
        if (!entries.is_object() || entries.size() > mostEntries)
            fields.refuse(kind, "is not an object of at most " + countText(mostEntries) + " members");
        const JsonFields values(entries, std::string("the ") + kind + " of the learner's state");
        for (const auto& item : entries.items()) {
            if (kind == std::string_view("counts"))
                state->counts[item.key()] = readCount(values, item.key().c_str());
            else
                state->numbers[item.key()] = values.vector(item.key().c_str());
        }
    }
    return state;
}

/// The cells of a certificate as the raw numbers of Model::predictRow.
std::vector<double> rawRow(const Model& model, const std::vector<std::string>& cells)
{
    std::vector<double> raw;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const InputColumn& input = model.inputs()[i];
        raw.push_back(std::nan(""));
        if (cells[i].empty())
            continue;
        if (input.type == ColumnType::Category || input.type == ColumnType::Boolean) {
            const auto found = std::find(input.levels.begin(), input.levels.end(), cells[i]);
            const UnknownCategory unknown = model.preparation().unknownCategoryOf(input);
            if (found != input.levels.end())
                raw.back() = double(found - input.levels.begin());
            else if (unknown == UnknownCategory::OwnLevel)
                raw.back() = double(input.levels.size()) - 1;
            else if (unknown == UnknownCategory::Refuse)
                throw BadField{"The certificate has the category \"" + cells[i].substr(0, 80) + "\", which the model does not know."};
        } else if (const std::optional<double> number = input.type == ColumnType::Date ? daysFromText(cells[i]) : parseNumber(cells[i])) {
            raw.back() = *number;
        } else {
            throw BadField{"The certificate has the cell \"" + cells[i].substr(0, 80) + "\", which is not a "
                           + std::string(columnTypeName(input.type)) + "."};
        }
    }
    return raw;
}

/// Predicts the certificate's rows again: a file whose numbers were changed, or a program that computes otherwise, is found here.
Result<void> checkCertificate(const Model& model)
{
    const Certificate& certificate = model.certificate();
    if (certificate.rows.empty())
        return {};
    if (std::size_t(certificate.predictions.cols()) != model.outputs())
        return badFile("The certificate does not have one number for each answer of the model.");
    std::vector<double> workspace(model.workspaceSize()), out(model.outputs());
    for (std::size_t row = 0; row < certificate.rows.size(); ++row) {
        model.predictRow(rawRow(model, certificate.rows[row]).data(), workspace.data(), out.data());
        for (std::size_t k = 0; k < out.size(); ++k) {
            const double promised = certificate.predictions(Eigen::Index(row), Eigen::Index(k));
            if (!(std::abs(out[k] - promised) <= certificateTolerance * std::max(1.0, std::abs(promised)))) {
                return Error{ErrorCode::CertificateMismatch,
                             "The model does not predict what it predicted when it was saved: reference row " + std::to_string(row + 1)
                                 + " gives " + shortText(out[k], 9) + " instead of " + shortText(promised, 9) + "."};
            }
        }
    }
    return {};
}

Result<void> checkVersion(const JsonFields& document)
{
    if (document.text("format") != formatName)
        return badFile("This JSON file is not a model of this program: its format is not \"" + std::string(formatName) + "\".");
    const std::int64_t needed = document.integer("min_reader", 1, INT64_MAX);
    if (needed > formatVersion) {
        return Error{ErrorCode::NewerVersion,
                     "This model was saved by version " + document.text("app_version") + " of the program in format "
                         + std::to_string(document.integer("format_version", 1, INT64_MAX)) + "; version " MODELARIUM_VERSION
                           " reads formats up to " + std::to_string(formatVersion) + ". Open it with a newer version."};
    }
    document.integer("format_version", 1, INT64_MAX);
    return {};
}

Result<ModelPtr> buildModel(const json& source)
{
    const JsonFields document(source, "the file");
    if (Result<void> version = checkVersion(document); !version)
        return version.error();
    if (document.text(checksumKey.c_str()) != canonicalChecksum(source, checksumKey)) {
        return Error{ErrorCode::ChecksumMismatch,
                     "The file was changed or damaged after it was saved: its checksum does not match. Save the model again where it came from."};
    }
    Preparation preparation = preparationFromJson(document);
    Result<Parameters> parameters = parametersFromJson(document.at("parameters"));
    if (!parameters)
        return parameters.error();
    Certificate certificate = readCertificate(document.at("certificate"), preparation.inputs().size());
    Result<ModelPtr> model = Model::make(std::move(preparation), *std::move(parameters), readTarget(document.at("target")),
                                         readProvenance(document), std::move(certificate), readOnlineState(document));
    if (!model)
        return model.error();
    if (Result<void> certified = checkCertificate(**model); !certified)
        return certified.error();
    return model;
}

} // namespace

std::string modelToJson(const Model& model)
{
    const Provenance& provenance = model.provenance();
    ordered_json document = {
        {"format", formatName},
        {"format_version", oldestReaderOf(model)},
        {"min_reader", oldestReaderOf(model)},
        {"app_version", provenance.programVersion},
        {"created", provenance.created},
        {"equation", equationText(model, 6)},
        {"target", {{"name", model.target().name}, {"unit", model.target().unit}, {"task", std::string(taskName(model.target().task))}}},
        {"inputs", inputsToJson(model.preparation())},
        {"preparation", preparationToJson(model.preparation())},
        {"parameters", parametersToJson(model.parameters())},
        {"metrics", {{"train", provenance.metricsTrain}, {"test", provenance.metricsTest}}},
        {"provenance", provenanceToJson(provenance)},
        {"certificate", {{"rows", model.certificate().rows}, {"predictions", matrixToJson(model.certificate().predictions)}}},
    };
    if (!model.target().classes.empty())
        document["target"]["classes"] = model.target().classes;
    if (model.target().threshold)
        document["target"]["threshold"] = *model.target().threshold;
    if (!provenance.found.outOfBag.empty())
        document["metrics"]["out_of_bag"] = provenance.found.outOfBag;
    if (provenance.found.penaltyPath)
        document["penalty_path"] = penaltyPathToJson(*provenance.found.penaltyPath);
    if (model.onlineState())
        document["online_state"] = onlineStateToJson(*model.onlineState());
    document[checksumKey] = canonicalChecksum(document, checksumKey);
    return readableJson(document);
}

Result<ModelPtr> modelFromJson(std::string_view bytes)
{
    try {
        const Result<json> document = parseStrictJson(bytes);
        if (!document)
            return document.error();
        return buildModel(*document);
    } catch (const BadField& bad) {
        return badFile(bad.message);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory to open this model."};
    }
}

Result<void> saveModel(const Model& model, const std::filesystem::path& path)
{
    const JsonLimits limits;
    const auto tooLarge = [&] {
        return Error{ErrorCode::TooLarge, "The model has " + countText(parameterCount(model.parameters()))
                                              + " numbers, more than a model file may hold. Train on fewer rows or fewer features.",
                     {.file = path.string()}};
    };
    // A double takes eight bytes at least, a packed number one: what cannot fit is not even written down in memory.
    const auto* ensemble = std::get_if<TreeEnsemble>(&model.parameters());
    if (parameterCount(model.parameters()) > limits.bytes / (ensemble && arePacked(*ensemble) ? 1 : sizeof(double)))
        return tooLarge();
    if (ensemble && ensemble->trees.size() > mostTreesInFile) {
        return Error{ErrorCode::TooLarge, "The model has " + countText(ensemble->trees.size()) + " trees; a model file holds at most "
                                              + countText(mostTreesInFile) + ".",
                     {.file = path.string()}};
    }
    try {
        const std::string bytes = modelToJson(model);
        return bytes.size() > limits.bytes ? tooLarge() : writeFileAtomically(path, bytes);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory to save this model.", {.file = path.string()}};
    }
}

Result<ModelPtr> loadModel(const std::filesystem::path& path)
{
    const Result<std::string> bytes = readFile(path, JsonLimits{}.bytes);
    if (!bytes)
        return bytes.error();
    Result<ModelPtr> model = modelFromJson(*bytes);
    if (model)
        return model;
    Error error = model.error();
    error.place.file = path.string();
    error.message = "\"" + path.filename().string() + "\" cannot be opened as a model. " + error.message;
    return error;
}

} // namespace modelarium
