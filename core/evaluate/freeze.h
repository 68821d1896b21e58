#pragma once

#include "core/learn/training.h"

namespace modelarium {

/// What becomes of a frozen model. One that is only looked at has no fingerprint of its data, which takes as long as all else together.
enum class FrozenFor { Keeping, Looking };

/// Freezes parameters into a model: provenance, metrics on both sides of the split, and a certificate over rows of the data.
///
/// `chosen`: hyperparameters that the run chose by itself (see Progress); the model remembers them in place of what it was given, and
/// what the run found out beside them.
///
/// Errors   NotFinite where a parameter is not a number
/// Cost     for keeping, SHA-256 over all cells that were used
Result<ModelPtr> freezeModel(const PreparedTraining& training, Parameters parameters, std::size_t steps, double seconds,
                             FrozenFor purpose = FrozenFor::Keeping, const HyperparameterValues& chosen = {}, Findings found = {});

/// UTC, ISO 8601.
std::string timeNow();

} // namespace modelarium
