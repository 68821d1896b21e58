#include "core/learn/step_table.h"

#include "core/prepare/input_columns.h"

#include <algorithm>

namespace modelarium {

namespace {

using Spec = HyperparameterSpec;

StepChoice makeImpute(const Hyperparameters& h, const std::string& text)
{
    ImputeChoice choice;
    const std::string& method = h.choice("method");
    choice.method = method == "median" ? Imputation::Median : method == "most_frequent" ? Imputation::MostFrequent
        : method == "constant" ? Imputation::Constant : method == "own_level" ? Imputation::OwnLevel
        : method == "refuse" ? Imputation::Refuse : Imputation::Mean;
    if (choice.method == Imputation::Constant)
        choice.constant = text;
    choice.indicator = h.boolean("indicator");
    return {choice, {}};
}

StepChoice makeEncode(const Hyperparameters& h, const std::string& text)
{
    EncodeChoice choice;
    choice.encoding = h.choice("encoding") == "ordinal" ? Encoding::Ordinal : Encoding::OneHot;
    const std::string& unknown = h.choice("unknown");
    choice.unknown = unknown == "own_level" ? UnknownCategory::OwnLevel : unknown == "refuse" ? UnknownCategory::Refuse : UnknownCategory::TreatAsMissing;
    if (choice.unknown == UnknownCategory::OwnLevel)
        choice.rareBelow = std::size_t(h.integer("rare_below"));
    for (std::size_t begin = 0; choice.encoding == Encoding::Ordinal && begin < text.size();) {
        const std::size_t end = std::min(text.find('|', begin), text.size());
        choice.order.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return {choice, {}};
}

StepChoice makeStandardise(const Hyperparameters&, const std::string&) { return {ScaleChoice{}, {}}; }
StepChoice makeRobust(const Hyperparameters&, const std::string&) { return {ScaleChoice{Scaling::Robust, 0, 1}, {}}; }

StepChoice makeMinMax(const Hyperparameters& h, const std::string&)
{
    return {ScaleChoice{Scaling::MinMax, h.real("low"), h.real("high")}, {}};
}

StepChoice makeLog(const Hyperparameters& h, const std::string&) { return {PowerChoice{PowerFamily::Logarithm, h.real("offset")}, {}}; }

StepChoice makePower(const Hyperparameters& h, const std::string&)
{
    return {PowerChoice{h.choice("family") == "box_cox" ? PowerFamily::BoxCox : PowerFamily::YeoJohnson, 0}, {}};
}

StepChoice makeBin(const Hyperparameters& h, const std::string&)
{
    return {BinChoice{h.choice("edges") == "quantiles" ? BinEdges::Quantiles : BinEdges::EqualWidth, int(h.integer("bins")),
                      h.choice("encoding") == "ordinal" ? Encoding::Ordinal : Encoding::OneHot}, {}};
}

StepChoice makePolynomial(const Hyperparameters& h, const std::string&)
{
    return {PolynomialChoice{int(h.integer("degree")), h.boolean("interactions")}, {}};
}

StepChoice makePca(const Hyperparameters& h, const std::string&)
{
    PcaChoice choice;
    if (h.choice("keep") == "components")
        choice.components = int(h.integer("components"));
    else
        choice.share = h.real("share");
    return {choice, {}};
}

StepKind imputeKind()
{
    return {"impute", "Fill missing cells",
            "Puts a value where a cell is missing. It is learned from the training rows, and frozen with the model.",
            {Spec::choice("method", "Missing cells become", "What stands for a missing cell. With the mean or median, categories take their most frequent level.", "mean",
                          {"mean", "median", "most_frequent", "constant", "own_level", "refuse"},
                          {"the mean of the column", "the median of the column", "its most frequent value", "a constant", "a category of their own", "nothing: refuse them"}),
             Spec::boolean("indicator", "Say where", "Adds a column of 0 and 1 that says where a cell was missing, so that the model can learn from the gap itself.", false)},
            {"constant", "Constant", "What stands for a missing cell: a number for numbers, a word for categories. A number for a category needs a step that names the column.", "method", "constant"}, makeImpute};
}

StepKind encodeKind()
{
    return {"encode", "Encode categories",
            "Turns categories into numbers: a column of 0 and 1 for each level, or the place of the level in an order.",
            {Spec::choice("encoding", "As", "One-hot gives each level a column of its own and takes no order for granted; ordinal numbers the levels 0, 1, 2, ... where they have an order.",
                          "one_hot", {"one_hot", "ordinal"}, {"one column a level (one-hot)", "the number of the level (ordinal)"}),
             Spec::choice("unknown", "Unknown categories", "What happens when a row holds a category that no training row had: it is filled as a missing cell is, the row is refused, or such rows share one more level.", "as_missing",
                          {"as_missing", "refuse", "own_level"}, {"count as missing", "are refused", "share a level of their own"}),
             Spec::integer("rare_below", "Rare below", "Levels with fewer training rows than this join the level for unknown categories, which so has something to learn from.", 1, 1, 1000000)
                 .when("unknown", {"own_level"})},
            {"order", "Order", "The levels from the lowest to the highest, with | between them. Levels that are not named follow.", "encoding", "ordinal"}, makeEncode};
}

std::vector<StepKind> makeKinds()
{
    std::vector<StepKind> kinds;
    kinds.push_back(imputeKind());
    kinds.push_back(encodeKind());
    kinds.push_back({"standardise", "Standardise", "Brings each column to mean 0 and standard deviation 1, so that no feature counts more only because its numbers are larger.",
                     {}, {}, makeStandardise});
    kinds.push_back({"minmax", "Min-max scale", "Shifts and stretches each column so that its smallest and largest training value become the ends of one range.",
                     {Spec::real("low", "Low end", "What the smallest training value becomes.", 0, -1e6, 1e6),
                      Spec::real("high", "High end", "What the largest training value becomes.", 1, -1e6, 1e6)}, {}, makeMinMax});
    kinds.push_back({"robust", "Robust scale", "Brings each column to median 0 and interquartile range 1: a few extreme values do not change the scale of all others.",
                     {}, {}, makeRobust});
    kinds.push_back({"log", "Logarithm", "Takes the natural logarithm: factors become steps, and a long tail to the right becomes short. Needs numbers above 0.",
                     {Spec::real("offset", "Offset", "Is added before the logarithm is taken: 1 lets counts of 0 through.", 0, 0, 1e12)}, {}, makeLog});
    kinds.push_back({"power", "Power transform", "Bends a skewed column with the power under which it looks most like a bell curve. The power is learned by maximum likelihood.",
                     {Spec::choice("family", "Family", "Yeo-Johnson takes any number; Box-Cox needs numbers above 0.", "yeo_johnson", {"yeo_johnson", "box_cox"}, {"Yeo-Johnson", "Box-Cox"})},
                     {}, makePower});
    kinds.push_back({"bin", "Cut into intervals", "Replaces a number by the interval that it falls into, so that a straight line can learn steps.",
                     {Spec::choice("edges", "Edges", "Equal width cuts the range evenly; quantiles give each interval as many training rows.", "equal_width", {"equal_width", "quantiles"}, {"of equal width", "with as many rows each"}),
                      Spec::integer("bins", "Intervals", "How many intervals. More follow the data more closely, and need more rows.", 5, 2, 1000),
                      Spec::choice("encoding", "As", "A column of 0 and 1 for each interval, or the number of the interval.", "one_hot", {"one_hot", "ordinal"}, {"one column an interval", "the number of the interval"})},
                     {}, makeBin});
    kinds.push_back({"polynomial", "Polynomial terms", "Adds products of the columns, so that straight lines become curves.",
                     {Spec::integer("degree", "Degree", "The highest degree: with 2 squares and pairs.", 2, 2, 10),
                      Spec::boolean("interactions", "Interactions only", "Only products of different columns, no squares.", false)}, {}, makePolynomial});
    kinds.push_back({"pca", "Principal components", "Turns the columns to the directions along which the rows spread most, and keeps the widest. Bring them to a common scale first.",
                     {Spec::choice("keep", "Keep", "How many directions stay.", "share", {"share", "components"}, {"a share of the variance", "a number of components"}),
                      Spec::integer("components", "Components", "How many components stay, the widest first.", 2, 1, 5000).when("keep", {"components"}),
                      Spec::real("share", "Share of variance", "As many components as this share of the variance needs.", 0.95, 0, 1).aboveMinimum().when("keep", {"share"})},
                     {}, makePca});
    return kinds;
}

Error unknownOption(const StepKind& kind, const std::string& name)
{
    std::string names;
    for (const Spec& spec : kind.table)
        names += (names.empty() ? "" : ", ") + spec.name;
    if (!kind.text.name.empty())
        names += (names.empty() ? "" : ", ") + kind.text.name;
    Error error{ErrorCode::UnknownHyperparameter, "The step " + kind.id + " does not know what to do with " + quoted(name) + ": "
                                                      + (names.empty() ? "it has no options." : "its options are " + names + ".")};
    error.place.hyperparameter = name;
    return error;
}

Error givenTwice(const StepKind& kind, const std::string& name)
{
    Error error{ErrorCode::BadHyperparameter, "The step " + kind.id + " is given " + quoted(name) + " twice: once is enough."};
    error.place.hyperparameter = name;
    return error;
}

/// A value without its name: the first option without a value that can take it.
bool giveToFirst(const StepKind& kind, const std::string& text, HyperparameterValues& values)
{
    for (const Spec& spec : kind.table) {
        if (values.contains(spec.name))
            continue;
        const bool yes = spec.kind == Spec::Kind::Boolean;
        if (yes && text != spec.name)
            continue;
        const Result<HyperparameterValue> value = yes ? Result<HyperparameterValue>(HyperparameterValue(true)) : parseHyperparameter(spec, text);
        if (!value)
            continue;
        values[spec.name] = *value;
        return true;
    }
    return false;
}

const char* imputeWord(Imputation method)
{
    switch (method) {
    case Imputation::Median: return "median";
    case Imputation::MostFrequent: return "most_frequent";
    case Imputation::Refuse: return "refuse";
    case Imputation::Constant: return "constant";
    case Imputation::OwnLevel: return "own_level";
    case Imputation::Mean: break;
    }
    return "mean";
}

std::string encodingWord(Encoding encoding) { return encoding == Encoding::Ordinal ? "ordinal" : "one_hot"; }

HyperparameterValues valuesOf(const ImputeChoice& c) { return {{"method", std::string(imputeWord(c.method))}, {"indicator", c.indicator}}; }

HyperparameterValues valuesOf(const EncodeChoice& c)
{
    const char* unknown = c.unknown == UnknownCategory::OwnLevel ? "own_level" : c.unknown == UnknownCategory::Refuse ? "refuse" : "as_missing";
    HyperparameterValues values{{"encoding", encodingWord(c.encoding)}, {"rare_below", std::int64_t(c.rareBelow)}};
    if (c.unknown)
        values["unknown"] = std::string(unknown);
    return values;
}

HyperparameterValues valuesOf(const ScaleChoice& c)
{
    return c.method == Scaling::MinMax ? HyperparameterValues{{"low", c.low}, {"high", c.high}} : HyperparameterValues{};
}

HyperparameterValues valuesOf(const PowerChoice& c)
{
    if (c.family == PowerFamily::Logarithm)
        return {{"offset", c.offset}};
    return {{"family", std::string(c.family == PowerFamily::BoxCox ? "box_cox" : "yeo_johnson")}};
}

HyperparameterValues valuesOf(const BinChoice& c)
{
    return {{"edges", std::string(c.edges == BinEdges::Quantiles ? "quantiles" : "equal_width")}, {"bins", std::int64_t(c.bins)},
            {"encoding", encodingWord(c.encoding)}};
}

HyperparameterValues valuesOf(const PolynomialChoice& c) { return {{"degree", std::int64_t(c.degree)}, {"interactions", c.interactionsOnly}}; }

HyperparameterValues valuesOf(const PcaChoice& c)
{
    if (c.components > 0)
        return {{"keep", std::string("components")}, {"components", std::int64_t(c.components)}};
    return {{"keep", std::string("share")}, {"share", c.share}};
}

} // namespace

const std::vector<StepKind>& stepKinds()
{
    static const std::vector<StepKind> kinds = makeKinds();
    return kinds;
}

Result<const StepKind*> findStepKind(std::string_view id)
{
    std::string names;
    for (const StepKind& kind : stepKinds()) {
        if (kind.id == id)
            return &kind;
        names += (names.empty() ? "" : ", ") + kind.id;
    }
    return Error{ErrorCode::BadHyperparameter, "There is no step \"" + std::string(id) + "\": there are " + names + "."};
}

Result<StepChoice> makeStep(const StepKind& kind, const HyperparameterValues& values, const std::string& text, std::vector<std::string> columns)
{
    const Result<Hyperparameters> checked = Hyperparameters::check(kind.table, values);
    if (!checked)
        return checked.error();
    StepChoice step = kind.make(*checked, text);
    step.columns = std::move(columns);
    return step;
}

HyperparameterValues stepValues(const StepChoice& step)
{
    return std::visit([](const auto& choice) { return valuesOf(choice); }, step.what);
}

std::string stepText(const StepChoice& step)
{
    if (const auto* impute = std::get_if<ImputeChoice>(&step.what))
        return impute->constant;
    std::string text;
    if (const auto* encode = std::get_if<EncodeChoice>(&step.what))
        for (const std::string& level : encode->order)
            text += (text.empty() ? "" : "|") + level;
    return text;
}

Result<StepChoice> parseStep(const StepKind& kind, std::string_view options)
{
    HyperparameterValues values;
    std::string text;
    // The free text is an option like the others, with a condition like theirs.
    HyperparameterTable table = kind.table;
    if (!kind.text.name.empty())
        table.push_back(Spec::choice(kind.text.name, kind.text.label, kind.text.help, "", {}, {}).when(kind.text.onlyWhen, {kind.text.onlyWhenValue}));
    for (std::size_t begin = 0; begin < options.size();) {
        const std::size_t end = std::min(options.find(',', begin), options.size());
        const std::string option(options.substr(begin, end - begin));
        begin = end + 1;
        const std::size_t sign = option.find('=');
        const std::string name = option.substr(0, sign);
        if (values.contains(name))
            return givenTwice(kind, name);
        if (sign == std::string::npos) {
            if (!giveToFirst(kind, option, values))
                return unknownOption(kind, option);
        } else if (!kind.text.name.empty() && name == kind.text.name) {
            text = option.substr(sign + 1);
            values[name] = text;
        } else if (const Spec* spec = findSpec(kind.table, name)) {
            const Result<HyperparameterValue> value = parseHyperparameter(*spec, std::string_view(option).substr(sign + 1));
            if (!value)
                return value.error();
            values[name] = *value;
        } else {
            return unknownOption(kind, name);
        }
    }
    Result<HyperparameterValues> complete = withConditions(table, std::move(values));
    if (!complete)
        return complete.error();
    complete->erase(kind.text.name);
    Result<StepChoice> step = makeStep(kind, *complete, text, {});
    // What nobody said is left to the preparation.
    if (auto* encode = step ? std::get_if<EncodeChoice>(&step->what) : nullptr; encode && !complete->contains("unknown"))
        encode->unknown.reset();
    return step;
}

std::string stepSpelling(const StepChoice& step)
{
    std::string text(stepName(step));
    bool first = true;
    const auto add = [&](const std::string& name, const std::string& value) {
        text += (first ? ":" : ",") + name + "=" + value;
        first = false;
    };
    const StepKind& kind = **findStepKind(stepName(step));
    const HyperparameterValues values = stepValues(step);
    for (const auto& [name, value] : values)
        if (matters(*findSpec(kind.table, name), kind.table, values))
            add(name, hyperparameterText(value));
    if (const std::string free = stepText(step); !free.empty())
        add(kind.text.name, free);
    return text;
}

} // namespace modelarium
