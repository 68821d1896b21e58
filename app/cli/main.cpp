#include "app/cli/commands.h"
#include "app/cli/terminal.h"

#include <iostream>
#include <new>

int main(int argc, char** argv)
{
    using namespace modelarium;
    using namespace modelarium::cli;

    CLI::App app{"Modelarium on the command line: read data, train a model, freeze it into a file, predict with it.\n"
                 "With --json a verb prints one JSON document on standard output; everything else goes to standard error.\n"
                 "Exit codes: 0 done, 1 refused with a sentence, 2 wrong usage."};
    app.name("modelarium-cli");
    app.set_version_flag("--version", "modelarium-cli " MODELARIUM_VERSION);
    app.require_subcommand(1);
    app.failure_message([](const CLI::App* failed, const CLI::Error& error) {
        const std::vector<std::string> rest = failed->remaining();
        const bool unknownVerb = failed->get_subcommands().empty() && !rest.empty();
        return (unknownVerb ? "There is no verb \"" + rest.front() + "\"." : std::string(error.what())) + "\nRun with --help for more information.\n";
    });

    int exitCode = 0;
    addInspectCommand(app, exitCode);
    addLearnersCommand(app, exitCode);
    cli::addStepsCommand(app, exitCode);
    addTrainCommand(app, exitCode);
    addFreezeCommand(app, exitCode);
    addPredictCommand(app, exitCode);
    addEvaluateCommand(app, exitCode);
    addCrossvalCommand(app, exitCode);
    addSearchCommand(app, exitCode);
    addCompareCommand(app, exitCode);
    addShowCommand(app, exitCode);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return finishOutput(app.exit(error, std::cout, std::cerr) == 0 ? 0 : 2);
    } catch (const std::bad_alloc&) {
        return refuse({ErrorCode::OutOfMemory, "There is not enough memory for this much data: use fewer rows or fewer columns."});
    }
    return finishOutput(exitCode);
}
