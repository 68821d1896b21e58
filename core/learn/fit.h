#pragma once

#include "core/learn/learner.h"

#include <functional>

namespace modelarium {

enum class Answer { Continue, StopAndKeep, Cancel };

/// Called after each step, on the thread that trains; its answer decides.
using Observer = std::function<Answer(const TrainingRun& run, const Progress& progress)>;

struct FitOutcome {
    Parameters parameters;
    Progress last;
    double seconds = 0;
    std::vector<std::string> notices;
};

/// The only training loop in the program: steps until the run is finished or the observer has seen enough.
///
/// Errors   Cancelled; those of begin() and step(); Diverged where the parameters are not finite
Result<FitOutcome> fit(const Learner& learner, DatasetPtr train, std::uint64_t seed, const Observer& observer = {});

} // namespace modelarium
