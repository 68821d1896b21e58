#pragma once

#include "core/data/hold_out.h"

#include <QString>

namespace modelarium {

/// Which rows are kept back for the test, as the run log and the undo list say it: "whole groups by island".
QString holdOutWords(const HoldOut& how);

} // namespace modelarium
