#include "core/evaluate/decision_scores.h"

#include <utility>
#include <variant>

namespace modelarium {
namespace {

PredictorPtr scoresOf(Linear parameters)
{
    if (parameters.link != Link::Hard)
        return nullptr;
    parameters.link = Link::Identity;
    return makePredictor(std::move(parameters));
}

PredictorPtr scoresOf(const Centroids& parameters)
{
    Linear scores;
    scores.W = 2 * parameters.centres;
    scores.b = -parameters.centres.rowwise().squaredNorm();
    const bool finite = scores.W.allFinite() && scores.b.allFinite();
    return finite && scores.b.size() > 1 ? makePredictor(std::move(scores)) : nullptr;
}

PredictorPtr scoresOf(KernelExpansion parameters)
{
    if (parameters.vectorsOfClass.size() != 2)
        return nullptr;
    parameters.vectorsOfClass.clear();
    return makePredictor(std::move(parameters));
}

template <class Other> PredictorPtr scoresOf(const Other&) { return nullptr; }

} // namespace

PredictorPtr scorePredictor(const Parameters& parameters)
{
    return std::visit([](const auto& shape) { return scoresOf(shape); }, parameters);
}

} // namespace modelarium
