#include "app/cli/preparation_flags.h"

#include "core/base/number_text.h"
#include "core/data/table.h"
#include "core/learn/step_table.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace modelarium::cli {

namespace {

/// "mass,\"length, cm\"": names cut at commas outside quotes; a quote inside quotes is doubled.
Result<std::vector<std::string>> readColumns(std::string_view text)
{
    std::vector<std::string> columns{""};
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"')
            columns.back() += text[++i];
        else if (text[i] == '"' && (quoted || columns.back().empty()))
            quoted = !quoted;
        else if (text[i] == ',' && !quoted)
            columns.emplace_back();
        else
            columns.back() += text[i];
    }
    if (quoted)
        return Error{ErrorCode::BadHyperparameter, "The columns " + std::string(text) + " have a quote that does not end."};
    for (const std::string& column : columns)
        if (column.empty())
            return Error{ErrorCode::BadHyperparameter, "A column without a name is listed after the @ of \"" + std::string(text) + "\"."};
    return columns;
}

/// "onehot" and "one-hot" are what others call it.
std::string encodingText(std::string text)
{
    for (const char* other : {"onehot", "one-hot"})
        if (text.starts_with(other))
            return "one_hot" + text.substr(std::string_view(other).size());
    return text;
}

CLI::Validator stepOptions(const char* kind, const char* form)
{
    return CLI::Validator([kind](std::string& text) {
        const Result<StepChoice> step = parseStep(**findStepKind(kind), encodingText(text));
        return step ? std::string() : step.error().message;
    }, form);
}

CLI::Validator wholeStep()
{
    return CLI::Validator([](std::string& text) {
        const Result<StepChoice> step = readStep(text);
        return step ? std::string() : step.error().message;
    }, "NAME[:OPTION=VALUE,...][@COLUMN,...]");
}

std::string kindList()
{
    std::string list;
    for (const StepKind& kind : stepKinds())
        list += (list.empty() ? "" : ", ") + kind.id;
    return list;
}

/// What a step for all columns takes, of missing cells or of categories.
std::set<std::string_view> taken(const StepChoice& step)
{
    const auto* impute = std::get_if<ImputeChoice>(&step.what);
    if (!impute)
        return {"categories"};
    if (impute->method == Imputation::OwnLevel)
        return {"categories"};
    if (impute->method != Imputation::Constant)
        return {"numbers", "dates", "categories"};
    if (parseNumber(impute->constant))
        return {"numbers"};
    return daysFromText(impute->constant) ? std::set<std::string_view>{"dates", "categories"} : std::set<std::string_view>{"categories"};
}

/// The choices for missing cells, or those for categories, as a person gave them: of two for the same cells the first counts.
class CellChoices {
public:
    /// `text` is how the choice was given.
    Result<void> add(const StepChoice& step, const std::string& text)
    {
        for (const std::string& column : step.columns)
            if (const auto [before, isFirst] = m_named.try_emplace(column, text); !isFirst)
                return contradiction("\"" + column + "\" is named by " + before->second + " and by " + text + ": leave out one of the two.");
        if (!step.columns.empty())
            return {};
        const std::set<std::string_view> kinds = taken(step);
        if (std::includes(m_taken.begin(), m_taken.end(), kinds.begin(), kinds.end()))
            return contradiction("Beside what else is chosen, " + text + " does nothing: leave it out, or let one of them name its columns.");
        m_taken.insert(kinds.begin(), kinds.end());
        return {};
    }

private:
    static Error contradiction(std::string message) { return {ErrorCode::BadHyperparameter, std::move(message)}; }

    std::map<std::string, std::string> m_named;
    std::set<std::string_view> m_taken;
};

} // namespace

Result<StepChoice> readStep(std::string_view text)
{
    const std::size_t columnsAt = text.find('@');
    const std::string_view before = text.substr(0, columnsAt);
    const std::size_t colon = before.find(':');
    const Result<const StepKind*> kind = findStepKind(before.substr(0, colon));
    if (!kind)
        return kind.error();
    Result<StepChoice> step = parseStep(**kind, colon == std::string_view::npos ? "" : encodingText(std::string(before.substr(colon + 1))));
    if (!step || columnsAt == std::string_view::npos)
        return step;
    Result<std::vector<std::string>> columns = readColumns(text.substr(columnsAt + 1));
    if (!columns)
        return columns.error();
    step->columns = *std::move(columns);
    return step;
}

