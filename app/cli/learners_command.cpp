#include "app/cli/commands.h"

#include "app/cli/learner_json.h"
#include "app/cli/terminal.h"
#include "core/base/number_text.h"
#include "core/learn/registry.h"

#include <memory>

namespace modelarium::cli {

namespace {

std::string rangeText(const HyperparameterSpec& spec)
{
    switch (spec.kind) {
    case HyperparameterSpec::Kind::Boolean: return "true, false";
    case HyperparameterSpec::Kind::Choice: {
        std::string text;
        for (const std::string& choice : spec.choices)
            text += (text.empty() ? "" : ", ") + choice;
        return text;
    }
    case HyperparameterSpec::Kind::Integers:
        return "a list of up to " + std::to_string(spec.mostNumbers) + " numbers, each " + shortText(spec.minimum, 7) + " to "
            + shortText(spec.maximum, 7);
    case HyperparameterSpec::Kind::Real:
    case HyperparameterSpec::Kind::Integer: break;
    }
    return (spec.minimumExclusive ? "above " : "") + shortText(spec.minimum, 7) + " to " + shortText(spec.maximum, 7);
}

std::string tasksText(const LearnerInfo& learner)
{
    std::string tasks;
    for (const Task task : learner.tasks)
        tasks += (tasks.empty() ? "" : ", ") + std::string(taskName(task));
    return tasks;
}

/// The table of the README: a test holds the two together.
void printMarkdown()
{
    print("| learner | `--learner` | for | one step is a | what it does |\n|---|---|---|---|---|\n");
    for (const LearnerInfo& learner : learners())
        print("| " + learner.name + " | `" + learner.id + "` | " + tasksText(learner) + " | " + learner.stepName + " | " + learner.help + " |\n");
}

void printLearners()
{
    for (const LearnerInfo& learner : learners()) {
        print(learner.id + "  (" + learner.name + "; " + tasksText(learner) + ")\n  " + learner.help + "\n  " + learner.objective + "\n");
        std::vector<std::vector<std::string>> rows;
        for (const HyperparameterSpec& spec : learner.table)
            rows.push_back({"    " + spec.name, hyperparameterText(spec.defaultValue), rangeText(spec),
                            (spec.onlyFor && learner.tasks.size() > 1 ? "For " + std::string(taskName(*spec.onlyFor)) + " alone. " : "") + spec.help});
        printTable(rows);
        if (learner.makeOnline) {
            std::string names;
            for (const std::string& name : learner.onlineHyperparameters)
                names += (names.empty() ? "" : ", ") + name;
            print("    Learns online too (train --online), with " + names + ".\n");
        }
        print("\n");
    }
}

} // namespace

void addLearnersCommand(CLI::App& app, int&)
{
    CLI::App* command = app.add_subcommand("learners", "Lists every learner with its hyperparameters, their defaults, ranges and help");
    auto json = std::make_shared<bool>(false);
    auto markdown = std::make_shared<bool>(false);
    CLI::Option* asJson = command->add_flag("--json", *json, "One JSON document on standard output");
    command->add_flag("--markdown", *markdown, "A table in Markdown, without the hyperparameters")->excludes(asJson);
    command->callback([json, markdown] {
        if (*markdown)
            return printMarkdown();
        if (!*json)
            return printLearners();
        auto list = nlohmann::ordered_json::array();
        for (const LearnerInfo& learner : learners())
            list.push_back(learnerToJson(learner));
        printJson({{"learners", list}});
    });
}

} // namespace modelarium::cli
