// The parameters of a frozen model are constants.
// expected: discards qualifiers|no viable overloaded|is not assignable|assignment of (member|read-only)
#include "core/model/model.h"

using namespace modelarium;

void use(const Model& model)
{
#ifdef MUST_NOT_COMPILE
    std::get<Linear>(model.parameters()).link = Link::Softmax;
#else
    Parameters copy = model.parameters();
    std::get<Linear>(copy).link = Link::Softmax;
#endif
}