void PreparationFlags::addTo(CLI::App& command)
{
    command.add_option("--scale", m_scale, "Scaling of the features, after all other steps")
        ->check(CLI::IsMember({"standard", "none", "minmax", "robust"}))->capture_default_str();
    m_imputeGiven = command.add_option("--impute", m_impute, "What stands for a missing cell: mean, median, most_frequent, constant=VALUE (a number for numbers, a "
                                             "word for categories), own_level or refuse; with ,indicator a column says where cells were missing")
        ->check(stepOptions("impute", "METHOD"))->capture_default_str();
    m_encodeGiven = command.add_option("--encode", m_encode, "How categories become numbers: one_hot or ordinal; categories that no training row had "
                                             "count as missing; with ,unknown=own_level they share a level of their own, with ,unknown=refuse "
                                             "their row is refused")
        ->check(stepOptions("encode", "ENCODING"))->capture_default_str();
    command.add_option("--step", m_steps, "One more step of the preparation, for all columns that it fits or for those named; may be "
                                          "repeated, and is done in this order. Steps: " + kindList() + "; see `modelarium-cli steps`")
        ->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->check(wholeStep());
}

/// A habit is done last, anything more first: so the two flags are asked where they stand.
Result<void> PreparationFlags::checkContradictions(const PreparationChoices& choices, const StepChoice& impute, const StepChoice& encode) const
{
    CellChoices fills, encodings;
    const std::size_t own = choices.steps.size() - m_steps.size();
    for (std::size_t i = 0; i < choices.steps.size(); ++i) {
        const StepChoice& step = choices.steps[i];
        const bool isFill = std::holds_alternative<ImputeChoice>(step.what);
        if (!readsCells(step))
            continue;
        const std::string text = i >= own ? "--step " + m_steps[i - own] : isFill ? "--impute " + m_impute : "--encode " + m_encode;
        if (const Result<void> added = (isFill ? fills : encodings).add(step, text); !added)
            return added;
    }
    const auto isOwn = [&](const StepChoice& step) { return std::find(choices.steps.begin(), choices.steps.begin() + std::ptrdiff_t(own), step) != choices.steps.begin() + std::ptrdiff_t(own); };
    if (m_imputeGiven->count() > 0 && !isOwn(impute))
        if (const Result<void> added = fills.add(impute, "--impute " + m_impute); !added)
            return added;
    return m_encodeGiven->count() > 0 && !isOwn(encode) ? encodings.add(encode, "--encode " + m_encode) : Result<void>();
}

Result<PreparationChoices> PreparationFlags::choices() const
{
    PreparationChoices choices;
    choices.scaling = m_scale == "standard" ? Scaling::Standardise
        : m_scale == "minmax"               ? Scaling::MinMax
        : m_scale == "robust"               ? Scaling::Robust
                                            : Scaling::None;
    const Result<StepChoice> impute = parseStep(**findStepKind("impute"), m_impute);
    if (!impute)
        return impute.error();
    const Result<StepChoice> encode = parseStep(**findStepKind("encode"), encodingText(m_encode));
    if (!encode)
        return encode.error();
    // A plain method is the habit of the preparation; anything more is a step of its own, before those that are listed.
    const auto& filling = std::get<ImputeChoice>(impute->what);
    if (takesEveryColumn(*impute) && !filling.indicator)
        choices.imputation = filling.method;
    else
        choices.steps.push_back(*impute);
    if (std::get<EncodeChoice>(encode->what) != EncodeChoice{Encoding::OneHot, {}, 1, {}})
        choices.steps.push_back(*encode);
    for (const std::string& text : m_steps) {
        Result<StepChoice> step = readStep(text);
        if (!step)
            return step.error();
        choices.steps.push_back(*std::move(step));
    }
    if (const Result<void> clear = checkContradictions(choices, *impute, *encode); !clear)
        return clear.error();
    // What is said of unknown categories for every column is said of the whole preparation.
    for (const StepChoice& step : choices.steps)
        if (const auto* said = std::get_if<EncodeChoice>(&step.what); said && step.columns.empty() && !choices.unknownCategory)
            choices.unknownCategory = said->unknown;
    return choices;
}

} // namespace modelarium::cli
