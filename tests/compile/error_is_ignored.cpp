// A result that may be an error is looked at.
// expected: nodiscard|ignoring
#include "core/model/model_file.h"

using namespace modelarium;

bool use(const Model& model)
{
#ifdef MUST_NOT_COMPILE
    saveModel(model, "a.model.json");
    return true;
#else
    return saveModel(model, "a.model.json").hasValue();
#endif
}
