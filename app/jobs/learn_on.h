#pragma once

#include "core/evaluate/online_training.h"
#include "core/evaluate/cross_validation.h"

#include <stop_token>

namespace modelarium {

/// What a model has become that went on learning, and how well it answered each row just before it learned from it.
struct LearnedOn {
    ModelPtr model;
    PrequentialScore score;                         ///< of these rows alone
    std::uint64_t rows = 0;                         ///< that were learned from
    std::uint64_t withoutTarget = 0;                ///< of these rows
    std::string unknownWords;                       ///< a sentence where these rows hold categories that the model does not know
};

/// Every row of the table once, in order.
///
/// Errors   Unsupported (the model can learn no more); those of OnlineTraining::learn; EmptyData where no row has a target; Cancelled
Result<LearnedOn> learnOn(const ModelPtr& model, const Table& table, const EvaluationProgress& progress, std::stop_token stop);

} // namespace modelarium
