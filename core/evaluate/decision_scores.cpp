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
    // From the middle of the centres: squares of places far from 0 would swallow what tells them apart.
    const RowVector middle = parameters.centres.colwise().mean();
    const Matrix centres = parameters.centres.rowwise() - middle;
    Linear scores;
    scores.W = 2 * centres;
    scores.b = -centres.rowwise().squaredNorm() - 2 * centres * middle.transpose();
    const bool finite = scores.W.allFinite() && scores.b.allFinite();
    return finite && scores.b.size() > 1 ? makePredictor(std::move(scores)) : nullptr;
}

PredictorPtr scoresOf(KernelExpansion parameters)
{
    if (parameters.vectorsOfClass.size() != 2 || parameters.slopes.size() > 0)
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
