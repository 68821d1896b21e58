// A training in flight is one thing: what has been learned is copied by freezing it.
// expected: deleted|abstract
#include "core/learn/learner.h"

using namespace modelarium;

Parameters use(const TrainingRun& run)
{
#ifdef MUST_NOT_COMPILE
    const TrainingRun copy(run);
    return copy.freeze();
#else
    return run.freeze();
#endif
}
