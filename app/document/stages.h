#pragma once

#include "app/document/experiment_state.h"

namespace modelarium {

/// What the stage strip needs to know.
struct StageFacts {
    const Setup& setup;
    ExperimentState state = ExperimentState::Empty;
    bool hasModel = false;                          ///< one that answers for the choices as they are
    bool wasEvaluated = false;
    bool wasSaved = false;
    Stage here = Stage::Data;
};

/// Done, here, next, or not yet and why.
StageState stageState(Stage stage, const StageFacts& facts);

} // namespace modelarium
