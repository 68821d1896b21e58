#include "app/cli/commands.h"

#include "app/cli/terminal.h"
#include "core/model/equation.h"
#include "core/model/model_file.h"

#include <memory>

namespace modelarium::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* alreadyFrozen = "The model was frozen already.";

struct FreezeFlags {
    std::string model;
    std::string save;
    bool json = false;
};

int freeze(const FreezeFlags& flags)
{
    const Result<ModelPtr> model = loadModel(flags.model);
    if (!model)
        return refuse(model.error());
    // The model that can learn on is not to be had again from the frozen one.
    if (const Result<void> kept = keepInput(flags.model, "--save", flags.save); !kept)
        return refuse(kept.error());
    const bool wasLearning = (*model)->onlineState() != nullptr;
    if (!wasLearning)
        notice("Note: " + std::string(alreadyFrozen));
    if (const Result<void> saved = saveModel(*(*model)->withoutOnlineState(), flags.save); !saved)
        return refuse(saved.error());
    notice("Saved the frozen model as " + flags.save + ": it can predict, and learns nothing more.");
    if (flags.json) {
        const Provenance& provenance = (*model)->provenance();
        printJson({{"saved", flags.save}, {"was_learning", wasLearning}, {"learner", provenance.learner}, {"rows_train", provenance.rowsTrain},
                   {"equation", equationText(**model, 6)}, {"notices", wasLearning ? Json::array() : Json::array({alreadyFrozen})}});
    }
    return 0;
}

} // namespace

void addFreezeCommand(CLI::App& app, int& exitCode)
{
    CLI::App* command = app.add_subcommand("freeze", "Freezes a model that can learn on: its numbers become constants, and what its learner "
                                                     "remembered is dropped");
    auto flags = std::make_shared<FreezeFlags>();
    command->add_option("MODEL", flags->model, "Model file saved by `train --online`")->required();
    command->add_option("--save", flags->save, "File for the frozen model (.model.json)")->required();
    command->add_flag("--json", flags->json, "One JSON document on standard output");
    command->callback([flags, &exitCode] { exitCode = freeze(*flags); });
}

} // namespace modelarium::cli
