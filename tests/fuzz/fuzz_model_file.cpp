#include "core/model/equation.h"
#include "core/model/model_file.h"

#include "core/base/hash.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <vector>

using namespace modelarium;

namespace {

/// A model that was opened must be usable: it predicts, it can be read, and it is written as it was read.
void use(const Model& model)
{
    const std::vector<double> raw(model.inputs().size(), std::nan(""));
    std::vector<double> workspace(model.workspaceSize()), out(model.outputs());
    model.predictRow(raw.data(), workspace.data(), out.data());
    equationText(model);
    equationLatex(model);
    arithmeticText(model, raw.data());
    parametersInDataUnits(model);
    if (!modelFromJson(modelToJson(model)))
        std::abort();
}

} // namespace

/// Bytes as a model file; and, so that the checksum does not hide everything behind it, the same document with a checksum that fits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto model = modelFromJson(bytes))
        use(**model);

    nlohmann::json document = nlohmann::json::parse(bytes, nullptr, false);
    if (!document.is_object())
        return 0;
    using Policy = nlohmann::json::error_handler_t;
    document.erase("sha256");
    document["sha256"] = sha256(document.dump(-1, ' ', false, Policy::replace));
    if (const auto model = modelFromJson(document.dump(-1, ' ', false, Policy::replace)))
        use(**model);
    return 0;
}
