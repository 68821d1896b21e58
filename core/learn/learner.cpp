#include "core/learn/learner.h"

namespace modelarium {

Result<Progress> OneStepRun::step()
{
    Result<Progress> progress = solve();
    if (progress) {
        m_done = true;
        progress->step = 1;
    }
    return progress;
}

} // namespace modelarium
