#include "core/model/preparation_json.h"

#include "core/base/counted.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace modelarium {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t mostInputs = 100'000;

/// The words of the file for the values of an enumeration.
template <class Value, std::size_t count>
using Words = std::array<std::pair<Value, const char*>, count>;

constexpr Words<UnknownCategory, 3> unknownWords{{{UnknownCategory::Refuse, "refuse"},
                                                  {UnknownCategory::TreatAsMissing, "treat_as_missing"},
                                                  {UnknownCategory::OwnLevel, "own_level"}}};
constexpr Words<Imputation, 6> imputationWords{{{Imputation::Mean, "mean"}, {Imputation::Median, "median"},
                                                {Imputation::MostFrequent, "most_frequent"}, {Imputation::Refuse, "refuse"},
                                                {Imputation::Constant, "constant"}, {Imputation::OwnLevel, "own_level"}}};
constexpr Words<Encoding, 2> encodingWords{{{Encoding::OneHot, "one_hot"}, {Encoding::Ordinal, "ordinal"}}};
constexpr Words<PowerFamily, 3> familyWords{{{PowerFamily::Logarithm, "logarithm"}, {PowerFamily::BoxCox, "box_cox"},
                                             {PowerFamily::YeoJohnson, "yeo_johnson"}}};
constexpr Words<BinEdges, 2> edgeWords{{{BinEdges::EqualWidth, "equal_width"}, {BinEdges::Quantiles, "quantiles"}}};
constexpr Words<Scaling, 3> scaleWords{{{Scaling::Standardise, "standardise"}, {Scaling::MinMax, "min_max"}, {Scaling::Robust, "robust"}}};

template <class Value, std::size_t count>
const char* wordOf(const Words<Value, count>& words, Value value)
{
    return std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.first == value; })->second;
}

template <class Value, std::size_t count>
Value readWord(const JsonFields& fields, const char* key, const Words<Value, count>& words)
{
    const std::string text = fields.text(key);
    std::string choices;
    for (const auto& [value, word] : words) {
        if (text == word)
            return value;
        choices += (choices.empty() ? "\"" : " nor \"") + std::string(word) + "\"";
    }
    fields.refuse(key, "is neither " + choices);
}

ordered_json inputToJson(const InputColumn& input, const Preparation& preparation)
{
    ordered_json result = {{"name", input.name}, {"type", std::string(columnTypeName(input.type))}};
    if (!input.unit.empty())
        result["unit"] = input.unit;
    if (!input.levels.empty())
        result["levels"] = input.levels;
    if (input.encoding != Encoding::OneHot)
        result["encoding"] = wordOf(encodingWords, input.encoding);
    if (input.isCategorical() && preparation.unknownCategoryOf(input) != preparation.unknownCategory())
        result["unknown_category"] = wordOf(unknownWords, preparation.unknownCategoryOf(input));
    result["fill"] = input.fill;
    if (input.filledBy)
        result["filled_by"] = wordOf(imputationWords, *input.filledBy);
    if (preparation.refusesMissingOf(input) != preparation.refusesMissing())
        result["refuses_missing"] = preparation.refusesMissingOf(input);
    if (input.missingIndicator)
        result["missing_indicator"] = true;
    result["minimum"] = input.minimum;
    result["maximum"] = input.maximum;
    result["typical"] = input.typical;
    result["filled_in_training"] = input.filledInTraining;
    return result;
}

ordered_json stepToJson(const PreparationStep& step)
{
    if (const auto* scale = std::get_if<Standardise>(&step)) {
        return {{"kind", wordOf(scaleWords, scale->kind)}, {"mean", vectorToJson(scale->mean)}, {"scale", vectorToJson(scale->scale)}};
    }
    if (const auto* power = std::get_if<PowerTransform>(&step)) {
        return {{"kind", "power"}, {"family", wordOf(familyWords, power->family)}, {"offset", power->offset}, {"columns", power->columns},
                {"lambda", vectorToJson(power->lambda)}, {"lowest", vectorToJson(power->lowest)}};
    }
    if (const auto* bins = std::get_if<Binning>(&step)) {
        return {{"kind", "binning"}, {"edges_by", wordOf(edgeWords, bins->kind)}, {"encoding", wordOf(encodingWords, bins->encoding)},
                {"leaves_first_out", bins->leavesFirstOut}, {"columns", bins->columns}, {"edges", bins->edges}};
    }
    if (const auto* components = std::get_if<PrincipalComponents>(&step)) {
        return {{"kind", "principal_components"}, {"columns", components->columns}, {"mean", vectorToJson(components->mean)},
                {"directions", matrixToJson(components->directions)}, {"variance", vectorToJson(components->variance)},
                {"total_variance", components->totalVariance}};
    }
    const auto& terms = std::get<PolynomialTerms>(step);
    return {{"kind", "polynomial_terms"}, {"degree", terms.degree}, {"exponents", terms.exponents}};
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
    if (input.isCategorical()) {
        input.levels = fields.has("levels") ? fields.texts("levels") : std::vector<std::string>{};
        if (fields.has("unknown_category"))
            input.unknown = readWord(fields, "unknown_category", unknownWords);
    }
    if (fields.has("encoding"))
        input.encoding = readWord(fields, "encoding", encodingWords);
    if (fields.has("filled_by"))
        input.filledBy = readWord(fields, "filled_by", imputationWords);
    if (fields.has("refuses_missing"))
        input.refusesMissing = fields.boolean("refuses_missing");
    if (fields.has("missing_indicator"))
        input.missingIndicator = fields.boolean("missing_indicator");
    input.fill = fields.number("fill");
    input.minimum = fields.number("minimum");
    input.maximum = fields.number("maximum");
    input.typical = fields.number("typical");
    input.filledInTraining = std::size_t(fields.integer("filled_in_training", 0, std::int64_t(1) << 53));
    if (input.isCategorical() && !(input.typical >= 0 && input.typical < double(std::max<std::size_t>(input.levels.size(), 1))))
        fields.refuse("typical", "is not one of its levels");
    return input;
}

