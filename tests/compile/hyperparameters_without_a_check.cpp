// There is no other way to hyperparameters than the check.
// expected: private
#include "core/learn/hyperparameters.h"

using namespace modelarium;

Result<Hyperparameters> use(const HyperparameterTable& table)
{
#ifdef MUST_NOT_COMPILE
    return Hyperparameters{};
#else
    return Hyperparameters::check(table, {});
#endif
}
