#include "core/model/projection_text.h"

#include "core/base/number_text.h"

namespace modelarium {

namespace {

std::string percent(double share) { return shortText(100 * share, 3) + " %"; }

} // namespace

Vector varianceShares(const Projection& projection)
{
    // Divided by the largest first: the sum of variances near the end of the range is beyond it.
    const double largest = projection.variance.size() > 0 ? projection.variance[0] : 0;
    if (!(largest > 0))
        return {};
    const Vector relative = projection.variance / largest;
    return relative / relative.sum();
}

std::string shareSentence(const Projection& projection)
{
    constexpr std::size_t mostNamed = 6;
    const Vector shares = varianceShares(projection);
    const std::vector<std::string> names = componentNames(projection);
    if (shares.size() == 0 || names.empty())
        return "No component keeps any variance.";
    std::string text;
    for (std::size_t k = 0; k < std::min(names.size(), mostNamed); ++k)
        text += (k == 0 ? "" : ", ") + names[k] + (k == 0 ? " keeps " : " ") + percent(shares[Eigen::Index(k)]) + (k == 0 ? " of the variance" : "");
    if (names.size() > mostNamed)
        text += ", ...";
    if (names.size() > 1)
        text += ": " + percent(shares.head(Eigen::Index(names.size())).sum()) + " in all";
    return text + ".";
}

} // namespace modelarium
