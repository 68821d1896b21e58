#include "core/prepare/quantiles.h"

#include <cmath>
#include <cstddef>

namespace modelarium {

double quantile(const std::vector<double>& sorted, double share)
{
    const double place = double(sorted.size() - 1) * share;
    const auto low = std::size_t(place);
    if (low + 1 >= sorted.size())
        return sorted.back();
    const double part = place - double(low), step = sorted[low + 1] - sorted[low];
    if (!std::isfinite(step))                       // the neighbours are further apart than a number can tell
        return sorted[low] * (1 - part) + sorted[low + 1] * part;
    // From the nearer end, so that equal neighbours and both ends are met exactly.
    return part < 0.5 ? sorted[low] + step * part : sorted[low + 1] - step * (1 - part);
}

} // namespace modelarium
