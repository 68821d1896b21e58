#include "core/prepare/step_trace.h"

#include "core/base/counted.h"
#include "core/base/number_text.h"
#include "core/prepare/fill_choices.h"
#include "core/prepare/input_columns.h"
#include "core/prepare/steps.h"

#include <algorithm>

namespace modelarium {

namespace {

using Eigen::Index;

/// Whether each column of the result comes from one of the marked columns.
std::vector<char> marksAfter(const PolynomialTerms& terms, const std::vector<char>& marked)
{
    std::vector<char> after;
    for (const std::vector<int>& exponents : terms.exponents) {
        bool any = false;
        for (std::size_t j = 0; j < exponents.size(); ++j)
            any = any || (exponents[j] > 0 && marked[j]);
        after.push_back(any);
    }
    return after;
}

std::vector<char> marksAfter(const Standardise&, const std::vector<char>& marked) { return marked; }
std::vector<char> marksAfter(const PowerTransform&, const std::vector<char>& marked) { return marked; }

std::vector<char> marksAfter(const Binning& bins, const std::vector<char>& marked)
{
    std::vector<char> after;
    std::size_t next = 0;
    for (std::size_t j = 0; j < marked.size(); ++j) {
        const bool taken = next < bins.columns.size() && std::size_t(bins.columns[next]) == j;
        after.insert(after.end(), taken ? bins.outputsOf(next) : 1, marked[j]);
        next += taken ? 1 : 0;
    }
    return after;
}

std::vector<char> marksAfter(const PrincipalComponents& components, const std::vector<char>& marked)
{
    std::vector<char> after;
    bool any = false;
    std::size_t next = 0;
    for (std::size_t j = 0; j < marked.size(); ++j) {
        const bool taken = next < components.columns.size() && std::size_t(components.columns[next]) == j;
        if (!taken)
            after.push_back(marked[j]);
        any = any || (taken && marked[j]);
        next += taken ? 1 : 0;
    }
    after.insert(after.end(), std::size_t(components.directions.rows()), any);
    return after;
}

std::vector<std::size_t> placesOf(const std::vector<char>& marked)
{
    std::vector<std::size_t> places;
    for (std::size_t j = 0; j < marked.size(); ++j)
        if (marked[j])
            places.push_back(j);
    return places;
}

/// The inputs whose missing cells, or categories, the chosen step turns into numbers.
std::vector<std::size_t> inputsOf(const Preparation& preparation, const Table& table, const PreparationChoices& choices, std::size_t step)
{
    const bool fills = std::holds_alternative<ImputeChoice>(choices.steps[step].what);
    std::vector<std::size_t> inputs;
    for (std::size_t i = 0; i < preparation.inputs().size(); ++i) {
        const InputColumn& input = preparation.inputs()[i];
        const std::optional<std::size_t> column = table.find(input.name);
        if (!column || (!fills && !input.isCategorical()))
            continue;
        const auto decides = fills ? fillingStep(table.column(*column), choices) : encodingStep(table.column(*column), choices);
        if (decides == step)
            inputs.push_back(i);
    }
    return inputs;
}

using LearnedValue = std::variant<double, std::string, std::vector<double>, std::vector<std::string>>;

std::string textOf(const std::vector<double>& values)
{
    constexpr std::size_t mostShown = 6;
    std::string text;
    for (std::size_t i = 0; i < values.size() && i < mostShown; ++i)
        text += (i ? ", " : "") + shortText(values[i]);
    return values.size() > mostShown ? text + ", ... (" + countText(values.size()) + ")" : text;
}

std::string textOf(const LearnedValue& value)
{
    if (const auto* number = std::get_if<double>(&value))
        return shortText(*number);
    if (const auto* word = std::get_if<std::string>(&value))
        return *word;
    if (const auto* numbers = std::get_if<std::vector<double>>(&value))
        return textOf(*numbers);
    return listOf(std::get<std::vector<std::string>>(value), 4);
}

std::string textOf(const LearnedColumn& column)
{
    std::string text;
    for (const auto& [name, value] : column.values) {
        // What a component is made of is a list as long as the table is wide.
        if (name == "weights" || name == "of")
            continue;
        std::string words = name;
        std::replace(words.begin(), words.end(), '_', ' ');
        std::string said = textOf(value);
        // "most_frequent" is a word of ours; the name of a level is not.
        if (std::holds_alternative<std::string>(value) && name != "value" && name != "indicator")
            std::replace(said.begin(), said.end(), '_', ' ');
        text += (text.empty() ? "" : ", ") + words + " " + said;
    }
    return text;
}

} // namespace

StepTrace traceSteps(const Table& table, const std::vector<std::string>& features, const std::vector<std::size_t>& trainingRows,
                     const PreparationChoices& choices)
{
    StepTrace trace{learnSteps(table, features, trainingRows, choices), std::vector<StepTouch>(choices.steps.size()), {}};
    const Preparation& preparation = trace.learned.preparation;
    Result<Matrix> X = preparation.applyThrough(table, trainingRows, 0);
    if (!X) {
        if (!trace.learned.error) {
            trace.learned.error = X.error();
            trace.learned.refused = stepBehind(X.error(), table, choices);
        }
        return trace;
    }
    trace.prepared = *std::move(X);
    std::vector<StepTouch> learned;
    for (const PreparationStep& step : preparation.steps()) {
        Matrix after = applyStep(step, trace.prepared);
        learned.push_back(touchOf(step, trace.prepared, after));
        trace.prepared = std::move(after);
    }
    for (std::size_t i = 0; i < choices.steps.size(); ++i) {
        if (const auto place = trace.learned.learnedAs[i]) {
            trace.touched[i] = learned[*place];
        } else if (readsCells(choices.steps[i])) {
            const std::vector<std::size_t> inputs = inputsOf(preparation, table, choices, i);
            if (std::holds_alternative<EncodeChoice>(choices.steps[i].what))
                trace.touched[i] = {inputs.empty() ? 0 : trainingRows.size(), inputs.size() * trainingRows.size(), inputs.size()};
            else if (const Result<StepTouch> filled = touchOfFilling(preparation, table, trainingRows, inputs))
                trace.touched[i] = *filled;
        }
    }
    return trace;
}

std::vector<std::vector<std::size_t>> columnsFrom(const Preparation& preparation, std::size_t input)
{
    const InputColumn& from = preparation.inputs()[input];
    std::vector<char> marked(preparation.encodedColumns(), 0);
    std::fill_n(marked.begin() + std::ptrdiff_t(from.firstOutput), from.outputs, char(1));
    std::vector<std::vector<std::size_t>> columns{placesOf(marked)};
    for (const PreparationStep& step : preparation.steps()) {
        marked = std::visit([&](const auto& s) { return marksAfter(s, marked); }, step);
        columns.push_back(placesOf(marked));
    }
    return columns;
}

std::vector<LearnedAbout> learnedAbout(const Preparation& preparation, std::size_t input, std::size_t mostColumns)
{
    const std::vector<std::vector<std::size_t>> columns = columnsFrom(preparation, input);
    const std::vector<StepReport> reports = describeSteps(preparation);
    const std::size_t aboutCells = reports.size() - preparation.steps().size();
    std::vector<LearnedAbout> facts;
    std::vector<std::string> names = preparation.encodedNames();
    for (std::size_t r = 0; r < reports.size(); ++r) {
        std::vector<std::string> wanted{preparation.inputs()[input].name};
        if (r >= aboutCells) {
            const std::size_t step = r - aboutCells;
            const std::vector<std::string> after = namesAfter(preparation.steps()[step], names);
            const bool turns = std::holds_alternative<PrincipalComponents>(preparation.steps()[step]);
            wanted.clear();
            for (const std::size_t j : columns[turns ? step + 1 : step])
                wanted.push_back((turns ? after : names)[j]);
            names = after;
        }
        std::size_t shown = 0;
        for (const LearnedColumn& column : reports[r].columns) {
            if (shown == mostColumns)
                break;
            if (std::find(wanted.begin(), wanted.end(), column.column) == wanted.end())
                continue;
            facts.push_back({reports[r].step, column.column, textOf(column)});
            ++shown;
        }
    }
    return facts;
}

} // namespace modelarium
