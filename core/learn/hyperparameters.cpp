#include "core/learn/hyperparameters.h"

#include "core/base/number_text.h"
#include "core/data/dataset.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <optional>

namespace modelarium {

namespace {

using Kind = HyperparameterSpec::Kind;

// Beyond 2^53 a double no longer tells neighbouring integers apart.
constexpr double largestExactInteger = 9007199254740992.0;

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0)
            text += i + 1 == words.size() ? " or " : ", ";
        text += words[i];
    }
    return text;
}

std::string allowed(const HyperparameterSpec& spec)
{
    switch (spec.kind) {
    case Kind::Boolean:
        return "true or false";
    case Kind::Choice:
        return joined(spec.choices);
    case Kind::Integer:
        return "a whole number from " + shortText(spec.minimum, 15) + " to " + shortText(spec.maximum, 15);
    case Kind::Integers:
        return "up to " + std::to_string(spec.mostNumbers) + " whole numbers from " + shortText(spec.minimum, 15) + " to "
            + shortText(spec.maximum, 15) + ", such as \"8, 8\", or none";
    case Kind::Real:
        break;
    }
    if (spec.minimumExclusive)
        return "a number greater than " + shortText(spec.minimum, 15) + ", at most " + shortText(spec.maximum, 15);
    return "a number from " + shortText(spec.minimum, 15) + " to " + shortText(spec.maximum, 15);
}

Error badValue(const HyperparameterSpec& spec, const std::string& text)
{
    Error error{ErrorCode::BadHyperparameter, "\"" + text + "\" is no value for " + spec.name + ": it must be " + allowed(spec) + "."};
    error.place.hyperparameter = spec.name;
    return error;
}

bool inRange(const HyperparameterSpec& spec, double value)
{
    const bool aboveLow = spec.minimumExclusive ? value > spec.minimum : value >= spec.minimum;
    return aboveLow && value <= spec.maximum;               // false for NaN
}

/// The numbers of a list such as "8, 8": parted by commas, semicolons or spaces; of none there are none. Nothing where it is no such list.
std::optional<std::vector<std::int64_t>> readIntegers(const HyperparameterSpec& spec, std::string_view text)
{
    if (text == "none")
        return std::vector<std::int64_t>();
    std::vector<std::int64_t> numbers;
    bool mayEnd = true;                                     // false after a comma, which promises another number
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == ' ') {
            ++i;
        } else if (text[i] == ',' || text[i] == ';') {
            if (numbers.empty() || !mayEnd)
                return std::nullopt;
            mayEnd = false;
            ++i;
        } else {
            const std::size_t end = std::min(text.find_first_of(" ,;", i), text.size());
            const auto number = parseNumber(text.substr(i, end - i));
            if (!number || *number != std::trunc(*number) || !inRange(spec, *number) || numbers.size() == spec.mostNumbers)
                return std::nullopt;
            numbers.push_back(std::int64_t(*number));
            mayEnd = true;
            i = end;
        }
    }
    if (!mayEnd)
        return std::nullopt;
    return numbers;
}

std::string integersText(const std::vector<std::int64_t>& numbers)
{
    std::string text;
    for (const std::int64_t number : numbers)
        text += (text.empty() ? "" : ", ") + std::to_string(number);
    return text;
}

/// The value in the kind that the table asks for, or the reason why it is none.
Result<HyperparameterValue> checkValue(const HyperparameterSpec& spec, const HyperparameterValue& value)
{
    const Error refusal = badValue(spec, hyperparameterText(value));
    switch (spec.kind) {
    case Kind::Real: {
        double number = 0;
        if (const auto* real = std::get_if<double>(&value))
            number = *real;
        else if (const auto* integer = std::get_if<std::int64_t>(&value))
            number = double(*integer);
        else
            return refusal;
        if (!inRange(spec, number))
            return refusal;
        return HyperparameterValue(number);
    }
    case Kind::Integer: {
        const auto* integer = std::get_if<std::int64_t>(&value);
        if (!integer || !inRange(spec, double(*integer)))
            return refusal;
        return value;
    }
    case Kind::Boolean:
        if (!std::holds_alternative<bool>(value))
            return refusal;
        return value;
    case Kind::Choice: {
        const auto* choice = std::get_if<std::string>(&value);
        if (!choice || std::find(spec.choices.begin(), spec.choices.end(), *choice) == spec.choices.end())
            return refusal;
        return value;
    }
    case Kind::Integers: {
        const auto* text = std::get_if<std::string>(&value);
        const auto numbers = text ? readIntegers(spec, *text) : std::nullopt;
        if (!numbers)
            return refusal;
        return HyperparameterValue(integersText(*numbers));
    }
    }
    return refusal;
}

Error unknownName(const HyperparameterTable& table, const std::string& name)
{
    std::vector<std::string> names;
    for (const HyperparameterSpec& spec : table)
        names.push_back(spec.name);
    Error error{ErrorCode::UnknownHyperparameter, "There is no hyperparameter \"" + name + "\" here"};
    error.message += names.empty() ? ": this learner has none." : ": it must be " + joined(names) + ".";
    error.place.hyperparameter = name;
    return error;
}

} // namespace

