// Hyperparameters stay as they were checked.
// expected: discards qualifiers|no viable overloaded|is not assignable|read-only
#include "core/learn/hyperparameters.h"

using namespace modelarium;

HyperparameterValue use(const Hyperparameters& hyperparameters)
{
#ifdef MUST_NOT_COMPILE
    hyperparameters.values().at("k") = std::int64_t(3);
#endif
    return hyperparameters.values().at("k");
}
