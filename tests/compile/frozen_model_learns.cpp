// A frozen model has no way to learn: it can only predict.
// expected: no member named .(step|partialFit)
#include "core/model/model.h"

using namespace modelarium;

Result<Prediction> use(const ModelPtr& model, const Table& rows)
{
#ifdef MUST_NOT_COMPILE
    model->step();
#endif
    return model->predict(rows);
}
