#include "app/cli/commands.h"

#include "app/cli/step_json.h"
#include "app/cli/terminal.h"
#include "core/learn/step_table.h"

#include <memory>

namespace modelarium::cli {

namespace {

std::string defaultOf(const HyperparameterSpec& spec) { return hyperparameterText(spec.defaultValue); }

std::string allowedOf(const HyperparameterSpec& spec)
{
    std::string list;
    for (const std::string& choice : spec.choices)
        list += (list.empty() ? "" : "|") + choice;
    return list;
}

int listSteps(bool json)
{
    if (json) {
        auto list = nlohmann::ordered_json::array();
        for (const StepKind& kind : stepKinds())
            list.push_back(stepKindToJson(kind));
        printJson({{"steps", list}});
        return 0;
    }
    for (const StepKind& kind : stepKinds()) {
        print(kind.id + ": " + kind.help + "\n");
        std::vector<std::vector<std::string>> rows;
        for (const HyperparameterSpec& spec : kind.table)
            rows.push_back({"  " + spec.name, defaultOf(spec), allowedOf(spec), spec.help});
        if (!kind.text.name.empty())
            rows.push_back({"  " + kind.text.name, "", "", kind.text.help});
        printTable(rows);
        print("\n");
    }
    return 0;
}

} // namespace

void addStepsCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("steps", "Lists the steps that --step knows, with their options");
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "One JSON document on standard output");
    command->callback([json, &exitCode] { exitCode = listSteps(*json); });
}

} // namespace modelarium::cli
