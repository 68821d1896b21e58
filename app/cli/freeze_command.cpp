#include "app/cli/commands.h"

#include "app/cli/terminal.h"
#include "core/model/model_file.h"

#include <memory>

namespace modelarium::cli {

namespace {

struct FreezeFlags {
    std::string model;
    std::string save;
};

int freeze(const FreezeFlags& flags)
{
    const Result<ModelPtr> model = loadModel(flags.model);
    if (!model)
        return refuse(model.error());
    if (!(*model)->onlineState())
        notice("Note: the model was frozen already.");
    if (const Result<void> saved = saveModel(*(*model)->withoutOnlineState(), flags.save); !saved)
        return refuse(saved.error());
    notice("Saved the frozen model as " + flags.save + ": it can predict, and learns nothing more.");
    return 0;
}

} // namespace

void addFreezeCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("freeze", "Freezes a model that was learning online: its numbers become constants, and what its learner "
                                                     "remembered is dropped");
    auto flags = std::make_shared<FreezeFlags>();
    command->add_option("MODEL", flags->model, "Model file saved by `train --online`")->required();
    command->add_option("--save", flags->save, "File for the frozen model (.model.json)")->required();
    command->callback([flags, &exitCode] { exitCode = freeze(*flags); });
}

} // namespace modelarium::cli
