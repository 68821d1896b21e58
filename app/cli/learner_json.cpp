#include "app/cli/learner_json.h"

namespace modelarium::cli {

nlohmann::ordered_json targetToJson(const std::string& target)
{
    return target.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(target);
}

namespace {

const char* kindName(HyperparameterSpec::Kind kind)
{
    switch (kind) {
    case HyperparameterSpec::Kind::Real: return "real";
    case HyperparameterSpec::Kind::Integer: return "integer";
    case HyperparameterSpec::Kind::Boolean: return "boolean";
    case HyperparameterSpec::Kind::Choice: return "choice";
    case HyperparameterSpec::Kind::Integers: return "integers";
    }
    return "";
}

} // namespace

nlohmann::ordered_json valueToJson(const HyperparameterValue& value)
{
    return std::visit([](const auto& v) { return nlohmann::ordered_json(v); }, value);
}

nlohmann::ordered_json specToJson(const HyperparameterSpec& spec)
{
    nlohmann::ordered_json result = {{"name", spec.name}, {"label", spec.label}, {"help", spec.help},
                                     {"kind", kindName(spec.kind)}, {"default", valueToJson(spec.defaultValue)}};
    if (spec.kind == HyperparameterSpec::Kind::Real || spec.kind == HyperparameterSpec::Kind::Integer) {
        result["minimum"] = spec.minimum;
        result["minimum_exclusive"] = spec.minimumExclusive;
        result["maximum"] = spec.maximum;
        result["logarithmic"] = spec.logarithmic;
    }
    if (spec.kind == HyperparameterSpec::Kind::Integers) {
        result["minimum"] = spec.minimum;
        result["maximum"] = spec.maximum;
        result["most_numbers"] = spec.mostNumbers;
    }
    if (spec.kind == HyperparameterSpec::Kind::Choice)
        result["choices"] = spec.choices;
    if (!spec.onlyWhen.empty())
        result["only_when"] = {{"name", spec.onlyWhen}, {"values", spec.onlyWhenValues}};
    if (spec.onlyFor)
        result["only_for"] = std::string(taskName(*spec.onlyFor));
    return result;
}

nlohmann::ordered_json learnerToJson(const LearnerInfo& learner)
{
    nlohmann::ordered_json result = {{"id", learner.id}, {"name", learner.name}, {"help", learner.help}, {"objective", learner.objective}};
    result["tasks"] = nlohmann::ordered_json::array();
    for (const Task task : learner.tasks)
        result["tasks"].push_back(std::string(taskName(task)));
    result["step"] = learner.stepName;
    result["wants_scaling"] = learner.wantsScaling;
    result["wants_categories"] = learner.wantsCategories;
    result["learns_online"] = learner.makeOnline != nullptr;
    if (learner.makeOnline)
        result["online_hyperparameters"] = learner.onlineHyperparameters;
    result["hyperparameters"] = nlohmann::ordered_json::array();
    for (const HyperparameterSpec& spec : learner.table)
        result["hyperparameters"].push_back(specToJson(spec));
    return result;
}

nlohmann::ordered_json parametersToList(const std::vector<NamedParameter>& parameters)
{
    auto list = nlohmann::ordered_json::array();
    for (const NamedParameter& parameter : parameters)
        list.push_back({{"name", parameter.name}, {"value", parameter.value}});
    return list;
}

} // namespace modelarium::cli
