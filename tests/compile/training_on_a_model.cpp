// What is trained on is data. A model is not.
// expected: could not convert|cannot convert|no matching function|no viable conversion
#include "core/learn/fit.h"

using namespace modelarium;

Result<FitOutcome> use(const Learner& learner, const ModelPtr& model, const DatasetPtr& data)
{
#ifdef MUST_NOT_COMPILE
    (void)data;
    return fit(learner, model, 1);
#else
    (void)model;
    return fit(learner, data, 1);
#endif
}
