// A learner is made from hyperparameters that were checked.
// expected: could not convert|cannot convert|invalid initialization of reference|no matching function|no viable conversion
#include "core/learn/registry.h"

using namespace modelarium;

std::unique_ptr<const Learner> use(const LearnerInfo& info, const HyperparameterValues& values)
{
#ifdef MUST_NOT_COMPILE
    return info.make(values, Task::Regression);
#else
    const Result<Hyperparameters> checked = Hyperparameters::check(info.table, values);
    return checked ? info.make(*checked, Task::Regression) : nullptr;
#endif
}
