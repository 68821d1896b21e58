#include "core/learn/linear/penalty_path.h"

#include "core/base/number_text.h"

#include <algorithm>
#include <cmath>

namespace modelarium {

using Eigen::Index;

Vector alphaPath(double largest, Index count, double ratio)
{
    Vector alphas(count);
    for (Index i = 0; i < count; ++i)
        alphas[i] = count == 1 ? largest : largest * std::pow(ratio, double(i) / double(count - 1));
    return alphas;
}

PenaltyPath judgedPath(const Vector& alphas, const Matrix& errors)
{
    PenaltyPath path;
    path.folds = std::size_t(errors.rows());
    path.alphas.assign(alphas.begin(), alphas.end());
    const double k = double(errors.rows());
    for (Index a = 0; a < alphas.size(); ++a) {
        const double mean = errors.col(a).mean();
        path.errors.push_back(mean);
        path.standardErrors.push_back(std::sqrt((errors.col(a).array() - mean).square().sum() / (k - 1) / k));
    }
    return path;
}

void choosePenalty(PenaltyPath& path, bool withinStandardError)
{
    // What has left the range of numbers is never the smallest.
    const auto smaller = [](double a, double b) { return a < b || (std::isnan(b) && !std::isnan(a)); };
    const auto best = std::size_t(std::min_element(path.errors.begin(), path.errors.end(), smaller) - path.errors.begin());
    path.chosen = best;
    const double limit = path.errors[best] + path.standardErrors[best];
    if (!withinStandardError || !std::isfinite(limit))
        return;
    for (path.chosen = 0; path.chosen < best && !(path.errors[path.chosen] <= limit);)
        ++path.chosen;
}

std::shared_ptr<const PenaltyPath> toldPath(PenaltyPath path)
{
    const auto finite = [](const std::vector<double>& values) { return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); }); };
    if (!finite(path.errors) || !finite(path.standardErrors))
        return {};
    return std::make_shared<const PenaltyPath>(std::move(path));
}

std::vector<std::string> penaltyNotices(const PenaltyPath& path, const std::string& how, bool withinStandardError)
{
    const double error = path.errors[path.chosen], standardError = path.standardErrors[path.chosen];
    std::string sentence = how + " chose alpha = " + shortText(path.alphas[path.chosen]);
    if (!std::isfinite(error))
        sentence += "; mean squared errors are too large for a number here.";
    else if (!std::isfinite(standardError))
        sentence += ": mean squared error " + shortText(error) + ", the smallest; their spread is too large for a number.";
    else
        sentence += ": mean squared error " + shortText(error) + ", give or take " + shortText(standardError, 2)
            + (withinStandardError ? ", within one standard error of the smallest." : ", the smallest.");
    std::vector<std::string> notices = {std::move(sentence)};
    if (!withinStandardError && path.chosen == path.alphas.size() - 1 && path.alphas.size() > 1)
        notices.push_back("That is the smallest alpha that was tried: a smaller one might do better, or plain least squares.");
    return notices;
}

} // namespace modelarium