PolynomialTerms readTerms(const JsonFields& fields)
{
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

Binning readBinning(const JsonFields& fields)
{
    Binning bins;
    bins.kind = readWord(fields, "edges_by", edgeWords);
    bins.encoding = readWord(fields, "encoding", encodingWords);
    bins.leavesFirstOut = fields.boolean("leaves_first_out");
    bins.columns = fields.integers("columns");
    const json& lists = fields.at("edges");
    if (!lists.is_array())
        fields.refuse("edges", "is not a list of lists");
    for (const json& list : lists) {
        if (!list.is_array() || list.size() > 1000)
            fields.refuse("edges", "has something that is not a list of at most 1000 numbers");
        bins.edges.emplace_back();
        for (const json& edge : list) {
            if (!edge.is_number())
                fields.refuse("edges", "holds something that is not a number");
            bins.edges.back().push_back(edge.get<double>());
        }
    }
    return bins;
}

PreparationStep readStep(const json& value, std::size_t position)
{
    const JsonFields fields(value, "preparation step " + std::to_string(position + 1));
    const std::string kind = fields.text("kind");
    for (const auto& [scaling, word] : scaleWords)
        if (kind == word)
            return Standardise{fields.vector("mean"), fields.vector("scale"), scaling};
    if (kind == "polynomial_terms")
        return readTerms(fields);
    if (kind == "power")
        return PowerTransform{readWord(fields, "family", familyWords), fields.number("offset"), fields.integers("columns"),
                              fields.vector("lambda"), fields.vector("lowest")};
    if (kind == "binning")
        return readBinning(fields);
    if (kind != "principal_components")
        fields.refuse("kind", "is \"" + kind.substr(0, 80) + "\", which this program does not know");
    return PrincipalComponents{fields.integers("columns"), fields.vector("mean"), fields.matrix("directions"), fields.vector("variance"),
                               fields.number("total_variance")};
}

} // namespace

ordered_json inputsToJson(const Preparation& preparation)
{
    auto inputs = ordered_json::array();
    for (const InputColumn& input : preparation.inputs())
        inputs.push_back(inputToJson(input, preparation));
    return inputs;
}

ordered_json preparationToJson(const Preparation& preparation)
{
    ordered_json result = {
        {"unknown_category", wordOf(unknownWords, preparation.unknownCategory())},
        {"refuses_missing", preparation.refusesMissing()},
        {"reference_level", preparation.referenceLevel()},
        {"steps", ordered_json::array()},
    };
    for (const PreparationStep& step : preparation.steps())
        result["steps"].push_back(stepToJson(step));
    return result;
}

Preparation preparationFromJson(const JsonFields& document)
{
    const json& columns = document.at("inputs");
    if (!columns.is_array() || columns.empty() || columns.size() > mostInputs)
        document.refuse("inputs", "is not a list of 1 to " + countText(mostInputs) + " inputs");
    std::vector<InputColumn> inputs;
    for (const json& column : columns)
        inputs.push_back(readInput(column, inputs.size()));

    const JsonFields fields(document.at("preparation"), "the preparation");
    const UnknownCategory unknown = readWord(fields, "unknown_category", unknownWords);
    std::vector<PreparationStep> steps;
    if (!fields.at("steps").is_array() || fields.at("steps").size() > 100)
        fields.refuse("steps", "is not a list of at most 100 steps");
    for (const json& step : fields.at("steps"))
        steps.push_back(readStep(step, steps.size()));
    Result<Preparation> preparation = Preparation::fromParts(std::move(inputs), std::move(steps), unknown,
                                                             fields.boolean("refuses_missing"), fields.boolean("reference_level"));
    if (!preparation)
        throw BadField{preparation.error().message};
    return *std::move(preparation);
}

std::int64_t oldestReaderOf(const Preparation& preparation)
{
    const auto isNewStep = [](const PreparationStep& step) {
        const auto* scale = std::get_if<Standardise>(&step);
        return scale ? scale->kind != Scaling::Standardise : !std::holds_alternative<PolynomialTerms>(step);
    };
    const auto isNewInput = [&](const InputColumn& input) {
        return input.encoding != Encoding::OneHot || input.missingIndicator
            || (input.isCategorical() && preparation.unknownCategoryOf(input) != preparation.unknownCategory())
            || preparation.refusesMissingOf(input) != preparation.refusesMissing();
    };
    const bool isNew = preparation.unknownCategory() == UnknownCategory::OwnLevel
        || std::any_of(preparation.steps().begin(), preparation.steps().end(), isNewStep)
        || std::any_of(preparation.inputs().begin(), preparation.inputs().end(), isNewInput);
    return isNew ? 2 : 1;
}

} // namespace modelarium
