#include "core/learn/svm/sigmoid_fit.h"

#include "core/model/link.h"

#include <cmath>

namespace modelarium {

namespace {

using Eigen::Index;

/// -t log p - (1 - t) log(1 - p) for p = 1 / (1 + exp(-z)), without a large exponential.
double crossEntropy(double t, double z) { return z >= 0 ? (1 - t) * z + std::log1p(std::exp(-z)) : -t * z + std::log1p(std::exp(z)); }

double lossOf(const Vector& scores, const Vector& targets, const Sigmoid& sigmoid)
{
    double sum = 0;
    for (Index i = 0; i < scores.size(); ++i)
        sum += crossEntropy(targets[i], sigmoid.slope * scores[i] + sigmoid.offset);
    return sum;
}

} // namespace

Sigmoid fitSigmoid(const Vector& asTheyCame, const Vector& isAbove)
{
    const double above = isAbove.sum(), below = double(asTheyCame.size()) - above;
    // About their mean and in units of their spread: what is fitted then does not go with the unit of the scores.
    const double largest = asTheyCame.size() > 0 ? asTheyCame.cwiseAbs().maxCoeff() : 0;
    const double mean = largest > 0 ? (asTheyCame / largest).mean() * largest : 0;
    const double spread = largest > 0 ? std::sqrt(((asTheyCame.array() - mean) / largest).square().mean()) * largest : 0;
    if (!(spread > 0) || !std::isfinite(spread))            // nothing tells the rows apart
        return {0, std::log((above + 1) / (below + 1))};
    const Vector scores = (asTheyCame.array() - mean) / spread;
    const Vector targets = isAbove * ((above + 1) / (above + 2)) + (1 - isAbove.array()).matrix() / (below + 2);
    Sigmoid sigmoid{0, std::log((above + 1) / (below + 1))};
    double loss = lossOf(scores, targets, sigmoid);
    constexpr int mostIterations = 100;
    for (int iteration = 0; iteration < mostIterations; ++iteration) {
        double gradientSlope = 0, gradientOffset = 0;
        double slopes = 1e-12, mixed = 0, offsets = 1e-12;              // second derivatives, never singular
        for (Index i = 0; i < scores.size(); ++i) {
            const double f = scores[i], z = sigmoid.slope * f + sigmoid.offset;
            double two[2];
            logisticProbabilities(z, two);
            const double p = two[1], q = two[0] * two[1];
            gradientSlope += f * (p - targets[i]);
            gradientOffset += p - targets[i];
            slopes += f * f * q;
            mixed += f * q;
            offsets += q;
        }
        const double determinant = slopes * offsets - mixed * mixed;
        const double slopeStep = -(offsets * gradientSlope - mixed * gradientOffset) / determinant;
        const double offsetStep = -(slopes * gradientOffset - mixed * gradientSlope) / determinant;
        const double decrease = -(gradientSlope * slopeStep + gradientOffset * offsetStep);
        if (!(decrease > 1e-14 * (1 + loss)))
            break;
        double step = 1;
        constexpr double smallestStep = 1e-10;
        for (; step >= smallestStep; step /= 2) {
            const Sigmoid next{sigmoid.slope + step * slopeStep, sigmoid.offset + step * offsetStep};
            const double nextLoss = lossOf(scores, targets, next);
            if (nextLoss < loss - 1e-4 * step * decrease) {
                sigmoid = next;
                loss = nextLoss;
                break;
            }
        }
        if (step < smallestStep)
            break;
    }
    return {sigmoid.slope / spread, sigmoid.offset - sigmoid.slope * (mean / spread)};
}

} // namespace modelarium