HyperparameterSpec HyperparameterSpec::real(std::string name, std::string label, std::string help, double defaultValue,
                                            double minimum, double maximum, bool logarithmic)
{
    HyperparameterSpec spec;
    spec.name = std::move(name);
    spec.label = std::move(label);
    spec.help = std::move(help);
    spec.kind = Kind::Real;
    spec.defaultValue = defaultValue;
    spec.minimum = minimum;
    spec.maximum = maximum;
    spec.logarithmic = logarithmic;
    return spec;
}

HyperparameterSpec HyperparameterSpec::integer(std::string name, std::string label, std::string help,
                                               std::int64_t defaultValue, std::int64_t minimum, std::int64_t maximum)
{
    HyperparameterSpec spec = real(std::move(name), std::move(label), std::move(help), 0, double(minimum), double(maximum));
    spec.kind = Kind::Integer;
    spec.defaultValue = defaultValue;
    return spec;
}

HyperparameterSpec HyperparameterSpec::boolean(std::string name, std::string label, std::string help, bool defaultValue)
{
    HyperparameterSpec spec = real(std::move(name), std::move(label), std::move(help), 0, 0, 1);
    spec.kind = Kind::Boolean;
    spec.defaultValue = defaultValue;
    return spec;
}

HyperparameterSpec HyperparameterSpec::choice(std::string name, std::string label, std::string help,
                                              std::string defaultValue, std::vector<std::string> values,
                                              std::vector<std::string> labels)
{
    HyperparameterSpec spec = real(std::move(name), std::move(label), std::move(help), 0, 0, 0);
    spec.kind = Kind::Choice;
    spec.defaultValue = std::move(defaultValue);
    spec.choices = std::move(values);
    spec.choiceLabels = std::move(labels);
    return spec;
}

HyperparameterSpec HyperparameterSpec::integers(std::string name, std::string label, std::string help, std::string defaultValue,
                                                std::int64_t minimum, std::int64_t maximum, std::size_t mostNumbers)
{
    HyperparameterSpec spec = real(std::move(name), std::move(label), std::move(help), 0, double(minimum), double(maximum));
    spec.kind = Kind::Integers;
    spec.defaultValue = std::move(defaultValue);
    spec.mostNumbers = mostNumbers;
    return spec;
}

HyperparameterSpec&& HyperparameterSpec::when(std::string other, std::vector<std::string> values) &&
{
    onlyWhen = std::move(other);
    onlyWhenValues = std::move(values);
    return std::move(*this);
}

HyperparameterSpec&& HyperparameterSpec::forTask(Task task) &&
{
    onlyFor = task;
    return std::move(*this);
}

HyperparameterSpec&& HyperparameterSpec::aboveMinimum() &&
{
    minimumExclusive = true;
    return std::move(*this);
}

HyperparameterSpec&& HyperparameterSpec::ofFeatures() &&
{
    countsFeatures = true;
    return std::move(*this);
}

HyperparameterSpec&& HyperparameterSpec::notTuned() &&
{
    tunes = false;
    return std::move(*this);
}

Result<Hyperparameters> Hyperparameters::check(const HyperparameterTable& table, const HyperparameterValues& values)
{
    Hyperparameters checked;
    for (const HyperparameterSpec& spec : table) {
        const auto given = values.find(spec.name);
        Result<HyperparameterValue> value = checkValue(spec, given == values.end() ? spec.defaultValue : given->second);
        if (!value)
            return value.error();
        checked.m_values.emplace(spec.name, *std::move(value));
    }
    for (const auto& [name, value] : values) {
        if (!checked.m_values.contains(name))
            return unknownName(table, name);
    }
    return checked;
}

double Hyperparameters::real(std::string_view name) const
{
    return std::get<double>(m_values.at(std::string(name)));
}

std::int64_t Hyperparameters::integer(std::string_view name) const
{
    return std::get<std::int64_t>(m_values.at(std::string(name)));
}

bool Hyperparameters::boolean(std::string_view name) const
{
    return std::get<bool>(m_values.at(std::string(name)));
}

const std::string& Hyperparameters::choice(std::string_view name) const
{
    return std::get<std::string>(m_values.at(std::string(name)));
}

std::vector<std::int64_t> Hyperparameters::integers(std::string_view name) const
{
    std::vector<std::int64_t> numbers;
    const std::string& text = choice(name);
    for (std::size_t i = 0; i < text.size(); i = std::min(text.find(' ', i), text.size() - 1) + 1)
        numbers.push_back(std::int64_t(std::strtoll(text.c_str() + i, nullptr, 10)));
    return numbers;
}

