#pragma once

#include "core/base/matrix.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace modelarium {

/// What a learner must remember to go on where it stopped, beside what the model itself says: plain numbers by name.
///
/// Beside a model in its file it lets the training go on; a model without it is frozen: it can only predict.
struct OnlineState {
    std::map<std::string, std::uint64_t> counts;
    std::map<std::string, Vector> numbers;
};

using OnlineStatePtr = std::shared_ptr<const OnlineState>;

} // namespace modelarium
