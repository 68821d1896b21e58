#include "app/cli/step_json.h"

#include "app/cli/learner_json.h"

namespace modelarium::cli {

nlohmann::ordered_json stepsToJson(const Preparation& preparation, const std::vector<StepTouch>& touched)
{
    auto steps = nlohmann::ordered_json::array();
    for (const StepReport& report : describeSteps(preparation)) {
        nlohmann::ordered_json step = {{"step", report.step}, {"summary", report.summary}, {"columns", nlohmann::ordered_json::array()}};
        for (const LearnedColumn& column : report.columns) {
            nlohmann::ordered_json learned = nlohmann::ordered_json::object();
            if (!column.column.empty())
                learned["column"] = column.column;
            for (const auto& [name, value] : column.values)
                learned[name] = std::visit([](const auto& v) { return nlohmann::ordered_json(v); }, value);
            step["columns"].push_back(std::move(learned));
        }
        if (steps.size() < touched.size()) {
            step["rows"] = touched[steps.size()].rows;
            step["cells"] = touched[steps.size()].cells;
            step["columns_touched"] = touched[steps.size()].columns;
        }
        steps.push_back(std::move(step));
    }
    return steps;
}

std::string stepLines(const Preparation& preparation)
{
    std::string lines = "Preparation, learned from the training rows:\n";
    std::size_t number = 0;
    for (const StepReport& report : describeSteps(preparation))
        lines += "  " + std::to_string(++number) + ". " + report.step + ": " + report.summary + "\n";
    return lines + "\n";
}

nlohmann::ordered_json stepKindToJson(const StepKind& kind)
{
    nlohmann::ordered_json result = {{"id", kind.id}, {"name", kind.name}, {"help", kind.help}, {"options", nlohmann::ordered_json::array()}};
    for (const HyperparameterSpec& spec : kind.table)
        result["options"].push_back(specToJson(spec));
    if (!kind.text.name.empty()) {
        result["options"].push_back({{"name", kind.text.name}, {"label", kind.text.label}, {"help", kind.text.help}, {"kind", "text"},
                                     {"default", ""}, {"only_when", {{"name", kind.text.onlyWhen}, {"values", {kind.text.onlyWhenValue}}}}});
    }
    return result;
}

} // namespace modelarium::cli