const HyperparameterSpec* findSpec(const HyperparameterTable& table, std::string_view name)
{
    const auto found = std::find_if(table.begin(), table.end(), [&](const HyperparameterSpec& spec) { return spec.name == name; });
    return found == table.end() ? nullptr : &*found;
}

HyperparameterTable tableFor(const HyperparameterTable& table, Task task)
{
    HyperparameterTable some;
    std::copy_if(table.begin(), table.end(), std::back_inserter(some), [task](const HyperparameterSpec& spec) { return !spec.onlyFor || spec.onlyFor == task; });
    return some;
}

Result<void> checkForTask(const HyperparameterTable& table, const HyperparameterValues& values, Task task)
{
    for (const HyperparameterSpec& spec : table) {
        if (!spec.onlyFor || spec.onlyFor == task || !values.contains(spec.name))
            continue;
        Error error{ErrorCode::BadHyperparameter, spec.name + " does nothing for " + std::string(taskName(task)) + ": it is for " + std::string(taskName(*spec.onlyFor)) + " alone."};
        error.place.hyperparameter = spec.name;
        return error;
    }
    return {};
}

/// Whether what it depends on stands as it should, whatever that depends on itself.
static bool isWanted(const HyperparameterSpec& spec, const HyperparameterTable& table, const HyperparameterValues& values)
{
    const HyperparameterSpec* other = spec.onlyWhen.empty() ? nullptr : findSpec(table, spec.onlyWhen);
    if (!other)
        return true;
    const auto given = values.find(other->name);
    const std::string text = hyperparameterText(given != values.end() ? given->second : other->defaultValue);
    return std::find(spec.onlyWhenValues.begin(), spec.onlyWhenValues.end(), text) != spec.onlyWhenValues.end();
}

/// What depends on something that does not matter does not matter either.
bool matters(const HyperparameterSpec& spec, const HyperparameterTable& table, const HyperparameterValues& values)
{
    const HyperparameterSpec* other = spec.onlyWhen.empty() ? nullptr : findSpec(table, spec.onlyWhen);
    return isWanted(spec, table, values) && (!other || matters(*other, table, values));
}

Result<HyperparameterValues> withConditions(const HyperparameterTable& table, HyperparameterValues values, const std::vector<std::string>& varied)
{
    const auto isVaried = [&](const std::string& name) { return std::find(varied.begin(), varied.end(), name) != varied.end(); };
    std::vector<std::string> open = varied;
    if (varied.empty())
        for (const auto& [name, value] : values)
            open.push_back(name);
    while (!open.empty()) {
        const HyperparameterSpec* spec = findSpec(table, open.back());
        open.pop_back();
        if (!spec || isVaried(spec->onlyWhen) || isWanted(*spec, table, values))
            continue;
        const HyperparameterSpec& other = *findSpec(table, spec->onlyWhen);
        if (const auto given = values.find(other.name); given != values.end()) {
            Place place;
            place.hyperparameter = spec->name;
            return Error{ErrorCode::BadHyperparameter, spec->name + " does nothing where " + other.name + " is " + hyperparameterText(given->second)
                                                           + ": it needs " + other.name + " = " + spec->onlyWhenValues.front() + ".", place};
        }
        const Result<HyperparameterValue> needed = parseHyperparameter(other, spec->onlyWhenValues.front());
        if (!needed)
            return needed.error();
        values[other.name] = *needed;
        // It has conditions of its own, and is one for others, which its default may have suited.
        open.push_back(other.name);
        for (const HyperparameterSpec& one : table)
            if (one.onlyWhen == other.name && (varied.empty() ? values.contains(one.name) : isVaried(one.name)))
                open.push_back(one.name);
    }
    return values;
}

Result<HyperparameterValue> parseHyperparameter(const HyperparameterSpec& spec, std::string_view text)
{
    const std::string spelt(text);
    switch (spec.kind) {
    case Kind::Real:
        if (const auto number = parseNumber(text)) {
            if (const auto value = checkValue(spec, *number))
                return value;
        }
        break;
    case Kind::Integer:
        if (const auto number = parseNumber(text); number && *number == std::trunc(*number)
                                                   && std::abs(*number) <= largestExactInteger) {
            if (const auto value = checkValue(spec, std::int64_t(*number)))
                return value;
        }
        break;
    case Kind::Boolean:
        if (spelt == "true" || spelt == "yes" || spelt == "on" || spelt == "1")
            return HyperparameterValue(true);
        if (spelt == "false" || spelt == "no" || spelt == "off" || spelt == "0")
            return HyperparameterValue(false);
        break;
    case Kind::Choice:
    case Kind::Integers:
        return checkValue(spec, spelt);
    }
    return badValue(spec, spelt);
}

std::string hyperparameterText(const HyperparameterValue& value)
{
    if (const auto* real = std::get_if<double>(&value))
        return exactText(*real);
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return std::to_string(*integer);
    if (const auto* boolean = std::get_if<bool>(&value))
        return *boolean ? "true" : "false";
    return std::get<std::string>(value);
}

} // namespace modelarium
