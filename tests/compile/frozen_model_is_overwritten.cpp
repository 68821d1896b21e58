// A shared frozen model cannot be exchanged under those who hold it.
// expected: discards qualifiers|no viable overloaded|deleted
#include "core/model/model.h"

using namespace modelarium;

void use(ModelPtr& mine, const ModelPtr& other)
{
#ifdef MUST_NOT_COMPILE
    *mine = *other;
#else
    mine = other;
#endif
}
