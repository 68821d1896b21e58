#pragma once

#include "core/model/model.h"

#include <cstddef>
#include <limits>
#include <string>

namespace modelarium {

/// One moment of a training: what the model was after a step. Step 0 is the starting point.
struct TrainingFrame {
    std::size_t step = 0;
    double loss = std::numeric_limits<double>::quiet_NaN();         ///< the learner's own objective; NaN before the first step
    double trainError = std::numeric_limits<double>::quiet_NaN();   ///< rmse or log loss; NaN where it was not measured
    double testError = std::numeric_limits<double>::quiet_NaN();
    double seconds = 0;                                             ///< spent in steps so far
    std::string what;                                               ///< the step in words
    ModelPtr model;
};

} // namespace modelarium
