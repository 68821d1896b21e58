#include "core/model/model_file.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/number_text.h"
#include "core/model/equation.h"
#include "core/model/json_fields.h"
#include "core/model/parameters_json.h"
#include "core/model/strict_json.h"

#include <algorithm>
#include <cmath>
#include <new>

namespace modelarium {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* formatName = "modelarium-model";
constexpr std::int64_t formatVersion = 1;           ///< what this program writes
constexpr std::int64_t oldestReader = 1;            ///< the oldest reader that understands what it writes
constexpr double certificateTolerance = 1e-12;      ///< other processors may round the last digit another way

constexpr std::size_t mostInputs = 100'000;

Error badFile(std::string message) { return {ErrorCode::BadModelFile, std::move(message)}; }

/// The bytes under the checksum: every member but the checksum itself, keys sorted, no white space.
std::string checksumOf(json document)
{
    document.erase("sha256");
    return sha256(document.dump(-1, ' ', false, json::error_handler_t::replace));
}

ordered_json inputToJson(const InputColumn& input)
{
    ordered_json result = {{"name", input.name}, {"type", std::string(columnTypeName(input.type))}};
    if (!input.unit.empty())
        result["unit"] = input.unit;
    if (!input.levels.empty())
        result["levels"] = input.levels;
    result["fill"] = input.fill;
    result["minimum"] = input.minimum;
    result["maximum"] = input.maximum;
    result["typical"] = input.typical;
    result["filled_in_training"] = input.filledInTraining;
    return result;
}

ordered_json stepToJson(const PreparationStep& step)
{
    if (const auto* standardise = std::get_if<Standardise>(&step))
        return {{"kind", "standardise"}, {"mean", vectorToJson(standardise->mean)}, {"scale", vectorToJson(standardise->scale)}};
    const auto& terms = std::get<PolynomialTerms>(step);
    return {{"kind", "polynomial_terms"}, {"degree", terms.degree}, {"exponents", terms.exponents}};
}

ordered_json preparationToJson(const Preparation& preparation)
{
    ordered_json result = {
        {"unknown_category", preparation.unknownCategory() == UnknownCategory::Refuse ? "refuse" : "treat_as_missing"},
        {"refuses_missing", preparation.refusesMissing()},
        {"reference_level", preparation.referenceLevel()},
        {"steps", ordered_json::array()},
    };
    for (const PreparationStep& step : preparation.steps())
        result["steps"].push_back(stepToJson(step));
    return result;
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

InputColumn readInput(const json& value, std::size_t position)
{
    const JsonFields fields(value, "input " + std::to_string(position + 1));
    InputColumn input;
    input.name = fields.text("name");
    input.unit = fields.has("unit") ? fields.text("unit") : "";
    const std::string type = fields.text("type");
    for (const ColumnType candidate : {ColumnType::Number, ColumnType::Category, ColumnType::Boolean, ColumnType::Date})
        if (type == columnTypeName(candidate))
            input.type = candidate;
    if (type != columnTypeName(input.type))
        fields.refuse("type", "is \"" + type.substr(0, 80) + "\", which is not a type of input");
    const bool categorical = input.type == ColumnType::Category || input.type == ColumnType::Boolean;
    if (categorical)
        input.levels = fields.has("levels") ? fields.texts("levels") : std::vector<std::string>{};
    input.fill = fields.number("fill");
    input.minimum = fields.number("minimum");
    input.maximum = fields.number("maximum");
    input.typical = fields.number("typical");
    input.filledInTraining = readCount(fields, "filled_in_training");
    if (categorical && !(input.typical >= 0 && input.typical < double(std::max<std::size_t>(input.levels.size(), 1))))
        fields.refuse("typical", "is not one of its levels");
    return input;
}

PreparationStep readStep(const json& value, std::size_t position)
{
    const JsonFields fields(value, "preparation step " + std::to_string(position + 1));
    const std::string kind = fields.text("kind");
    if (kind == "standardise")
        return Standardise{fields.vector("mean"), fields.vector("scale")};
    if (kind != "polynomial_terms")
        fields.refuse("kind", "is \"" + kind.substr(0, 80) + "\", which this program does not know");
    PolynomialTerms terms;
    terms.degree = int(fields.integer("degree", 1, 100));
    const Matrix exponents = fields.matrix("exponents");
    for (Eigen::Index i = 0; i < exponents.rows(); ++i) {
        std::vector<int> row;
        for (Eigen::Index j = 0; j < exponents.cols(); ++j) {
            const double exponent = exponents(i, j);
            if (exponent < 0 || exponent > terms.degree || exponent != std::floor(exponent))
                fields.refuse("exponents", "holds a number that is not a whole number from 0 to the degree");
            row.push_back(int(exponent));
        }
        terms.exponents.push_back(std::move(row));
    }
    return terms;
}

Preparation readPreparation(const JsonFields& document)
{
    const json& columns = document.at("inputs");
    if (!columns.is_array() || columns.empty() || columns.size() > mostInputs)
        document.refuse("inputs", "is not a list of 1 to " + std::to_string(mostInputs) + " inputs");
    std::vector<InputColumn> inputs;
    for (const json& column : columns)
        inputs.push_back(readInput(column, inputs.size()));

    const JsonFields fields(document.at("preparation"), "the preparation");
    const std::string unknown = fields.text("unknown_category");
    if (unknown != "refuse" && unknown != "treat_as_missing")
        fields.refuse("unknown_category", "is neither \"refuse\" nor \"treat_as_missing\"");
    std::vector<PreparationStep> steps;
    if (!fields.at("steps").is_array() || fields.at("steps").size() > 100)
        fields.refuse("steps", "is not a list of at most 100 steps");
    for (const json& step : fields.at("steps"))
        steps.push_back(readStep(step, steps.size()));
    Result<Preparation> preparation = Preparation::fromParts(
        std::move(inputs), std::move(steps), unknown == "refuse" ? UnknownCategory::Refuse : UnknownCategory::TreatAsMissing,
        fields.boolean("refuses_missing"), fields.boolean("reference_level"));
    if (!preparation)
        throw BadField{preparation.error().message};
    return *std::move(preparation);
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
    else if (task != taskName(Task::Regression))
        fields.refuse("task", "is \"" + task.substr(0, 80) + "\", which this program does not know");
    if (target.task == Task::Classification)
        target.classes = fields.texts("classes");
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
            fields.refuse(kind, "is not an object of at most " + std::to_string(mostEntries) + " members");
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
            if (found != input.levels.end())
                raw.back() = double(found - input.levels.begin());
            else if (model.preparation().unknownCategory() == UnknownCategory::Refuse)
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
                             "The model does not predict what it predicted when it was frozen: reference row " + std::to_string(row + 1)
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
    if (document.text("sha256") != checksumOf(source)) {
        return Error{ErrorCode::ChecksumMismatch,
                     "The file was changed or damaged after it was saved: its checksum does not match. Save the model again where it came from."};
    }
    Preparation preparation = readPreparation(document);
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
        {"format_version", formatVersion},
        {"min_reader", oldestReader},
        {"app_version", provenance.programVersion},
        {"created", provenance.created},
        {"equation", equationText(model, 6)},
        {"target", {{"name", model.target().name}, {"unit", model.target().unit}, {"task", std::string(taskName(model.target().task))}}},
        {"inputs", ordered_json::array()},
        {"preparation", preparationToJson(model.preparation())},
        {"parameters", parametersToJson(model.parameters())},
        {"metrics", {{"train", provenance.metricsTrain}, {"test", provenance.metricsTest}}},
        {"provenance", provenanceToJson(provenance)},
        {"certificate", {{"rows", model.certificate().rows}, {"predictions", matrixToJson(model.certificate().predictions)}}},
    };
    if (model.target().task == Task::Classification)
        document["target"]["classes"] = model.target().classes;
    for (const InputColumn& input : model.inputs())
        document["inputs"].push_back(inputToJson(input));
    if (model.onlineState())
        document["online_state"] = onlineStateToJson(*model.onlineState());
    document["sha256"] = checksumOf(json::parse(document.dump(-1, ' ', false, ordered_json::error_handler_t::replace)));
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
        return Error{ErrorCode::TooLarge, "The model has " + std::to_string(parameterCount(model.parameters()))
                                              + " numbers, more than a model file may hold. Train on fewer rows or fewer features.",
                     {.file = path.string()}};
    };
    // A double takes eight bytes at least: what cannot fit is not even written down in memory.
    if (parameterCount(model.parameters()) > limits.bytes / sizeof(double))
        return tooLarge();
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
